"""The gazetteer's tables."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import COLUMN_TYPES, KEYED_BY_NAME


class Base(DeclarativeBase):
    """The base of this service's tables."""

    type_annotation_map = COLUMN_TYPES


class Ward(Base):
    """An electoral ward."""

    __tablename__ = "addresses_wards"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Street(Base):
    """A street, with its unique street reference number (USRN)."""

    __tablename__ = "addresses_streets"

    usrn: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    ward_code: Mapped[str] = mapped_column(ForeignKey("addresses_wards.code"), index=True)


class Property(Base):
    """A property, with its unique property reference number (UPRN).

    ``classification`` is a code of the AddressBase classification scheme.
    """

    __tablename__ = "addresses_properties"

    uprn: Mapped[str] = mapped_column(String(12), primary_key=True)
    usrn: Mapped[str] = mapped_column(ForeignKey("addresses_streets.usrn"), index=True)
    ward_code: Mapped[str] = mapped_column(String(9), index=True)
    line: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(80))
    ward: Mapped[str] = mapped_column(String(60))
    town: Mapped[str] = mapped_column(String(60))
    postcode: Mapped[str] = mapped_column(String(8), index=True)
    classification: Mapped[str] = mapped_column(String(6), index=True)
    easting: Mapped[int]
    northing: Mapped[int]
    latitude: Mapped[float]
    longitude: Mapped[float]


class Word(Base):
    """A word by which free text finds properties, and what bears it: a UPRN, a USRN or a postcode.

    What all of a street or postcode share is kept once for it.
    """

    __tablename__ = "addresses_words"
    __table_args__ = (KEYED_BY_NAME,)

    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    bearer: Mapped[str] = mapped_column(String(12), primary_key=True)
