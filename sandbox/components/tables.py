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
    """A component. ``key_name`` is what its key is called; ``last_position`` counts what it has sent."""

    __tablename__ = "sandbox_components"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    slot: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(2000))
    key_name: Mapped[str] = mapped_column(String(60))
    secret: Mapped[str] = mapped_column(String(120))
    joined_at: Mapped[datetime]
    last_position: Mapped[int]

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
