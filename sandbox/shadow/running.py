"""One run: a day's traffic, or a recorded session, goes to the stub and the component on a fork."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from starlette.types import ASGIApp

from sandbox import machine
from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.components.passage import Filling
from sandbox.components.references import References
from sandbox.components.registering import act_in, find
from sandbox.components.settings import DEFAULT_SECONDS, Filler
from sandbox.councils import Councils
from sandbox.failure import Failure
from sandbox.forks import Forks
from sandbox.journal.journal import MOST_CALLS
from sandbox.journal.journals import Journals
from sandbox.keys import Key, Keyring
from sandbox.shadow.judging import Comparer, Ears, Learner
from sandbox.shadow.noise import Noise, Passed
from sandbox.shadow.replay import OfComponent, OfStub, Replay, Sent
from service_apis.kit.council import Council

if TYPE_CHECKING:
    from sandbox.traffic.asks import Asker
    from scenarios.openapi import Service as Contract

TAKING_SECONDS = 60.0
"""How long a component may take until it has the fork's records; beyond it, it is said not to."""
LOOKS_EVERY = 0.1
LONGEST = timedelta(hours=6)
"""A fork that nobody ended, because the machine did, ends by itself after this."""
AFTERWARDS = timedelta(days=21)
"""So long the clock goes on after the last call: what was reported and booked then falls due."""
LEARNING_CALLS = 150
"""The first part of the traffic, by which the stub is compared with itself."""


class NotTakenOver(Failure):
    """The component did not take the fork's records over, so that there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run: a generated ``day`` or the calls that the journal ``recorded``.

    ``calls`` None is as many as the days bring by themselves. ``noise`` may differ, beside what the slot's
    pack declares.
    """

    kind: Literal["day", "recorded"] = "day"
    days: int = 1
    calls: int | None = None
    seed: int = 1
    learn_noise: bool = True
    only: tuple[str, ...] = ()
    noise: tuple[Passed, ...] = ()

    @property
    def in_words(self) -> str:
        """What is run, as it stands beside its result."""
        if self.kind == "recorded":
            return "the calls that the journal recorded"
        days = "a day" if self.days == 1 else f"{self.days} days"
        return f"{days} of the council's traffic, seed {self.seed}"


@dataclass
class Progress:
    """How far a run is: what it does now, and how many of its calls were sent."""

    doing: str = "making a fork"
    sent: int = 0
    of: int = 0


@dataclass(frozen=True)
class House:
    """What a run works with: the sandbox that it runs in."""

    councils: Councils
    keyring: Keyring
    forks: Forks
    journals: Journals
    gateway: ASGIApp
    filling: Filling
    records_read: Callable[[str, str, str], Awaitable[None]]


