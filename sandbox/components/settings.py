"""Who fills what: how each slot of a council, or one of its operations, is set, and its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.tables import WHOLE, ComponentRecord, SlotChangeRecord, SlotRecord

DEFAULT_SECONDS = 5.0
"""How long a component may take to answer, where nothing else is set."""


class Mode(StrEnum):
    """How a slot is filled: by the stub alone, watched beside it, for some callers, or for all."""

    STUB = "stub"
    SHADOW = "shadow"
    SHARE = "share"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Share:
    """Whose calls a component answers: of a percentage of homes, of named homes or residents, or of wards."""

    percent: int = 0
    homes: frozenset[str] = frozenset()
    residents: frozenset[str] = frozenset()
    wards: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Share:
        """As it is kept."""
        kept = kept or {}
        named = (frozenset(kept.get(each, ())) for each in ("homes", "residents", "wards"))
        return cls(kept.get("percent", 0), *named)


@dataclass(frozen=True, slots=True)
class Filler:
    """A component as it is called: where it answers, its own key, and what bridges its API and the slot's."""

    name: str
    slot: str
    url: str
    mapping: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """How a slot, or the one operation that is named, is filled by a component. See ``SlotRecord``."""

    slot: str
    operation: str
    mode: Mode
    filler: Filler
    share: Share
    fallback: bool
    seconds: float
    since: datetime

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole slot."""
        return self.operation == WHOLE


class Settings:
    """The settings of one council, as they are kept in its notebook; immutable, read anew after a change."""

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self._settings = {(each.slot, each.operation): each for each in settings}

    def __bool__(self) -> bool:
        return bool(self._settings)

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._settings.values())

    def of(self, slot: str, operation: str | None) -> Setting | None:
        """How an operation is filled: as set for it, or else for the whole slot; None by the stub alone."""
        return self._settings.get((slot, operation or WHOLE)) or self._settings.get((slot, WHOLE))

    def of_slot(self, slot: str) -> list[Setting]:
        """All that is set for a slot, the setting of the whole of it first."""
        return sorted((each for each in self if each.slot == slot), key=lambda each: not each.is_whole)

    @classmethod
    def read(cls, session: Session) -> Settings:
        """As the notebook keeps them."""
        query = select(SlotRecord, ComponentRecord).join(
            ComponentRecord, ComponentRecord.name == SlotRecord.component
        )
        return cls(_setting(slot, component) for slot, component in session.execute(query))


def filler_of(component: ComponentRecord) -> Filler:
    """A component as it is called."""
    return Filler(component.name, component.slot, component.url, component.mapping)


@dataclass(frozen=True, slots=True)
class Reason:
    """By whom something is done and why, when by the council's clock, and what was not met, if anything."""

    by: str
    why: str
    council_time: datetime
    overriding: str | None = None


def fill(session: Session, wanted: Sequence[SlotRecord], sentence: str, reason: Reason) -> None:
    """Let a component fill a slot, or operations of it, from now on; it is written into the history.

    A setting of the whole slot takes the place of those of its operations.
    """
    for each in wanted:
        if each.operation == WHOLE:
            session.execute(delete(SlotRecord).where(SlotRecord.slot == each.slot))
        session.merge(each)
    first = wanted[0]
    setting = {
        "mode": first.mode,
        "operations": [each.operation for each in wanted],
        "share": first.share,
        "fallback": first.fallback,
        "seconds": first.seconds,
    }
    note(session, first.slot, first.component, sentence, reason, setting)


def give_back(session: Session, slot: str, sentence: str, reason: Reason) -> None:
    """Let the stub fill a slot again; it is written into the history."""
    component = session.scalar(select(SlotRecord.component).where(SlotRecord.slot == slot).limit(1))
    session.execute(delete(SlotRecord).where(SlotRecord.slot == slot))
    note(session, slot, component, sentence, reason, None)


def note(
    session: Session,
    slot: str,
    component: str | None,
    sentence: str,
    reason: Reason,
    setting: dict[str, Any] | None,
) -> None:
    """Write a line of a slot's history."""
    session.add(
        SlotChangeRecord(
            at=machine.now(),
            council_time=reason.council_time,
            slot=slot,
            component=component,
            what=sentence[:500],
            by=reason.by[:120],
            why=reason.why[:500],
            setting=setting,
            overriding=reason.overriding,
        )
    )


def history(session: Session, slot: str | None = None) -> Sequence[SlotChangeRecord]:
    """What was done to a slot, or to all of them, the latest last."""
    query = select(SlotChangeRecord).order_by(SlotChangeRecord.number)
    return session.scalars(query if slot is None else query.where(SlotChangeRecord.slot == slot)).all()


def _setting(slot: SlotRecord, component: ComponentRecord) -> Setting:
    return Setting(
        slot.slot,
        slot.operation,
        Mode(slot.mode),
        filler_of(component),
        Share.of(slot.share),
        slot.fallback,
        slot.seconds,
        slot.since,
    )
