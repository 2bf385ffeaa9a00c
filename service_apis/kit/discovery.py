"""Finding the services: the folders of ``service_apis``, and those that others install.

There is no list of services anywhere else. A supplier's own package offers its folder under
the entry-point group ``virtual_council.services``, the value naming its ``Service``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

import service_apis
from service_apis.kit.service import Service

GROUP = "virtual_council.services"
_NOT_SERVICES = frozenset({"kit"})


class BrokenService(Exception):
    """A service's folder could not be imported or registers nothing; the message names it."""


@cache
def discover() -> dict[str, Service]:
    """Every service by slug, in the order of their slugs.

    Raises BrokenService, naming the folder, where one cannot be imported or two claim one slug.
    """
    found: dict[str, Service] = {}
    for module in iter_modules(service_apis.__path__, "service_apis."):
        if module.ispkg and module.name.rpartition(".")[2] not in _NOT_SERVICES:
            _register(found, _load(module.name), module.name)
    for entry in entry_points(group=GROUP):
        _register(found, _load(entry.module, entry.attr or "service"), entry.value)
    return dict(sorted(found.items()))


def _load(package: str, attribute: str = "service") -> Service:
    try:
        service = getattr(import_module(package), attribute)
    except (ImportError, AttributeError, SyntaxError, TypeError, ValueError) as error:
        raise BrokenService(f"The service folder {package} could not be loaded: {error}") from error
    if not isinstance(service, Service):
        raise BrokenService(f"{package}.{attribute} is a {type(service).__name__}; it must be a Service(...)")
    return service


def _register(found: dict[str, Service], service: Service, origin: str) -> None:
    if service.slug in found:
        raise BrokenService(
            f"{origin} and {found[service.slug].package} are both called {service.slug}; rename one"
        )
    found[service.slug] = service
