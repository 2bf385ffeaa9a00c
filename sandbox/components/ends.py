"""Ends: where in a council's feed a component ceased to answer for its cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.references import References
from sandbox.components.returning_tables import EndedRecord
from sandbox.components.settings import DEFAULT_SECONDS, Filler, Mode, Setting, Settings, Share
from sandbox.components.tables import WHOLE, ComponentEventRecord, ComponentRecord, Outcome
from sandbox.posting.feed import Cursor, end_of_feed
from service_apis.kit.council import Council
from service_apis.kit.records import EventRecord
from service_apis.kit.service import Service

Told = Counter[tuple[str, str]]
"""How often an event of a type was told about a subject."""
ANSWERING = (Mode.SHARE, Mode.LIVE)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the slot was filled until the component ceased to answer, where in the feed, what it told since."""

    setting: Setting | None
    position: Cursor
    told_since: Told

    def touched(self, connection: Connection, service: Service) -> set[str]:
        """The subjects of what the stub itself has told since it answers alone."""
        events = EventRecord.__table__.c
        query = select(events.type, events.subject).where(
            events.source == service.url_name, events.position > self.position.position
        )
        told: Told = Counter((row[0], row[1]) for row in connection.execute(query))
        return {subject for _, subject in told - self.told_since}


def note_ends(session: Session, council: Council, before: Settings, after: Settings) -> None:
    """Write down of each component that answered before, and does not now, where it ended."""
    answers_now = {each.filler.name for each in after if each.mode in ANSWERING}
    position = end_of_feed(council)
    for each in before:
        name = each.filler.name
        if each.mode not in ANSWERING or name in answers_now or not session.get(ComponentRecord, name):
            continue
        whole = before.of(each.slot, None)
        setting = None
        if whole is not None and whole.filler.name == name and whole.mode in ANSWERING:
            setting = {"mode": whole.mode.value, "share": _kept(whole.share)}
        session.merge(EndedRecord(component=name, at=machine.now(), position=str(position), setting=setting))


def end_of(session: Session, council: Council, filler: Filler, references: References) -> Ended | None:
    """Where a component ended; None where it never answered. No setting: it never filled its whole slot."""
    kept = session.get(EndedRecord, filler.name)
    if kept is None:
        return None
    setting = None
    if kept.setting is not None:
        mode, share = Mode(kept.setting["mode"]), Share.of(kept.setting["share"])
        setting = Setting(filler.slot, WHOLE, mode, filler, share, False, DEFAULT_SECONDS, kept.at)
    return Ended(
        setting, Cursor.read(kept.position, council), _told_since(session, filler, kept.at, references)
    )


def _told_since(session: Session, filler: Filler, at: datetime, references: References) -> Told:
    """What the component told after its end: of what it had done before."""
    query = select(ComponentEventRecord.event).where(
        ComponentEventRecord.component == filler.name,
        ComponentEventRecord.outcome == Outcome.TAKEN,
        ComponentEventRecord.received_at >= at,
    )
    events = (event for event in session.scalars(query) if event)
    return Counter((event["type"], references.ours(event["subject"])) for event in events)


def _kept(share: Share) -> dict[str, object]:
    named = {name: sorted(getattr(share, name)) for name in ("homes", "residents", "wards")}
    return {"percent": share.percent, **named}
