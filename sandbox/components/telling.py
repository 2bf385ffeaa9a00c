"""Telling: of what happens in a slot, each thing is told once, by the side whose case it is.

The stub of a slot that a component fills is kept in step, and records events as it always does; those of
the component's cases are not told. What the component sends about its own cases is put into the council's
outbox, from where webhooks, listeners and other services hear it as they hear the stub. The ledger holds
what one side told and the other has yet to record, so that nothing is told twice when a share is changed, nor
lost: what a component owes when its slot is given back is told by the stub.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from sandbox.components import ledger
from sandbox.components.calling import Filled
from sandbox.components.ledger import Event, Place
from sandbox.components.references import References
from sandbox.components.settings import Mode, Setting
from sandbox.components.sides import Named, cases_in, is_components
from sandbox.components.tables import ComponentEventRecord, ComponentRecord, Outcome
from sandbox.councils import Councils
from service_apis.kit.council import Council
from service_apis.kit.service import Service
from service_apis.kit.work import Work

AT_ONCE = 100
MOST_WAITING = 200
"""So many events of one component wait for the answers to the writes that they are about."""
LOOK_EVERY = 0.02
DOES = (Mode.SHARE, Mode.LIVE)
"""The modes in which a component has cases of its own."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that a component sent and that was taken."""

    position: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """A component as one who tells of a slot; ``away`` while it acts in a fork."""

    name: str
    slot: str
    away: bool


