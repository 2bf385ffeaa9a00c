"""Seeding: how a service hands over the records that its town gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
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

    ``service`` is the slug of the service that is seeded, ``mess`` the level of mess in its copies of the
    town's people (see ``kit.copies``), and ``truth`` the rows that say which record stands for whom.
    ``due`` holds (instant, kind, subject) entries for the agenda; ``counters`` the last number
    given out in each series of references. A large town is seeded block by block: each block has
    numbers of its own, and what concerns all of the council is left by the first (``first_block``).
    """

    as_of: date
    block: int = 0
    numbers_before: int = 0
    service: str = ""
    mess: float = 0.0
    due: list[tuple[datetime, str, str]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    truth: list[Columns] = field(default_factory=list)

    @property
    def url_name(self) -> str:
        """The service as it stands in addresses."""
        return self.service.replace("_", "-")

    @property
    def now(self) -> datetime:
        """The instant at which the council's clock starts: the offices open on the as-of date."""
        return at(self.as_of)

    @property
    def first_block(self) -> bool:
        """Whether this is the block with which what concerns the whole council is written."""
        return self.block == 0

    def references(self, series: str, written: str, count: int) -> list[str]:
        """The next ``count`` references of a series, ``written`` as a format such as "MC-{:06d}"."""
        first = self.counters.get(series, self.numbers_before) + 1
        self.counters[series] = first + count - 1
        return [written.format(number) for number in range(first, first + count)]

    def schedule(self, instant: datetime, kind: str, subject: str) -> None:
        """Put something on the service's agenda; what lies in the past falls due at the first advance."""
        self.due.append((instant, kind, subject))


Seed = Callable[["Town", Seeding], Iterator[Columns]]
"""``seed(town, seeding)`` yields the service's tables, parents before children."""


def columns(model: type[DeclarativeBase], **values: Any) -> Columns:
    """The rows of one table: ``columns(Bin, uprn=uprns, kind="refuse")``."""
    return Columns(model, values)


def spread(patterns: Sequence[Mapping[str, Any]], which: Any) -> dict[str, Any]:
    """Columns of which row i says what ``patterns[which[i]]`` says; ``which`` is an array of numbers.

    Where many records are alike but for a few fields, what they share is worked out once for all.
    """
    shared = {}
    for name in patterns[0]:
        values = [pattern[name] for pattern in patterns]
        is_date = any(isinstance(value, date) for value in values)
        shared[name] = np.array(values, dtype="datetime64[D]" if is_date else object)[which]
    return shared


def table(model: type[DeclarativeBase], rows: list[dict[str, Any]]) -> Columns:
    """The rows of one table, each given as a dict with the same names."""
    return Columns(model, {name: [row[name] for row in rows] for name in (rows[0] if rows else ())})


def shared_out(
    sizes: NDArray[np.integer[Any]], order: NDArray[np.integer[Any]], parts: int
) -> NDArray[np.integer[Any]]:
    """The part, from 0, that each of several things falls to: neighbours in ``order`` fall to one part.

    ``sizes`` and ``order`` are arrays of integers. The parts are as equal in size as may be; a part that
    nothing falls to is left out of the numbering.
    """
    fallen = np.empty_like(sizes)
    fallen[order] = (np.cumsum(sizes[order]) - sizes[order] / 2) * parts // sizes.sum()
    return np.unique(fallen, return_inverse=True)[1]
