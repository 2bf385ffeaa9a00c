"""Following up: what the stub answered is done at the component too, afterwards and in order.

Writes are kept in the notebook from before the caller is answered until the component has done or refused
them; while it is down they wait. Reads, which are mirrored to be compared, wait in memory, and are left out
where too many do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from sandbox import machine
from sandbox.components import out_of_step, references
from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.components.calling import IDEMPOTENCY_KEY, Calling, Filled, takes_key
from sandbox.components.settings import DEFAULT_SECONDS, Mode, Setting, Share, filler_of
from sandbox.components.tables import ComponentRecord, FollowUpRecord
from sandbox.councils import Councils
from service_apis.kit.council import Council

MOST_READS = 500
"""So many reads wait for one component; what comes beyond that is counted and left out."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
"""Seconds between two tries while a component is down: at first, and at most."""
TRIES_AT_FAULT = 3
LOOKING_SECONDS = 10.0
"""So long after it looked at its door, a component that was to take the records over anew has begun."""
COME_BACK = (429, 502, 503, 504)
GONE_ALREADY = (404, 409, 410, 412)
REPEATABLE = ("PUT", "PATCH", "DELETE")
"""Methods that can be asked for twice (RFC 9110, 9.2.2), PATCH as the services here mean it."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A call that the stub answered, and what the component answered to it afterwards, as callers read it."""

    council: Council
    setting: Setting
    asked: Asked
    ours: Answered
    theirs: Answered | Unanswered


@dataclass(eq=False, slots=True)
class _Waiting:
    """A call that waits to be followed up; ``number`` is that of its record, None for a read."""

    number: int | None
    setting: Setting
    asked: Asked
    ours: Answered
    repeatable: bool = True


@dataclass(eq=False)
class _Line:
    """What waits for one component of one council, in order."""

    council: str
    component: str
    waiting: deque[_Waiting] = field(default_factory=deque)
    left_out: int = 0
    trouble: str = ""
    holds: bool = False
    surely: bool = False
    looked_at: float | None = None
    task: asyncio.Task[None] | None = None
    watchers: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def writes(self) -> list[_Waiting]:
        return [each for each in self.waiting if each.number is not None]

    async def moved(self, seconds: float | None = None) -> None:
        """Wait until something has become of what waits."""
        watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.watchers.append(watcher)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await watcher

    def move(self) -> None:
        """Say that something has become of what waits."""
        watchers, self.watchers = self.watchers, []
        for each in watchers:
            if not each.done() and not each.get_loop().is_closed():
                each.set_result(None)


