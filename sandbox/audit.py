"""The audit: every value of a council's file looked at, and every identifier proved to be nobody's.

A column, or a key inside a JSON value, that is named for an identifier may hold nothing else than
one from its safe range. Everywhere else whatever reads like an identifier is recognised.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.failure import Failure
from sandbox.recognition import Sighting, sightings

_ROWS_AT_ONCE = 5_000


class CouldNotAudit(Failure):
    """The council's file could not be read to its end."""


@dataclass(frozen=True, slots=True)
class Outside:
    """An identifier that lies in no safe range, and where it is."""

    table: str
    column: str
    row: str
    sighting: Sighting


@dataclass(slots=True)
class Audit:
    """What an audit found: how many identifiers of each kind in which range, and those outside."""

    tables: int = 0
    columns: int = 0
    values: int = 0
    inside: Counter[tuple[str, str]] = field(default_factory=Counter)
    outside: list[Outside] = field(default_factory=list)


def audit(file: Path) -> Audit:
    """Look at every value of a council's file, without changing it.

    Raises CouldNotAudit where the file is damaged or is no database.
    """
    result = Audit()
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            connection.text_factory = _text
            for table in _tables(connection):
                _look_through(connection, table, result)
    except sqlite3.DatabaseError as error:
        raise CouldNotAudit(
            f"{file} could not be read as a council's file: {error}. Build it again, or name another."
        ) from error
    return result


def _text(written: bytes) -> str:
    return written.decode("utf-8", errors="replace")


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in rows]


def _look_through(connection: sqlite3.Connection, table: str, result: Audit) -> None:
    quoted = '"' + table.replace('"', '""') + '"'
    described = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
    names = [column[1] for column in described]
    key = [number for number, column in enumerate(described) if column[5]]
    result.tables += 1
    result.columns += len(names)
    rows = connection.execute(f"SELECT * FROM {quoted}")
    for number, row in enumerate(_all(rows), start=1):
        for name, value in zip(names, row, strict=True):
            if value is None:
                continue
            result.values += 1
            for sighting in sightings(name, value):
                if sighting.range:
                    result.inside[sighting.kind, sighting.range] += 1
                else:
                    where = ", ".join(str(row[column]) for column in key) or f"number {number}"
                    result.outside.append(Outside(table, name, where, sighting))


def _all(rows: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    while some := rows.fetchmany(_ROWS_AT_ONCE):
        yield from some
