"""What differs between two states of a council, by service and record."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import JSON, DateTime, Table

from sandbox.stores import known_models, known_tables
from service_apis.kit.service import Service

BOOKKEEPING = {
    "council_facts",
    "council_counters",
    "council_hearings",
    "council_first_answers",
    "council_clock",
}
"""Tables of the kit that say nothing that a reader would call a change of the council."""

LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of a record, as it was and as it is."""

    field: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class RecordDifference:
    """One record, known by its key: ``added``, ``removed`` or ``changed``, and its fields that differ.

    Of a record that was added, every field is given that has a value; of one removed, likewise.
    """

    record: str
    change: str
    fields: tuple[FieldDifference, ...]


@dataclass(frozen=True, slots=True)
class TableDifference:
    """One table: how many of its records differ in each way, and the first of them."""

    service: str
    table: str
    kept_in_it: str
    added: int
    removed: int
    changed: int
    records: tuple[RecordDifference, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two states; the clocks are given whether they differ or not."""

    clock_was: datetime
    clock_now: datetime
    tables: tuple[TableDifference, ...]


def difference(before: Path, after: Path, services: Mapping[str, Service], most_records: int) -> Difference:
    """What changed from one council's file to another's; at most so many records of each table are given.

    Each file is read as it stands at one moment, whatever is written meanwhile.
    """
    uri = f"file:{quote(str(after))}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS was", (f"file:{quote(str(before))}?mode=ro",))
        connection.execute("BEGIN")
        tables = known_tables()
        comparing = [_Comparing(connection, tables[name], services) for name in _in_order(connection, tables)]
        found = tuple(each.found(most_records) for each in comparing if each.differs())
        clocks = [
            connection.execute(f"SELECT now FROM {schema}.council_clock").fetchone()[0]
            for schema in ("was", "main")
        ]
    was, now = (datetime.fromisoformat(f"{clock}+00:00") for clock in clocks)
    return Difference(was, now, found)


def _in_order(connection: sqlite3.Connection, tables: Mapping[str, Table]) -> Iterator[str]:
    """The tables that both have, the services' before the council's own."""
    there = {
        schema: {name for (name,) in connection.execute(f"SELECT name FROM {schema}.sqlite_master")}
        for schema in ("was", "main")
    }
    known = (there["was"] & there["main"] & set(tables)) - BOOKKEEPING
    yield from sorted(known, key=lambda name: (name.startswith("council_"), name))


class _Comparing:
    """One table in both files, by its primary key."""

    def __init__(self, connection: sqlite3.Connection, table: Table, services: Mapping[str, Service]) -> None:
        self._connection = connection
        self._table = table
        self._service = next((each for each in services.values() if table.name in each.tables.tables), None)
        self._key = [column.name for column in table.primary_key]
        self._columns = [column.name for column in table.columns]
        same_key = " AND ".join(f"a.{name} = b.{name}" for name in self._key)
        others = [name for name in self._columns if name not in self._key] or self._key
        left, right = (", ".join(f"{side}.{name}" for name in others) for side in "ab")
        name = table.name
        missing = f"NOT EXISTS (SELECT 1 FROM {{}}.{name} b WHERE {same_key})"
        self._where = {
            "added": f"main.{name} a WHERE {missing.format('was')}",
            "removed": f"was.{name} a WHERE {missing.format('main')}",
            "changed": f"main.{name} a JOIN was.{name} b ON {same_key} WHERE ({left}) IS NOT ({right})",
        }
        self._counts = {change: self._count(where) for change, where in self._where.items()}

    def _count(self, where: str) -> int:
        count: int = self._connection.execute(f"SELECT count(*) FROM {where}").fetchone()[0]
        return count

    def differs(self) -> bool:
        """Whether any record differs."""
        return any(self._counts.values())

    def found(self, most: int) -> TableDifference:
        """What differs, with the first records of each way."""
        slug = self._service.slug if self._service else "council"
        model = known_models()[self._table.name]
        return TableDifference(
            service=self._service.url_name if self._service else "council",
            table=self._table.name.removeprefix(f"{slug}_"),
            kept_in_it=(model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " "),
            added=self._counts["added"],
            removed=self._counts["removed"],
            changed=self._counts["changed"],
            records=tuple(self._records(most)),
        )

    def _records(self, most: int) -> Iterator[RecordDifference]:
        mine = [f"a.{name}" for name in self._columns]
        theirs = [f"b.{name}" for name in self._columns]
        order = ", ".join(f"a.{name}" for name in self._key)
        for change, where in self._where.items():
            wanted = ", ".join(mine + theirs if change == "changed" else mine)
            rows = self._connection.execute(f"SELECT {wanted} FROM {where} ORDER BY {order} LIMIT {most}")
            for row in rows.fetchall():
                yield self._record(change, row)

    def _record(self, change: str, row: tuple[Any, ...]) -> RecordDifference:
        width = len(self._columns)
        values = [self._read(name, value) for name, value in zip(self._columns, row, strict=False)]
        before = [self._read(name, value) for name, value in zip(self._columns, row[width:], strict=False)]
        none: list[Any] = [None] * width
        was, now = {"added": (none, values), "removed": (values, none), "changed": (before, values)}[change]
        fields = tuple(
            FieldDifference(name, old, new)
            for name, old, new in zip(self._columns, was, now, strict=True)
            if old != new and name not in self._key
        )
        key = "/".join(str(values[self._columns.index(name)]) for name in self._key)
        return RecordDifference(key, change, fields)

    def _read(self, name: str, value: Any) -> Any:
        """A stored value as JSON can say it."""
        kind = self._table.columns[name].type
        if value is None:
            return None
        if isinstance(value, bytes):
            return f"{len(value)} bytes"
        if isinstance(kind, JSON):
            value = json.loads(value) if isinstance(value, str) else value
        elif isinstance(getattr(kind, "impl", kind), DateTime):
            value = f"{datetime.fromisoformat(value).isoformat()}Z"
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            return value[:LONGEST_VALUE] + "..."
        return value
