"""The bell of a council: whoever waits for events is woken when some were recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

from service_apis.kit.council import Council


class Bell:
    """Wakes those who wait on the event loop. Any thread may ring it; unheard, that costs next to nothing."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closed = False

    def ring(self) -> None:
        """Wake everybody who waits."""
        if self._waiting and self._loop is not None:
            # The loop may be closing when another thread rings for the last time.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Wake everybody for good: the server is stopping."""
        self.closed = True
        self.ring()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            if not each.done():
                each.set_result(None)

    @contextmanager
    def expected(self) -> Iterator[asyncio.Future[Any]]:
        """The next ring, to be waited for. Ask for it before looking for news, so that no ring is missed."""
        self._loop = asyncio.get_running_loop()
        ring: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.add(ring)
        if self.closed:
            self._wake()
        try:
            yield ring
        finally:
            self._waiting.discard(ring)


class Bells:
    """A bell for each council, hung up when somebody first waits for that council's events.

    ``streams`` counts the live streams that are listened to.
    """

    def __init__(self) -> None:
        self.streams = 0
        self._bells: WeakKeyDictionary[Council, Bell] = WeakKeyDictionary()
        self.closed = False

    def of(self, council: Council) -> Bell:
        """The council's bell."""
        bell = self._bells.get(council)
        if bell is None:
            bell = self._bells[council] = Bell()
            bell.closed = self.closed
            council.listeners.append(bell.ring)
            council.when_rewound.append(bell.ring)
        return bell

    def ring(self, name: str) -> None:
        """Wake those who wait for the council of that name: it is gone."""
        for council, bell in list(self._bells.items()):
            if council.name == name:
                bell.ring()

    def close(self) -> None:
        """Wake everybody for good: the server is stopping."""
        self.closed = True
        for bell in list(self._bells.values()):
            bell.close()
