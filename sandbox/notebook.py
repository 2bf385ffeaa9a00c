"""The sandbox's own notebook about one council: what no fork copies and no restore takes back.

Webhooks, rules of forced behaviour and the lifetime of a fork stand here, in an SQLite file of their own.
Each module that keeps something declares its tables on :class:`Base`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, inspect, text
from sqlalchemy.orm import DeclarativeBase, Session

from service_apis.kit.db import COLUMN_TYPES, open_engine


class Base(DeclarativeBase):
    """The base of the notebook's tables; all are called ``sandbox_...``."""

    type_annotation_map = COLUMN_TYPES | {dict[str, Any]: JSON, list[str]: JSON}


class Notebook:
    """The notebook of one council, opened by one process. Its file can be read by its owner alone."""

    def __init__(self, file: Path) -> None:
        # Secrets of webhooks stand in it.
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        self._engine = open_engine(file)
        self._writes = self._engine.execution_options(writing=True)
        Base.metadata.create_all(self._writes)
        self._add_columns()

    def _add_columns(self) -> None:
        """Give the tables of a file that an earlier version made the columns that came since."""
        with self._writes.begin() as connection:
            there = inspect(connection)
            for table in Base.metadata.sorted_tables:
                known = {column["name"] for column in there.get_columns(table.name)}
                for column in table.columns:
                    if column.name not in known:
                        kind = column.type.compile(connection.dialect)
                        first = getattr(column.default, "arg", None)
                        default = "" if first is None else f" DEFAULT {first!r}"
                        connection.execute(
                            text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}{default}")
                        )

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that may write, in one short transaction: committed at the end, or not at all."""
        with Session(self._writes, expire_on_commit=False) as session, session.begin():
            yield session
