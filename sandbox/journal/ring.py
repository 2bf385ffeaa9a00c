"""The ring: the latest calls of one council in an SQLite file that never grows beyond its size.

It outlives a restart and a kill of the process; a file that a failing machine damaged is begun anew.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from service_apis.kit.db import remove_database

FORMAT = 2_000 + sys.version_info.minor
"""Blocks are written as Python writes its own objects, the quickest way that there is, and another version of
Python may not read them: then the journal is begun anew."""
LONGEST_BODY = 64 * 1024
"""Bytes of a body that are kept; of a longer one it is said that it was cut."""
ROW_BYTES = 400
"""What a call takes beside its headers, bodies and rows."""
FILLED = 0.7
"""The share of its size that the file is filled to; the rest is for SQLite's pages."""
LOG_BYTES = 128 * 1024
"""How much is written before SQLite works its log into the file."""
SPARE_BYTES = 300_000
"""What is left free for the log, which grows by one block more, of the largest call."""
BLOCK_BYTES = 64 * 1024
BLOCK_CALLS = 50
"""How much, and how many calls, are written as one block at most."""


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
    answered_by: str
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


Condition = Callable[[Entry], bool]


class Ring:
    """The file of one council's calls: at most ``most_bytes`` long, log included, and ``most_calls`` calls.

    Calls stand in blocks, as they were written together: a row for each call costs twice as much. Not for
    several threads at a time.
    """

    def __init__(self, file: Path, most_bytes: int, most_calls: int) -> None:
        self._most_bytes = int(most_bytes * FILLED) - SPARE_BYTES
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
        connection.execute(
            "CREATE TABLE IF NOT EXISTS blocks "
            "(first INTEGER PRIMARY KEY, last INTEGER, number INTEGER, size INTEGER, calls BLOB)"
        )
        self._calls, self._bytes, self._last = connection.execute(
            "SELECT coalesce(sum(number), 0), coalesce(sum(size), 0), coalesce(max(last), 0) FROM blocks"
        ).fetchone()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep calls, the latest last; the oldest make room for them. Their numbers are given out here."""
        block: list[tuple[Any, ...]] = []
        size = 0
        for entry in entries:
            block.append(entry[1:])
            size += entry.size
            if size > BLOCK_BYTES or len(block) == BLOCK_CALLS:
                self._add(block, size)
                block, size = [], 0
        if block:
            self._add(block, size)

    def _add(self, block: list[tuple[Any, ...]], size: int) -> None:
        count = len(block)
        self._connection.execute("BEGIN IMMEDIATE")
        if self._bytes + size > self._most_bytes or self._calls + count > self._most_calls:
            self._make_room(size, count)
        values = (self._last + 1, self._last + count, count, size, marshal.dumps(block))
        self._connection.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", values)
        self._connection.execute("COMMIT")
        self._calls += count
        self._bytes += size
        self._last += count

    def _make_room(self, size: int, calls: int) -> None:
        gone = 0
        oldest = self._connection.execute("SELECT last, number, size FROM blocks ORDER BY first")
        while self._bytes + size > self._most_bytes or self._calls + calls > self._most_calls:
            row = oldest.fetchone()
            if row is None:
                break
            gone, its_calls, its_size = row
            self._calls -= its_calls
            self._bytes -= its_size
        oldest.close()
        self._connection.execute("DELETE FROM blocks WHERE last <= ?", (gone,))

    def empty(self) -> int:
        """Forget every call, and give their number. Numbers go on from where they were."""
        count: int = self._calls
        self._connection.execute("DELETE FROM blocks")
        nothing = (0, self._last, 0, 0, marshal.dumps([]))
        self._connection.execute("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", nothing)
        self._connection.execute("VACUUM")
        self._calls = self._bytes = 0
        return count

    def select(
        self, wanted: Sequence[Condition], limit: int, *, newest_first: bool = True, after: int = 0
    ) -> list[Entry]:
        """Calls that fulfil every condition, at most ``limit``, of those with a number above ``after``."""
        order = "DESC" if newest_first else "ASC"
        found: list[Entry] = []
        blocks = self._connection.execute(
            f"SELECT first, calls FROM blocks WHERE last > ? ORDER BY first {order}", (after,)
        )
        for first, packed in blocks:
            entries = [Entry(first + place, *call) for place, call in enumerate(marshal.loads(packed))]
            for entry in reversed(entries) if newest_first else entries:
                if entry.number > after and all(condition(entry) for condition in wanted):
                    found.append(entry)
                    if len(found) == limit:
                        blocks.close()
                        return found
        return found
