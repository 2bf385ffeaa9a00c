"""Columns to rows: how a seed's arrays become records at speed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import JSON, Boolean, Date, MetaData, Table
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from service_apis.kit import postgresql
from service_apis.kit.db import Instant
from service_apis.kit.seeding import Columns

Column = Any
"""A NumPy array, a list, or one value that every row shares."""


class Image:
    """Rows of many tables in a small SQLite database of their own, in memory.

    It is how the records of one block of a town travel, as bytes, from where they are made to the
    council that they belong to: tables without keys or indexes, each with the columns that were given.
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA page_size = 32768")
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("BEGIN")

    def add(self, columns: Columns) -> int:
        """Add one table's columns and say how many rows there were.

        A column of the table that is not given, and has no value to share, stays null or takes its
        default. Raises ValueError if lengths differ or a name is not a column of the table.
        """
        if not columns.values:
            return 0  # a table given as rows, of which a small town may have none
        table: Table = columns.model.__table__  # type: ignore[assignment]
        values = _with_defaults(table, columns.values)
        lengths = {len(value) for value in values.values() if _is_column(value)}
        if len(lengths) != 1:
            raise ValueError(f"{table.name}: columns have different lengths, {sorted(lengths)}")
        count = lengths.pop()
        given = {name: _stored(table, name, value) for name, value in values.items() if _is_column(value)}
        # What all rows share stands in the statement itself, which is quicker than binding it to each.
        shared = {name: self._quoted(_stored(table, name, [values[name]])) for name in values.keys() - given}
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(shared.get(name, "?") for name in values)
        self._connection.execute(f'CREATE TABLE IF NOT EXISTS "{table.name}" ({names})')
        rows = zip(*given.values(), strict=True)
        self._connection.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
        return count

    def _quoted(self, stored: Iterable[Any]) -> str:
        (value,) = stored
        literal: str = self._connection.execute("SELECT quote(?)", (value,)).fetchone()[0]
        return literal

    def content(self) -> bytes:
        """The database as bytes, which SQLite can open as they are; nothing can be added any more."""
        self._connection.execute("COMMIT")
        content = self._connection.serialize()
        self._connection.close()
        return content


def create_tables(connection: Connection, tables: MetaData) -> None:
    """Create tables that rows are to be loaded into, without indexes."""
    if connection.dialect.name == "postgresql":
        postgresql.create_tables(connection, tables)
        return
    for table in tables.sorted_tables:
        connection.execute(CreateTable(table))


def create_indexes(connection: Connection, tables: MetaData) -> None:
    """Create the indexes once the rows are there, which is quicker, and always in the same order."""
    for table in tables.sorted_tables:
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            connection.execute(CreateIndex(index))
    if connection.dialect.name == "postgresql":
        postgresql.finish(connection, tables)


def load(connection: Connection, image: bytes) -> None:
    """Append the rows of an image to the tables of the same names, in the order that they have there.

    The connection is one of ``kit.db.building``, or of ``kit.postgresql.building``.
    """
    if connection.dialect.name == "postgresql":
        postgresql.load(connection, image)
        return
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection has been closed"
    # Attached anew for each image: SQLite would go on reading the next by the first one's schema.
    driver.execute("ATTACH ':memory:' AS incoming")
    driver.deserialize(image, name="incoming")
    driver.execute("BEGIN")
    for (name,) in driver.execute("SELECT name FROM incoming.sqlite_master ORDER BY rowid").fetchall():
        described = driver.execute(f'PRAGMA incoming.table_info("{name}")')
        names = ", ".join(f'"{column[1]}"' for column in described)
        driver.execute(f'INSERT INTO main."{name}" ({names}) SELECT {names} FROM incoming."{name}"')
    driver.execute("COMMIT")
    driver.execute("DETACH incoming")


def _with_defaults(table: Table, values: Mapping[str, Column]) -> dict[str, Column]:
    unknown = sorted(set(values) - set(table.columns.keys()))
    if unknown:
        raise ValueError(f"{table.name} has no column called {', '.join(unknown)}")
    defaults = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in values and isinstance(column.default, ScalarElementColumnDefault)
    }
    return {**defaults, **values}


def _is_column(value: Column) -> bool:
    return isinstance(value, list | np.ndarray)


def _stored(table: Table, name: str, value: Column) -> Iterable[Any]:
    kind = table.columns[name].type
    if isinstance(kind, JSON):
        raise ValueError(f"{table.name}.{name}: JSON columns cannot be loaded in bulk; use plain columns")
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "M":
            return _stored_times(value, isinstance(kind, Instant))
        plain: list[Any] = (value.astype(np.int8) if isinstance(kind, Boolean) else value).tolist()
        return plain
    if isinstance(kind, Instant):
        return [None if each is None else f"{each.replace(tzinfo=None)}.000000" for each in value]
    if isinstance(kind, Date):
        return [None if each is None else each.isoformat() for each in value]
    return list(value)


def _stored_times(value: np.ndarray[Any, Any], with_time: bool) -> list[str | None]:
    """Dates as SQLAlchemy keeps them in SQLite: ``2026-06-01``, or ``2026-06-01 08:00:00.000000``."""
    kept = value.astype("datetime64[us]" if with_time else "datetime64[D]")
    distinct, places = np.unique(kept, return_inverse=True)
    written = [str(moment) for moment in distinct]
    texts = np.array([None if t == "NaT" else t.replace("T", " ") for t in written], dtype=object)
    result: list[str | None] = texts[places].tolist()
    return result
