"""The manifest of a service: what it is called, what it says, and where its parts are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sqlalchemy import MetaData
    from sqlalchemy.orm import Session

    from service_apis.kit.agenda import Lifecycle
    from service_apis.kit.routes import Routes
    from service_apis.kit.seeding import Seed
    from service_apis.kit.trait import Traits

_SLUG = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


@dataclass(frozen=True, slots=True)
class Try:
    """A call that a newcomer can make at once.

    ``sentence`` is what the call answers, in an officer's words ("When are the bins of one home
    emptied?"). ``path`` may hold ``{names}``; ``where`` says how to find each: the path of another
    call of the same service and, after ``#``, a JSON pointer into its answer
    (``"/properties?per_page=1#/items/0/uprn"``).
    """

    sentence: str
    path: str
    where: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Service:
    """One line of business: the whole of its registration.

    ``package`` is the folder's import name (``__name__``); the slug is its last part. ``summary``
    is one sentence that a council officer understands. ``standard`` names the published standard
    that the service follows to the letter, or is None for a service in the house's own style.
    ``wire`` is ``"native"`` for the house's HTTP conventions, ``"standard"`` where the standard
    decides errors and authentication.
    """

    package: str
    title: str
    summary: str
    tries: tuple[Try, ...] = ()
    standard: str | None = None
    wire: Literal["native", "standard"] = "native"

    def __post_init__(self) -> None:
        if not _SLUG.match(self.slug):
            raise ValueError(
                f"{self.package}: the folder's name must be lower-case words joined by underscores"
            )

    @property
    def slug(self) -> str:
        """The folder's name, used in scopes, table names and journeys: ``council_tax``."""
        return self.package.rpartition(".")[2]

    @property
    def url_name(self) -> str:
        """The slug as it stands in addresses and event types: ``council-tax``."""
        return self.slug.replace("_", "-")

    @cached_property
    def routes(self) -> Routes:
        """The HTTP operations, from ``api.py``."""
        routes: Routes = self._part("api").routes
        return routes

    @cached_property
    def tables(self) -> MetaData:
        """The service's own tables, from ``models.py``."""
        metadata: MetaData = self._part("models").Base.metadata
        return metadata

    @cached_property
    def models(self) -> tuple[type[Any], ...]:
        """The classes of those tables, whose docstrings say what is kept in them."""
        classes = (mapper.class_ for mapper in self._part("models").Base.registry.mappers)
        return tuple(sorted(classes, key=lambda each: str(each.__tablename__)))

    @cached_property
    def seed(self) -> Seed:
        """The function that turns a town into this service's rows, from ``seed.py``."""
        seed: Seed = self._part("seed").seed
        return seed

    @cached_property
    def lifecycle(self) -> Lifecycle | None:
        """What falls due and what is heard, from ``lifecycle.py`` where there is one."""
        if find_spec(f"{self.package}.lifecycle") is None:
            return None
        lifecycle: Lifecycle = self._part("lifecycle").lifecycle
        return lifecycle

    @cached_property
    def traits(self) -> Traits | None:
        """What people can be found by, from ``traits.py`` where there is one."""
        if find_spec(f"{self.package}.traits") is None:
            return None
        traits: Traits = self._part("traits").traits
        return traits

    @cached_property
    def open_cases(self) -> Callable[[Session], int] | None:
        """Counts the cases that are open now, from ``rules.open_cases`` where there is one."""
        counter: Callable[[Session], int] | None = getattr(self._part("rules"), "open_cases", None)
        return counter

    def _part(self, name: str) -> ModuleType | Any:
        return import_module(f"{self.package}.{name}")
