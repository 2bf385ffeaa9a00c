"""Building a council: figures to town, town to each service's records, records to one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.schema import CreateIndex, CreateTable

from sandbox import __version__
from sandbox.folder import FORMAT, DataFolder
from sandbox.journeys import Base as JourneyBase
from service_apis.kit.db import open_engine
from service_apis.kit.records import Base as KitBase
from service_apis.kit.records import ClockReading, Counter, DueEntry, Fact
from service_apis.kit.service import Service

if TYPE_CHECKING:
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile
    from synthetic_data.town import Town

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of the whole is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a council is to be: its name, what it is shaped like, how many people, from which seed.

    ``identifiers`` is the mode of its identifiers, see ``synthetic_data.identifiers``.
    """

    name: str
    profile: Profile
    residents: int
    seed: int
    as_of: date
    identifiers: Mode = "unallocatable"


def build(folder: DataFolder, plan: Plan, services: Mapping[str, Service], progress: Progress) -> Path:
    """Build the council and return its file; interrupted or failed, it leaves nothing.

    Raises HalfBuilt where an earlier build of that name was killed.
    """
    # NumPy and the generator are needed here alone; a server that only serves starts without them.
    from synthetic_data.build import build_town

    with folder.building(plan.name) as file:
        progress("the town", 0.0)
        town = build_town(
            plan.profile,
            residents=plan.residents,
            seed=plan.seed,
            as_of=plan.as_of,
            name=plan.name,
            identifiers=plan.identifiers,
        )
        engine = open_engine(file)
        try:
            with engine.execution_options(writing=True).connect() as connection, connection.begin():
                _write(connection, plan, town, services, progress)
            with engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            engine.dispose()
        progress("the last touches", 1.0)
    return folder.file(plan.name)


def _write(
    connection: Connection, plan: Plan, town: Town, services: Mapping[str, Service], progress: Progress
) -> None:
    from service_apis.kit.bulk import load
    from service_apis.kit.seeding import Seeding

    for kept in (KitBase.metadata, JourneyBase.metadata):
        _create_tables(connection, kept)
        _create_indexes(connection, kept)
    now = Seeding(plan.as_of).now
    for number, (slug, service) in enumerate(services.items(), start=1):
        progress(service.title, number / (len(services) + 1))
        _create_tables(connection, service.tables)
        seeding = Seeding(plan.as_of)
        for columns in service.seed(town, seeding):
            load(connection, columns)
        _create_indexes(connection, service.tables)
        if seeding.due:
            due = [{"at": at, "service": slug, "kind": kind, "subject": on} for at, kind, on in seeding.due]
            connection.execute(DueEntry.__table__.insert(), due)  # type: ignore[attr-defined]
        for series, last in seeding.counters.items():
            connection.execute(Counter.__table__.insert().values(series=series, last=last))  # type: ignore[attr-defined]
    connection.execute(ClockReading.__table__.insert().values(id=1, now=now))  # type: ignore[attr-defined]
    facts = [{"name": name, "value": value} for name, value in _facts(plan, town, services).items()]
    connection.execute(Fact.__table__.insert(), facts)  # type: ignore[attr-defined]


def _create_tables(connection: Connection, tables: MetaData) -> None:
    for table in tables.sorted_tables:
        connection.execute(CreateTable(table))


def _create_indexes(connection: Connection, tables: MetaData) -> None:
    """Create the indexes once the rows are there, which is quicker, and always in the same order."""
    for table in tables.sorted_tables:
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            connection.execute(CreateIndex(index))


def _facts(plan: Plan, town: Town, services: Mapping[str, Service]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "name": plan.name,
        "title": f"{town.name} Council",
        "shaped_like": plan.profile.name,
        "gss_code": plan.profile.gss_code,
        "figures": "census 2021",
        "seed": plan.seed,
        "as_of": plan.as_of.isoformat(),
        "identifiers": plan.identifiers,
        "asked_residents": plan.residents,
        "residents": len(town.residents.born),
        "households": len(town.households.size),
        "homes": int((town.properties.kind == 0).sum()),
        "services": sorted(services),
    }
