"""One behaviour forced on one call, and what it needs to be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass

from prometheus_client import Counter

from sandbox.forcing.behaviours import Behaviour, Parameters
from sandbox.forcing.draws import drawn_between
from sandbox.forcing.rule import Rule
from sandbox.gateway import Call
from service_apis.kit.council import Council
from service_apis.kit.service import Service

FORCED = Counter("virtual_council_forced", "Calls and events that a behaviour was forced on.", ["behaviour"])
RETRY_UNLESS_SAID = 600
SEED_OF_HEADERS = 7


@dataclass(frozen=True, slots=True)
class Forced:
    """A behaviour to be done to a call: by a rule, or because the request's header asked for it.

    ``n`` is the number of the call among those that the rule might meet. ``earlier`` gives the older state
    that a stale read is answered from; ``count`` takes note of how often the rule was forced.
    """

    call: Call
    service: Service
    behaviour: Behaviour
    parameters: Parameters
    earlier: Callable[[], Awaitable[Council]]
    count: Callable[[Rule], None]
    rule: Rule | None = None
    n: int = 1

    def mark(self) -> None:
        """Say that the behaviour takes place: to the caller, to whoever measures, and to the rule."""
        said = self.behaviour.name
        if self.rule is not None:
            said += f"; rule={self.rule.id}"
            self.rule.forced += 1
            self.count(self.rule)
        self.call.fault = f"{self.call.fault}, {said}" if self.call.fault else said
        FORCED.labels(self.behaviour.name).inc()

    def number(self, name: str) -> float:
        """A parameter that is a number."""
        return float(self.parameters[name])

    def seconds(self) -> float:
        """How long the behaviour lasts; drawn for each call alike where it is a range."""
        return seconds_drawn(self.parameters, self.rule.wanted.seed if self.rule else SEED_OF_HEADERS, self.n)

    def retry_after(self) -> int:
        """After how many seconds the caller is told to try again."""
        if "retry_after" in self.parameters:
            return int(self.number("retry_after"))
        if self.rule is not None and self.rule.wanted.between is not None:
            return max(1, self.rule.wanted.between.seconds_left(self.call.council.clock.now))
        return RETRY_UNLESS_SAID


ASKED_OF_EVENTS: ContextVar[Forced | None] = ContextVar("ASKED_OF_EVENTS", default=None)
"""What the header of the request that is being answered asks for the events that it causes."""


def seconds_drawn(parameters: Parameters, seed: int, n: int) -> float:
    """``seconds``, or a time between it and ``up_to``: for one seed and number always the same."""
    least = float(parameters["seconds"])
    return drawn_between(least, float(parameters.get("up_to", least)), seed, "seconds", n)
