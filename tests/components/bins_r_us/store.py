"""This program's own file: its crews, homes and jobs, the events still to send, and its first answers."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from council import Membership, NotJoined, records, state_of
from defects import broken
from rounds import CREWS_FINISH, CREWS_RETURN, WEEKDAYS, at

SCHEMA = """
CREATE TABLE crews (
    code TEXT PRIMARY KEY, weekday INTEGER NOT NULL, refuse_week INTEGER NOT NULL, homes INTEGER NOT NULL,
    refuse_tonnes REAL NOT NULL, recycled_tonnes REAL NOT NULL
);
CREATE TABLE homes (
    uprn TEXT PRIMARY KEY, address TEXT NOT NULL, crew TEXT NOT NULL REFERENCES crews,
    communal INTEGER NOT NULL, garden_until TEXT, holder_id TEXT, holder_name TEXT
) WITHOUT ROWID;
CREATE INDEX homes_by_crew ON homes (crew);
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    uprn TEXT NOT NULL REFERENCES homes, day TEXT NOT NULL, stream TEXT, state TEXT NOT NULL,
    version INTEGER NOT NULL, visit_at TEXT NOT NULL, details TEXT NOT NULL
);
CREATE INDEX jobs_by_home ON jobs (uprn, day);
CREATE INDEX jobs_by_day ON jobs (kind, day);
CREATE INDEX jobs_to_do ON jobs (visit_at) WHERE state IN ('reported', 'booked');
CREATE TABLE joined (state TEXT NOT NULL, heard TEXT NOT NULL);
CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT NOT NULL, event TEXT NOT NULL);
CREATE TABLE first_answers (
    caller TEXT, operation TEXT, key TEXT, asked BLOB, status INTEGER, headers TEXT, body BLOB,
    PRIMARY KEY (caller, operation, key)
) WITHOUT ROWID;
"""
"""A missed bin and a bulky collection are both a job: a crew goes to a home at a certain time. What only one
kind of job has stands in its details, as JSON."""
TABLES = re.findall("CREATE TABLE (\\w+)", SCHEMA)

ADD_JOB = (
    "INSERT INTO jobs (reference, kind, uprn, day, stream, state, version, visit_at, details)"
    " VALUES (:reference, :kind, :uprn, :day, :stream, :state, :version, :visit_at, :details)"
)


class Store:
    """The file, opened by this process alone. What was committed is there after any end of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = ":memory:" if broken("forgets-on-restart") else str(folder / "bins.sqlite")
        self.db = sqlite3.connect(self._file, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def snapshot(self) -> sqlite3.Connection:
        """A second way to the file, to read long from it at one moment while others write; to be closed."""
        # The web server streams from other threads than this one, one after the other.
        read = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        if self._file == ":memory:":
            self.db.backup(read)
        read.row_factory = sqlite3.Row
        return read

    @property
    def heard(self) -> str:
        """The place in the council's feed up to which this program has heard."""
        (position,) = self.db.execute("SELECT heard FROM joined").fetchone()
        return str(position)

    @property
    def state(self) -> str | None:
        """The state of the council under which the records were taken over; None where none were yet."""
        if not self.db.execute("SELECT 1 FROM sqlite_master WHERE name = 'joined'").fetchone():
            return None
        (state,) = self.db.execute("SELECT state FROM joined").fetchone()
        return str(state)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written in it, or nothing. There is no `await` in one, so that none meets another."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def take_over(self, membership: Membership) -> int:
        """Bring in what the council has in the slot, in place of all that was here; how many records came.

        Raises NotJoined; then nothing was changed, and the next time it is tried again.
        """
        # Asked first: where it changes while the records are read, they are taken over once more.
        state = state_of(membership)
        incoming = records(membership)
        whole, count = next(incoming), 0
        announced = sum(whole["tables"].values())
        with self.transaction() as db:
            self._empty()
            db.execute("INSERT INTO joined VALUES (?, ?)", (state, whole["position"]))
            # Jobs may come before the homes that they are at.
            db.execute("PRAGMA defer_foreign_keys = ON")
            for each in incoming:
                db.execute(*_TAKEN[each["table"]](each["record"]))
                count += 1
            if count != announced:
                raise NotJoined(f"{membership.door}/records broke off after {count} of {announced} records")
        return count

    def _empty(self) -> None:
        """Forget everything, also what was still to be told: it happened in a past that never was."""
        if self.state is None:
            for statement in SCHEMA.split(";"):
                self.db.execute(statement)
            return
        for table in reversed(TABLES):
            self.db.execute(f"DELETE FROM {table}")
        # Jobs are numbered anew. Events are not: one may be on its way, and is struck out by its number.
        self.db.execute("DELETE FROM sqlite_sequence WHERE name = 'jobs'")


def name_kept(name: str | None) -> str | None:
    """A person's name as it is kept: letter by letter as it was told."""
    if name is not None and broken("names-in-ascii"):
        return name.encode("ascii", "replace").decode()
    return name


def _crew(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = ":reference, :weekday, :refuse_week, :homes, :refuse_tonnes, :recycled_tonnes"
    return f"INSERT INTO crews VALUES ({names})", {**row, "weekday": WEEKDAYS.index(row["weekday"])}


def _home(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    statement = (
        "INSERT INTO homes VALUES (:uprn, :address, :round, :shared, :garden_until, :holder_id, :holder_name)"
    )
    return statement, {**row, "holder_name": name_kept(row["holder_name"])}


def _missed(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    details = {"reported_at": row["reported_at"], "return_by": row["return_by"]}
    visit = at(date.fromisoformat(row["return_by"]), CREWS_RETURN)
    return ADD_JOB, _job("missed", row, row["stream"], visit.isoformat(), details)


def _bulky(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    things = row["things"].split(",") if isinstance(row["things"], str) else row["things"]
    details = {
        "things": things,
        **{name: row[name] for name in ("charge_pence", "refunded_pence", "booked_on")},
    }
    visit = at(date.fromisoformat(row["collection_date"]), CREWS_FINISH)
    return ADD_JOB, _job("bulky", row, None, visit.isoformat(), details)


def _job(kind: str, row: dict[str, Any], stream: str | None, visit_at: str, details: Any) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "kind": kind,
        "uprn": row["uprn"],
        "day": row["collection_date"],
        "stream": stream,
        "state": row["status"],
        "version": row["version"],
        "visit_at": visit_at,
        "details": json.dumps(details),
    }


_TAKEN = {
    "waste_rounds": _crew,
    "waste_properties": _home,
    "waste_missed_collections": _missed,
    "waste_bulky_collections": _bulky,
}
"""How a record of each of the council's tables becomes one of ours."""
