"""The last result of each journey on a council, kept in the council's own file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.council import Council
from service_apis.kit.db import COLUMN_TYPES


class Base(DeclarativeBase):
    """The base of the sandbox's own tables in a council's file."""

    type_annotation_map = COLUMN_TYPES


class JourneyRecord(Base):
    """What a journey came to when it was last run."""

    __tablename__ = "council_journeys"

    journey: Mapped[str] = mapped_column(String(120), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    verdict: Mapped[str] = mapped_column(String(10))
    steps: Mapped[int]
    seconds: Mapped[float]
    detail: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class JourneyResult:
    """A journey's last result: ``verdict`` is pass, fail, skip or error; ``at`` council time."""

    journey: str
    title: str
    verdict: str
    steps: int
    seconds: float
    detail: str
    at: datetime


def keep(council: Council, results: list[JourneyResult]) -> None:
    """Keep results, each in place of the journey's last one. The caller holds the writing turn."""
    with council.writing("sandbox") as work:
        for result in results:
            work.session.merge(JourneyRecord(**{name: getattr(result, name) for name in result.__slots__}))


def last_results(council: Council) -> list[JourneyResult]:
    """Each journey's last result on the council, by title."""
    with council.reading("sandbox") as work:
        rows = work.session.execute(select(JourneyRecord.__table__).order_by(JourneyRecord.title))
        return [JourneyResult(**row._mapping) for row in rows]
