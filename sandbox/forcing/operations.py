"""Which operation of a service a call is for, by the paths that its manifest declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from re import Pattern
from typing import Any

from starlette.routing import compile_path

from service_apis.kit.routes import Routes
from service_apis.kit.service import Service


def operations_of(service: Service) -> dict[str, frozenset[str]]:
    """The HTTP methods of each operation of a service, by operationId."""
    return {name: methods for name, methods, _ in _declared(service.routes)}


def operation_at(service: Service, method: str, path: str) -> str | None:
    """The operationId of a call to a path within the service, or None where none is declared there."""
    return next(
        (
            name
            for name, methods, shape in _declared(service.routes)
            if method in methods and shape.match(path)
        ),
        None,
    )


@lru_cache(maxsize=256)
def _declared(routes: Routes) -> tuple[tuple[str, frozenset[str], Pattern[str]], ...]:
    return tuple(_described(routes))


def _described(routes: Routes) -> Iterator[tuple[str, frozenset[str], Pattern[str]]]:
    for route in routes.routes:
        options: Mapping[str, Any] = route.options
        yield options["operation_id"], frozenset(options["methods"]), compile_path(route.path)[0]
