"""Judging: what becomes of the two answers to a replayed call, and of what both sides told meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, select

from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.components.references import References, pairs_in
from sandbox.components.registering import find
from sandbox.components.settings import Filler
from sandbox.components.tables import ComponentEventRecord, Outcome
from sandbox.notebook import Notebook
from sandbox.shadow.comparing import compare
from sandbox.shadow.happenings import compare_events
from sandbox.shadow.noise import Noise
from sandbox.shadow.replay import shape_of
from sandbox.shadow.tally import Tally
from service_apis.kit.council import Council
from service_apis.kit.records import EventRecord

EVENTS_SECONDS = 8.0
"""So long a component may take to send what it has to tell, once no call is under way."""
QUIET_SECONDS = 1.5
"""When nothing came for so long, and no less than the stub told, no more is waited for."""
LOOKS_EVERY = 0.1

Event = dict[str, Any]


@dataclass
class Learner:
    """Learns noise: both answers are the stub's own, and whatever differs means nothing."""

    noise: Noise

    def judge(self, operation: str, asked: Asked, ours: Answered, theirs: Answered | Unanswered) -> None:
        """See Judge."""
        if isinstance(theirs, Answered):
            self.noise.learn(operation, compare(operation, ours, theirs, self.noise))

    def leave_out(self, operation: str, why: str) -> None:
        """See Judge: what cannot be sent teaches nothing."""


@dataclass
class Comparer:
    """Compares what the component says with what the stub says, and tallies it.

    ``base_url`` is the slot's own address in the council, by which an example is told: the fork is gone by
    then. ``afterwards`` says that calls only read back what earlier ones had left.
    """

    tally: Tally
    noise: Noise
    base_url: str
    afterwards: bool = False
    references: References = field(default_factory=References)

    def judge(self, operation: str, asked: Asked, ours: Answered, theirs: Answered | Unanswered) -> None:
        """See Judge."""
        differences = compare(operation, ours, theirs, self.noise) if isinstance(theirs, Answered) else []
        told = replace(asked, base_url=self.base_url)
        self.tally.add(operation, told, ours, theirs, differences, afterwards=self.afterwards)

    def leave_out(self, operation: str, why: str) -> None:
        """See Judge."""
        self.tally.leave_out(f"{operation}: {why}")


@dataclass(frozen=True)
class Ears:
    """What both sides tell from a moment on: the stub into the fork's outbox, the component at its door."""

    fork: Council
    filler: Filler
    notebook: Notebook
    our_start: int
    their_start: int

    @classmethod
    def opened(cls, fork: Council, filler: Filler, notebook: Notebook) -> Ears:
        """Ears for everything that is told from now on."""
        with fork.reading("sandbox") as work:
            ours = work.session.scalar(select(func.coalesce(func.max(EventRecord.position), 0))) or 0
        with notebook.reading() as session:
            theirs = find(session, filler.name).last_position
        return cls(fork, filler, notebook, ours, theirs)

    def ours(self) -> list[Event]:
        """What the stub of the slot told."""
        source = self.fork.services[self.filler.slot].url_name
        query = select(EventRecord).where(
            EventRecord.position > self.our_start, EventRecord.type.startswith(f"virtual-council.{source}.")
        )
        with self.fork.reading("sandbox") as work:
            rows = work.session.scalars(query.order_by(EventRecord.position)).all()
            return [
                {"type": each.type, "subject": each.subject, "time": each.time.isoformat(), "data": each.data}
                for each in rows
            ]

    def theirs(self) -> list[Event]:
        """What the component told, as far as it was taken."""
        query = select(ComponentEventRecord.event).where(
            ComponentEventRecord.component == self.filler.name,
            ComponentEventRecord.position > self.their_start,
            ComponentEventRecord.outcome == Outcome.TAKEN,
        )
        with self.notebook.reading() as session:
            events = session.scalars(query.order_by(ComponentEventRecord.position)).all()
        return [each for each in events if each is not None]

    async def all_heard(self) -> tuple[Sequence[Event], Sequence[Event]]:
        """What both told, once the component has had the time to send it."""
        ours, theirs, quiet = self.ours(), self.theirs(), 0.0
        waited = 0.0
        while waited < EVENTS_SECONDS and not (len(theirs) >= len(ours) and quiet >= QUIET_SECONDS):
            await asyncio.sleep(LOOKS_EVERY)
            waited += LOOKS_EVERY
            more = self.theirs()
            if len(more) > len(theirs):
                quiet, waited = 0.0, 0.0
            else:
                quiet += LOOKS_EVERY
            theirs = more
        return ours, theirs

    async def compared(self, references: References, tally: Tally, noise: Noise) -> None:
        """Tally what sets apart what the component told."""
        ours, theirs = await self.all_heard()
        _learn_subjects(references, ours, theirs)
        _learn(references, ours, theirs)
        tally.add_events(len(ours), compare_events(ours, theirs, references, noise))


def _learn_subjects(references: References, ours: Sequence[Event], theirs: Sequence[Event]) -> None:
    """Learn what each side calls a case of which only the events tell both references: the same was told."""
    known = {each["subject"] for each in ours}
    new: dict[str, list[Event]] = {}
    for each in theirs:
        if references.ours(each["subject"]) not in known and not references.knows(each["subject"]):
            new.setdefault(_told(each), []).append(each)
    heard = {references.ours(each["subject"]) for each in theirs}
    for each in ours:
        if each["subject"] not in heard and (same := new.get(_told(each))):
            other = same.pop(0)["subject"]
            if shape_of(other) != shape_of(each["subject"]) and not references.knows(other):
                references.learn(each["subject"], other)


def _told(event: Event) -> str:
    """What an event tells, without the reference that it tells it of."""
    plain = {name: value for name, value in event["data"].items() if not name.endswith(("_id", "reference"))}
    return json.dumps([event["type"], plain], sort_keys=True)


def _learn(references: References, ours: Sequence[Event], theirs: Sequence[Event]) -> None:
    """Learn the references of what fell due: no write told them, and events of one case come in order."""
    told: dict[tuple[str, str], list[Event]] = {}
    for each in theirs:
        told.setdefault((each["type"], references.ours(each["subject"])), []).append(each)
    for each in ours:
        if of_them := told.get((each["type"], each["subject"])):
            other = of_them.pop(0)
            for one, another in pairs_in(*(json.dumps(side["data"]).encode() for side in (each, other))):
                if shape_of(one) != shape_of(another) and not references.knows(another):
                    references.learn(one, another)
