"""What the council's notebook keeps of comparisons: the latest results of each component."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sandbox.components.tables import ComponentRecord
from sandbox.notebook import Base

LONGEST_WHAT = 240


class ComparisonRecord(Base):
    """One comparison of a component with the stub, while it runs and afterwards.

    ``kind`` is ``replay`` or ``watch``; ``state`` ``running``, ``done`` or ``failed``, with ``problem``
    then. ``planned`` is how many calls there are to be, null where nobody knows. ``summary`` is null until
    something was compared. Instants are the machine's.
    """

    __tablename__ = "sandbox_component_comparisons"

    component: Mapped[str] = mapped_column(
        ForeignKey(ComponentRecord.name, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    what: Mapped[str] = mapped_column(String(LONGEST_WHAT))
    state: Mapped[str] = mapped_column(String(12))
    problem: Mapped[str | None] = mapped_column(String(500))
    began_at: Mapped[datetime]
    written_at: Mapped[datetime]
    done: Mapped[int]
    planned: Mapped[int | None]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
