"""Where a component answers in a stub's place: the last passage of a call of a council's service.

A caller keeps the same addresses, and cannot tell who answered; the journal can.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial

from sqlalchemy import delete, select
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import machine
from sandbox.components import falling_back, out_of_step, references
from sandbox.components.asking import Answered, Asked, HungUp, Unanswered, of_stub, read, send_on
from sandbox.components.calling import IDEMPOTENCY_KEY, Calling, Filled, takes_key
from sandbox.components.ends import note_ends
from sandbox.components.following import FollowUps
from sandbox.components.lanes import Lanes
from sandbox.components.references import References
from sandbox.components.registering import takes_anew
from sandbox.components.relay import SAFE, Relay
from sandbox.components.settings import Mode, Setting, Settings
from sandbox.components.sides import Named, cases_in, is_components, whose_is
from sandbox.components.tables import ComponentRecord, FollowUpRecord
from sandbox.components.telling import Telling
from sandbox.components.tricks import trick_in
from sandbox.councils import Councils
from sandbox.forcing.operations import operation_at
from sandbox.forcing.passage import ABOUT_A_SERVICE
from sandbox.forcing.refusing import answer_of
from sandbox.gateway import Call
from sandbox.outward import Outward
from service_apis.kit.council import Council
from service_apis.kit.problems import BodyTooLarge, Problem
from service_apis.kit.service import Service

__all__ = ["Filled", "Filling"]

TOLD_WITHIN_SECONDS = 2.0
"""How long an advance of the clock waits for components to tell what fell due."""


@dataclass(frozen=True)
class Passing:
    """A call of a filled slot on its way; ``stub`` is what our stub answers to it, or to one like it."""

    call: Call
    filled: Filled
    service: Service
    operation: str | None
    setting: Setting
    asked: Asked
    stub: Callable[[Asked], Awaitable[Answered]]

    @property
    def council(self) -> Council:
        """The council that is called."""
        return self.call.council

    @property
    def component(self) -> str:
        """The component's name."""
        return self.setting.filler.name

    @cached_property
    def is_components(self) -> bool:
        """Whether the component is to answer it."""
        return is_components(self.setting, Named.by_call(self.asked), self.council, self.service)

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.asked.method in SAFE


