"""Sheets as a user might bring them: the template's rows, changed where a test says so."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from synthetic_data.own.brought import Brought, read_all
from synthetic_data.own.checking import check
from synthetic_data.own.sheets import PLANS
from synthetic_data.own.template import template
from synthetic_data.own.town import town_of
from synthetic_data.profiles import find_profile
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
    Town,
)

AS_OF = date(2026, 6, 1)
Rows = list[dict[str, Any]]


def template_in(folder: Path) -> Path:
    """The template's files in a folder."""
    for name, text in template().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def change(file: Path, line: int, /, **fields: str) -> None:
    """Change fields of the row that stands on a line of a sheet."""
    with file.open(newline="") as opened:
        rows = list(csv.reader(opened))
    for name, value in fields.items():
        rows[line - 1][rows[0].index(name)] = value
    with file.open("w", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)


def write(folder: Path, **sheets: Rows) -> Path:
    """Write sheets of these rows, with the columns of each one's first row."""
    for name, rows in sheets.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            written = csv.DictWriter(file, list(rows[0]), restval="")
            written.writeheader()
            written.writerows(rows)
    return folder


def brought_from(folder: Path, nation: str = "England") -> Brought:
    """The sheets of a folder, read and checked."""
    brought = read_all(*(folder / f"{plan.name}.csv" for plan in PLANS))
    check(brought, AS_OF, nation)
    return brought


def said_of(folder: Path) -> list[str]:
    """What is said of the faults of the sheets of a folder."""
    return [str(fault) for fault in brought_from(folder).faults]


def imported(folder: Path, like: str = "Leeds", seed: int = 7) -> Town:
    """The town of the sheets of a folder, which are without fault."""
    brought = brought_from(folder, find_profile(like).nation)
    assert brought.faults == []
    return town_of(brought, find_profile(like), seed=seed, as_of=AS_OF, name="otherby")


def exported(town: Town, folder: Path) -> Path:
    """A town's addresses, households and residents as sheets."""
    homes, households, people = town.properties, town.households, town.residents
    uprn = homes.uprn.astype(str)
    in_household = np.append(households.id, "")
    addresses = {
        "uprn": uprn,
        "line": homes.line,
        "number": homes.number,
        "street": town.streets.name[homes.street],
        "ward": town.wards.name[town.streets.ward[homes.street]],
        "postcode": homes.postcode,
        "easting": homes.easting,
        "northing": homes.northing,
        "latitude": homes.latitude,
        "longitude": homes.longitude,
        "kind": np.take(PROPERTY_KINDS, homes.kind),
        "dwelling_type": _words(DWELLING_TYPES, homes.dwelling_type),
        "bedrooms": np.where(homes.bedrooms > 0, homes.bedrooms.astype(str), ""),
        "council_tax_band": _words(BANDS, homes.band),
        "empty_since": _days(homes.empty_since),
        "second_home": np.where(homes.second_home, "yes", "no"),
    }
    homes_of = {
        "id": households.id,
        "uprn": uprn[households.property],
        "tenure": _words(TENURES, households.tenure),
        "moved_in": _days(households.moved_in),
        "cars": households.cars,
    }
    residents = {
        "id": people.id,
        "household": in_household[people.household],
        "uprn": uprn[people.property],
        "forename": people.forename,
        "surname": people.surname,
        "surname_at_birth": people.surname_at_birth,
        "sex": _words(SEXES, people.sex),
        "born": _days(people.born),
        "role": _words(ROLES, people.role),
        "ethnic_group": _words(ETHNIC_GROUPS, people.ethnic_group),
        "economic_class": _words(ECONOMIC_CLASSES, people.economic_class),
        "student": np.where(people.student, "yes", "no"),
        "email": people.email,
        "mobile": people.mobile,
        "country_of_birth": _words(COUNTRIES_OF_BIRTH, people.country_of_birth),
        "english": _words(ENGLISH, people.english),
        "disability": _words(DISABILITIES, people.disability),
        "health": _words(HEALTH, people.health),
        "unpaid_care": _words(UNPAID_CARE, people.unpaid_care),
        "works": np.where(people.works, "yes", "no"),
        "income": people.income,
    }
    return write(folder, addresses=_rows(addresses), households=_rows(homes_of), residents=_rows(residents))


def _words(vocabulary: tuple[str, ...], codes: Any) -> Any:
    return np.array([*vocabulary, ""], dtype=object)[codes]


def _days(days: Any) -> list[str]:
    return ["" if np.isnat(day) else str(day) for day in days]


def _rows(columns: Mapping[str, Any]) -> Rows:
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, ("" if each is None else each for each in row), strict=True)) for row in rows]
