"""The ring: the latest calls of one council in an SQLite file that never grows beyond its size.

It outlives a restart and a kill of the process; a file that a failing machine damaged is begun anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from service_apis.kit.db import remove_database

FORMAT = 1
LONGEST_BODY = 64 * 1024
"""Bytes of a body that are kept; of a longer one it is said that it was cut."""
ROW_BYTES = 400
"""What a call takes beside its headers, bodies and rows."""
FILLED = 0.7
"""The share of its size that the file is filled to; the rest is for SQLite's pages and log."""
LOG_BYTES = 256 * 1024
"""How much is written before SQLite works its log into the file."""


class Entry(NamedTuple):
    """One call as it is kept: masked, and its bodies cut. Instants are seconds of the epoch, UTC.

    ``touched`` is a JSON list of rows (see ``service_apis.kit.causes``), empty where there are none;
    ``counts`` counts them by table and change. ``request_bytes`` and ``answer_bytes`` are whole lengths.
    """

    number: int
    request_id: str
    at: float
    council_time: str
    service: str
    operation: str
    method: str
    address: str
    status: int
    seconds: float
    caller: str | None
    scopes: str
    client: str
    fault: str
    note: str
    rows: int
    events: int
    scheme: str
    http_version: str
    request_bytes: int
    answer_bytes: int
    size: int
    counts: str
    request_headers: bytes
    answer_headers: bytes
    request_body: bytes
    answer_body: bytes
    touched: bytes

    @property
    def request_cut(self) -> bool:
        """Whether of the request's body only the beginning was kept, or nothing, since it was compressed."""
        return _cut(self.request_body, self.request_bytes)

    @property
    def answer_cut(self) -> bool:
        """The same of the answer's body."""
        return _cut(self.answer_body, self.answer_bytes)


def _cut(kept: bytes, length: int) -> bool:
    # Masking makes a body shorter as well, and cuts nothing.
    return length > LONGEST_BODY or (length > 0 and not kept)


COLUMNS = Entry._fields
IN_BRIEF = COLUMNS[: COLUMNS.index("request_headers")]
"""What stands before the long columns, and can be read without them."""
_INSERT = f"INSERT INTO calls ({', '.join(COLUMNS[1:])}) VALUES ({', '.join('?' * (len(COLUMNS) - 1))})"


class Ring:
    """The file of one council's calls: at most ``most_bytes`` long, log included, and ``most_calls`` calls.

    Not for several threads at a time.
    """

    def __init__(self, file: Path, most_bytes: int, most_calls: int) -> None:
        self._most_bytes = int(most_bytes * FILLED) - LOG_BYTES
        self._most_calls = most_calls
        try:
            self._open(file)
        except sqlite3.DatabaseError:
            self._connection.close()
            remove_database(file)
            self._open(file)

    def _open(self, file: Path) -> None:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        self._connection = connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // 4096}")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        if connection.execute("PRAGMA user_version").fetchone()[0] not in (0, FORMAT):
            raise sqlite3.DatabaseError(f"{file} is a journal of another format")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        columns = ", ".join(COLUMNS[1:])
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"
        )
        self._calls, self._bytes = connection.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM calls"
        ).fetchone()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep calls, the latest last; the oldest make room for them. Their numbers are given out here."""
        batch: list[Entry] = []
        size = 0
        for entry in entries:
            batch.append(entry)
            size += entry.size
            if size > LOG_BYTES:
                self._add(batch, size)
                batch, size = [], 0
        if batch:
            self._add(batch, size)

    def _add(self, batch: Sequence[Entry], size: int) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._make_room(size, len(batch))
        self._connection.executemany(_INSERT, [entry[1:] for entry in batch])
        self._connection.execute("COMMIT")
        self._calls += len(batch)
        self._bytes += size

    def _make_room(self, size: int, calls: int) -> None:
        gone = 0
        oldest = self._connection.execute("SELECT number, size FROM calls ORDER BY number")
        while self._bytes + size > self._most_bytes or self._calls + calls > self._most_calls:
            row = oldest.fetchone()
            if row is None:
                break
            gone = row[0]
            self._calls -= 1
            self._bytes -= row[1]
        oldest.close()
        if gone:
            self._connection.execute("DELETE FROM calls WHERE number <= ?", (gone,))

    def empty(self) -> int:
        """Forget every call, and give their number."""
        count: int = self._calls
        self._connection.execute("DELETE FROM calls")
        self._connection.execute("VACUUM")
        self._calls = self._bytes = 0
        return count

    def in_brief(
        self, where: Sequence[tuple[str, Sequence[object]]], limit: int, newest_first: bool
    ) -> list[Entry]:
        """Calls that fulfil every condition (SQL and its values), without headers, bodies and rows."""
        columns = ", ".join(IN_BRIEF)
        rows = self._selected(columns, where, limit, newest_first)
        return [Entry._make((*row, b"", b"", b"", b"", b"")) for row in rows]

    def in_full(
        self, where: Sequence[tuple[str, Sequence[object]]], limit: int, newest_first: bool = False
    ) -> list[Entry]:
        """Calls that fulfil every condition, whole."""
        return [Entry._make(row) for row in self._selected(", ".join(COLUMNS), where, limit, newest_first)]

    def _selected(
        self, columns: str, where: Sequence[tuple[str, Sequence[object]]], limit: int, newest_first: bool
    ) -> list[tuple[Any, ...]]:
        conditions = " AND ".join(f"({sql})" for sql, _ in where) or "1"
        values = [value for _, each in where for value in each]
        order = "DESC" if newest_first else "ASC"
        return self._connection.execute(
            f"SELECT {columns} FROM calls WHERE {conditions} ORDER BY number {order} LIMIT ?",
            (*values, limit),
        ).fetchall()
