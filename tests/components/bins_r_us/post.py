"""The post: what fell due is done, and events go from the outbox to the council, each once and in order."""

from __future__ import annotations

import asyncio
import contextlib

import jobs
import moves
from council import Council, NotJoined
from jobs import Work
from store import Store

LOOK_EVERY_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 5.0


class Post:
    """What goes on between calls, on the event loop of the server."""

    def __init__(self, store: Store, council: Council) -> None:
        self._store, self._council = store, council
        self._bell = asyncio.Event()
        self._pause = LOOK_EVERY_SECONDS

    async def work_now(self) -> Work:
        """Work at the council's present moment, with all done that fell due before it. Raises NotJoined."""
        membership = self._council.membership
        while (moment := await self._council.moment()).state != self._store.state:
            # Nobody is answered meanwhile: there is nothing yet to answer from.
            self._store.take_over(membership)
            self._council.forget_keys()
        work = Work(self._store.db, moment, membership)
        while work.moment.position != self._store.heard:
            if not await self._hear(work):
                break
        if jobs.fallen_due(work):
            with self._store.transaction():
                jobs.catch_up(work)
            self.ring()
        return work

    async def _hear(self, work: Work) -> int:
        """Hear what happened elsewhere since, once; how much that was."""
        before = self._store.heard
        events, after = await self._council.heard(moves.TYPES, before)
        with self._store.transaction() as db:
            # Meanwhile another call may have heard the same.
            if self._store.heard == before:
                for event in events:
                    moves.follow(work, event)
                db.execute("UPDATE joined SET heard = ?", (after,))
        self.ring()
        return len(events)

    def ring(self) -> None:
        """Say that there may be something in the outbox."""
        self._bell.set()

    async def go_round(self) -> None:
        """Send what there is, whenever somebody rings, and see from time to time what fell due."""
        while True:
            try:
                await self._send()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), LOOK_EVERY_SECONDS)
                if not self._bell.is_set():
                    await self.work_now()
                self._bell.clear()
            except NotJoined:
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _send(self) -> None:
        """Send the oldest first; what cannot be sent now holds up what comes after it, so that order is kept.

        After a kill between sending and forgetting, the event is sent again under its old id.
        """
        db = self._store.db
        while row := db.execute("SELECT * FROM outbox ORDER BY number LIMIT 1").fetchone():
            if not await self._council.tell(row["webhook_id"], row["event"]):
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
                return
            self._pause = LOOK_EVERY_SECONDS
            db.execute("DELETE FROM outbox WHERE number = ?", (row["number"],))