@dataclass
class Run:
    """One run of one component of a council. ``host`` is where the caller found the sandbox."""

    house: House
    council: Council
    filler: Filler
    wanted: Wanted
    host: str
    comparer: Comparer
    noise: Noise
    progress: Progress = field(default_factory=Progress)

    async def go(self) -> None:
        """Run it to its end. Raises NotTakenOver. In any case the component is let back into its council."""
        async with AsyncExitStack() as stack:
            state = self._state()
            fork = await stack.enter_async_context(self._fork(state))
            if self.wanted.learn_noise:
                self.progress.doing = "comparing the stub with itself"
                await self._learn(stack, state)
            self.progress.doing = f"waiting for {self.filler.name} to take the records over"
            await stack.enter_async_context(self._acting(fork))
            await self._compare(fork)

    def _state(self) -> Council | None:
        """Which state to begin with: a recorded session, as the council was made; None as it stands."""
        return self.council if self.wanted.kind == "recorded" and self.council.as_made.exists() else None

    @asynccontextmanager
    async def _fork(self, state: Council | None) -> AsyncIterator[Council]:
        fork = await self.house.forks.fork(self.council, state=state.as_made if state else None)
        try:
            self.house.forks.set_lifetime(fork, LONGEST)
            yield fork
        finally:
            if self.house.councils.get(fork.name) is fork:
                self.house.forks.delete(fork, f"{fork.name} was made for a replay, which has ended")

    @asynccontextmanager
    async def _acting(self, fork: Council) -> AsyncIterator[None]:
        """Let the component act in the fork, once it has the records of that."""
        notebook = self.house.councils.notebook(self.council.name)
        with notebook.writing() as session:
            component = find(session, self.filler.name)
            act_in(component, fork.name)
        try:
            await self._taken_over(fork)
            yield
        finally:
            with notebook.writing() as session:
                act_in(find(session, self.filler.name), None)

    async def _taken_over(self, fork: Council) -> None:
        """Wait until the component has read the fork's records, and answers. Raises NotTakenOver."""
        name = self.filler.name
        try:
            async with asyncio.timeout(TAKING_SECONDS):
                asking = asyncio.create_task(self._wake(fork))
                try:
                    await self.house.records_read(self.council.name, name, fork.name)
                finally:
                    asking.cancel()
        except TimeoutError as late:
            raise NotTakenOver(
                f"{name} did not take the records of the fork over within {TAKING_SECONDS:.0f} seconds. It "
                "is to look at `state` at its door and, where that has changed, to read /records anew."
            ) from late

    async def _wake(self, fork: Council) -> None:
        """Call the component now and then: one that looks at its door only when it is called does so."""
        service = self.council.services[self.filler.slot]
        base = f"http://{self.host}/councils/{fork.name}/{service.url_name}"
        while True:
            try:
                asked = Asked("GET", "/openapi.json", "", (), b"", base)
                await self.house.filling.relay.ask(self.filler, asked, DEFAULT_SECONDS)
            except Unanswered:
                pass  # it may be busy with the records
            await asyncio.sleep(LOOKS_EVERY * 5)

    async def _compare(self, fork: Council) -> None:
        references = References()
        component = OfComponent(self.house.filling.relay, self.filler, references, DEFAULT_SECONDS)
        stub = self._stub(fork)
        notebook = self.house.councils.notebook(self.council.name)
        ears = Ears.opened(fork, self.filler, notebook)
        replay = Replay([fork], stub, component, self.comparer, lambda other: [self._stub(fork, other)])
        traffic = await self._traffic(fork, None)
        self.progress.doing, self.progress.of = "sending the calls", traffic.calls
        await self._sending(replay, traffic.sent)
        self.progress.doing = "letting three weeks go by"
        await replay.move_clocks(fork.clock.now + AFTERWARDS)
        self.progress.doing = "reading back what became of each case"
        self.comparer.afterwards = True
        await replay.run(_each(fork, traffic.touched()))
        self.progress.doing = "waiting for the events"
        await ears.compared(references, self.comparer.tally, self.noise)

    async def _sending(self, replay: Replay, calls: AsyncIterator[Sent]) -> None:
        async def counted() -> AsyncIterator[Sent]:
            async for call in calls:
                self.progress.sent = replay.sent
                yield call

        await replay.run(counted())
        self.progress.sent = replay.sent

    async def _learn(self, stack: AsyncExitStack, state: Council | None) -> None:
        """Send the first part of the traffic to two further forks, and let pass what differs there."""
        async with AsyncExitStack() as forks:
            one, other = [await forks.enter_async_context(self._fork(state)) for _ in range(2)]
            traffic = await self._traffic(one, LEARNING_CALLS)
            replay = Replay(
                [one, other],
                self._stub(one),
                self._stub(other),
                Learner(self.noise),
                lambda service: [self._stub(each, service) for each in (one, other)],
            )
            await replay.run(traffic.sent)

    def _stub(self, fork: Council, service: str | None = None) -> OfStub:
        slot = self.council.services[service or self.filler.slot]
        return OfStub(self.house.gateway, fork.name, slot.url_name, self.host)

    def _keys(self, fork: Council) -> tuple[str, str]:
        """Keys of the fork: one that may do what a caller of the slot may, and one that may only read."""
        services = self.council.services
        reads = tuple(f"{each}:read" for each in services)
        writer = Key(f"replay-{fork.name}", machine.new_key(), (*reads, "*:write"), (fork.name,))
        reader = Key(f"replay-reader-{fork.name}", machine.new_key(), reads, (fork.name,))
        for key in (writer, reader):
            self.house.keyring.add(key)
        return writer.secret, reader.secret

    async def _traffic(self, fork: Council, most: int | None) -> _Traffic:
        if self.wanted.kind == "recorded":
            return await self._recorded(fork, most)
        return await self._day(fork, most)

    async def _day(self, fork: Council, most: int | None) -> _Traffic:
        from sandbox.traffic.asks import Asker, Keys
        from sandbox.traffic.day import Size, calls_in, occasions
        from sandbox.traffic.volumes import traffic_of
        from synthetic_data.profiles.loader import load_profile

        slot = self.filler.slot
        contract = await self._contract(fork, slot)
        traffic = traffic_of(slot, contract).only(self.wanted.only)
        contracts = {slot: contract}
        for each in sorted(traffic.elsewhere):
            contracts[each] = await self._contract(fork, each)
        facts = fork.facts
        profile = load_profile(str(facts["gss_code"]))
        size = Size(int(facts["homes"]), int(facts["residents"]), profile.service_volumes, profile.population)
        days = [fork.clock.today + timedelta(days=each) for each in range(self.wanted.days)]
        calls = self.wanted.calls or round(calls_in(traffic, size, days))
        planned = occasions(traffic, size, fork.clock.now, days, calls, self.wanted.seed)
        asker = Asker(
            traffic,
            contracts,
            slot,
            Keys(*self._keys(fork)),
            self._base(fork),
            self.wanted.seed,
            self._see(fork),
        )
        several = sum(1 + each.errand.again for each in planned)
        return _Traffic(several, _of_day(asker, planned[:most]), lambda: list(asker.touched.values()))

    async def _recorded(self, fork: Council, most: int | None) -> _Traffic:
        from sandbox.traffic.recorded import Session

        journal = self.house.journals.of(self.council)
        entries = (
            await asyncio.to_thread(journal.select, [], MOST_CALLS, newest_first=False) if journal else []
        )
        issued: dict[tuple[str, str], str] = {}

        def key_for(caller: str | None, scopes: str) -> str:
            if caller is None:
                return ""
            if (caller, scopes) not in issued:
                key = Key(
                    f"replay-{len(issued)}-{fork.name}",
                    machine.new_key(),
                    tuple(scopes.split()),
                    (fork.name,),
                )
                self.house.keyring.add(key)
                issued[caller, scopes] = key.secret
            return issued[caller, scopes]

        session = Session(
            self.council.name, fork.name, dict(self.council.services), self._base(fork), key_for
        )

        async def sent() -> AsyncIterator[Sent]:
            for each in session.calls(entries[: most or self.wanted.calls]):
                service = None if each.service == self.filler.slot else each.service
                if each.asked is None and service is not None:
                    continue
                learn = _learning(session.learn, each)
                yield Sent(each.at, each.operation, each.asked, service, each.why, learn)

        return _Traffic(len(entries), sent(), list)

    def _base(self, fork: Council) -> str:
        return f"http://{self.host}/councils/{fork.name}/{self.council.services[self.filler.slot].url_name}"

    def _see(self, fork: Council) -> Callable[[str, Asked], Awaitable[Answered]]:
        async def see(service: str, asked: Asked) -> Answered:
            return await self._stub(fork, service).ask(asked)

        return see

    async def _contract(self, fork: Council, slug: str) -> Contract:
        from scenarios.openapi import service

        answered = await self._stub(fork, slug).ask(Asked("GET", "/openapi.json", "", (), b"", ""))
        url_name = self.council.services[slug].url_name
        address = f"http://{self.host}/councils/{fork.name}/{url_name}/openapi.json"
        return service(slug, address, json.loads(answered.body))


@dataclass(frozen=True)
class _Traffic:
    """How many calls there will be, the calls, and those that show what was touched, once all were made."""

    calls: int
    sent: AsyncIterator[Sent]
    touched: Callable[[], list[tuple[str, Asked]]]


async def _of_day(asker: Asker, planned: Sequence[object]) -> AsyncIterator[Sent]:
    from sandbox.traffic.asks import NothingToAsk
    from sandbox.traffic.day import Occasion

    for occasion in planned:
        assert isinstance(occasion, Occasion)
        errand = occasion.errand
        try:
            asked = await asker.asked(occasion)
        except NothingToAsk as nothing:
            yield Sent(occasion.at, errand.operation, None, None, str(nothing))
            continue
        told = asker.listener(occasion)
        for _ in range(2 if errand.again else 1):
            yield Sent(occasion.at, errand.operation, asked, errand.service, "", told)


async def _each(fork: Council, asked: Sequence[tuple[str, Asked]]) -> AsyncIterator[Sent]:
    for operation, each in asked:
        yield Sent(fork.clock.now, operation, each)


def _learning(learn: Callable[..., None], recorded: object) -> Callable[[Answered], None]:
    return lambda ours: learn(recorded, ours)
