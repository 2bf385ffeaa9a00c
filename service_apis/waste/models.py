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
    """What a crew does in a day: ``weekday`` 0 is Monday, ``refuse_week`` is 1 or 2; tonnes are a year's."""

    __tablename__ = "waste_rounds"

    reference: Mapped[str] = mapped_column(String(6), primary_key=True)
    weekday: Mapped[int]
    refuse_week: Mapped[int]
    homes: Mapped[int]
    refuse_tonnes: Mapped[float]
    recycled_tonnes: Mapped[float]


class Property(Base):
    """A property with bins, and the resident who answers for them (null where none is known).

    ``heard`` is the position of the latest house move that was acted on here.
    """

    __tablename__ = "waste_properties"
    __table_args__ = (Index("waste_properties_by_round", "round", "uprn"),)

    uprn: Mapped[str] = mapped_column(String(12), primary_key=True)
    address: Mapped[str] = mapped_column(String(200))
    round: Mapped[str] = mapped_column(ForeignKey("waste_rounds.reference"))
    holder_id: Mapped[str | None] = mapped_column(String(9))
    holder_name: Mapped[str | None] = mapped_column(String(121))
    heard: Mapped[int] = mapped_column(default=0)


class Container(Base):
    """A property's containers for one stream; ``paid_until`` ends a garden waste subscription."""

    __tablename__ = "waste_containers"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    uprn: Mapped[str] = mapped_column(ForeignKey("waste_properties.uprn"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(10), primary_key=True)
    litres: Mapped[int]
    shared: Mapped[bool]
    paid_until: Mapped[date | None]


class MissedCollection(Versioned, Base):
    """A report that a bin was not emptied: reported, then collected, not_justified or withdrawn."""

    __tablename__ = "waste_missed_collections"
    __table_args__ = (
        Index("waste_missed_by_bin", "uprn", "stream", "collection_date"),
        Index("waste_missed_by_status", "status", "reference"),
    )

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    uprn: Mapped[str] = mapped_column(ForeignKey("waste_properties.uprn"))
    stream: Mapped[str] = mapped_column(String(10), index=True)
    collection_date: Mapped[date] = mapped_column(index=True)
    reported_at: Mapped[datetime]
    return_by: Mapped[date] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(14))


class BulkyCollection(Versioned, Base):
    """Large things to be fetched on a day: booked, then collected or cancelled. Commas part the things."""

    __tablename__ = "waste_bulky_collections"
    __table_args__ = (Index("waste_bulky_by_status", "status", "reference"),)

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    uprn: Mapped[str] = mapped_column(ForeignKey("waste_properties.uprn"), index=True)
    collection_date: Mapped[date] = mapped_column(index=True)
    things: Mapped[str] = mapped_column(String(200))
    charge_pence: Mapped[int]
    refunded_pence: Mapped[int] = mapped_column(default=0)
    booked_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
