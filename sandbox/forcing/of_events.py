"""What is forced on events on their way to webhooks: that they come twice, or late."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import RLock
from typing import TypeVar

from sqlalchemy import func, select

from sandbox.forcing.behaviours import Parameters
from sandbox.forcing.forced import ASKED_OF_EVENTS, FORCED, SEED_OF_HEADERS, seconds_drawn
from sandbox.forcing.rule import Rule
from sandbox.forcing.rulebook import RuleBook
from service_apis.kit.events import Event
from service_apis.kit.records import EventRecord

K = TypeVar("K")
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
        self._asked: OrderedDict[int, Treatment] = OrderedDict()
        self._latest: int | None = None
        # Events are recorded and sent off by whichever thread comes to it.
        self._lock = RLock()
        book.council.when_rewound.append(self._begin_anew)

    def treatment(self, event: Event) -> Treatment:
        """How an event is to be sent: as the request that caused it asked, and the rules that hold say."""
        with self._lock:
            told = [
                self._by_rule(rule, event)
                for rule in self._book.live()
                if rule.behaviour.of == "events" and rule.wanted.service in (None, event.source)
            ]
            told.append(self._asked.get(event.position, AS_IT_SHOULD_BE))
        return _together(told)

    def watch(self) -> None:
        """From now on, see which events are caused by a request whose header asks something for them."""
        with self._lock:
            if self._latest is None:
                self._latest = self._last_position()
                self._book.council.listeners.append(self._look)

    def _look(self) -> None:
        """Events were recorded: by a request that asked something for them, if this is one."""
        with self._lock:
            before, self._latest = self._latest or 0, self._last_position()
            if (forced := ASKED_OF_EVENTS.get()) is None:
                return
            for position in range(before + 1, self._latest + 1):
                told = _by(forced.behaviour.name, forced.parameters, SEED_OF_HEADERS, position)
                _remember(self._asked, position, told)
            if not forced.call.fault:
                forced.mark()

    def _last_position(self) -> int:
        with self._book.council.reading("sandbox") as work:
            return work.session.scalar(select(func.max(EventRecord.position))) or 0

    def _begin_anew(self) -> None:
        """The council was taken back: what was decided on never happened."""
        with self._lock:
            self._decided.clear()
            self._asked.clear()
            if self._latest is not None:
                self._latest = self._last_position()

    def _by_rule(self, rule: Rule, event: Event) -> Treatment:
        place = (rule.number, event.position)
        if place not in self._decided:
            _remember(self._decided, place, self._decide(rule, event))
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
        return _by(rule.behaviour.name, rule.parameters, rule.wanted.seed, event.position)


def _by(behaviour: str, parameters: Parameters, seed: int, position: int) -> Treatment:
    if behaviour == "events-twice":
        return Treatment(copies=int(parameters["copies"]))
    return Treatment(delay_seconds=seconds_drawn(parameters, seed, position))


def _together(told: Iterable[Treatment]) -> Treatment:
    """The treatment that is at least as bad as each."""
    copies, late = 1, 0.0
    for each in told:
        copies, late = max(copies, each.copies), max(late, each.delay_seconds)
    return AS_IT_SHOULD_BE if (copies, late) == (1, 0.0) else Treatment(copies, late)


def _remember(decided: OrderedDict[K, Treatment], place: K, treatment: Treatment) -> None:
    decided[place] = treatment
    if len(decided) > REMEMBERED:
        decided.popitem(last=False)
