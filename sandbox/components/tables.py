"""What the council's notebook keeps of components: those that joined, and what they sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sandbox.notebook import Base

LONGEST_NAME = 40
LONGEST_WEBHOOK_ID = 255
LONGEST_REASON = 240


class Outcome(StrEnum):
    """What became of something that a component sent."""

    TAKEN = "taken"
    REPEATED = "repeated"
    REFUSED = "refused"


class ComponentRecord(Base):
    """A component. ``key_name`` is what its key is called; ``last_position`` counts what it has sent.

    ``acts_in`` is the fork that it takes for its council while it is tried there, null while it acts in its
    own. ``taking`` counts how often it was to take the records over, and ``taken`` is the last of these that
    it did. ``mapping`` bridges what in its API differs from the slot's, see ``mapping``.
    """

    __tablename__ = "sandbox_components"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    slot: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(2000))
    key_name: Mapped[str] = mapped_column(String(60))
    secret: Mapped[str] = mapped_column(String(120))
    joined_at: Mapped[datetime]
    last_position: Mapped[int]
    acts_in: Mapped[str | None] = mapped_column(String(40))
    taking: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    def __repr__(self) -> str:
        return f"<component {self.name} for {self.slot} at {self.url}>"  # without its secret


class ComponentEventRecord(Base):
    """Something that a component sent; ``event`` is null where it was no event, or not signed as one."""

    __tablename__ = "sandbox_component_events"
    __table_args__ = (
        Index("sandbox_component_events_by_webhook_id", "component", "webhook_id", "outcome"),
        Index("sandbox_component_events_by_outcome", "component", "outcome", "position"),
    )

    component: Mapped[str] = mapped_column(
        ForeignKey(ComponentRecord.name, ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    webhook_id: Mapped[str | None] = mapped_column(String(LONGEST_WEBHOOK_ID))
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    event: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


WHOLE = "*"
"""The operation under which the setting of a whole slot is kept."""


class SlotRecord(Base):
    """How a slot, or one of its operations, is filled by a component; without a row the stub answers.

    ``share`` says whose calls the component answers in the mode ``share``: ``{"percent": 10}``,
    ``{"homes": [UPRN, ...]}``, ``{"residents": [ID, ...]}`` or ``{"wards": [CODE, ...]}``. ``seconds`` is how
    long it may take to answer. ``fallback`` says that the stub answers where it does not. ``since`` is an
    instant of the machine, ``by`` who set it.
    """

    __tablename__ = "sandbox_slots"

    slot: Mapped[str] = mapped_column(String(60), primary_key=True)
    operation: Mapped[str] = mapped_column(String(80), primary_key=True)
    component: Mapped[str] = mapped_column(ForeignKey(ComponentRecord.name))
    mode: Mapped[str] = mapped_column(String(12))
    share: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fallback: Mapped[bool]
    seconds: Mapped[float]
    since: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(120), default="")


class SlotChangeRecord(Base):
    """One thing that was done to a slot, or befell it: what, by whom and why. The history is never shortened.

    ``what`` is a sentence; ``setting`` how the slot or operation is filled since, and what the gate went by,
    null where by the stub. ``overriding`` is what was not met when it was done all the same, and the reason.
    """

    __tablename__ = "sandbox_slot_changes"

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    council_time: Mapped[datetime]
    slot: Mapped[str] = mapped_column(String(60), index=True)
    component: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    what: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(500))
    setting: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    overriding: Mapped[str | None] = mapped_column(String(2000))


class ReferenceRecord(Base):
    """A case that the component calls otherwise than the council: ``ours`` is what every caller is told."""

    __tablename__ = "sandbox_component_references"

    component: Mapped[str] = mapped_column(
        ForeignKey(ComponentRecord.name, ondelete="CASCADE"), primary_key=True
    )
    theirs: Mapped[str] = mapped_column(String(120), primary_key=True)
    ours: Mapped[str] = mapped_column(String(120), index=True)


class FollowUpRecord(Base):
    """A write that the stub answered and that the component is still to be told of, in order.

    ``asked`` and ``answered`` are the call and the stub's answer (see ``asking``), bodies in base64.
    """

    __tablename__ = "sandbox_component_follow_ups"

    number: Mapped[int] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(ForeignKey(ComponentRecord.name, ondelete="CASCADE"), index=True)
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    answered: Mapped[dict[str, Any]] = mapped_column(JSON)
    tries: Mapped[int] = mapped_column(default=0)


class OutOfStepRecord(Base):
    """A write that one side did and the other refused, kept so that nothing acknowledged is lost.

    ``done_by`` is ``component`` or ``stub``. ``asked`` and ``answered`` are the call and the answer of the
    side that did it (see ``FollowUpRecord``), ``refused`` the other's, and ``what`` says it in a sentence.
    """

    __tablename__ = "sandbox_component_out_of_step"

    number: Mapped[int] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(ForeignKey(ComponentRecord.name, ondelete="CASCADE"), index=True)
    slot: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    council_time: Mapped[datetime]
    done_by: Mapped[str] = mapped_column(String(12))
    what: Mapped[str] = mapped_column(String(500))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    answered: Mapped[dict[str, Any]] = mapped_column(JSON)
    refused: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class VerdictRecord(Base):
    """What a run of the conformance checks on a component came to; ``evidence`` is its signed record.

    ``contract`` is the SHA-256 of the slot's OpenAPI, ``url`` where the component answered then and
    ``mapping`` the SHA-256 of what bridged its API, null without. ``partial``: only some checks were run.
    ``record`` is the SHA-256 of what was signed, ``signer`` the fingerprint of the key.
    """

    __tablename__ = "sandbox_component_verdicts"

    number: Mapped[int] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(ForeignKey(ComponentRecord.name, ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    passed: Mapped[bool]
    partial: Mapped[bool]
    url: Mapped[str] = mapped_column(String(2000))
    mapping: Mapped[str | None] = mapped_column(String(64))
    contract: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    record: Mapped[str] = mapped_column(String(64))
    signer: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
