"""What is forced on events on their way to webhooks: that they come twice, or late."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from sandbox.forcing.forced import FORCED, seconds_drawn
from sandbox.forcing.rule import Rule
from sandbox.forcing.rulebook import RuleBook
from service_apis.kit.events import Event

REMEMBERED = 10_000
"""How many of the latest events are remembered to have been decided on."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """How often an event is to be sent (1 is as it should be), and by how many seconds late."""

    copies: int = 1
    delay_seconds: float = 0.0


AS_IT_SHOULD_BE = Treatment()


class EventForcing:
    """The treatment of one council's events. One event is always treated alike, whoever it is sent to."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._decided: OrderedDict[tuple[int, int], Treatment] = OrderedDict()
        # Events are sent off by whichever thread comes to it.
        self._lock = Lock()

    def treatment(self, event: Event) -> Treatment:
        """How an event is to be sent while the rules that there are hold."""
        with self._lock:
            copies, late = 1, 0.0
            for rule in self._book.live():
                if rule.behaviour.of == "events" and rule.wanted.service in (None, event.source):
                    told = self._by_rule(rule, event)
                    copies, late = max(copies, told.copies), max(late, told.delay_seconds)
        return AS_IT_SHOULD_BE if (copies, late) == (1, 0.0) else Treatment(copies, late)

    def _by_rule(self, rule: Rule, event: Event) -> Treatment:
        place = (rule.number, event.position)
        if place not in self._decided:
            self._decided[place] = self._decide(rule, event)
            if len(self._decided) > REMEMBERED:
                self._decided.popitem(last=False)
        return self._decided[place]

    def _decide(self, rule: Rule, event: Event) -> Treatment:
        if not rule.holds_at(self._book.council.clock.now):
            return AS_IT_SHOULD_BE
        rule.seen += 1
        # By its position, and not by when it comes up, which hangs on how quick the receivers are.
        met = rule.decides_on(event.position)
        if met:
            rule.forced += 1
            FORCED.labels(rule.behaviour.name).inc()
        self._book.count(rule)
        if not met:
            return AS_IT_SHOULD_BE
        if rule.behaviour.name == "events-twice":
            return Treatment(copies=int(rule.parameters["copies"]))
        late = seconds_drawn(rule.parameters, rule.wanted.seed, event.position)
        return Treatment(delay_seconds=late)
