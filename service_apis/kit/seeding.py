"""Seeding: how a service hands over the records that its town gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import DeclarativeBase

from service_apis.kit.clock import at

if TYPE_CHECKING:
    from synthetic_data.town import Town


@dataclass(frozen=True, slots=True)
class Columns:
    """The rows of one table, as columns.

    ``values`` holds for each column a NumPy array or list of one length, or a single value that
    all rows share. Dates are ``datetime64`` arrays or ``date`` objects; instants likewise, in UTC.
    """

    model: type[DeclarativeBase]
    values: dict[str, Any]


@dataclass(slots=True)
class Seeding:
    """What a seed may know of the council, and where it leaves more than rows.

    ``due`` holds (instant, kind, subject) entries for the agenda; ``counters`` the last number
    given out in each series of references.
    """

    as_of: date
    due: list[tuple[datetime, str, str]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The instant at which the council's clock starts: the offices open on the as-of date."""
        return at(self.as_of)

    def schedule(self, instant: datetime, kind: str, subject: str) -> None:
        """Put something on the service's agenda; what lies in the past falls due at the first advance."""
        self.due.append((instant, kind, subject))


Seed = Callable[["Town", Seeding], Iterator[Columns]]
"""``seed(town, seeding)`` yields the service's tables, parents before children."""


def columns(model: type[DeclarativeBase], **values: Any) -> Columns:
    """The rows of one table: ``columns(Bin, uprn=uprns, kind="refuse")``."""
    return Columns(model, values)


def table(model: type[DeclarativeBase], rows: list[dict[str, Any]]) -> Columns:
    """The rows of one table, each given as a dict with the same names."""
    return Columns(model, {name: [row[name] for row in rows] for name in (rows[0] if rows else ())})
