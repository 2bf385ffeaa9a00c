"""PostgreSQL as the keeper of a council: one transaction to build it in, and rows loaded by COPY."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, MetaData, Table, func, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.schema import AddConstraint, CreateTable

if TYPE_CHECKING:
    from psycopg import Cursor


@contextmanager
def building(engine: Engine) -> Iterator[Connection]:
    """A connection to an empty database while a council is built there: all of it is kept, or nothing."""
    with engine.begin() as connection:
        yield connection


def create_tables(connection: Connection, tables: MetaData) -> None:
    """Create tables that rows are to be loaded into, without indexes and references to one another.

    Whole numbers have the 64 bits that SQLite gives them; PostgreSQL's own INTEGER has 32.
    """
    wide = MetaData()
    for table in tables.sorted_tables:
        for column in table.to_metadata(wide).columns:
            if isinstance(column.type, Integer):
                column.type = BigInteger()
    for table in wide.sorted_tables:
        # Each reference would be checked with each row: they are added at the end.
        connection.execute(CreateTable(table, include_foreign_key_constraints=[]))


def load(connection: Connection, image: bytes) -> None:
    """Append the rows of an image (``kit.bulk.Image``) to the tables of the same names, by COPY.

    Dates, instants and booleans stand in an image as SQLite keeps them, which PostgreSQL reads as they are.
    """
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection has been closed"
    with closing(sqlite3.connect(":memory:")) as incoming, driver.cursor() as cursor:
        incoming.deserialize(image)
        for (name,) in incoming.execute("SELECT name FROM sqlite_master ORDER BY rowid").fetchall():
            rows = incoming.execute(f'SELECT * FROM "{name}"')
            _copy(cursor, name, [column[0] for column in rows.description], rows)


def _copy(cursor: Cursor[Any], table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    from psycopg.sql import SQL, Identifier

    into = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table), SQL(", ").join(Identifier(column) for column in columns)
    )
    with cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)


def finish(connection: Connection, tables: MetaData) -> None:
    """Add what is quicker or only possible once the rows are there: foreign keys, and where numbers go on.

    A block's rows come in the order of its services' work, so that a row may come before the one that it
    points to.
    """
    for table in tables.sorted_tables:
        for constraint in table.foreign_key_constraints:
            # Not isolated from its table: the next council may be an SQLite file, and has it in place.
            connection.execute(AddConstraint(constraint, isolate_from_table=False))
        _continue_numbers(connection, table)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let the numbers that the database gives out go on after those of the rows that were loaded."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, Integer):
        return
    series = func.pg_get_serial_sequence(table.name, column.name)
    last = select(func.max(column)).scalar_subquery()
    connection.execute(select(func.setval(series, func.coalesce(last, 1), last.is_not(None))))
