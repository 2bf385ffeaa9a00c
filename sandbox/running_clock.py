"""Clocks that run: what lets council time pass by itself while the sandbox serves.

A clock that was told to run is moved on a few times a second. Each time takes its turn with those who write,
and works through what fell due. In between the council tells the time by the machine's clock, and waits at
whatever falls due next, so that nothing is ever seen or written out of order.

That a clock runs stands in the council's notebook. After a restart it runs on from where it stood: while
nobody serves a council, no time passes in it. A council that is taken back to an earlier state stands still,
and so does a fork.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, mapped_column

from sandbox import machine
from sandbox.councils import Councils
from sandbox.notebook import Base
from service_apis.kit.clock import LAST_INSTANT
from service_apis.kit.council import Council, CouncilGone

SECONDS_BETWEEN_MOVES = 0.1
SECONDS_BETWEEN_KEEPING = 1.0
"""How often a clock that runs is kept where nothing falls due: a kill takes no more than this back."""

_log = logging.getLogger("virtual_council")


class ClockSpeed(Base):
    """The speed at which the council's clock was told to run: one row, and none where it stands still."""

    __tablename__ = "sandbox_clock_speed"

    id: Mapped[int] = mapped_column(primary_key=True)
    speed: Mapped[float]


class RunningClocks:
    """The clocks of one sandbox that run."""

    def __init__(self, councils: Councils) -> None:
        self._councils = councils
        self._serving = False
        self._movers: dict[Council, asyncio.Task[None]] = {}
        councils.when_opened.append(self._watch)
        for council in councils:
            self._watch(council)

    def speed_of(self, council: Council) -> float | None:
        """The speed at which the council's clock runs, or will once it is served; None if it is frozen."""
        if not self._councils.folder.notebook(council.name).exists():
            return None
        with self._councils.notebook(council.name).reading() as session:
            told = session.get(ClockSpeed, 1)
            return None if told is None else told.speed

    def run(self, council: Council, speed: float) -> None:
        """Let a council's clock run from now on. Whoever asks has the council's turn."""
        with self._councils.notebook(council.name).writing() as session:
            session.merge(ClockSpeed(id=1, speed=speed))
        if self._serving:
            self._start(council, speed)

    async def freeze(self, council: Council) -> None:
        """Let a council's clock stand still, all that fell due by now done. Whoever asks has the turn."""
        await asyncio.to_thread(council.catch_up)
        council.freeze()
        self._forget(council)

    async def serve(self) -> None:
        """Move clocks on until cancelled: a job of the sandbox. What they show is kept at the end."""
        self._serving = True
        try:
            for council in self._councils:
                if (speed := self.speed_of(council)) is not None:
                    self._start(council, speed)
            await asyncio.Event().wait()
        finally:
            self._serving = False
            await asyncio.gather(*self._movers.values())

    def _watch(self, council: Council) -> None:
        council.when_rewound.append(partial(self._forget, council))

    def _forget(self, council: Council) -> None:
        if self.speed_of(council) is not None:
            with self._councils.notebook(council.name).writing() as session:
                session.execute(delete(ClockSpeed))

    def _start(self, council: Council, speed: float) -> None:
        council.run(speed, machine.seconds)
        if council not in self._movers:
            mover = asyncio.create_task(self._look_after(council), name=f"the clock of {council.name}")
            self._movers[council] = mover
            mover.add_done_callback(lambda _: self._movers.pop(council))

    async def _look_after(self, council: Council) -> None:
        """Move one clock on until it stands still, the sandbox stops, or something that falls due fails."""
        (fault,) = await asyncio.gather(self._move(council), return_exceptions=True)
        with contextlib.suppress(CouncilGone):
            async with council.turn():
                council.freeze()
                if fault is not None:
                    said = "The clock of %s was stopped: what falls due next failed"
                    _log.error(said, council.name, exc_info=fault)
                    self._forget(council)

    async def _move(self, council: Council) -> None:
        kept = machine.seconds()
        while self._serving and (pace := council.pace) is not None:
            if pace.now >= LAST_INSTANT:
                async with council.turn():
                    await self.freeze(council)
            elif council.waits or machine.seconds() - kept > SECONDS_BETWEEN_KEEPING:
                async with council.turn():
                    await asyncio.to_thread(council.catch_up)
                kept = machine.seconds()
            await asyncio.sleep(SECONDS_BETWEEN_MOVES)
