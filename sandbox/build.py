"""Building a council: figures to town, town to each service's records, records to one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox import __version__
from sandbox.blocks import BlockRecords, DueEntry, Plan, Progress
from sandbox.engines import Engine, InProcess
from sandbox.fidelity import keep_report
from sandbox.folder import FORMAT, DataFolder
from sandbox.journeys import Base as JourneyBase
from service_apis.kit.clock import at
from service_apis.kit.db import building
from service_apis.kit.records import Base as KitBase
from service_apis.kit.records import ClockReading, Counter, Fact
from service_apis.kit.records import DueEntry as DueRecord
from service_apis.kit.service import Service

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from synthetic_data.fidelity import Measure

__all__ = ["Plan", "Progress", "build", "build_into"]


def build(
    folder: DataFolder,
    plan: Plan,
    services: Mapping[str, Service],
    progress: Progress,
    engine: Engine | None = None,
    more_facts: Mapping[str, Any] | None = None,
) -> Path:
    """Build the council and return its file; interrupted or failed, it leaves nothing.

    ``engine`` says where its blocks are made, in this process if None; the council is the same whatever
    it is. ``more_facts`` are kept with those that every council has. Raises HalfBuilt where an earlier
    build of that name was killed, and what the engine raises.
    """
    with folder.building(plan.name) as file, building(file) as connection:
        build_into(connection, plan, services, progress, engine, more_facts)
    return folder.file(plan.name)


def build_into(
    connection: Connection,
    plan: Plan,
    services: Mapping[str, Service],
    progress: Progress,
    engine: Engine | None = None,
    more_facts: Mapping[str, Any] | None = None,
) -> None:
    """Build the council on a connection of ``kit.db.building``, or of ``Database.building``."""
    blocks = (engine or InProcess()).blocks(plan, tuple(services), progress)
    _write(connection, plan, blocks, services, more_facts or {})
    progress("the last touches", 1.0)


@dataclass(slots=True)
class _Sums:
    """What the blocks come to together."""

    residents: int = 0
    households: int = 0
    homes: int = 0
    measure: Measure | None = None
    counters: dict[str, int] = field(default_factory=dict)
    due: dict[str, dict[DueEntry, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, block: BlockRecords) -> None:
        """Add one block. What several put on the agenda, such as a day's instalments, falls due once."""
        self.residents += block.residents
        self.households += block.households
        self.homes += block.homes
        self.measure = self.measure + block.measure if self.measure else block.measure
        self.counters |= block.counters
        for service, entries in block.due.items():
            self.due[service] |= dict.fromkeys(entries)


def _write(
    connection: Connection,
    plan: Plan,
    blocks: Iterable[BlockRecords],
    services: Mapping[str, Service],
    more_facts: Mapping[str, Any],
) -> None:
    from service_apis.kit.bulk import create_indexes, create_tables, load
    from synthetic_data.fidelity_report import report

    kept = [KitBase.metadata, JourneyBase.metadata, *(service.tables for service in services.values())]
    for tables in kept:
        create_tables(connection, tables)
    sums = _Sums()
    for block in blocks:
        load(connection, block.image)
        sums.add(block)
    for tables in kept:
        create_indexes(connection, tables)
    due = [
        {"at": instant, "service": slug, "kind": kind, "subject": subject}
        for slug in services
        for instant, kind, subject in sums.due[slug]
    ]
    counters = [{"series": series, "last": last} for series, last in sums.counters.items()]
    known = {**_facts(plan, sums, services), **more_facts}
    facts = [{"name": name, "value": value} for name, value in known.items()]
    reading = [{"id": 1, "now": at(plan.as_of)}]
    for model, rows in ((DueRecord, due), (Counter, counters), (ClockReading, reading), (Fact, facts)):
        if rows:
            connection.execute(model.__table__.insert(), rows)  # type: ignore[attr-defined]
    if sums.measure:
        keep_report(connection, report(plan.profile, sums.measure, more_facts.get("imported", "")))


def _facts(plan: Plan, sums: _Sums, services: Mapping[str, Service]) -> dict[str, Any]:
    from synthetic_data.real_places import display_name

    return {
        "format": FORMAT,
        "version": __version__,
        "name": plan.name,
        "title": f"{display_name(plan.name)} Council",
        "shaped_like": plan.profile.name,
        "gss_code": plan.profile.gss_code,
        "figures": "census 2021",
        "seed": plan.seed,
        "as_of": plan.as_of.isoformat(),
        "identifiers": plan.identifiers,
        "mess": plan.mess,
        "asked_residents": plan.residents,
        "residents": sums.residents,
        "households": sums.households,
        "homes": sums.homes,
        "services": sorted(services),
    }
