"""The feed: a council's events read from a cursor, as CloudEvents.

A cursor names a place in the feed: a position, and the generation in which the event there was recorded.
A council that was taken back to an earlier state (reset, restored) gives the positions after that state
out again, in its next generation; so a cursor tells whether what a reader saw still happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from service_apis.kit.council import Council
from service_apis.kit.events import Event
from service_apis.kit.problems import Problem
from service_apis.kit.records import EventRecord
from service_apis.kit.work import Work

CURSOR = r"^([0-9]{1,9}-)?[0-9]{1,18}$"
"""A cursor as ``next`` gives it (``0-17``), or a bare position (``17``)."""
TYPE_PATTERN = r"^[a-z0-9.*-]+$"
"""An event type, or a pattern of types: ``*`` stands for any characters, dots included."""

_AT = select(
    EventRecord.position,
    EventRecord.type,
    EventRecord.source,
    EventRecord.subject,
    EventRecord.time,
    EventRecord.data,
).where(EventRecord.position == bindparam("at"))


class PositionGone(Problem):
    """The position is not in the council's feed, or no longer: it lies beyond the end, or in an undone past.

    A council that is reset or restored gives out again the positions after the state that it was taken
    back to. Forget what was heard after ``restart``, and go on from there: ``after=RESTART``.
    """

    status = 410


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a council's feed; position 0 is before the first event."""

    generation: int
    position: int

    def __str__(self) -> str:
        return f"{self.generation}-{self.position}"

    @classmethod
    def read(cls, text: str, council: Council) -> Cursor:
        """The cursor of its text; a bare position is taken to be of the council as it now stands.

        ``text`` fits CURSOR.
        """
        generation, dash, position = text.rpartition("-")
        if dash:
            return cls(int(generation), int(position))
        return cls.at(int(position), council)

    @classmethod
    def at(cls, position: int, council: Council) -> Cursor:
        """The cursor of a position of the council as it now stands."""
        return cls(council.generation_of(position), position)

    def still_holds(self, council: Council, end: int) -> bool:
        """Whether the feed, which ends at ``end``, still has everything up to here as it was."""
        if self.position == 0:
            return True
        return self.position <= end and council.generation_of(self.position) == self.generation


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are wanted: of types that fit any of the patterns, on any of the subjects. Empty: all."""

    types: Sequence[str] = ()
    subjects: Sequence[str] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions of a query."""
        found: list[ColumnElement[bool]] = []
        if self.types:
            # GLOB's other wildcards cannot stand in a pattern: TYPE_PATTERN lets none through.
            found.append(or_(*(EventRecord.type.op("GLOB")(each) for each in self.types)))
        if self.subjects:
            found.append(EventRecord.subject.in_(self.subjects))
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is told outside: its CloudEvent, and the cursor after it."""

    event: Event
    cursor: Cursor
    cloud_event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class News:
    """Events in order, and the cursor to read on from: the end of the feed, unless there are more."""

    told: list[Told]
    next: Cursor


def read_feed(council: Council, after: Cursor, wanted: Wanted, limit: int) -> News:
    """The wanted events after a cursor, ``limit`` at most. Raises PositionGone."""
    with council.reading("sandbox") as work:
        end = _end(work)
        if not after.still_holds(council, end):
            raise _gone(council, after, end)
        query = select(EventRecord).where(EventRecord.position > after.position, *wanted.conditions())
        records = work.session.scalars(query.order_by(EventRecord.position).limit(limit)).all()
        told = [_told(council, Event.of(record)) for record in records]
    last = told[-1].cursor if len(told) == limit else Cursor.at(end, council)
    return News(told, last)


def count_after(council: Council, after: Cursor, wanted: Wanted) -> int:
    """How many wanted events come after a cursor or, where that is undone, after what still stands."""
    with council.reading("sandbox") as work:
        holds = after.still_holds(council, _end(work))
        start = after if holds else restart_of(council)
        query = select(func.count()).where(EventRecord.position > start.position, *wanted.conditions())
        return work.execute(query).scalar() or 0


def end_of_feed(council: Council) -> Cursor:
    """The cursor after the last event that the council has recorded."""
    with council.reading("sandbox") as work:
        return Cursor.at(_end(work), council)


def restart_of(council: Council) -> Cursor:
    """The cursor after the last event that was not undone when the council was last taken back."""
    return Cursor.at(council.generation_start - 1, council)


def told_at(council: Council, position: int) -> Told | None:
    """The event at a position, or None where there is none."""
    with council.reading("sandbox") as work:
        row = work.execute(_AT, at=position).first()
        return None if row is None else _told(council, Event(*row))


def _end(work: Work) -> int:
    return work.execute(select(func.max(EventRecord.position))).scalar() or 0


def _told(council: Council, event: Event) -> Told:
    cursor = Cursor.at(event.position, council)
    return Told(event, cursor, event.as_cloud_event(council.name, cursor.generation))


def _gone(council: Council, after: Cursor, end: int) -> PositionGone:
    restart = restart_of(council) if after.generation != council.generation else Cursor.at(end, council)
    if after.position > end and after.generation == council.generation:
        why = (
            f"The feed of {council.name} ends at position {end}; there is no position {after.position} in it"
        )
    else:
        why = (
            f"{council.name} was taken back to an earlier state after position {after.position} was given "
            "out, and what happened there never did"
        )
    return PositionGone(f"{why}. Read on after {restart}.", restart=str(restart))