class Telling:
    """What is told in the slots of one sandbox's councils.

    ``unfinished`` names the writes of a component whose case both sides do not hold yet.
    """

    def __init__(
        self,
        councils: Councils,
        filled: Callable[[str], Filled],
        unfinished: Callable[[str, str], set[str]],
    ) -> None:
        self._councils = councils
        self._filled = filled
        self._unfinished = unfinished
        self._turns: dict[str, asyncio.Lock] = {}
        self._waits_for: dict[tuple[str, str, int], set[str]] = {}
        self._to_settle: set[str] = set()

    def is_told(self, council: Council, connection: Connection, event: Event) -> bool:
        """Whether an event that a service records is told by our stub; the ledger is kept by it."""
        slot = event["source"].replace("-", "_")
        filled = self._filled(council.name)
        service = council.services.get(slot)
        if service is None or slot not in filled.slots:
            return True
        ledger.open_ledger(connection)
        setting = filled.settings.of(slot, None)
        if ledger.strike(connection, slot, ("ahead",), event):
            return False
        if is_components(setting, Named.by_event(event), council, service, connection):
            ledger.enter(connection, slot, "owed", event)
            return False
        if setting is not None:
            ledger.enter(connection, slot, "echo", event)
        return True

    def settle(self, council: Council) -> None:
        """See, the next time that something is passed on, whether events are owed that nobody will tell."""
        self._to_settle.add(council.name)

    async def pass_on(self, council: Council) -> None:
        """Pass on what components sent about their own cases, and what waited that need not any more."""
        async with self._turns.setdefault(council.name, asyncio.Lock()):
            more = True
            while more and self._councils.get(council.name) is council:
                senders = self._senders(council)
                if not senders:
                    return
                async with council.turn():
                    left = [self._pass_on_of(council, each) for each in senders]
                    more = any(left)
                    if council.name in self._to_settle:
                        self._tell_what_is_owed(council)

    async def until_told(self, council: Council, seconds: float) -> None:
        """Wait until components have told what fell due, but no longer than this."""
        filled = self._filled(council.name)
        slots = [each.slot for each in filled.settings if each.is_whole and each.mode in DOES]
        try:
            async with asyncio.timeout(seconds):
                while slots and self._is_owed(council, slots):
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            pass

    def rewound(self, council: Council) -> None:
        """The council was taken back: what components sent until now is of a past that never was."""
        for sender in self._senders(council):
            with council.writing(_url_name(council, sender)) as work:
                ledger.open_ledger(work.connection)
                place = Place(self._newest(council, sender.name))
                ledger.move(work.connection, sender.name, council.generation, place)

    def _senders(self, council: Council) -> list[Sender]:
        with self._councils.notebook(council.name).reading() as session:
            rows = session.execute(
                select(ComponentRecord.name, ComponentRecord.slot, ComponentRecord.acts_in)
            )
            return [Sender(name, slot, fork is not None) for name, slot, fork in rows]

    def _newest(self, council: Council, component: str) -> int:
        table = ComponentEventRecord
        with self._councils.notebook(council.name).reading() as session:
            query = select(func.max(table.position)).where(table.component == component)
            return session.scalar(query) or 0

    def _sent(self, council: Council, component: str, place: Place) -> list[Sent]:
        table = ComponentEventRecord
        mine = (table.component == component, table.outcome == Outcome.TAKEN)
        query = select(table.position, table.event).where(*mine).order_by(table.position)
        with self._councils.notebook(council.name).reading() as session:
            waiting = session.execute(query.where(table.position.in_(place.waiting))).all()
            new = session.execute(query.where(table.position > place.position).limit(AT_ONCE)).all()
        return [Sent(position, event) for position, event in (*waiting, *new) if event is not None]

    def _pass_on_of(self, council: Council, sender: Sender) -> bool:
        """Deal with what one component sent; whether there may be more. The caller has the turn."""
        newest = self._newest(council, sender.name)
        with council.reading("sandbox") as work:
            if newest == 0 or not _has_ledger(work.connection):
                place = Place(-1 if newest else 0)
            else:
                place = ledger.place_of(work.connection, sender.name, council.generation, newest)
        if place.position == newest and not place.waiting:
            return False
        with council.writing(_url_name(council, sender)) as work:
            # They are told as they are: it is decided here, and not again as they are written down.
            work.is_told = None
            ledger.open_ledger(work.connection)
            before = ledger.place_of(work.connection, sender.name, council.generation, newest)
            sent = self._sent(council, sender.name, before)
            waiting = self._deal_with(council, sender, work, sent)
            new = [each.position for each in sent if each.position > before.position]
            position = new[-1] if len(new) == AT_ONCE else newest
            ledger.move(work.connection, sender.name, council.generation, Place(position, tuple(waiting)))
        if work.recorded:
            council.deliver_events(work.recorded)
        return position < newest

    def _deal_with(self, council: Council, sender: Sender, work: Work, sent: list[Sent]) -> list[int]:
        """Tell or keep what was sent; the positions of what has to wait are given."""
        waiting: list[int] = []
        held_up: set[str] = set()
        references = self._filled(council.name).references_of(sender.name)
        service = council.services[sender.slot]
        for each in sent:
            subject = each.event["subject"]
            may_wait = len(waiting) < MOST_WAITING
            if may_wait and (
                subject in held_up or self._has_to_wait(council, sender, service, references, each)
            ):
                waiting.append(each.position)
                held_up.add(subject)
                continue
            self._waits_for.pop((council.name, sender.name, each.position), None)
            event = _as_the_council_says(references, service, each.event)
            if self._is_passed_on(council, sender, service, work, event):
                work.pass_on(event["type"], event["subject"], event["time"], event["data"])
        return waiting

    def _has_to_wait(
        self, council: Council, sender: Sender, service: Service, references: References, sent: Sent
    ) -> bool:
        """Whether an event is about a case of which we may yet learn what the council calls it."""
        subject = sent.event["subject"]
        if references.knows(subject) or cases_in(Named([subject]), council, service):
            return False
        unfinished = self._unfinished(council.name, sender.name)
        key = (council.name, sender.name, sent.position)
        return bool(self._waits_for.setdefault(key, unfinished) & unfinished)

    def _is_passed_on(
        self, council: Council, sender: Sender, service: Service, work: Work, event: Event
    ) -> bool:
        setting = self._filled(council.name).settings.of(sender.slot, None)
        if sender.away or event["time"] > work.now:
            return False
        if setting is not None and setting.filler.name != sender.name:
            return False  # it joined for the slot, and another fills it
        kind = ledger.strike(work.connection, sender.slot, ("owed", "echo"), event)
        if kind is not None:
            return kind == "owed"
        if setting is None:
            return False
        if is_components(setting, Named.by_event(event), council, service, work.connection):
            ledger.enter(work.connection, sender.slot, "ahead", event)
            return True
        return False

    def _tell_what_is_owed(self, council: Council) -> None:
        """Let the stub tell what the component of a slot that was given back has not told."""
        self._to_settle.discard(council.name)
        filled = self._filled(council.name)
        for slot in filled.slots:
            if not _has_cases(filled.settings.of(slot, None)):
                self._tell_for(council, slot, ledger.settle)

    def tell_instead(self, council: Council, component: str) -> None:
        """Let the stub tell what a component will tell no more. The caller has the turn."""
        for sender in self._senders(council):
            if sender.name == component:
                self._tell_for(council, sender.slot, _close)

    def _tell_for(self, council: Council, slot: str, settle: Callable[[Connection, str], None]) -> None:
        with council.reading("sandbox") as work:
            if not _has_ledger(work.connection):
                return
        with council.writing(council.services[slot].url_name) as work:
            work.is_told = None
            for event in ledger.owed(work.connection, slot):
                work.pass_on(event["type"], event["subject"], event["time"], event["data"])
            settle(work.connection, slot)
        if work.recorded:
            council.deliver_events(work.recorded)

    def _is_owed(self, council: Council, slots: list[str]) -> bool:
        with council.reading("sandbox") as work:
            if not _has_ledger(work.connection):
                return False
            return any(ledger.owed(work.connection, slot) for slot in slots)


def _has_cases(setting: Setting | None) -> bool:
    return setting is not None and setting.mode in DOES


def _close(connection: Connection, slot: str) -> None:
    """Nothing is owed or expected of a component that has forgotten what it had to tell."""
    ledger.close(connection, slot, ("owed", "echo"))


def _url_name(council: Council, sender: Sender) -> str:
    return council.services[sender.slot].url_name


def _has_ledger(connection: Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = 'council_component_places'"
    return connection.exec_driver_sql(query).first() is not None


def _as_the_council_says(references: References, service: Service, event: dict[str, Any]) -> Event:
    """An event that a component sent, with the council's references, as the stub would record it."""
    return {
        "type": event["type"],
        "source": service.url_name,
        "subject": references.ours(event["subject"]),
        "time": datetime.fromisoformat(event["time"]),
        "data": json.loads(references.ours(json.dumps(event["data"]))),
    }
