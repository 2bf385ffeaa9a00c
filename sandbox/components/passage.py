"""Where a component answers in a stub's place: the last passage of a call of a council's service.

A caller keeps the same addresses, and cannot tell who answered; the journal can.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.components.asking import Answered, Asked, Unanswered, of_stub, read, send_on
from sandbox.components.circuit import Circuit
from sandbox.components.ends import note_ends
from sandbox.components.references import References, pairs_in
from sandbox.components.relay import SAFE, Relay
from sandbox.components.settings import Setting, Settings
from sandbox.components.sides import Named, is_components
from sandbox.components.tables import ReferenceRecord
from sandbox.components.telling import FOLLOWING, is_told
from sandbox.councils import Councils
from sandbox.forcing.operations import operation_at
from sandbox.forcing.passage import ABOUT_A_SERVICE
from sandbox.forcing.refusing import answer_of
from sandbox.gateway import Call
from sandbox.outward import Outward
from service_apis.kit.council import Council
from service_apis.kit.problems import Problem
from service_apis.kit.service import Service


class ComponentUnanswered(Problem):
    """The system behind this part of the council did not answer. The detail says whether to ask again."""

    status = 503


@dataclass
class Filled:
    """The slots of one council that components fill, and how each component fares."""

    settings: Settings = field(default_factory=Settings)
    references: dict[str, References] = field(default_factory=dict)
    circuits: dict[str, Circuit] = field(default_factory=dict)

    def circuit(self, component: str) -> Circuit:
        """The circuit of a component."""
        return self.circuits.setdefault(component, Circuit())


class Watcher(Protocol):
    """Who is told of calls that the stub answered in a slot that a component is to fill, or fills in part."""

    def saw(self, council: Council, setting: Setting, asked: Asked, ours: Answered) -> None:
        """Take note of a call and the stub's answer, which the caller has by now. It must not take long."""
        ...


class Filling:
    """Components in the slots of one sandbox's councils: a passage of its gateway."""

    def __init__(self, councils: Councils, outward: Outward) -> None:
        self._councils = councils
        self.relay = Relay(outward)
        self.watchers: list[Watcher] = []
        self._filled: dict[str, Filled] = {}
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
        before = filled.settings
        with self._councils.notebook(council.name).reading() as session:
            filled.settings = Settings.read(session)
            filled.references = {
                each.filler.name: References.read(session, each.filler.name) for each in filled.settings
            }
        if before:
            with self._councils.notebook(council.name).writing() as session:
                note_ends(session, council, before, filled.settings)
        council.is_told = None
        if filled.settings:
            council.is_told = lambda event: is_told(council, filled.settings, event)

    async def __call__(self, call: Call, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a component answer the call where one is to; else let it go onward."""
        filled = self._filled.get(call.council.name)
        if filled is None or not filled.settings or call.service == "sandbox":
            await onward(scope, receive, send)
            return
        service = call.council.services[call.service.replace("-", "_")]
        path = scope["path"].removeprefix(scope["root_path"])
        setting = filled.settings.of(service.slug, operation_at(service, scope["method"], path))
        if setting is None or path.startswith(ABOUT_A_SERVICE):
            await onward(scope, receive, send)
            return
        asked = await read(scope, receive)
        if not is_components(setting, Named.by_call(asked), call.council, service):
            answered = await of_stub(onward, scope, asked)
            await send_on(answered, send)
            for watcher in self.watchers:
                watcher.saw(call.council, setting, asked, answered)
            return
        try:
            answered = await self._of_component(filled, setting, asked)
        except Unanswered as unanswered:
            call.answered_by = f"{setting.filler.name} did not: {unanswered}"
            await self._refuse(service, unanswered, scope, receive, send)
            return
        call.answered_by = setting.filler.name
        if asked.method not in SAFE and answered.was_done:
            await self._keep_in_step(filled, setting, call, onward, scope, asked, answered)
        await send_on(filled.references[setting.filler.name].to_caller(answered), send)

    async def _of_component(self, filled: Filled, setting: Setting, asked: Asked) -> Answered:
        circuit = filled.circuit(setting.filler.name)
        if not circuit.lets_through():
            raise Unanswered(
                f"{setting.filler.name} failed {circuit.failures} times one after another and is left alone "
                f"for {circuit.waits_seconds:.0f} seconds",
                may_be_done=False,
            )
        try:
            references = filled.references[setting.filler.name]
            answered = await self.relay.ask(setting.filler, references.to_component(asked), setting.seconds)
        except Unanswered:
            circuit.failed()
            raise
        circuit.answered()
        return answered

    async def _keep_in_step(
        self,
        filled: Filled,
        setting: Setting,
        call: Call,
        onward: ASGIApp,
        scope: Scope,
        asked: Asked,
        answered: Answered,
    ) -> None:
        """Let the stub do what the component did, untold, and learn what each of them calls the case."""
        token = FOLLOWING.set("following")
        try:
            ours = await of_stub(onward, scope, asked.with_header("if-match", None))
        finally:
            FOLLOWING.reset(token)
        pairs = pairs_in(ours.body, answered.body) if ours.was_done else []
        if pairs:
            name = setting.filler.name
            with self._councils.notebook(call.council.name).writing() as session:
                for one, other in pairs:
                    filled.references[name].learn(one, other)
                    session.merge(ReferenceRecord(component=name, theirs=other, ours=one))

    async def _refuse(
        self, service: Service, unanswered: Unanswered, scope: Scope, receive: Receive, send: Send
    ) -> None:
        said = "Nothing was done; ask again in a while"
        if unanswered.may_be_done:
            said = "It may have been done all the same: look before you ask again"
        problem = ComponentUnanswered(said, headers={"Retry-After": "10"})
        await (await answer_of(service, problem, scope))(scope, receive, send)

    def _open(self, council: Council) -> None:
        if self._councils.folder.notebook(council.name).exists():
            self.read_again(council)

    def _forget(self, name: str) -> None:
        self._filled.pop(name, None)
