"""One council's journal: calls that have just passed, and those in its ring."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

from sandbox import machine
from sandbox.journal.masking import Masking
from sandbox.journal.noting import Noted, kept_of
from sandbox.journal.ring import ROW_BYTES, Entry, Ring
from sandbox.streaming import Bell
from service_apis.kit.records import EventRecord

MOST_CALLS = 10_000
MOST_PENDING = 1_000
MOST_PENDING_BYTES = 4_000_000
"""Beyond either, calls that have passed are written before the next one passes."""
LONGEST_ADDRESS = 4_000
LONGEST_HEADERS = 16 * 1024
MOST_ROW_BYTES = 256 * 1024
"""Bytes of rows that are kept of one call; the others are counted."""

_EVENTS = (EventRecord.__tablename__, "inserted")
Condition = tuple[str, Sequence[object]]


class Journal:
    """The calls of one council, the latest of them not yet written. For the event loop and other threads.

    ``bell`` is rung after each call. Whoever reads has what passed before.
    """

    def __init__(self, file: Path, most_bytes: int, masking: Masking, exists: Callable[[], bool]) -> None:
        self.bell = Bell()
        self._file = file
        self._most_bytes = most_bytes
        self._masking = masking
        self._exists = exists
        self._pending: deque[Noted] = deque()
        self._pending_bytes = 0
        self._lock = Lock()
        self._closed = False

    @cached_property
    def _ring(self) -> Ring:
        return Ring(self._file, self._most_bytes, MOST_CALLS)

    @property
    def pending(self) -> int:
        """How many calls have passed and are not written yet."""
        return len(self._pending)

    def note(self, noted: Noted) -> None:
        """Take a call that is over."""
        self._pending.append(noted)
        self._pending_bytes += noted.held
        if len(self._pending) > MOST_PENDING or self._pending_bytes > MOST_PENDING_BYTES:
            self.write()
        self.bell.ring()

    def write(self) -> None:
        """Write what has passed."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        if self._closed or not self._pending or not self._exists():
            self._pending.clear()
            return
        self._masking.begin()
        epoch = machine.now().timestamp() - machine.seconds()
        self._pending_bytes = 0
        entries = []
        while self._pending:
            entries.append(entry_of(self._pending.popleft(), self._masking, epoch))
        self._ring.add(entries)

    def close(self, keep: bool = True) -> None:
        """Write what has passed, unless the council is gone, and close the file."""
        with self._lock:
            if keep:
                self._write()
            self._closed = True
            if "_ring" in self.__dict__:
                self._ring.close()

    def in_brief(self, where: Sequence[Condition], limit: int, newest_first: bool = True) -> list[Entry]:
        """Calls that fulfil all conditions, without their headers, bodies and rows."""
        with self._lock:
            self._write()
            return [] if self._closed else self._ring.in_brief(where, limit, newest_first)

    def in_full(self, where: Sequence[Condition], limit: int, newest_first: bool = False) -> list[Entry]:
        """Calls that fulfil all conditions, whole."""
        with self._lock:
            self._write()
            return [] if self._closed else self._ring.in_full(where, limit, newest_first)

    def find(self, request_id: str) -> Entry | None:
        """One call, whole."""
        return next(iter(self.in_full([("request_id = ?", [request_id])], 1)), None)

    def empty(self) -> int:
        """Forget every call, and give their number."""
        with self._lock:
            self._write()
            return 0 if self._closed else self._ring.empty()


def entry_of(noted: Noted, masking: Masking, epoch: float) -> Entry:
    """A noted call as it is kept; ``epoch`` is when ``machine.seconds()`` was 0."""
    scope, call, causes = noted.scope, noted.call, noted.causes
    query: bytes = scope["query_string"]
    address = noted.path if not query else f"{noted.path}?{masking.query(query).decode('latin-1')}"
    request_headers = masking.headers(scope["headers"])[:LONGEST_HEADERS]
    answer_headers = masking.headers(noted.headers)[:LONGEST_HEADERS]
    asked = b"".join(noted.asked)
    if asked:
        asked = kept_of(asked, lambda held: masking.body(held, scope["headers"]))
    answered = noted.answered[0] if len(noted.answered) == 1 else b"".join(noted.answered)
    if answered:
        answered = kept_of(answered, lambda held: masking.body(held, noted.headers))
    touched, counts, rows, events = b"", "", 0, 0
    if causes.counts:
        events = causes.counts.get(_EVENTS, 0)
        rows = sum(causes.counts.values()) - events
        counts = json.dumps([[*what, count] for what, count in causes.counts.items()])
        touched = masking.text(_rows_of(noted))
    caller, client = call.caller, scope.get("client")
    lengths = len(request_headers) + len(answer_headers) + len(asked) + len(answered) + len(touched)
    return Entry(
        number=0,
        request_id=call.request_id,
        at=epoch + call.started,
        council_time=noted.clock.now.isoformat(),
        service=call.service,
        operation=_operation(noted),
        method=scope["method"],
        address=masking.text(address.encode())[:LONGEST_ADDRESS].decode(errors="replace"),
        status=noted.status,
        seconds=noted.seconds,
        caller=None if caller is None else caller.name,
        scopes="" if caller is None else " ".join(sorted(caller.scopes)),
        client="" if client is None else f"{client[0]}:{client[1]}",
        fault=call.fault,
        note="" if causes.generation is None else _taken_back(causes.generation),
        rows=rows,
        events=events,
        scheme=scope["scheme"],
        http_version=scope.get("http_version", "1.1"),
        request_bytes=noted.request_bytes,
        answer_bytes=noted.answer_bytes,
        size=lengths + len(address) + len(counts) + ROW_BYTES,
        counts=counts,
        request_headers=request_headers,
        answer_headers=answer_headers,
        request_body=asked,
        answer_body=answered,
        touched=touched,
    )


def _operation(noted: Noted) -> str:
    """The operation's id in its service's OpenAPI; empty where nothing was found at the address."""
    route = noted.scope.get("route")
    return getattr(route, "operation_id", None) or ""


def _rows_of(noted: Noted) -> bytes:
    kept, size = [], 0
    for row in noted.causes.rows:
        size += 80 + len(row.before or "") + len(row.after or "")
        if size > MOST_ROW_BYTES:
            break
        kept.append(row)
    return json.dumps(kept, ensure_ascii=False).encode()


def _taken_back(generation: int) -> str:
    return (
        f"Took the council back to an earlier state (generation {generation}): what was done since that "
        "state, and stands before this in the journal, never happened"
    )