class FollowUps:
    """What is followed up at the components of one sandbox, in a line for each.

    ``when_followed`` are told of each call once the component has answered it, or will not.
    ``when_learned`` are awaited after each write, for what waited until both sides held it.
    """

    def __init__(self, councils: Councils, calling: Calling, filled: Callable[[str], Filled]) -> None:
        self._councils = councils
        self._calling = calling
        self._filled = filled
        self._lines: dict[tuple[str, str], _Line] = {}
        self.when_followed: list[Callable[[Followed], None]] = []
        self.when_learned: list[Callable[[Council], Awaitable[None]]] = []

    def write(
        self, council: Council, setting: Setting, operation: str | None, asked: Asked, ours: Answered
    ) -> None:
        """Keep a write that the stub answered, and follow it up. It is kept when this returns."""
        service = council.services[setting.slot]
        takes = takes_key(service, operation)
        if takes and asked.header(IDEMPOTENCY_KEY) is None:
            asked = asked.with_header(IDEMPOTENCY_KEY, machine.request_id())
        asked = asked.with_header("if-match", None)
        kept = out_of_step.kept_call(asked) | {"operation": operation, "takes_key": takes}
        with self._councils.notebook(council.name).writing() as session:
            record = FollowUpRecord(
                component=setting.filler.name, asked=kept, answered=out_of_step.kept_answer(ours)
            )
            session.add(record)
            session.flush()
            number = record.number
        repeatable = takes or asked.method in REPEATABLE
        self._add(council, _Waiting(number, setting, asked, ours, repeatable))

    def read(self, council: Council, setting: Setting, asked: Asked, ours: Answered) -> None:
        """Mirror a read, if not too many wait."""
        line = self._line(council.name, setting.filler.name)
        if len(line.waiting) >= MOST_READS:
            line.left_out += 1
            return
        self._add(council, _Waiting(None, setting, asked, ours))

    def left_out(self, council: str, component: str) -> int:
        """How many reads were not mirrored, since too many waited."""
        return self._line(council, component).left_out

    def pending(self, council: str, component: str) -> int:
        """How many writes a component has yet to be told of."""
        return len(self._line(council, component).writes)

    def unfinished(self, council: str, component: str) -> set[str]:
        """The writes that a component has yet to be told of, each by a name."""
        return {f"follow-up {each.number}" for each in self._line(council, component).writes}

    async def caught_up(self, council: Council, component: str) -> None:
        """Wait until the component holds every write that was answered so far. Raises Unanswered."""
        line = self._lines.get((council.name, component))
        if line is None or line.holds or not (before := line.writes):
            return
        self._go_on(line)
        last = before[-1]
        while last in line.waiting and not line.holds:
            if line.trouble:
                raise Unanswered(
                    f"{component} has yet to be told of {len(line.writes)} calls that were answered in its "
                    f"place: {line.trouble}",
                    may_be_done=False,
                )
            await line.moved()

    def take_up(self, council: Council) -> None:
        """Take up what an earlier run of the sandbox left to be followed up."""
        with self._councils.notebook(council.name).reading() as session:
            query = select(FollowUpRecord, ComponentRecord).join(
                ComponentRecord, ComponentRecord.name == FollowUpRecord.component
            )
            rows = session.execute(query.order_by(FollowUpRecord.number)).all()
            found = [(row[0], row[1]) for row in rows]
        for record, component in found:
            operation = record.asked["operation"]
            setting = self._filled(council.name).settings.of(component.slot, operation)
            if setting is None or setting.filler.name != component.name:
                setting = Setting(
                    component.slot,
                    operation or "*",
                    Mode.STUB,
                    filler_of(component),
                    Share(),
                    False,
                    DEFAULT_SECONDS,
                    machine.now(),
                )
            asked = out_of_step.call_kept(record.asked)
            line = self._line(council.name, component.name)
            if any(each.number == record.number for each in line.waiting):
                continue
            repeatable = record.asked["takes_key"] or asked.method in REPEATABLE
            ours = out_of_step.answer_kept(record.answered)
            line.waiting.append(_Waiting(record.number, setting, asked, ours, repeatable))

    def go_on(self) -> None:
        """Go on with everything that waits."""
        for line in self._lines.values():
            self._go_on(line)

    def forget(self, council: str, component: str | None = None) -> None:
        """Forget what waits in memory, of a component or of all of a council."""
        for key, line in list(self._lines.items()):
            if key[0] == council and component in (None, key[1]):
                line.waiting.clear()
                line.move()
                del self._lines[key]

    def hold(self, council: str, component: str, *, surely: bool) -> None:
        """A component is to take the records over anew: what is done meanwhile is among them.

        ``surely`` says that it is known to do so; another is not waited for long once it looked at its door.
        """
        line = self._line(council, component)
        line.holds, line.surely, line.looked_at = True, surely, None
        line.move()

    def looked(self, council: str, component: str) -> None:
        """A component has looked at its door."""
        line = self._lines.get((council, component))
        if line is not None and line.holds and line.looked_at is None:
            line.looked_at = machine.seconds()

    def took_over(self, council: Council, component: str) -> None:
        """A component takes the records over, as they stand now: all that waits is among them.

        It calls cases as the council does from now on.
        """
        with self._councils.notebook(council.name).writing() as session:
            session.execute(delete(FollowUpRecord).where(FollowUpRecord.component == component))
            references.forget(session, component)
        self._filled(council.name).references.pop(component, None)
        line = self._line(council.name, component)
        line.holds, line.trouble = False, ""
        kept = [each for each in line.waiting if each.number is None]
        line.waiting.clear()
        line.waiting.extend(kept)
        line.move()

    def _line(self, council: str, component: str) -> _Line:
        return self._lines.setdefault((council, component), _Line(council, component))

    def _add(self, council: Council, waiting: _Waiting) -> None:
        line = self._line(council.name, waiting.setting.filler.name)
        line.waiting.append(waiting)
        self._go_on(line)

    def _go_on(self, line: _Line) -> None:
        loop = asyncio.get_running_loop()
        if line.task is None or line.task.done() or line.task.get_loop() is not loop:
            line.task = loop.create_task(self._work(line))

    async def _work(self, line: _Line) -> None:
        while line.waiting:
            council = self._councils.get(line.council)
            if council is None:
                return
            each = line.waiting[0]
            theirs = await self._answer(line, council, each)
            if line.waiting and line.waiting[0] is each:
                self._settle(council, each, theirs)
                line.waiting.popleft()
            line.trouble = ""
            line.move()
            if each.number is not None:
                for learned in self.when_learned:
                    await learned(council)

    async def _answer(self, line: _Line, council: Council, each: _Waiting) -> Answered | Unanswered:
        """What the component answers in the end: a write is tried until it is done or refused."""
        pause, faults, may_be_done = FIRST_PAUSE, 0, False
        while await self._is_next(line, each):
            theirs = await self._asked(council, each)
            if isinstance(theirs, Answered):
                if may_be_done and theirs.status in GONE_ALREADY and each.asked.method in REPEATABLE:
                    return each.ours
                faults += theirs.status == 500
                trouble = f"it answers with {theirs.status}"
                in_trouble = theirs.status in COME_BACK or (theirs.status == 500 and faults < TRIES_AT_FAULT)
                can_repeat = each.repeatable
            else:
                may_be_done |= theirs.may_be_done
                trouble, in_trouble = str(theirs), True
                can_repeat = each.repeatable or not theirs.may_be_done
            if each.number is None or not (in_trouble and can_repeat):
                return theirs
            line.trouble = trouble
            line.move()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return Unanswered("It was taken back meanwhile", may_be_done=False)

    async def _is_next(self, line: _Line, each: _Waiting) -> bool:
        """Whether it is still to be asked for, once the component holds the records that it is to hold."""
        while line.holds:
            await line.moved(0.1)
            # It may not mean to take them over; then it is not waited for any longer.
            if line.holds and not line.surely and line.looked_at is not None:
                line.holds = machine.seconds() < line.looked_at + LOOKING_SECONDS
        is_there = self._councils.get(line.council) is not None
        return is_there and bool(line.waiting) and line.waiting[0] is each

    async def _asked(self, council: Council, each: _Waiting) -> Answered | Unanswered:
        try:
            return await self._calling.ask(council, self._filled(council.name), each.setting, each.asked)
        except Unanswered as unanswered:
            return unanswered

    def _settle(self, council: Council, each: _Waiting, theirs: Answered | Unanswered) -> None:
        """Learn what the two call the case; strike the call out; tell of it where they are out of step."""
        name = each.setting.filler.name
        known = self._filled(council.name).references_of(name)
        if each.number is not None:
            self._strike(council, each, theirs)
        if isinstance(theirs, Answered):
            theirs = known.to_caller(theirs)
        followed = Followed(council, each.setting, each.asked, each.ours, theirs)
        for tell in self.when_followed:
            tell(followed)

    def _strike(self, council: Council, each: _Waiting, theirs: Answered | Unanswered) -> None:
        name, pairs = each.setting.filler.name, list[references.Pair]()
        answered = theirs if isinstance(theirs, Answered) else None
        done = answered is not None and answered.was_done
        if answered is not None and done and each.ours.was_done:
            pairs = references.pairs_in(each.ours.body, answered.body, each.asked.body)
        case = out_of_step.case_in(each.asked, each.ours)
        sentence = ""
        if done != each.ours.was_done:
            how = f"refused it with {answered.status}" if answered is not None else f"may not have: {theirs}"
            sentence = f"Out of step over {case}: the stub did it, and {name} {how}"
            if done:
                sentence = f"Out of step over {case}: {name} did it, and the stub refused it"
        with self._councils.notebook(council.name).writing() as session:
            session.execute(delete(FollowUpRecord).where(FollowUpRecord.number == each.number))
            if session.get(ComponentRecord, name) is None:
                return
            references.keep(session, name, pairs)
            if sentence:
                did = answered if answered is not None and done else each.ours
                other = each.ours if done else answered
                who: out_of_step.Side = "component" if done else "stub"
                out_of_step.keep(
                    session, council, name, each.setting.slot, who, sentence, each.asked, did, other
                )
        known = self._filled(council.name).references_of(name)
        for pair in pairs:
            known.learn(*pair)
        if sentence:
            self._calling.tell_history(council, each.setting, sentence, "The call and its answer are kept")
