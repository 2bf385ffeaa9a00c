"""The tables of the collection service."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import COLUMN_TYPES, Versioned


class Base(DeclarativeBase):
    """The base of this service's tables."""

    type_annotation_map = COLUMN_TYPES


class Round(Base):
    """What a crew does in a day: on which weekday, and refuse in which of two weeks. Tonnes are a year's."""

    __tablename__ = "waste_rounds"

    reference: Mapped[str] = mapped_column(String(6), primary_key=True)
    weekday: Mapped[str] = mapped_column(String(9))
    refuse_week: Mapped[int]
    homes: Mapped[int]
    refuse_tonnes: Mapped[float]
    recycled_tonnes: Mapped[float]


class Property(Base):
    """A property with bins, and who answers for them; ``heard`` is its latest house move's event position."""

    __tablename__ = "waste_properties"

    uprn: Mapped[str] = mapped_column(String(12), primary_key=True)
    address: Mapped[str] = mapped_column(String(200))
    round: Mapped[str] = mapped_column(ForeignKey("waste_rounds.reference"), index=True)
    shared: Mapped[bool]
    garden_until: Mapped[date | None]
    holder_id: Mapped[str | None] = mapped_column(String(9))
    holder_name: Mapped[str | None] = mapped_column(String(121))
    heard: Mapped[int] = mapped_column(default=0)


class MissedCollection(Versioned, Base):
    """A report that a bin was not emptied: reported, then collected, not_justified or withdrawn."""

    __tablename__ = "waste_missed_collections"
    __table_args__ = (Index("waste_missed_by_bin", "uprn", "stream", "collection_date"),)

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    uprn: Mapped[str] = mapped_column(ForeignKey("waste_properties.uprn"))
    stream: Mapped[str] = mapped_column(String(10))
    collection_date: Mapped[date]
    reported_at: Mapped[datetime]
    return_by: Mapped[date]
    status: Mapped[str] = mapped_column(String(14), default="reported", index=True)


class BulkyCollection(Versioned, Base):
    """Large things to be fetched on a day: booked, then collected or cancelled. Commas part the things."""

    __tablename__ = "waste_bulky_collections"

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    uprn: Mapped[str] = mapped_column(ForeignKey("waste_properties.uprn"), index=True)
    collection_date: Mapped[date] = mapped_column(index=True)
    things: Mapped[str] = mapped_column(String(200))
    charge_pence: Mapped[int]
    refunded_pence: Mapped[int] = mapped_column(default=0)
    booked_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="booked", index=True)
