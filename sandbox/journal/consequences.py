"""Consequences: the rows and events of a call, read from what SQLite told of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.journal.ring import Entry
from service_apis.kit.causes import CHANGED, Column, columns_of
from service_apis.kit.council import Council
from service_apis.kit.events import Event
from service_apis.kit.records import EventRecord

LONGEST_VALUE = 500
"""Characters of a value that are shown."""
COUNCIL = "council"
"""Whose the tables are that belong to no service: the council's own clock, agenda, counters."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowWritten:
    """One row that a call wrote: its key, and its values ``before`` and ``after``, of a change those alone
    that differ."""

    service: str
    table: str
    change: str
    key: Values
    before: Values
    after: Values


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a call caused: the first of its ``rows`` and ``events``; ``counts`` counts all rows by table."""

    rows: list[RowWritten]
    events: list[dict[str, Any]]
    counts: list[tuple[str, str, int]]


def tables_of(council: Council) -> dict[str, list[Column]]:
    """The columns of the council's tables."""
    with closing(sqlite3.connect(f"file:{council.file}?mode=ro", uri=True)) as connection:
        return columns_of(connection)


def consequences(entry: Entry, council: Council) -> Consequences:
    """The rows and events of one call, which was read whole."""
    if not entry.counts:
        return Consequences([], [], [])
    tables, written, events = tables_of(council), [], []
    for table, change, before, after in json.loads(entry.touched):
        if table == EventRecord.__tablename__:
            events.append(_event(council, _values(tables[table], after)))
        else:
            written.append(_row(council, table, change, tables[table], before, after))
    counts = [(table, change, count) for table, change, count in json.loads(entry.counts)]
    return Consequences(written, events, [each for each in counts if each[0] != EventRecord.__tablename__])


def _row(
    council: Council, table: str, change: str, columns: list[Column], before: str | None, after: str | None
) -> RowWritten:
    old, new = _values(columns, before), _values(columns, after)
    keys = [column.name for column in columns if column.key]
    key = {name: (old or new)[name] for name in keys}
    if change == CHANGED:
        differ = [name for name in old if old[name] != new[name]]
        old, new = {name: old[name] for name in differ}, {name: new[name] for name in differ}
    return RowWritten(owner_of(table, council.services), table, change, key, _shown(old), _shown(new))


def owner_of(table: str, slugs: Iterable[str]) -> str:
    """The URL name of the service that a table belongs to, or ``council``."""
    mine = [slug for slug in slugs if table.startswith(f"{slug}_")]
    return max(mine, key=len).replace("_", "-") if mine else COUNCIL


def _values(columns: list[Column], written: str | None) -> Values:
    if written is None:
        return {}
    return dict(zip((column.name for column in columns), json.loads(written), strict=True))


def _shown(values: Mapping[str, Any]) -> Values:
    return {
        name: f"{value[:LONGEST_VALUE]}... ({len(value):,} characters)"
        if isinstance(value, str) and len(value) > LONGEST_VALUE
        else value
        for name, value in values.items()
    }


def _event(council: Council, values: Values) -> dict[str, Any]:
    event = Event(
        values["position"],
        values["type"],
        values["source"],
        values["subject"],
        datetime.fromisoformat(values["time"]).replace(tzinfo=UTC),
        json.loads(values["data"]),
    )
    return event.as_cloud_event(council.name)
