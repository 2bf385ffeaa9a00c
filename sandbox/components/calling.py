"""Calling a component: by its circuit, in its own references; what befalls it is written into the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from inspect import signature

from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.components.circuit import OPEN_SECONDS, Circuit
from sandbox.components.references import References
from sandbox.components.relay import Relay
from sandbox.components.settings import Reason, Setting, Settings, note
from sandbox.councils import Councils
from service_apis.kit.council import Council
from service_apis.kit.routes import Routes
from service_apis.kit.service import Service

IDEMPOTENCY_KEY = "idempotency-key"
THE_SANDBOX = "the sandbox"
"""By whom that is, in the history, which nobody did."""


@dataclass
class Filled:
    """The slots of one council that components fill, and how each component fares."""

    settings: Settings = field(default_factory=Settings)
    references: dict[str, References] = field(default_factory=dict)
    circuits: dict[str, Circuit] = field(default_factory=dict)
    slots: frozenset[str] = frozenset()
    """The slots that components have joined for, whether they fill them or not."""

    def circuit(self, component: str) -> Circuit:
        """The circuit of a component."""
        return self.circuits.setdefault(component, Circuit())

    def references_of(self, component: str) -> References:
        """What a component calls cases."""
        return self.references.setdefault(component, References())


class Calling:
    """The way to components in the slots of one sandbox's councils."""

    def __init__(self, councils: Councils, relay: Relay) -> None:
        self._councils = councils
        self.relay = relay

    async def ask(self, council: Council, filled: Filled, setting: Setting, asked: Asked) -> Answered:
        """The component's answer, as it gave it. Raises Unanswered."""
        name = setting.filler.name
        circuit = filled.circuit(name)
        if not circuit.lets_through():
            raise Unanswered(
                f"{name} failed {circuit.failures} times one after another and is left alone for "
                f"{circuit.waits_seconds:.0f} seconds",
                may_be_done=False,
            )
        try:
            sent = filled.references_of(name).to_component(asked)
            answered = await self.relay.ask(setting.filler, sent, setting.seconds)
        except Unanswered as unanswered:
            if circuit.failed():
                self.tell_history(
                    council,
                    setting,
                    f"{name} failed {circuit.failures} times one after another; "
                    f"{_meanwhile(setting)} for {OPEN_SECONDS:.0f} seconds",
                    str(unanswered),
                )
            raise
        if circuit.answered():
            self.tell_history(council, setting, f"{name} answers again", "It was tried and answered")
        return answered

    def tell_history(self, council: Council, setting: Setting, sentence: str, why: str) -> None:
        """Write into the history of a slot what befell it."""
        reason = Reason(THE_SANDBOX, why, council.clock.now)
        kept = {
            "mode": setting.mode.value,
            "operations": [setting.operation],
            "fallback": setting.fallback,
            "seconds": setting.seconds,
        }
        with self._councils.notebook(council.name).writing() as session:
            note(session, setting.slot, setting.filler.name, sentence, reason, kept)


def takes_key(service: Service, operation: str | None) -> bool:
    """Whether an operation takes an Idempotency-Key, so that it can be asked for again without harm."""
    return operation in _with_key(service.routes)


@lru_cache(maxsize=64)
def _with_key(routes: Routes) -> frozenset[str]:
    return frozenset(
        route.options["operation_id"]
        for route in routes.routes
        if "idempotency_key" in signature(route.endpoint).parameters
    )


def _meanwhile(setting: Setting) -> str:
    if setting.mode.value == "shadow":
        return "nothing is mirrored to it"
    return "the stub answers" if setting.fallback else "callers are told to come back"
