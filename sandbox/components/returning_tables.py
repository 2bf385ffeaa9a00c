"""What the council's notebook keeps of components that leave: where they ended, and what came back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sandbox.components.tables import ComponentRecord
from sandbox.notebook import Base


class EndedRecord(Base):
    """Where a component last ceased to answer for cases of a slot.

    ``position`` is the place in the council's feed from which on the stub alone answers, ``setting`` how the
    whole slot was filled until then: its ``mode`` and ``share``, null where only operations were.
    """

    __tablename__ = "sandbox_component_ends"

    component: Mapped[str] = mapped_column(
        ForeignKey(ComponentRecord.name, ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]
    position: Mapped[str] = mapped_column(String(60))
    setting: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ReturnedRecord(Base):
    """One time that a component was asked for its records: how they compare, and what was taken back.

    It outlives the component, as proof of what came back from it. ``fault`` says why there was no account to
    compare; then ``tables`` is empty. ``tables`` and ``differences`` are as ``returning`` makes them.
    """

    __tablename__ = "sandbox_component_returns"

    number: Mapped[int] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(String(40), index=True)
    slot: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    council_time: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(500))
    sentence: Mapped[str] = mapped_column(String(500))
    fault: Mapped[str | None] = mapped_column(String(500))
    is_whole: Mapped[bool]
    follow_ups: Mapped[int]
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    taken_back: Mapped[int | None]
    not_taken: Mapped[list[str]]
