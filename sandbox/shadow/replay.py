"""Replaying: each call goes to the stub of a fork and to another side, in step, and both answers are judged.

Reads go side by side, since their order does not matter; a write waits for all before it. The clock of the
fork is moved as the calls go by, so that things fall due on both sides alike.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import nan
from typing import Any, Protocol

from starlette.types import ASGIApp

from sandbox.components.asking import Answered, Asked, Unanswered, of_stub
from sandbox.components.references import References, pairs_in
from sandbox.components.relay import SAFE, Relay
from sandbox.components.settings import Filler
from sandbox.inside import FROM_INSIDE
from service_apis.kit.council import Council

READS_AT_ONCE = 16
"""So many reads are under way at the component together, as with a page that many look at."""
READS_TIMED, TIMED_EVERY = 1, 4
"""So many of those that are sent together go alone before the others, every so many times, to be timed."""


class Side(Protocol):
    """One who answers the calls: the stub of a fork, or a component that acts in it."""

    async def ask(self, asked: Asked) -> Answered:
        """What it answers. Raises Unanswered."""
        ...

    def learn(self, asked: Asked, ours: Answered, theirs: Answered) -> None:
        """Take note of what the stub and this side call what a write made."""
        ...

    def as_learned(self, theirs: Answered) -> Answered:
        """An answer of this side with what was learned since."""
        ...

    def as_read(self, asked: Asked, ours: Answered, theirs: Answered) -> Answered:
        """An answer to a read, in which there may be references that nobody was told when they were made."""
        ...


@dataclass
class OfStub:
    """The stub of a council's service, asked through the gateway as anyone would."""

    gateway: ASGIApp
    council: str
    service: str
    host: str

    async def ask(self, asked: Asked) -> Answered:
        """See Side. Addresses in it are those of the council that the call was written for."""
        root = f"/councils/{self.council}/{self.service}"
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "root_path": root,
            "headers": [(b"host", self.host.encode())],
            "server": None,
            "client": None,
            "extensions": {FROM_INSIDE: {}},
        }
        answered = await of_stub(self.gateway, scope, asked)
        own = f"http://{self.host}{root}"
        return answered if not asked.base_url else readdressed(answered, own, asked.base_url)

    def learn(self, asked: Asked, ours: Answered, theirs: Answered) -> None:
        """See Side: two stubs in the same state number cases alike."""

    def as_learned(self, theirs: Answered) -> Answered:
        """See Side."""
        return theirs

    def as_read(self, asked: Asked, ours: Answered, theirs: Answered) -> Answered:
        """See Side."""
        return theirs


@dataclass
class OfComponent:
    """A component that acts in the fork, asked as the council would ask it."""

    relay: Relay
    filler: Filler
    references: References
    seconds: float

    async def ask(self, asked: Asked) -> Answered:
        """See Side."""
        answered = await self.relay.ask(self.filler, self.references.to_component(asked), self.seconds)
        return self.references.to_caller(readdressed(answered, self.filler.url, asked.base_url))

    def learn(self, asked: Asked, ours: Answered, theirs: Answered) -> None:
        """See Side."""
        for one, other in pairs_in(ours.body, theirs.body, asked.body):
            self.references.learn(one, other)

    def as_learned(self, theirs: Answered) -> Answered:
        """See Side."""
        return self.references.to_caller(theirs)

    def as_read(self, asked: Asked, ours: Answered, theirs: Answered) -> Answered:
        """See Side. What fell due has references that no write told: they are learned where both show them.

        Only one that is written otherwise than the stub's is surely the component's own, and no other case.
        """
        if not (ours.was_done and theirs.was_done) or ours.body == theirs.body:
            return theirs
        new = [
            (one, other)
            for one, other in pairs_in(ours.body, theirs.body, asked.body)
            if shape_of(one) != shape_of(other) and not self.references.knows(other)
        ]
        for one, other in new:
            self.references.learn(one, other)
        return self.references.to_caller(theirs) if new else theirs


@dataclass(frozen=True, slots=True)
class Sent:
    """One call to be sent at a moment of council time.

    ``service`` is the slot, or another service of the council: that is asked alone, and the slot may hear of
    it. ``answered`` is told of the stub's answer. ``left_out`` says why it cannot be sent.
    """

    at: datetime
    operation: str
    asked: Asked | None
    service: str | None = None
    left_out: str = ""
    answered: Callable[[Answered], None] = lambda ours: None


class Judge(Protocol):
    """Who is told of both answers to each call, in the order of the calls."""

    def judge(self, operation: str, asked: Asked, ours: Answered, theirs: Answered | Unanswered) -> None:
        """Compare both answers."""
        ...

    def leave_out(self, operation: str, why: str) -> None:
        """Take note of a call that could not be sent."""
        ...


