"""What one call caused: which rows were written because of it, by whatever code and whatever statement.

Whoever wants to know sets ``current`` before the call and reads it after. Rows are told by SQLite itself, by
temporary triggers on the connection that writes, so that nothing is missed: statements over many rows
count as much as single ones, and what is rolled back was never told. The events that a call recorded are
rows too, those of ``council_events``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextvars import ContextVar
from typing import NamedTuple

from sqlalchemy import Connection

ROWS_KEPT = 500
"""How many rows of one call are kept; the others are counted."""

INSERTED, CHANGED, DELETED = "inserted", "changed", "deleted"
_PREPARED = "virtual_council.touched"
_CHANGES = {
    INSERTED: ("INSERT", "NULL", "NEW"),
    CHANGED: ("UPDATE", "OLD", "NEW"),
    DELETED: ("DELETE", "OLD", "NULL"),
}


class Touched(NamedTuple):
    """One row that was written: ``before`` and ``after`` are its values as a JSON list, or None."""

    table: str
    change: str
    before: str | None
    after: str | None


class Causes:
    """What one call caused so far. ``counts`` counts all its rows by table and change, kept or not.

    ``generation`` is the one that the council began because of the call, where it was taken back.
    """

    __slots__ = ("counts", "generation", "rows")

    def __init__(self) -> None:
        self.rows: list[Touched] = []
        self.counts: dict[tuple[str, str], int] = {}
        self.generation: int | None = None


current: ContextVar[Causes | None] = ContextVar("causes", default=None)
"""The causes of the call that is being answered; tasks and threads that it starts inherit it."""


def watch(connection: Connection) -> None:
    """Have SQLite tell the rows that this connection writes. Done once for each connection."""
    if _PREPARED in connection.connection.info:
        return
    driver = _driver(connection)
    driver.execute("PRAGMA temp_store = MEMORY")
    driver.execute(
        "CREATE TEMP TABLE touched (n INTEGER PRIMARY KEY, tbl TEXT, change TEXT, before TEXT, after TEXT)"
    )
    for table, columns in columns_of(driver).items():
        for change, (event, before, after) in _CHANGES.items():
            driver.execute(
                f'CREATE TEMP TRIGGER "touched_{table}_{change}" AFTER {event} ON main."{table}" BEGIN '
                f"INSERT INTO touched (tbl, change, before, after) VALUES "
                f"('{table}', '{change}', {_values(before, columns)}, {_values(after, columns)}); END"
            )
    connection.connection.info[_PREPARED] = True


class Column(NamedTuple):
    """One column of a table: its name, its declared type, and its place in the key, or 0."""

    name: str
    type: str
    key: int


def columns_of(driver: sqlite3.Connection) -> dict[str, list[Column]]:
    """The columns of every table, in the order in which a touched row has its values."""
    tables = driver.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {
        table: [
            Column(row[1], row[2], row[5]) for row in driver.execute(f'PRAGMA main.table_info("{table}")')
        ]
        for (table,) in tables.fetchall()
    }


def _values(of: str, columns: Sequence[Column]) -> str:
    """The SQL of a row's values as a JSON list, in which bytes are written in hexadecimal."""
    if of == "NULL":
        return "NULL"
    written = (
        f'hex({of}."{each.name}")' if each.type == "BLOB" else f'{of}."{each.name}"' for each in columns
    )
    return f"json_array({', '.join(written)})"


class Told(NamedTuple):
    """What one transaction wrote: its first rows, and all of them counted by table and change."""

    rows: list[Touched]
    counts: dict[tuple[str, str], int]


def told(connection: Connection) -> Told:
    """What this connection wrote in its open transaction, which is told once."""
    causes = current.get()
    room = 0 if causes is None else ROWS_KEPT - len(causes.rows)
    driver = _driver(connection)
    rows = driver.execute("SELECT tbl, change, before, after FROM touched LIMIT ?", (room + 1,)).fetchall()
    counts: dict[tuple[str, str], int] = {}
    if len(rows) > room and causes is not None:
        counted = driver.execute("SELECT tbl, change, count(*) FROM touched GROUP BY tbl, change")
        counts = {(table, change): count for table, change, count in counted.fetchall()}
    elif rows:
        for table, change, *_ in rows:
            counts[table, change] = counts.get((table, change), 0) + 1
    if rows:
        driver.execute("DELETE FROM touched")
    return Told([Touched(*row) for row in rows[:room]], counts)


def add(told: Told) -> None:
    """Count what has been committed as caused by the call that is being answered, if there is one."""
    causes = current.get()
    if causes is None:
        return
    causes.rows.extend(told.rows)
    for what, count in told.counts.items():
        causes.counts[what] = causes.counts.get(what, 0) + count


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
