"""Leaving: all that was taken over, and all that came since, goes back to the council in its own shape."""

from __future__ import annotations

import hmac
import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from counter import Office
from defects import broken
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from jobs import Work, job_shown
from refusals import Refused
from rounds import WEEKDAYS

Row = dict[str, Any]
LINES = "application/x-ndjson"

# No part of the slot's contract, so that its OpenAPI document does not name it.
leaving = APIRouter(include_in_schema=False)


@leaving.get("/council-records")
async def give_records_back(request: Request) -> StreamingResponse:
    """Every record of the slot, to the council alone: it shows the key that it gave this program."""
    office: Office = request.app.state.office
    _admit(request, office.council.membership.key)
    work = await office.post.work_now()
    lines = records(work, office.store.snapshot(), office.store.heard)
    # The first line is made now, and with it the moment is fixed of which all the others are.
    return StreamingResponse(_all(next(lines), lines), media_type=LINES)


def _admit(request: Request, key: str) -> None:
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not shown.strip():
        detail = "The records are given back to the council, which shows this component's own key"
        raise Refused(401, "not-authenticated", detail, {"WWW-Authenticate": "Bearer"})
    if not hmac.compare_digest(shown.strip().encode(), key.encode()):
        raise Refused(403, "not-allowed", "This key is not the component's own; records are not given to it")


def _all(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def records(work: Work, snapshot: sqlite3.Connection, position: str) -> Iterator[bytes]:
    """A line about the whole, then one for each record: in the council's tables, by the council's columns.

    What the council keeps there for itself alone, such as up to where a home has heard, is left out.
    """
    try:
        snapshot.execute("BEGIN")
        counts = {
            table: snapshot.execute(f"SELECT count(*) FROM ({query})").fetchone()[0]
            for table, (query, _) in _GIVEN.items()
        }
        moment = work.moment
        whole = {"council": moment.council, "slot": work.membership.slot, "position": position}
        yield _line({**whole, "now": moment.now.isoformat(), "tables": counts})
        for table, (query, record) in _GIVEN.items():
            for row in _as_told(table, map(record, snapshot.execute(query))):
                yield _line({"table": table, "record": row})
    finally:
        snapshot.close()


def _line(told: Row) -> bytes:
    return f"{json.dumps(told, ensure_ascii=False)}\n".encode()


def _as_told(table: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The records; of missed bins as a supplier with a mistake would give them."""
    if table != "waste_missed_collections":
        yield from rows
        return
    for number, row in enumerate(rows):
        if number == 0 and broken("record-lost-on-return"):
            continue
        if number == 1 and broken("field-changed-on-return"):
            row = {**row, "stream": "food" if row["stream"] != "food" else "refuse"}
        yield row
        if number == 0 and broken("record-doubled-on-return"):
            yield {**row, "reference": f"{row['reference']}-2"}


def _round(row: sqlite3.Row) -> Row:
    kept = ("refuse_week", "homes", "refuse_tonnes", "recycled_tonnes")
    return {"reference": row["code"], "weekday": WEEKDAYS[row["weekday"]]} | {
        name: row[name] for name in kept
    }


def _property(row: sqlite3.Row) -> Row:
    kept = ("uprn", "address", "garden_until", "holder_id", "holder_name")
    return {name: row[name] for name in kept} | {"round": row["crew"], "shared": bool(row["communal"])}


def _missed(row: sqlite3.Row) -> Row:
    return _case(row, "stream", "reported_at", "return_by")


def _bulky(row: sqlite3.Row) -> Row:
    case = _case(row, "charge_pence", "refunded_pence", "booked_on")
    return {**case, "things": ",".join(job_shown(row)["things"])}


def _case(row: sqlite3.Row, *others: str) -> Row:
    names = ("reference", "uprn", "collection_date", "status", "version", *others)
    shown = job_shown(row)
    return {name: shown[name] for name in names}


_GIVEN: dict[str, tuple[str, Callable[[sqlite3.Row], Row]]] = {
    "waste_rounds": ("SELECT * FROM crews ORDER BY code", _round),
    "waste_properties": ("SELECT * FROM homes ORDER BY uprn", _property),
    "waste_bulky_collections": ("SELECT * FROM jobs WHERE kind = 'bulky' ORDER BY number", _bulky),
    "waste_missed_collections": ("SELECT * FROM jobs WHERE kind = 'missed' ORDER BY number", _missed),
}
"""From which of this program's rows each of the council's tables is given back, and how."""
