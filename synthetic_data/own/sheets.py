"""The three sheets that a user brings: their columns, what each means, and what may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthetic_data.own.values import (
    Read,
    day,
    decimal,
    email,
    flag,
    phone,
    postcode,
    reference,
    text,
    uprn,
    whole,
    word,
)
from synthetic_data.town import (
    BANDS,
    COUNTRIES_OF_BIRTH,
    DISABILITIES,
    DWELLING_TYPES,
    ECONOMIC_CLASSES,
    ENGLISH,
    ETHNIC_GROUPS,
    HEALTH,
    PROPERTY_KINDS,
    ROLES,
    SEXES,
    TENURES,
    UNPAID_CARE,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how it is read, what it means, and what happens where it says nothing.

    ``otherwise`` is None for a column that is needed in every row. ``words`` are those it may hold.
    """

    name: str
    read: Read
    meaning: str
    otherwise: str | None = None
    words: tuple[str, ...] = ()


def _of(vocabulary: tuple[str, ...], name: str, meaning: str, otherwise: str | None) -> Column:
    return Column(name, word(vocabulary), meaning, otherwise, vocabulary)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet: its columns in their order, and rows that show how it is filled in."""

    name: str
    columns: tuple[Column, ...]
    examples: tuple[Mapping[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.otherwise is None)


def _like(uprn: str, postcode: str, **rest: str) -> dict[str, str]:
    """An example of an address."""
    return {"uprn": uprn, "street": "Alder Way", "ward": "Hazelmere", "postcode": postcode, **rest}


def _named(number: str, who: str, **rest: str) -> dict[str, str]:
    """An example of a resident."""
    forename, surname, sex, born = who.split()
    return {"id": number, "forename": forename, "surname": surname, "sex": sex, "born": born, **rest}


SHARES = "made up, in the authority's shares"

ADDRESSES = SheetPlan(
    "addresses",
    (
        Column("uprn", uprn, "the address's own number, up to twelve digits"),
        Column(
            "line",
            text(120),
            "the first line: 14 Alder Way",
            "put together from flat, building, number and street",
        ),
        Column("flat", text(30), "the flat within the building: 2, or Flat 2", "no flat"),
        Column("building", text(60), "the building's name", "no name"),
        Column("number", text(10), "the number on the street: 14, or 14A", "read from the line, or counted"),
        Column("street", text(80), "the street's name"),
        Column("ward", text(60), "the ward's name", "one ward with an invented name"),
        Column("postcode", postcode, "the postcode"),
        Column(
            "easting", whole(0, 800_000), "metres on the British National Grid", "a place on a map at sea"
        ),
        Column(
            "northing", whole(0, 1_400_000), "metres on the British National Grid", "a place on a map at sea"
        ),
        Column("latitude", decimal(49, 62), "degrees north (WGS84)", "follows easting and northing"),
        Column("longitude", decimal(-9, 5), "degrees east (WGS84)", "follows easting and northing"),
        _of(PROPERTY_KINDS, "kind", "what stands there", "home"),
        _of(DWELLING_TYPES, "dwelling_type", "what a home is built as", SHARES),
        Column("bedrooms", whole(1, 20), "a home's bedrooms; 4 stands for four and more", SHARES),
        _of(BANDS, "council_tax_band", "a home's band; I in Wales only", SHARES),
        Column(
            "empty_since",
            day,
            "since when nobody lives in the home",
            "made up for a home without a household",
        ),
        Column("second_home", flag, "yes for a second home", SHARES + ", among homes without a household"),
    ),
    (
        _like("999900000001", "ZZ90 1AA", line="14 Alder Way", dwelling_type="terraced", bedrooms="3"),
        _like("999900000002", "ZZ90 1AA", flat="2", building="Mill House", number="16", council_tax_band="A"),
        _like("999900000003", "ZZ90 1AB", line="18 Alder Way", empty_since="2024-01-15"),
        _like("999900000004", "ZZ90 1AB", line="Birch Lodge Care Home, 20 Alder Way", kind="care_home"),
    ),
)

HOUSEHOLDS = SheetPlan(
    "households",
    (
        Column("id", reference, "the household's id, used by the sheet of residents"),
        Column("uprn", uprn, "where it lives: a home of the sheet of addresses"),
        _of(TENURES, "tenure", "how it holds its home", SHARES + ", by age and composition"),
        Column("moved_in", day, "since when it lives there", "made up, by tenure"),
        Column("cars", whole(0, 20), "cars and vans; 3 stands for three and more", SHARES),
    ),
    (
        {
            "id": "H1",
            "uprn": "999900000001",
            "tenure": "owned_mortgage",
            "moved_in": "2014-08-30",
            "cars": "1",
        },
        {"id": "H2", "uprn": "999900000002"},
    ),
)

RESIDENTS = SheetPlan(
    "residents",
    (
        Column("id", reference, "the resident's id, shared by all services", "numbered R00000001 and so on"),
        Column("household", reference, "an id of the sheet of households", "lives at uprn, in no household"),
        Column(
            "uprn", uprn, "for those without a household: the care home, hall or hostel", "the household's"
        ),
        Column("forename", text(60), "the forename"),
        Column("surname", text(60), "the surname"),
        Column("surname_at_birth", text(60), "the surname before a marriage", "the surname"),
        _of(SEXES, "sex", "the sex", None),
        Column("born", day, "the date of birth"),
        _of(ROLES, "role", "the place in the household", "read off ages, sexes and surnames"),
        _of(ETHNIC_GROUPS, "ethnic_group", "the ethnic group (Census 2021, TS021)", SHARES),
        _of(ECONOMIC_CLASSES, "economic_class", "NS-SEC, from 16 on", SHARES + ", by age"),
        Column("student", flag, "yes for a full-time student of 18 or over", SHARES + ", by age"),
        Column("email", email, "an e-mail address", "none given; made up if the column is left out"),
        Column("mobile", phone, "a telephone number", "none given; made up if the column is left out"),
        _of(COUNTRIES_OF_BIRTH, "country_of_birth", "where born (TS004)", SHARES),
        _of(ENGLISH, "english", "proficiency in English (TS029), from 3 on", SHARES),
        _of(DISABILITIES, "disability", "disability (TS038)", SHARES + ", by age"),
        _of(HEALTH, "health", "general health (TS037)", SHARES + ", by age"),
        _of(UNPAID_CARE, "unpaid_care", "unpaid care given a week (TS039), from 5 on", SHARES),
        Column("works", flag, "yes for those in paid work", SHARES + ", by age and class"),
        Column(
            "income",
            whole(0, 100_000_000),
            "gross and personal, in pounds a year",
            "made up, by class and work",
        ),
    ),
    (
        _named(
            "R1", "Mary Archer F 1984-03-09", household="H1", role="head", email="mary.archer@example.org"
        ),
        _named("R2", "Tom Archer M 2015-11-02", household="H1", role="child", health="very_good"),
        _named("R3", "Amir Khan M 1991-07-21", household="H2", mobile="07700 900123", student="no"),
        _named("R4", "Edith Lowe F 1938-05-17", uprn="999900000004", role="resident"),
    ),
)

PLANS = (ADDRESSES, HOUSEHOLDS, RESIDENTS)
