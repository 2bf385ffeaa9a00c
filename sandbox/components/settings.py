"""Who fills what: how each slot of a council, or one of its operations, is set, and its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.tables import WHOLE, ComponentRecord, SlotChangeRecord, SlotRecord
from service_apis.kit.problems import Conflict

DEFAULT_SECONDS = 5.0
"""How long a component may take to answer, where nothing else is set."""


class SlotTaken(Conflict):
    """Another component fills the slot, or the operation, that was wanted. The detail says which, and how to
    roll it back.
    """


class StillFills(Conflict):
    """A component that fills a slot, or part of one, cannot be removed, or tried elsewhere. Roll it back."""


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

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept."""
        named = {"homes": self.homes, "residents": self.residents, "wards": self.wards}
        return {"percent": self.percent, **{name: sorted(values) for name, values in named.items()}}

    @property
    def sentence(self) -> str:
        """Whose calls they are, as part of a sentence: "10 % of homes and the ward E05001234"."""
        parts = [f"{self.percent} % of homes"] if self.percent else []
        parts += [_counted(self.homes, "home"), _counted(self.residents, "resident")]
        parts.append(_counted(self.wards, "ward"))
        return _listed([each for each in parts if each])

    def covers(self, other: Share) -> bool:
        """Whether all whose calls are in the other are in this one too.

        Of two percentages the larger has all homes of the smaller. What is named is looked for by name
        alone, but of every home are all homes and wards.
        """
        of_homes = self.percent == 100 or (other.homes <= self.homes and other.wards <= self.wards)
        return self.percent >= other.percent and of_homes and other.residents <= self.residents


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
    by: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole slot."""
        return self.operation == WHOLE

    @property
    def sentence(self) -> str:
        """Who answers what, as an officer reads it."""
        return sentence_of(self.filler.name, self.mode, self.share, [self.operation], self.fallback)

    def reaches(self, mode: Mode, share: Share) -> bool:
        """Whether its component answers all callers already whom it would answer in another mode."""
        if mode in (Mode.STUB, Mode.SHADOW) or self.mode is Mode.LIVE:
            return True
        return self.mode is Mode.SHARE and mode is Mode.SHARE and self.share.covers(share)


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


def sentence_of(component: str, mode: Mode, share: Share, operations: Sequence[str], fallback: bool) -> str:
    """How a component fills a slot, or operations of it, in a sentence without its end."""
    what = "the whole slot" if WHOLE in operations else _listed(list(operations))
    if mode is Mode.SHADOW:
        return f"{component} is watched beside the stub" + ("" if WHOLE in operations else f" for {what}")
    instead = ", and the stub where it does not" if fallback else ""
    if mode is Mode.LIVE:
        return f"{component} is live for {what}" + (", the stub where it does not answer" if fallback else "")
    of = "" if WHOLE in operations else f" {what}"
    return f"{component} answers{of} for {share.sentence}{instead}"


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


def fill(
    session: Session,
    wanted: Sequence[SlotRecord],
    sentence: str,
    reason: Reason,
    gate: Mapping[str, Any] | None = None,
) -> None:
    """Let a component fill a slot, or operations of it, from now on; it is written into the history.

    A setting of the whole slot takes the place of those of its operations. ``gate`` is what the gate went by.
    Raises SlotTaken where another component is in the way.
    """
    _refuse_if_taken(session, wanted)
    for each in wanted:
        if each.operation == WHOLE:
            session.execute(delete(SlotRecord).where(SlotRecord.slot == each.slot))
        session.merge(each)
    first = wanted[0]
    setting: dict[str, Any] = {
        "mode": first.mode,
        "operations": [each.operation for each in wanted],
        "share": first.share,
        "fallback": first.fallback,
        "seconds": first.seconds,
    }
    if gate is not None:
        setting["gate"] = dict(gate)
    note(session, first.slot, first.component, sentence, reason, setting)


def _refuse_if_taken(session: Session, wanted: Sequence[SlotRecord]) -> None:
    operations = {each.operation for each in wanted}
    others = select(SlotRecord).where(
        SlotRecord.slot == wanted[0].slot, SlotRecord.component != wanted[0].component
    )
    for other in session.scalars(others):
        if WHOLE in operations or other.operation == WHOLE or other.operation in operations:
            what = "the whole slot" if other.operation == WHOLE else other.operation
            raise SlotTaken(
                f"{other.component} fills {what} of {other.slot} already ({other.mode}). Roll it back first: "
                f"`council component roll-back {other.component}`"
            )


def give_back(
    session: Session, slot: str, reason: Reason, *, component: str | None = None, cause: str = ""
) -> bool:
    """Let the stub fill a slot again, or what one component fills of it; it is written into the history.

    ``cause`` is what made it happen by itself, as part of the sentence. Gives whether there was anything to
    give back.
    """
    mine: list[ColumnElement[bool]] = [SlotRecord.slot == slot]
    if component is not None:
        mine.append(SlotRecord.component == component)
    filled = session.execute(
        select(SlotRecord.component, SlotRecord.operation).where(*mine).order_by(SlotRecord.operation)
    ).all()
    session.execute(delete(SlotRecord).where(*mine))
    for name in sorted({each.component for each in filled}):
        operations = [each.operation for each in filled if each.component == name]
        what = "Rolled back to the stub"
        if WHOLE not in operations:
            what += f" for {_listed(operations)}"
        note(session, slot, name, f"{what}{cause}", reason, None)
    return bool(filled)


def refuse_if_filling(session: Session, component: str, done: str) -> None:
    """Raise StillFills where the component fills a slot, or part of one, in whatever mode.

    ``done`` is what was to be done with it: "removed".
    """
    if (
        found := session.scalars(select(SlotRecord).where(SlotRecord.component == component)).first()
    ) is not None:
        raise StillFills(
            f"{component} fills {found.slot} ({found.mode}); roll it back before it is {done}: "
            f"`council component roll-back {component}`"
        )


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


def history(
    session: Session, slot: str | None = None, *, after: int = 0, limit: int | None = None
) -> Sequence[SlotChangeRecord]:
    """What was done to a slot, or to all of them, the latest last: what came after a number, so many."""
    query = select(SlotChangeRecord).where(SlotChangeRecord.number > after).order_by(SlotChangeRecord.number)
    query = query if slot is None else query.where(SlotChangeRecord.slot == slot)
    return session.scalars(query.limit(limit)).all()


def latest_changes(session: Session, slot: str, limit: int) -> Sequence[SlotChangeRecord]:
    """The latest of what was done to a slot, the latest first."""
    query = select(SlotChangeRecord).where(SlotChangeRecord.slot == slot)
    return session.scalars(query.order_by(SlotChangeRecord.number.desc()).limit(limit)).all()


def _counted(named: frozenset[str], noun: str) -> str:
    """The one that is named, or how many: "the home 100023", "3 homes"; empty for none."""
    if len(named) == 1:
        return f"the {noun} {next(iter(named))}"
    return f"{len(named)} {noun}s" if named else ""


def _listed(parts: Sequence[str]) -> str:
    if len(parts) > 5:
        return f"{len(parts)} operations"
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


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
        slot.by or "",
    )