class Filling:
    """Components in the slots of one sandbox's councils: a passage of its gateway."""

    def __init__(self, councils: Councils, outward: Outward) -> None:
        self._councils = councils
        self.relay = Relay(outward, councils.services)
        self._filled: dict[str, Filled] = {}
        self._lanes: dict[tuple[str, str], Lanes] = {}
        self._under_way: dict[tuple[str, str], set[str]] = {}
        self.calling = Calling(councils, self.relay)
        self.follow_ups = FollowUps(councils, self.calling, self.filled)
        self.telling = Telling(councils, self.filled, self._unfinished)
        self.follow_ups.when_learned.append(self.telling.pass_on)
        for council in councils:
            self._open(council)
        councils.when_opened.append(self._open)
        councils.when_closed.append(self._forget)

    def filled(self, council: str) -> Filled:
        """What components fill of a council."""
        return self._filled.setdefault(council, Filled())

    def read_again(self, council: Council) -> None:
        """Take up how the council's notebook now says that its slots are filled; from the next call on."""
        filled = self.filled(council.name)
        earlier = filled.settings
        before = {each.filler.name for each in earlier}
        is_first = council.is_told is None and not filled.slots
        with self._councils.notebook(council.name).reading() as session:
            filled.settings = Settings.read(session)
            filled.slots = frozenset(session.scalars(select(ComponentRecord.slot)))
            names = {each.filler.name for each in filled.settings} | filled.references.keys()
            filled.references = {each: References.read(session, each) for each in names}
        if earlier:
            with self._councils.notebook(council.name).writing() as session:
                note_ends(session, council, earlier, filled.settings)
        council.is_told = partial(self.telling.is_told, council) if filled.slots else None
        self.telling.settle(council)
        now = {each.filler.name for each in filled.settings}
        for gone in before - now:
            filled.circuits.pop(gone, None)
        self.take_anew(council, set() if is_first else now - before)

    def take_anew(self, council: Council, components: Iterable[str] | None = None) -> None:
        """Let components take the records over anew, where the stub did what they were not told of.

        So it is with what was done between their joining and their filling the slot. All who fill slots are
        meant where none are named.
        """
        filled = self.filled(council.name)
        if components is None:
            components = {each.filler.name for each in filled.settings}
        for name in components:
            with self._councils.notebook(council.name).writing() as session:
                component = session.get_one(ComponentRecord, name)
                component.taking += 1
                surely = takes_anew(component)
            self.follow_ups.hold(council.name, name, surely=surely)

    async def took_over(self, council: Council, component: str) -> None:
        """A component takes the records over as they stand now. The caller has the turn to write."""
        self.follow_ups.took_over(council, component)
        # It forgets what it had still to tell as well.
        self.telling.tell_instead(council, component)

    async def work_through(self) -> None:
        """A job of the server: go on with what an earlier run left to be followed up, and to be told."""
        for council in self._councils:
            if self._filled.get(council.name):
                await self.telling.pass_on(council)
        self.follow_ups.go_on()

    async def catch_up(self, council: Council) -> None:
        """Before its clock is advanced, let components do what the stub did: later it would be too late."""
        for each in {each.filler.name for each in self.filled(council.name).settings}:
            with suppress(Unanswered, TimeoutError):
                async with asyncio.timeout(TOLD_WITHIN_SECONDS):
                    await self.follow_ups.caught_up(council, each)

    async def keep_up(self, council: Council) -> None:
        """Give the components in a council's slots the time to tell what fell due when its clock advanced."""
        await self.telling.until_told(council, TOLD_WITHIN_SECONDS)

    async def __call__(self, call: Call, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a component answer the call where one is to; else let it go onward."""
        filled = self._filled.get(call.council.name)
        if filled is None or not filled.settings or call.service == "sandbox":
            await onward(scope, receive, send)
            return
        service = call.council.services[call.service.replace("-", "_")]
        path = scope["path"].removeprefix(scope["root_path"])
        operation = operation_at(service, scope["method"], path)
        setting = filled.settings.of(service.slug, operation) if operation else None
        if setting is None or path.startswith(ABOUT_A_SERVICE):
            # What the slot does not have is refused as ever, whatever else a component may answer.
            await onward(scope, receive, send)
            return
        call.operation = operation or ""
        stub = partial(of_stub, onward, scope)
        try:
            asked = await read(scope, receive)
            passing = Passing(call, filled, service, operation, setting, asked, stub)
            answered = await self._answer(passing)
        except HungUp:
            return
        except HTTPException:
            too_large = BodyTooLarge("The body is larger than this sandbox accepts; send less at a time")
            await (await answer_of(service, too_large, scope))(scope, receive, send)
            return
        except Problem as problem:
            await (await answer_of(service, problem, scope))(scope, receive, send)
            return
        await send_on(answered, send)
        if passing.is_read and passing.setting.mode is Mode.SHADOW:
            self.follow_ups.read(call.council, setting, asked, answered)

    async def _answer(self, passing: Passing) -> Answered:
        """The answer of whoever is to give it. Raises ComponentUnanswered, or the refusal of a trick."""
        if passing.is_components:
            if _has_no_key(passing):
                # A key that was withdrawn a moment ago may still be known to a component.
                return await passing.stub(passing.asked)
            if trick := trick_in(passing.asked):
                passing.call.answered_by = f"{passing.component} was not called: {trick.detail}"
                raise trick
        try:
            return await (self._read(passing) if passing.is_read else self._write(passing))
        except Unanswered as unanswered:
            passing.call.answered_by = f"{passing.component} did not: {unanswered}"
            raise falling_back.refusal(unanswered) from unanswered

    async def _read(self, passing: Passing) -> Answered:
        if not passing.is_components:
            return await passing.stub(passing.asked)
        try:
            answered = await self._of_component(passing, passing.asked)
        except Unanswered as unanswered:
            return await self._fall_back(passing, unanswered)
        if answered.status >= 500 and passing.setting.fallback:
            said = f"{passing.component} answered with {answered.status}"
            return await self._fall_back(passing, Unanswered(said, may_be_done=False))
        passing.call.answered_by = passing.component
        return passing.filled.references_of(passing.component).to_caller(answered)

    async def _write(self, passing: Passing) -> Answered:
        """A write, in the lane of the home or case that it is about, so that both sides do it in its turn."""
        lanes = self._lanes.setdefault((passing.council.name, passing.service.slug), Lanes())
        named = Named.by_call(passing.asked)
        whose = whose_is(named, passing.council, passing.service)
        about = [whose.home] if whose.home else cases_in(named, passing.council, passing.service)
        async with lanes.held(about):
            # While it waited, the slot may have been given to another, or back.
            setting = passing.filled.settings.of(passing.service.slug, passing.operation)
            if setting is None:
                return await passing.stub(passing.asked)
            passing = replace(passing, setting=setting)
            if passing.is_components:
                return await self._written_by_component(passing)
            return await self._written_by_stub(passing)

    async def _written_by_stub(self, passing: Passing) -> Answered:
        answered = await passing.stub(passing.asked)
        if answered.was_done:
            self.follow_ups.write(
                passing.council, passing.setting, passing.operation, passing.asked, answered
            )
        return answered

    async def _written_by_component(self, passing: Passing) -> Answered:
        asked = passing.asked
        takes = takes_key(passing.service, passing.operation)
        if takes and asked.header(IDEMPOTENCY_KEY) is None:
            asked = asked.with_header(IDEMPOTENCY_KEY, machine.request_id())
        async with self._counted(passing):
            try:
                answered = await self._of_component(passing, asked)
            except Unanswered as unanswered:
                return await self._fall_back(passing, unanswered, asked if takes else None)
            passing.call.answered_by = passing.component
            if answered.was_done:
                await self._keep_in_step(passing, answered)
        await self.telling.pass_on(passing.council)
        return passing.filled.references_of(passing.component).to_caller(answered)

    async def _of_component(self, passing: Passing, asked: Asked) -> Answered:
        await self.follow_ups.caught_up(passing.council, passing.component)
        return await self.calling.ask(passing.council, passing.filled, passing.setting, asked)

    async def _keep_in_step(self, passing: Passing, theirs: Answered) -> None:
        """Let the stub do what the component did, and learn what each of them calls the case."""
        council, name, asked = passing.council, passing.component, passing.asked
        # A version is one side's own, and the component has compared it.
        ours = await passing.stub(asked.with_header("if-match", None))
        if ours.was_done:
            pairs = references.pairs_in(ours.body, theirs.body, asked.body)
            if pairs:
                with self._councils.notebook(council.name).writing() as session:
                    references.keep(session, name, pairs)
                for pair in pairs:
                    passing.filled.references_of(name).learn(*pair)
            return
        case = out_of_step.case_in(asked, theirs)
        sentence = f"Out of step over {case}: {name} did it, and the stub refused it with {ours.status}"
        passing.call.answered_by = f"{name}. {sentence}"
        with self._councils.notebook(council.name).writing() as session:
            out_of_step.keep(
                session, council, name, passing.service.slug, "component", sentence, asked, theirs, ours
            )
        self.calling.tell_history(council, passing.setting, sentence, "The call and its answer are kept")

    async def _fall_back(
        self, passing: Passing, unanswered: Unanswered, keyed: Asked | None = None
    ) -> Answered:
        """What the stub answers where the component did not, if it may. Raises Unanswered.

        ``keyed`` is the write as it was sent, under a key by which it can be asked for again without harm.
        """
        if not falling_back.may_answer(passing.setting, passing.is_read, unanswered, keyed is not None):
            raise unanswered
        passing.call.answered_by = f"the stub, because {unanswered}"
        answered = await passing.stub(passing.asked)
        if not passing.is_read and (answered.was_done or unanswered.may_be_done):
            self.follow_ups.write(
                passing.council, passing.setting, passing.operation, keyed or passing.asked, answered
            )
        return answered

    @asynccontextmanager
    async def _counted(self, passing: Passing) -> AsyncIterator[None]:
        """While the block runs, a write of the component is under way whose case is not known yet."""
        mine = self._under_way.setdefault((passing.council.name, passing.component), set())
        mine.add(passing.call.request_id)
        try:
            yield
        finally:
            mine.discard(passing.call.request_id)

    def _unfinished(self, council: str, component: str) -> set[str]:
        under_way = self._under_way.get((council, component), set())
        return under_way | self.follow_ups.unfinished(council, component)

    def _open(self, council: Council) -> None:
        council.when_rewound.append(partial(self._rewound, council))
        if self._councils.folder.notebook(council.name).exists():
            self.read_again(council)
            self.follow_ups.take_up(council)

    def _rewound(self, council: Council) -> None:
        """What was learned and is still to be done is of a past that never was."""
        if not self._councils.folder.notebook(council.name).exists():
            return
        self.follow_ups.forget(council.name)
        with self._councils.notebook(council.name).writing() as session:
            for name in session.scalars(select(ComponentRecord.name)):
                references.forget(session, name)
            session.execute(delete(FollowUpRecord))
        self.filled(council.name).references.clear()
        self.telling.rewound(council)
        self.read_again(council)

    def _forget(self, name: str) -> None:
        self._filled.pop(name, None)
        self.follow_ups.forget(name)


def _has_no_key(passing: Passing) -> bool:
    """Whether a call that needs a key came with none that the council knows."""
    named_in_address = "key=" in passing.asked.query
    return passing.service.wire == "native" and passing.call.caller is None and not named_in_address
