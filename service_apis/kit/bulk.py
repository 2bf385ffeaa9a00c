"""Columns to rows: how a seed's arrays are written to the council's file at speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import JSON, Boolean, Date, Table
from sqlalchemy.engine import Connection
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from service_apis.kit.db import Instant
from service_apis.kit.seeding import Columns

Column = Any
"""A NumPy array, a list, or one value that every row shares."""


def load(connection: Connection, columns: Columns) -> int:
    """Write one table's columns and say how many rows there were.

    Values go straight to the driver, in the form that the column's type keeps them in; a column
    of the table that is not given, and has no value to share, stays null or takes its default.
    Raises ValueError if lengths differ or a name is not a column of the table.
    """
    table: Table = columns.model.__table__  # type: ignore[assignment]
    values = _with_defaults(table, columns.values)
    lengths = {len(value) for value in values.values() if _is_column(value)}
    if len(lengths) != 1:
        raise ValueError(f"{table.name}: columns have different lengths, {sorted(lengths)}")
    count = lengths.pop()
    stored = [_stored(table, name, value, count) for name, value in values.items()]
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection has been closed"
    driver.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', zip(*stored, strict=True))
    return count


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


def _stored(table: Table, name: str, value: Column, count: int) -> Iterable[Any]:
    kind = table.columns[name].type
    if isinstance(kind, JSON):
        raise ValueError(f"{table.name}.{name}: JSON columns cannot be loaded in bulk; use plain columns")
    if not _is_column(value):
        value = [value] * count
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
