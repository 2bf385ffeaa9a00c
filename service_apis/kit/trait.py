"""Traits: what a council's people can be found by, declared by each service over its own records.

A service's ``traits.py`` holds ``traits = Traits()`` and declares what it can say of people or of homes::

    traits.of_resident("over", "Has turned {years}.", older_than, Number("years", 1, 120))
    traits.of_home("garden-waste", "Lives where garden waste is collected.", garden_waste)

Each gives a query of two columns: a resident's id, or a home's UPRN, and the reference of the record that
says so (an account, a case), or a function that gives one where it goes by the time or by a value. Nothing
is fetched here: whoever looks for people joins such queries into one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Union

from service_apis.kit.problems import Unprocessable

if TYPE_CHECKING:
    from service_apis.kit.work import Query, Work

Of = Literal["resident", "home"]
Select = Union["Query", Callable[..., "Query"]]
_NAME = re.compile(r"^[a-z]+(-[a-z0-9]+)*$")


class TraitValueRefused(Unprocessable):
    """The value given with a trait is not one that it takes. The detail says which it does."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number that a trait takes: what it counts, its bounds, what is meant where none is given."""

    what: str
    least: int
    most: int
    usual: int | None = None

    def read(self, text: str) -> int | None:
        """The number that was written, or None where it is none or out of bounds."""
        if not re.fullmatch(r"[0-9]{1,12}", text) or not self.least <= int(text) <= self.most:
            return None
        return int(text)

    @property
    def taken(self) -> str:
        """What may be written, for people to read."""
        return f"a whole number of {self.what} from {self.least:,} to {self.most:,}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words that a trait takes."""

    what: str
    among: tuple[str, ...]
    usual: str | None = None

    def read(self, text: str) -> str | None:
        """The word that was written, or None where it is none of them."""
        return text if text in self.among else None

    @property
    def taken(self) -> str:
        """What may be written, for people to read."""
        return f"one of {', '.join(self.among)}"


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that can be said of a resident or of their home.

    ``sentence`` is in an officer's words, with the parameter's name in braces where it takes one;
    ``select`` is the query, or gives it of the ``Work`` and the parameter if it takes one, see the module.
    """

    name: str
    sentence: str
    of: Of
    select: Select
    parameter: Number | Choice | None = None

    @property
    def written(self) -> str:
        """How it is asked for: its name, and after a colon what it takes (``over:YEARS``)."""
        return self.name if self.parameter is None else f"{self.name}:{self.parameter.what.upper()}"

    def value(self, text: str | None) -> int | str | None:
        """The parameter as it was written after the colon. Raises TraitValueRefused."""
        if self.parameter is None:
            if text is not None:
                raise TraitValueRefused(f"The trait {self.name} takes no value; leave out :{text}")
            return None
        value = self.parameter.usual if text is None else self.parameter.read(text)
        if value is None:
            raise TraitValueRefused(
                f"The trait {self.name} is written {self.written} and takes {self.parameter.taken}; "
                f"{'none was given' if text is None else f'{text!r} is none'}"
            )
        return value

    def said(self, value: int | str | None) -> str:
        """The sentence with the value in it."""
        if self.parameter is None:
            return self.sentence
        shown = f"{value:,}" if isinstance(value, int) else str(value).replace("-", " ").replace("_", " ")
        return self.sentence.replace(f"{{{self.parameter.what}}}", shown)

    def query(self, work: Work, value: int | str | None) -> Query:
        """Who or which homes have the trait, on the council and at the time of ``work``."""
        return query_of(self.select, work, *([] if self.parameter is None else [value]))


@dataclass(frozen=True, slots=True)
class References:
    """References by which a service knows a resident or a home: what they are called, and the query."""

    name: str
    of: Of
    select: Select

    def query(self, work: Work) -> Query:
        """Who or which homes it is known of, and the references."""
        return query_of(self.select, work)


def query_of(select: Select, work: Work, *values: int | str | None) -> Query:
    """The query that was declared, or that the declared function gives."""
    return select(work, *values) if callable(select) else select


class Traits:
    """What one service can say of people: its traits, and the references that it knows them by.

    ``people`` is the query of everybody there is, from the one service that knows: the columns ``resident``,
    ``uprn``, ``name``, ``born`` and ``address``.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Trait] = {}
        self.references: list[References] = []
        self.people: Select | None = None

    def of_resident(
        self, name: str, sentence: str, select: Select, parameter: Number | Choice | None = None
    ) -> None:
        """Declare a trait whose query gives residents' ids."""
        self._declare(Trait(name, sentence, "resident", select, parameter))

    def of_home(
        self, name: str, sentence: str, select: Select, parameter: Number | Choice | None = None
    ) -> None:
        """Declare a trait whose query gives UPRNs: everybody who lives there has it."""
        self._declare(Trait(name, sentence, "home", select, parameter))

    def known_by(self, name: str, of: Of, select: Select) -> None:
        """Declare references: the query gives ids or UPRNs, and the references called ``name``."""
        self.references.append(References(name, of, select))

    def _declare(self, trait: Trait) -> None:
        if not _NAME.match(trait.name) or trait.name in self.by_name:
            raise ValueError(f"A trait cannot be called {trait.name}: it is taken, or not words and hyphens")
        self.by_name[trait.name] = trait
