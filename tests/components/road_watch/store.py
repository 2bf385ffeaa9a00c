"""What this program keeps: one SQLite file of its own, filled from the council's records when it joins."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import catalogue
import reports
from defects import wrong
from door import Council, Present
from places import words_of
from refusals import CouncilSilent

_TABLES = """
CREATE TABLE joined (state TEXT);
CREATE TABLE places (
    uprn TEXT PRIMARY KEY, address TEXT, line TEXT, line_words TEXT, street_words TEXT, postcode TEXT,
    lat REAL, long REAL, cell INTEGER
);
CREATE INDEX places_by_point ON places (lat, long);
CREATE TABLE reports (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, token TEXT UNIQUE, code TEXT, status TEXT, state TEXT,
    notes TEXT, description TEXT, requested INTEGER, updated INTEGER, expected INTEGER, address TEXT,
    uprn TEXT, postcode TEXT, lat REAL, long REAL, media_url TEXT, fixmystreet_id TEXT, sent TEXT,
    ending TEXT, stages_reached INTEGER
);
CREATE INDEX reports_by_time ON reports (requested);
CREATE TABLE updates (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, report TEXT, status TEXT, notes TEXT, made INTEGER,
    media_url TEXT, fixmystreet_id TEXT, sender_id TEXT, sent TEXT
);
CREATE INDEX updates_by_time ON updates (made);
CREATE INDEX updates_by_sender ON updates (report, sender_id);
CREATE TABLE diary (due INTEGER, report TEXT, state TEXT, note TEXT);
CREATE INDEX diary_by_time ON diary (due);
CREATE INDEX diary_by_report ON diary (report);
CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT);
"""


class Store:
    """The file, used by one call at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = ":memory:" if wrong("forgets-on-restart") else str(folder / "road-watch.sqlite")
        self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # What has been answered is on the disk, whatever happens to this program or the machine.
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        self._turn = threading.Lock()
        if not self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'joined'").fetchone():
            self._db.executescript(f"BEGIN; {_TABLES} COMMIT;")

    def present(self, council: Council) -> Present:
        """The council's present, once the records here are those of it. Raises CouncilSilent.

        The records are taken over where there are none yet, and anew where the council's state is another
        than it was then.
        """
        while (present := council.present()).state != self._state:
            self._take_over(council, present.state)
        return present

    @property
    def has_joined(self) -> bool:
        """Whether records were ever taken over."""
        return self._state is not None

    @property
    def _state(self) -> str | None:
        row = self._db.execute("SELECT state FROM joined").fetchone()
        return None if row is None else str(row["state"])

    def _take_over(self, council: Council, state: str) -> None:
        """Forget everything, also what was still to be told, and take the council's records; all or nothing.

        Where the state changes while they are read, they are of the next one, and are taken once more.
        """
        with self._turn, self._db:
            if self._state == state:
                return
            self._db.execute("BEGIN")
            # Rows go and not tables: the outbox goes on with its numbers, as an event may be on its way.
            for table in re.findall(r"CREATE TABLE (\w+)", _TABLES):
                self._db.execute(f"DELETE FROM {table}")
            for table, record in council.records():
                _TAKEN_OVER[table](self._db, record)
            reports.insert(self._db, "joined", state=state)
            council.forget_keys()

    @contextmanager
    def at(self, present: Present) -> Iterator[sqlite3.Connection]:
        """The file in one transaction, once all that fell due by then has been worked through.

        Raises CouncilSilent where the records were taken over anew since that present.
        """
        with self._turn, self._db:
            if self._state != present.state:
                raise CouncilSilent("The council was set back meanwhile; nothing was done. Ask again")
            self._db.execute("BEGIN")
            reports.work_through(self._db, present.now)
            yield self._db

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A second way to the file, to read long from it at one moment while others write."""
        read = sqlite3.connect(self._path, isolation_level=None)
        read.row_factory = sqlite3.Row
        try:
            if self._path == ":memory:":
                with self._turn:
                    self._db.backup(read)
            read.execute("BEGIN")
            yield read
        finally:
            read.close()

    def untold(self) -> tuple[int, dict[str, Any]] | None:
        """The earliest event that has not been told, and its number."""
        with self._turn:
            row = self._db.execute("SELECT number, event FROM outbox ORDER BY number LIMIT 1").fetchone()
        return (row["number"], json.loads(row["event"])) if row else None

    def strike(self, number: int) -> None:
        """Forget an event that has been told."""
        with self._turn:
            self._db.execute("DELETE FROM outbox WHERE number = ?", (number,))


def _take_place(db: sqlite3.Connection, record: dict[str, Any]) -> None:
    reports.insert(
        db,
        "places",
        uprn=record["uprn"],
        address=record["address"],
        line=record["line"],
        line_words=words_of(record["line"]),
        street_words=record["street_key"],
        postcode=record["postcode"],
        lat=record["latitude"],
        long=record["longitude"],
        cell=record["cell"],
    )


def _take_report(db: sqlite3.Connection, record: dict[str, Any]) -> None:
    """Keep a report under the id that people know it by, with what is still to be done about it."""
    service, old = catalogue.service(record["service_code"]), record["service_request_id"]
    reports.insert(
        db,
        "reports",
        id=old,
        # The tokens that people were given are not among the records; they were made from the id.
        token=old.replace("SR", "TK") if service["type"] == "batch" else None,
        code=record["service_code"],
        notes=record["status_notes"],
        requested=_seconds(record["requested_datetime"]),
        updated=_seconds(record["updated_datetime"]),
        expected=_seconds(record["expected_datetime"]),
        uprn=record["address_id"],
        postcode=record["zipcode"],
        sent=json.dumps(record["sent"]),
        ending=record["ending"],
        stages_reached=record["steps_done"],
        **{name: record[name] for name in ("status", "state", "description", "address", "lat", "long")},
        **{name: record[name] for name in ("media_url", "fixmystreet_id")},
    )
    if record["next_step_on"]:
        to_come = catalogue.stages(service, record["ending"])[record["steps_done"] :]
        reports.plan(
            db, old, date.fromisoformat(record["next_step_on"]), [to_come[0]._replace(wait=0), *to_come[1:]]
        )


def _take_update(db: sqlite3.Connection, record: dict[str, Any]) -> None:
    reports.insert(
        db,
        "updates",
        id=record["update_id"],
        report=record["service_request_id"],
        notes=record["description"],
        made=_seconds(record["updated_datetime"]),
        sent=json.dumps(record["sent"]),
        **{name: record[name] for name in ("status", "media_url", "fixmystreet_id", "sender_id")},
    )


_TAKEN_OVER = {
    "street_reports_places": _take_place,
    "street_reports_reports": _take_report,
    "street_reports_updates": _take_update,
}


def _seconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp())
