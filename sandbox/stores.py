"""Where a council is kept, and how all of it is read: its file, or a PostgreSQL database of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import (
    DateTime,
    Engine,
    MetaData,
    NullPool,
    Select,
    String,
    Table,
    create_engine,
    event,
    inspect,
    select,
)
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from sandbox.failure import Failure
from sandbox.journeys import Base as JourneyBase
from service_apis.kit import postgresql
from service_apis.kit.db import Instant
from service_apis.kit.discovery import discover
from service_apis.kit.records import Base as KitBase
from service_apis.kit.records import Fact

_ROWS_AT_ONCE = 10_000


class CouldNotRead(Failure):
    """A council could not be read to its end."""


class NoSuchDatabase(Failure):
    """The database cannot be used: it is not PostgreSQL, does not answer, or its driver is missing."""


class CouldNotBuild(Failure):
    """The database would not take a council."""


class NotEmpty(Failure):
    """The database that a council was to be built in holds one already."""


class NoCouncilThere(Failure):
    """The database holds no council."""


class Store(Protocol):
    """Somewhere that a council is kept."""

    def reading(self) -> AbstractContextManager[Contents]:
        """The council as it is at this moment, whatever is written meanwhile; reading changes nothing."""
        ...


class Contents:
    """All the tables of one council, read in one transaction."""

    def __init__(self, connection: Connection, where: str) -> None:
        self._connection = connection
        self._where = where
        there = sorted(inspect(connection).get_table_names())
        if Fact.__tablename__ not in there:
            raise NoCouncilThere(f"There is no council in {where}; `council build` makes one")
        known = known_tables()
        self.tables = tuple(known[name] if name in known else self._found(name) for name in there)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the council says of itself: its name, what it is shaped like, its seed."""
        facts = Fact.__table__
        rows = self._connection.execute(select(facts.c.name, facts.c.value).order_by(facts.c.name))
        return {row.name: row.value for row in rows}

    def batches(self, table: Table, at_once: int = _ROWS_AT_ONCE) -> Iterator[list[tuple[Any, ...]]]:
        """A table's rows in the order of its key, as lists of so many at most.

        A value is a str, int, float, bool, date, datetime with its zone, bytes, None, or what JSON says.
        Text is ordered by its bytes, as SQLite does, on PostgreSQL as well.
        """
        key = list(table.primary_key) or list(table.columns)
        if self._connection.dialect.name == "postgresql":
            order = [each.collate("C") if isinstance(each.type, String) else each for each in key]
        else:
            order = list(key)
        rows = self._connection.execution_options(yield_per=at_once).execute(select(table).order_by(*order))
        for some in rows.partitions():
            yield [tuple(row) for row in some]

    def one(self, query: Select[Any]) -> Any:
        """The one value of a query, such as how many rows a table has."""
        return self._connection.execute(query).scalar_one()

    def _found(self, name: str) -> Table:
        """A table that none of our models describes, as the database does."""
        table = Table(name, MetaData(), autoload_with=self._connection, resolve_fks=False)
        for column in table.columns:
            if isinstance(column.type, DateTime):
                column.type = Instant()
        return table


def known_tables() -> dict[str, Table]:
    """The tables that a council can have, by name: the kit's, the sandbox's and those of each service."""
    kept = [KitBase.metadata, JourneyBase.metadata, *(service.tables for service in discover().values())]
    return {table.name: table for tables in kept for table in tables.sorted_tables}


def known_models() -> dict[str, type[Any]]:
    """The classes of those tables, by the name of the table."""
    ours = [mapper.class_ for base in (KitBase, JourneyBase) for mapper in base.registry.mappers]
    models = [*ours, *(model for service in discover().values() for model in service.models)]
    return {model.__tablename__: model for model in models}


@dataclass(frozen=True, slots=True)
class CouncilFile:
    """A council in its SQLite file, which may be being served meanwhile."""

    file: Path

    @contextmanager
    def reading(self) -> Iterator[Contents]:
        """See Store. Raises CouldNotRead where the file is damaged or no council's."""
        engine = create_engine(
            f"sqlite:///file:{quote(str(self.file.absolute()))}?mode=ro&uri=true", poolclass=NullPool
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            # The driver would begin no transaction to read, and each table would be of another moment.
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        with _read(engine, str(self.file)) as contents:
            yield contents


@dataclass(frozen=True, slots=True)
class Database:
    """A council in a PostgreSQL database of its own."""

    url: URL

    @classmethod
    def at(cls, address: str) -> Database:
        """The database at ``postgresql://user@host:port/name``.

        Raises NoSuchDatabase for another kind of address, or where the driver is not installed.
        """
        try:
            url = make_url(address)
        except ArgumentError as error:
            raise _no_address(address) from error
        if url.get_backend_name() not in ("postgresql", "postgres"):
            raise _no_address(address)
        if find_spec("psycopg") is None:
            raise NoSuchDatabase(
                "PostgreSQL's driver is not installed: it is the extra called postgresql. From a clone: "
                "pip install --editable '.[postgresql]'"
            )
        return cls(url.set(drivername="postgresql+psycopg"))

    def __str__(self) -> str:
        return self.url.set(drivername="postgresql").render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Contents]:
        """See Store. Raises NoSuchDatabase where it does not answer, NoCouncilThere if it holds none."""
        engine = create_engine(
            self.url,
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
        self._try(engine)
        with _read(engine, str(self)) as contents:
            yield contents

    @contextmanager
    def building(self) -> Iterator[Connection]:
        """A connection to build a council on; interrupted or failed, nothing is left of it.

        Raises NotEmpty if there are tables of a council, NoSuchDatabase where it does not answer,
        CouldNotBuild where it refuses.
        """
        import psycopg

        engine = create_engine(self.url, poolclass=NullPool)
        self._try(engine)
        try:
            with postgresql.building(engine) as connection:
                self._refuse_if_used(connection)
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
            raise CouldNotBuild(
                f"The council could not be built in {self}, and nothing is left of it there: {reason}"
            ) from error

    def _refuse_if_used(self, connection: Connection) -> None:
        used = sorted(known_tables().keys() & set(inspect(connection).get_table_names()))
        if used:
            raise NotEmpty(
                f"{self} already holds a council's tables ({used[0]} and {len(used) - 1} more), and nothing "
                "was changed there. Name an empty database."
            )

    def _try(self, engine: Engine) -> None:
        try:
            engine.connect().close()
        except OperationalError as error:
            raise NoSuchDatabase(
                f"{self} could not be opened: {str(error.orig).strip()}. See that PostgreSQL runs there, and "
                "that the database exists (createdb makes one)."
            ) from error


def _no_address(address: str) -> NoSuchDatabase:
    scheme = address.partition(":")[0]
    return NoSuchDatabase(
        f"--database takes an address such as postgresql://user@localhost:5432/town, not one of {scheme!r}"
    )


@contextmanager
def _read(engine: Engine, where: str) -> Iterator[Contents]:
    try:
        with engine.connect() as connection, connection.begin():
            yield Contents(connection, where)
    except DBAPIError as error:
        raise CouldNotRead(
            f"{where} could not be read as a council: {error.orig}. Build it again, or name another."
        ) from error
    finally:
        engine.dispose()
