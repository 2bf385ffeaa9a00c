"""What our stub of a slot holds, as a component takes it over: lines of JSON, all of one moment."""

from __future__ import annotations

from collections.abc import Generator

from sqlalchemy import func, select

from sandbox.exporting.formats import in_one_line
from sandbox.posting.feed import Cursor
from sandbox.stores import CouncilFile
from service_apis.kit.council import Council
from service_apis.kit.records import ClockReading, EventRecord
from service_apis.kit.service import Service

ROWS_AT_ONCE = 500
"""So few, since others are answered meanwhile, and wait for as long as the database gives rows."""


def record_lines(council: Council, service: Service) -> Generator[bytes]:
    """The records of a service's own tables, some hundreds at a time.

    First comes a line about the whole: of which slot, at which council time and place in the feed, and how
    many of each table. The tables follow one after another, those that others refer to first, each in the
    order of its key. All is read in one transaction, which ends with the iterator.
    """
    with CouncilFile(council.file).reading() as contents:
        tables = service.tables.sorted_tables
        position = contents.one(select(func.coalesce(func.max(EventRecord.position), 0)))
        whole = {
            "council": council.name,
            "slot": service.slug,
            "position": str(Cursor.at(position, council)),
            "now": contents.one(select(ClockReading.now)),
            "tables": {table.name: contents.one(select(func.count()).select_from(table)) for table in tables},
        }
        yield f"{in_one_line(whole)}\n".encode()
        for table in tables:
            names = table.columns.keys()
            for rows in contents.batches(table, ROWS_AT_ONCE):
                records = (dict(zip(names, row, strict=True)) for row in rows)
                lines = (in_one_line({"table": table.name, "record": record}) for record in records)
                yield "".join(f"{line}\n" for line in lines).encode()
