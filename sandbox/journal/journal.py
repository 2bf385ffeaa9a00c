"""One council's journal: calls that have just passed, and those in its ring."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

from sandbox.journal.masking import Masking
from sandbox.journal.notes import Notes
from sandbox.journal.noting import Noted
from sandbox.journal.ring import BLOCK_CALLS, Condition, Entry, Ring
from sandbox.streaming import Bell

MOST_CALLS = 10_000
WRITTEN_AT_ONCE = BLOCK_CALLS
"""How many calls are written together: few enough that nobody waits for it, by whatever loop or thread."""
MOST_PENDING = 1_000
MOST_PENDING_BYTES = 4_000_000
"""Beyond either, the next call waits for those before it to be written."""


class Journal:
    """The calls of one council, the latest of them not yet written. For the event loop and other threads.

    ``bell`` is rung after each call. Whoever reads has what passed before.
    """

    def __init__(self, file: Path, most_bytes: int, masking: Masking, exists: Callable[[], bool]) -> None:
        self.bell = Bell()
        self._file = file
        self._most_bytes = most_bytes
        self._notes = Notes(masking)
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
        self._pending_bytes += len(noted.asked) + len(noted.answer)
        if len(self._pending) >= WRITTEN_AT_ONCE or self._pending_bytes > MOST_PENDING_BYTES:
            self._write_unless_read()
        if self.bell.listening:
            self.bell.ring()

    def _write_unless_read(self) -> None:
        # Here, and not in a thread that would take turns with the loop. Only while somebody reads the
        # journal, from another thread, do the calls wait.
        many = len(self._pending) > MOST_PENDING or self._pending_bytes > MOST_PENDING_BYTES
        if self._lock.acquire(blocking=many):
            try:
                self._write()
            finally:
                self._lock.release()

    def write(self) -> None:
        """Write what has passed."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        if self._closed or not self._pending or not self._exists():
            self._pending.clear()
            return
        self._pending_bytes = 0
        while self._pending:
            count = min(len(self._pending), WRITTEN_AT_ONCE)
            self._ring.add(self._notes.entries([self._pending.popleft() for _ in range(count)]))

    def close(self, keep: bool = True) -> None:
        """Write what has passed, unless the council is gone, and close the file."""
        with self._lock:
            if keep:
                self._write()
            self._closed = True
            if "_ring" in self.__dict__:
                self._ring.close()

    def select(
        self, wanted: Sequence[Condition], limit: int, *, newest_first: bool = True, after: int = 0
    ) -> list[Entry]:
        """Calls that fulfil every condition, at most ``limit``, of those with a number above ``after``."""
        with self._lock:
            self._write()
            if self._closed:
                return []
            return self._ring.select(wanted, limit, newest_first=newest_first, after=after)

    def find(self, request_id: str) -> Entry | None:
        """One call."""
        return next(iter(self.select([lambda entry: entry.request_id == request_id], 1)), None)

    def empty(self) -> int:
        """Forget every call, and give their number."""
        with self._lock:
            self._write()
            return 0 if self._closed else self._ring.empty()
