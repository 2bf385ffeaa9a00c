"""Leaving: all that was taken over, and all that came since, goes back to the council in its own shape."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from defects import wrong
from door import Present
from working_days import day_of

Row = dict[str, Any]
KIND = "application/x-ndjson"
SLOT = "street_reports"


def records(db: sqlite3.Connection, present: Present) -> Iterator[bytes]:
    """A line about the whole, then one for each record: in the council's tables, by the council's columns.

    All are of the one moment at which the first line was made.
    """
    counts = {
        table: db.execute(f"SELECT count(*) FROM {ours}").fetchone()[0]
        for table, (ours, _, _) in _GIVEN.items()
    }
    whole = {"council": present.council, "slot": SLOT, "position": present.position}
    yield _line({**whole, "now": _instant(present.now), "tables": counts})
    for table, (_, query, record) in _GIVEN.items():
        for row in _as_told(table, map(record, db.execute(query))):
            yield _line({"table": table, "record": row})


def _line(told: Row) -> bytes:
    return f"{json.dumps(told, ensure_ascii=False)}\n".encode()


def _as_told(table: str, rows: Iterator[Row]) -> Iterator[Row]:
    """The records, as a supplier with a fault would give them where there is to be one."""
    for number, row in enumerate(rows):
        if number == 0 and table.endswith("updates") and wrong("update-lost-on-return"):
            continue
        if number == 1 and table.endswith("reports") and wrong("address-changed-on-return"):
            row = {**row, "address": f"not {row['address']}"}
        yield row


def _place(row: sqlite3.Row) -> Row:
    kept = {name: row[name] for name in ("uprn", "line", "address", "postcode", "cell")}
    return {**kept, "street_key": row["street_words"], "latitude": row["lat"], "longitude": row["long"]}


def _report(row: sqlite3.Row) -> Row:
    kept = (
        "status",
        "state",
        "description",
        "address",
        "lat",
        "long",
        "media_url",
        "fixmystreet_id",
        "ending",
    )
    return {name: row[name] for name in kept} | {
        "service_request_id": row["id"],
        "service_code": row["code"],
        "status_notes": row["notes"],
        "requested_datetime": _instant(row["requested"]),
        "updated_datetime": _instant(row["updated"]),
        "expected_datetime": _instant(row["expected"]),
        "address_id": row["uprn"],
        "zipcode": row["postcode"],
        "sent": json.loads(row["sent"]),
        "steps_done": row["stages_reached"],
        "next_step_on": None if row["due"] is None else day_of(row["due"]).isoformat(),
    }


def _update(row: sqlite3.Row) -> Row:
    kept = ("status", "media_url", "fixmystreet_id", "sender_id")
    return {name: row[name] for name in kept} | {
        "update_id": row["id"],
        "service_request_id": row["report"],
        "description": row["notes"],
        "updated_datetime": _instant(row["made"]),
        "sent": None if row["sent"] is None else json.loads(row["sent"]),
    }


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


_REPORTS = (
    "SELECT reports.*, (SELECT min(due) FROM diary WHERE report = reports.id) AS due "
    "FROM reports ORDER BY number"
)
_GIVEN: dict[str, tuple[str, str, Callable[[sqlite3.Row], Row]]] = {
    "street_reports_places": ("places", "SELECT * FROM places ORDER BY uprn", _place),
    "street_reports_reports": ("reports", _REPORTS, _report),
    "street_reports_updates": ("updates", "SELECT * FROM updates ORDER BY number", _update),
}
"""From which of this program's tables each of the council's is given back, and how."""
