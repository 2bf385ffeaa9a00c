"""The citizen index's tables."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import COLUMN_TYPES, Versioned


class Base(DeclarativeBase):
    """The base of this service's tables."""

    type_annotation_map = COLUMN_TYPES


class Address(Base):
    """An address that a resident can live at, copied from the gazetteer."""

    __tablename__ = "residents_addresses"

    uprn: Mapped[str] = mapped_column(String(12), primary_key=True)
    address: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(8), index=True)


class Resident(Versioned, Base):
    """A resident. ``household`` is shared by those who live together; None in communal establishments,
    and in an entry that was made without one."""

    __tablename__ = "residents_residents"
    __table_args__ = (
        Index("residents_by_surname", "surname_key", "forename_key"),
        Index("residents_by_forename", "forename_key"),
    )

    id: Mapped[str] = mapped_column(String(9), primary_key=True)
    forename: Mapped[str] = mapped_column(String(60))
    surname: Mapped[str] = mapped_column(String(60))
    forename_key: Mapped[str] = mapped_column(String(60))
    surname_key: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(1))
    born: Mapped[date] = mapped_column(index=True)
    ethnic_group: Mapped[str] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    mobile: Mapped[str | None] = mapped_column(String(20))
    uprn: Mapped[str] = mapped_column(String(12), index=True)
    household: Mapped[str | None] = mapped_column(String(9), index=True)
    moved_in: Mapped[date | None]


class Departure(Base):
    """Somebody who was a resident and is none any more: ``reason`` is moved_away or died.

    Their entry has left the index; what is kept of it is who they were, and where they lived last.
    """

    __tablename__ = "residents_departures"

    resident_id: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(121))
    born: Mapped[date]
    uprn: Mapped[str] = mapped_column(String(12), index=True)
    household: Mapped[str | None] = mapped_column(String(9))
    reason: Mapped[str] = mapped_column(String(10))
    left_on: Mapped[date]
