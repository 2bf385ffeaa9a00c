"""The database seam: engines, declarative bases and the types of columns.

A council is one SQLite file, which can be copied while it is used. Reads open a deferred transaction,
writes ``BEGIN IMMEDIATE``, so that a writer never finds out half-way that another was first. The write-ahead
log keeps what was acknowledged through a kill of the process.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, Integer, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from service_apis.kit.problems import Conflict

BUSY_TIMEOUT_MS = 5_000


class Instant(TypeDecorator[datetime]):
    """A moment with its zone. Kept as UTC without one, which sorts; given back as aware UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone; council instants always have one")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Versioned:
    """A row that can change. SQLAlchemy raises ``version`` with each change; it is the ETag."""

    version: Mapped[int] = mapped_column(Integer, default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain dict


COLUMN_TYPES = {datetime: Instant()}
"""How Python types become column types, for each service's ``class Base(DeclarativeBase)``."""

KEYED_BY_NAME = {"sqlite_with_rowid": False}
"""For the ``__table_args__`` of a large table that is little more than its key of several columns: SQLite
then keeps it once, in the order of that key."""


@contextmanager
def building(file: Path) -> Iterator[Connection]:
    """A connection to a council's file while it is built, which commits each statement.

    Nothing else sees the file and a build that fails leaves none, so there is no journal; the file is on
    the disk when the context ends.
    """
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        # Larger pages than usual are filled and indexed an eighth quicker, and read no slower.
        connection.execute("PRAGMA page_size = 8192")
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA cache_size = -200000")

    try:
        with engine.connect() as connection:
            yield connection
            connection.exec_driver_sql("PRAGMA locking_mode = NORMAL")
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    finally:
        engine.dispose()
    with file.open("rb") as written:
        os.fsync(written.fileno())


def open_engine(file: Path) -> Engine:
    """The engine of one council's file; the file must exist or its folder be writable."""
    engine = create_engine(f"sqlite:///{file}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transaction handling would begin too late and never IMMEDIATE.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -16000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        # Straight to the driver: through the engine it would cost as much as the read that follows.
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def copy_database(source: Path, copy: Path) -> None:
    """Copy a council's file as it stands, to a path where nothing is yet.

    The caller sees to it that nobody writes meanwhile; others may read. The log is worked into the file
    first, and then the file copied as a whole, which is four times quicker than SQLite's own copying. Where
    a reader from elsewhere keeps the log from being worked in, SQLite copies.
    """
    with closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            shutil.copyfile(source, copy)
        else:
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                target.execute("PRAGMA synchronous = OFF")
                connection.backup(target)
    with copy.open("rb") as written:
        os.fsync(written.fileno())


def remove_database(file: Path) -> None:
    """Delete an SQLite file and the files that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def empty_log(file: Path) -> None:
    """Work a council's log into its file, which can then be replaced. Raises StillRead where it is read."""
    # Called on the event loop, which cannot wait long.
    with closing(sqlite3.connect(file, timeout=0.05, isolation_level=None)) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StillRead(
                f"{file.name} is being read by another program, such as an export, and stays as it was. "
                "Try again when that has ended."
            )


def put_in_place(file: Path, new: Path) -> None:
    """Let a new file take the place of a council's, whose log is empty and which nobody has open any more.

    At every moment there is one whole file at the path.
    """
    # To lose an empty log loses nothing, and beside another file it would be poison.
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    new.rename(file)


class StillRead(Conflict):
    """Another program is reading the council's file, which cannot be replaced meanwhile. Try again."""
