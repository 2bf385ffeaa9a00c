"""What the council's notebook keeps of webhooks: the webhooks, their deliveries, the attempts at those."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sandbox.notebook import Base


class WebhookState(StrEnum):
    """Whether a webhook is sent anything: ``ended`` are those whose receiver answered 410."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class DeliveryState(StrEnum):
    """What became of a delivery: ``dead`` can be replayed, ``undone`` is of a past that never happened."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    UNDONE = "undone"


class WebhookRecord(Base):
    """A webhook. Events after ``position`` (of ``generation``) have not been taken up for it."""

    __tablename__ = "sandbox_webhooks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    types: Mapped[list[str]]
    subjects: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(240))
    made_at: Mapped[datetime]
    first_retry_seconds: Mapped[float]
    most_attempts: Mapped[int]
    time_limit_seconds: Mapped[float]
    secret: Mapped[str] = mapped_column(String(120))
    former_secret: Mapped[str | None] = mapped_column(String(120))
    former_secret_until: Mapped[datetime | None]
    generation: Mapped[int]
    position: Mapped[int]

    def secrets(self, at: datetime) -> list[str]:
        """The secrets that sign at an instant of the machine, the present one first."""
        former = self.former_secret if self.former_secret_until and at < self.former_secret_until else None
        return [self.secret, former] if former else [self.secret]

    def __repr__(self) -> str:
        return f"<webhook {self.id} to {self.url}>"  # without its secrets


class DeliveryRecord(Base):
    """One event for one webhook. ``copies`` says how often it is still to be delivered."""

    __tablename__ = "sandbox_deliveries"
    __table_args__ = (Index("sandbox_deliveries_by_state", "webhook", "state", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook: Mapped[str] = mapped_column(ForeignKey(WebhookRecord.id, ondelete="CASCADE"))
    generation: Mapped[int]
    position: Mapped[int]
    event: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int]
    copies: Mapped[int]
    next_at: Mapped[datetime]


class AttemptRecord(Base):
    """One attempt at a delivery: what was answered, or what kept it from being answered."""

    __tablename__ = "sandbox_attempts"
    __table_args__ = (
        Index("sandbox_attempts_by_delivery", "delivery"),
        Index("sandbox_attempts_by_webhook", "webhook", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook: Mapped[str] = mapped_column(ForeignKey(WebhookRecord.id, ondelete="CASCADE"))
    delivery: Mapped[int] = mapped_column(ForeignKey(DeliveryRecord.id, ondelete="CASCADE"))
    at: Mapped[datetime]
    took_ms: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(240))
