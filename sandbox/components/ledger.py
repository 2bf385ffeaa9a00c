"""The ledger of what is told: which events of a shared slot one side has told, or owes, and the other not.

It stands in the council's own file and is written in the transaction of the events themselves, so that each
is told once whatever is killed, and whoever's a case has become meanwhile. A council that is taken back
takes its ledger back with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

Kind = Literal["owed", "echo", "ahead"]
"""``owed``: the stub did not tell it, since the component will. ``echo``: the stub told it, and the component
will tell it again. ``ahead``: the component told it, and the stub will record it yet."""
MOST_ECHOES = 1_000
"""So many are kept of each slot: of a component that tells nothing, they would grow for ever."""

_METADATA = MetaData()
TELLINGS = Table(
    "council_component_tellings",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("slot", String(60), nullable=False),
    Column("kind", String(6), nullable=False),
    Column("type", String(120), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("event", JSON, nullable=True),
    Index("council_component_tellings_by_case", "slot", "subject", "type"),
)
PLACES = Table(
    "council_component_places",
    _METADATA,
    Column("component", String(60), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("waiting", JSON, nullable=False),
)
Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Up to which position what a component sent was dealt with, but for those positions that wait."""

    position: int
    waiting: tuple[int, ...] = ()


_DIALECT = sqlite.dialect()
_OPEN = [
    *(str(CreateTable(table, if_not_exists=True).compile(dialect=_DIALECT)) for table in (TELLINGS, PLACES)),
    *(str(CreateIndex(each, if_not_exists=True).compile(dialect=_DIALECT)) for each in TELLINGS.indexes),
]


def open_ledger(connection: Connection) -> None:
    """Make the tables, in a council that has none yet. It costs next to nothing where it has."""
    for statement in _OPEN:
        connection.exec_driver_sql(statement)


def strike(connection: Connection, slot: str, kinds: Sequence[Kind], event: Event) -> Kind | None:
    """Strike out the oldest entry of these kinds for the event's type and case, and say which it was."""
    table = TELLINGS.c
    query = (
        select(table.number, table.kind)
        .where(
            table.slot == slot,
            table.subject == event["subject"],
            table.type == event["type"],
            table.kind.in_(kinds),
        )
        .order_by(table.number)
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    connection.execute(delete(TELLINGS).where(table.number == row.number))
    kind: Kind = row.kind
    return kind


def enter(connection: Connection, slot: str, kind: Kind, event: Event) -> None:
    """Enter an event; of one that is owed all of it is kept."""
    kept = {**event, "time": event["time"].isoformat()} if kind == "owed" else None
    row = {"slot": slot, "kind": kind, "type": event["type"], "subject": event["subject"], "event": kept}
    connection.execute(insert(TELLINGS), row)
    if kind == "echo":
        table = TELLINGS.c
        echoes = select(table.number).where(table.slot == slot, table.kind == kind)
        oldest = echoes.order_by(table.number.desc()).offset(MOST_ECHOES).limit(1).scalar_subquery()
        connection.execute(
            delete(TELLINGS).where(table.slot == slot, table.kind == kind, table.number <= oldest)
        )


def owed(connection: Connection, slot: str) -> list[Event]:
    """The events that the component of a slot has yet to tell, in order."""
    table = TELLINGS.c
    query = select(table.event).where(table.slot == slot, table.kind == "owed").order_by(table.number)
    events: list[Event] = list(connection.execute(query).scalars())
    return [{**event, "time": datetime.fromisoformat(event["time"])} for event in events]


def close(connection: Connection, slot: str, kinds: Sequence[Kind]) -> None:
    """Strike out all entries of these kinds."""
    connection.execute(delete(TELLINGS).where(TELLINGS.c.slot == slot, TELLINGS.c.kind.in_(kinds)))


def place_of(connection: Connection, component: str, generation: int, newest: int) -> Place:
    """How far a component's events were dealt with.

    In a council that was taken back since, what was taken before that is of a past that never was: then it is
    ``newest``, the last that was taken.
    """
    row = connection.execute(select(PLACES).where(PLACES.c.component == component)).first()
    if row is not None and row.generation == generation:
        return Place(row.position, tuple(row.waiting))
    return Place(newest if generation or row is not None else 0)


def move(connection: Connection, component: str, generation: int, place: Place) -> None:
    """Keep how far a component's events were dealt with."""
    connection.execute(delete(PLACES).where(PLACES.c.component == component))
    row = {"component": component, "generation": generation}
    connection.execute(insert(PLACES), row | {"position": place.position, "waiting": list(place.waiting)})


def settle(connection: Connection, slot: str) -> None:
    """What was owed has been told by the stub; should the component tell it after all, that is an echo."""
    owing = (TELLINGS.c.slot == slot, TELLINGS.c.kind == "owed")
    connection.execute(update(TELLINGS).where(*owing).values(kind="echo", event=None))