@dataclass
class Replay:
    """One replay: ``worlds`` are the forks whose clocks are moved together.

    ``elsewhere`` are those who are asked where a call is of another service.
    """

    worlds: Sequence[Council]
    stub: Side
    other: Side
    judge: Judge
    elsewhere: Callable[[str], Sequence[Side]]
    sent: int = 0
    _reads: list[tuple[Sent, Asked, Answered]] = field(default_factory=list)
    _batches: int = 0
    _under_way: asyncio.Task[None] | None = None

    async def run(self, calls: AsyncIterator[Sent]) -> None:
        """Send the calls, in order."""
        try:
            async for call in calls:
                await self._send(call)
            await self._finish_reads()
        finally:
            if self._under_way is not None:
                self._under_way.cancel()

    async def _send(self, call: Sent) -> None:
        if call.at > self.worlds[0].clock.now:
            await self._finish_reads()
            await self.move_clocks(call.at)
        if call.asked is None:
            self.judge.leave_out(call.operation, call.left_out)
        elif call.service is not None:
            await self._finish_reads()
            for side in self.elsewhere(call.service):
                await side.ask(call.asked)
        elif call.asked.method in SAFE:
            await self._read(call, call.asked)
        else:
            await self._finish_reads()
            await self._write(call, call.asked)
        self.sent += 1

    async def move_clocks(self, to: datetime) -> None:
        """Let what falls due until then be done, in each world."""
        for world in self.worlds:
            if world.clock.now < to:
                async with world.turn():
                    await asyncio.to_thread(world.advance, to)

    async def _read(self, call: Sent, asked: Asked) -> None:
        ours = await self.stub.ask(asked)
        call.answered(ours)
        self._reads.append((call, asked, ours))
        if len(self._reads) >= READS_AT_ONCE:
            await self._send_reads()

    async def _finish_reads(self) -> None:
        """Send the reads that wait, and wait until all that were sent are judged."""
        await self._send_reads()
        await self._judged()

    async def _send_reads(self) -> None:
        """Send the reads that wait: the first now and then alone, by which it is timed, the others at once.

        They are not waited for: meanwhile the stub answers the next ones.
        """
        await self._judged()
        reads, self._reads = self._reads, []
        alone = READS_TIMED if self._batches % TIMED_EVERY == 0 else 0
        self._batches += 1
        answers = [await self._theirs(asked) for _, asked, _ in reads[:alone]]
        self._under_way = asyncio.create_task(self._judge_reads(reads, answers))

    async def _judged(self) -> None:
        """Wait until what was sent is judged."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            await under_way

    async def _judge_reads(
        self, reads: Sequence[tuple[Sent, Asked, Answered]], alone: Sequence[Answered | Unanswered]
    ) -> None:
        at_once = await asyncio.gather(*(self._theirs(asked) for _, asked, _ in reads[len(alone) :]))
        answers = [*alone, *(_untimed(answer) for answer in at_once)]
        for (call, asked, ours), answer in zip(reads, answers, strict=True):
            theirs = self.other.as_read(asked, ours, answer) if isinstance(answer, Answered) else answer
            self.judge.judge(call.operation, asked, ours, theirs)

    async def _write(self, call: Sent, asked: Asked) -> None:
        ours = await self.stub.ask(asked)
        call.answered(ours)
        theirs = await self._theirs(asked)
        if isinstance(theirs, Answered) and ours.was_done and theirs.was_done:
            # What was just made has a reference of each side's own; from here on they stand for one another.
            self.other.learn(asked, ours, theirs)
            theirs = self.other.as_learned(theirs)
        self.judge.judge(call.operation, asked, ours, theirs)

    async def _theirs(self, asked: Asked) -> Answered | Unanswered:
        try:
            return await self.other.ask(asked)
        except Unanswered as unanswered:
            return unanswered


def _untimed(answer: Answered | Unanswered) -> Answered | Unanswered:
    """An answer whose time says nothing, since it waited for others."""
    return replace(answer, seconds=nan) if isinstance(answer, Answered) else answer


def shape_of(reference: str) -> str:
    """How a reference is written: two of one series are written alike."""
    return re.sub(r"\d+", "0", reference)


def readdressed(answered: Answered, own: str, wanted: str) -> Answered:
    """An answer whose addresses of its own are those of the council."""
    if own == wanted or not own:
        return answered
    headers = tuple((name, value.replace(own, wanted)) for name, value in answered.headers)
    body = answered.body.replace(own.encode(), wanted.encode())
    return replace(answered, headers=headers, body=body)
