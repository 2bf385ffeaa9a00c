"""Holding rows against one another: ids used twice, references that lead nowhere, odd households."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from synthetic_data.identifiers import USRNS
from synthetic_data.own.brought import Brought
from synthetic_data.own.reading import Sheet
from synthetic_data.town import BANDS, PROPERTY_KINDS, ROLES, Dates, Integers

ADULT = 18
MOST_WARDS = 999
"""There are no more safe codes."""
ASKED_FROM = {"economic_class": 16, "student": ADULT, "english": 3, "unpaid_care": 5, "works": 16}
"""The ages from which the census asks for these; for students, from which councils do."""
_HOME, _RESIDENT = PROPERTY_KINDS.index("home"), ROLES.index("resident")
_OF_HOMES = ("dwelling_type", "bedrooms", "council_tax_band", "empty_since")


def ages_on(born: Dates, as_of: date) -> Integers:
    """Whole years of age on a day; those born on 29 February have their birthday on 1 March."""
    months = born.astype("M8[M]").astype(np.int64)
    day = (born - born.astype("M8[M]").astype("M8[D]")).astype(np.int64) + 1
    had = (as_of.year - 1970) * 12 + as_of.month - 1 - months - (day > as_of.day)
    return np.asarray(had // 12)


def check(brought: Brought, as_of: date, nation: str) -> None:
    """Add to each sheet the faults that only show beside other rows, other sheets or the as-of date."""
    for sheet, key in ((brought.addresses, "uprn"), (brought.households, "id"), (brought.residents, "id")):
        _refuse_twice(sheet, key, f"is the {key} of an earlier row")
    _refuse_twice(brought.households, "uprn", "has a household already; a home has one")
    for sheet, column in (
        (brought.addresses, "empty_since"),
        (brought.households, "moved_in"),
        (brought.residents, "born"),
    ):
        for row, value in _given(sheet, column):
            if value > np.datetime64(as_of) or (column == "moved_in" and value == np.datetime64(as_of)):
                sheet.blame(
                    row,
                    column,
                    f"is not before {as_of}, the council's day",
                    "Check it, or name a later --as-of",
                )
    _check_addresses(brought.addresses, nation)
    _check_homes(brought)
    _check_people(brought, as_of)
    _check_households(brought, as_of)


def _given(sheet: Sheet, column: str) -> Iterator[tuple[int, Any]]:
    """The rows in which a column says something, and what."""
    return ((row, value) for row, value in enumerate(sheet.column(column)) if value is not None)


def _refuse_twice(sheet: Sheet, column: str, wrong: str) -> None:
    first: dict[Any, int] = {}
    for row, value in _given(sheet, column):
        if value in first:
            sheet.blame(row, column, f"{wrong}, line {sheet.lines[first[value]]}", "Give each its own")
        first.setdefault(value, row)


def _check_addresses(sheet: Sheet, nation: str) -> None:
    if sheet.cells and not any(sheet.has(name) for name in ("line", "number", "building")):
        sheet.blame_file("there is no column for an address's first line", "Add line, or number", 1)
        return
    named = zip(*(sheet.column(name) for name in ("line", "number", "building")), strict=True)
    for row, parts in enumerate(named):
        if not any(parts) and not _said(sheet, row, "line"):
            wrong = "neither a line nor a number or building is written here"
            sheet.blame(row, "line", wrong, "Write the address's first line")
    for halves in (("easting", "northing"), ("latitude", "longitude")):
        _refuse_half_a_point(sheet, *halves)
    _refuse_for_communal(sheet)
    _refuse_at_odds(sheet, nation)
    streets = {*zip(sheet.column("ward"), sheet.column("street"), strict=True)}
    if len({ward for ward, _ in streets}) > MOST_WARDS:
        sheet.blame_file(f"has more than {MOST_WARDS} wards", "Merge some", 0, "ward")
    if len(streets) > USRNS:
        sheet.blame_file(f"has more than {USRNS:,} streets", "Bring fewer", 0, "street")


def _refuse_at_odds(sheet: Sheet, nation: str) -> None:
    """A home is not both empty and a second home, nor in a band that the nation has not."""
    second = sheet.column("second_home")
    for row, _ in _given(sheet, "empty_since"):
        if second[row]:
            sheet.blame(row, "second_home", "cannot be, for the home is empty", "Clear one of the two")
    if nation != "Wales":
        for row, band in _given(sheet, "council_tax_band"):
            if band == BANDS.index("I"):
                remedy = "Use A to H, or name a Welsh authority with --like"
                sheet.blame(row, "council_tax_band", "is a band of Wales alone", remedy)


def _said(sheet: Sheet, row: int, column: str) -> bool:
    """Whether anything is written in a cell, even if it says nothing usable."""
    return column in sheet.cells and bool(sheet.cells[column][row].strip())


def _refuse_half_a_point(sheet: Sheet, one: str, other: str) -> None:
    for row in range(len(sheet)):
        if _said(sheet, row, one) != _said(sheet, row, other):
            empty = other if _said(sheet, row, one) else one
            sheet.blame(row, empty, "only half of the point is given", f"Give {one} and {other}, or neither")


def _refuse_for_communal(sheet: Sheet) -> None:
    kinds = sheet.column("kind")
    for column in _OF_HOMES:
        for row, _ in _given(sheet, column):
            if kinds[row] not in (None, _HOME):
                sheet.blame(row, column, "is for homes alone", "Leave it empty for a communal establishment")


def _check_homes(brought: Brought) -> None:
    """Households live in homes that are there, and that nobody says are empty."""
    addresses, sheet = brought.addresses, brought.households
    row_of = _rows_by(addresses, "uprn")
    kinds = addresses.column("kind")
    empty, second = addresses.column("empty_since"), addresses.column("second_home")
    for row, uprn in _given(sheet, "uprn"):
        there = row_of.get(uprn)
        if there is None:
            _blame_missing(sheet, row, "uprn", addresses, "uprn")
        elif kinds[there] not in (None, _HOME):
            kind = PROPERTY_KINDS[kinds[there]]
            remedy = "List those who live there with the uprn and without a household"
            sheet.blame(row, "uprn", f"is a {kind.replace('_', ' ')}, not a home", remedy)
        elif empty[there] is not None or second[there]:
            state = "a second home" if second[there] else "empty"
            wrong = f"is {state} by line {addresses.lines[there]} of {addresses.file}"
            sheet.blame(row, "uprn", wrong, "Correct the one or the other")


def _rows_by(sheet: Sheet, key: str) -> dict[Any, int]:
    return {value: row for row, value in _given(sheet, key)}


def _blame_missing(sheet: Sheet, row: int, column: str, other: Sheet, key: str) -> None:
    """Say that a reference leads nowhere, unless the row it leads to could not be read."""
    value = sheet.column(column)[row]
    if key not in other.cells or str(value) in other.torn.get(key, ()):
        return
    sheet.blame(row, column, f"is no {key} of {other.file}", "Add it there, or correct it here")


def _check_people(brought: Brought, as_of: date) -> None:
    sheet = brought.residents
    _check_members(brought)
    _check_communal(brought)
    for row, reference in enumerate(sheet.column("id") if sheet.has("id") else ()):
        if reference is None and not _said(sheet, row, "id"):
            sheet.blame(row, "id", "nothing is written here", "Fill in the column, or leave it out")
    if sheet.cells and not (sheet.has("household") or sheet.has("uprn")):
        remedy = "Add the column household, or uprn for those in communal establishments"
        sheet.blame_file("it is not said where anybody lives", remedy, 1)
        return
    given = (sheet.column(name) for name in ("household", "uprn"))
    for row, where in enumerate(zip(*given, strict=True)):
        if where == (None, None) and not (_said(sheet, row, "household") or _said(sheet, row, "uprn")):
            remedy = "Name the household, or the uprn of a communal establishment"
            sheet.blame(row, "household", "it is not said where this person lives", remedy)
    for column, since in ASKED_FROM.items():
        _refuse_too_young(sheet, column, since, as_of)


def _check_members(brought: Brought) -> None:
    """Those in a household: it is there, and they live where it does."""
    sheet, households = brought.residents, brought.households
    homes, home_uprns = _rows_by(households, "id"), households.column("uprn")
    uprns, roles = sheet.column("uprn"), sheet.column("role")
    for row, household in _given(sheet, "household"):
        home = homes.get(household)
        if home is None:
            _blame_missing(sheet, row, "household", households, "id")
        elif uprns[row] is not None and home_uprns[home] not in (None, uprns[row]):
            sheet.blame(row, "uprn", f"is not where household {household} lives", "Leave it empty")
        if roles[row] == _RESIDENT:
            sheet.blame(row, "role", "is for communal establishments", "Write another, or leave it empty")


def _check_communal(brought: Brought) -> None:
    """Those in no household: they live in a communal establishment that is there."""
    sheet, addresses = brought.residents, brought.addresses
    places, kinds = _rows_by(addresses, "uprn"), addresses.column("kind")
    roles = sheet.column("role")
    for row, uprn in _given(sheet, "uprn"):
        if _said(sheet, row, "household"):
            continue
        there = places.get(uprn)
        if there is None:
            _blame_missing(sheet, row, "uprn", addresses, "uprn")
        elif kinds[there] in (None, _HOME) and not _unread(addresses, there, "kind"):
            sheet.blame(row, "uprn", "is a home, where people belong to a household", "Name the household")
        if roles[row] not in (None, _RESIDENT):
            sheet.blame(row, "role", "is for those in a household", "Write resident, or leave it empty")


def _unread(sheet: Sheet, row: int, column: str) -> bool:
    """Whether a cell holds something that says nothing usable, and is blamed for it already."""
    return sheet.column(column)[row] is None and _said(sheet, row, column)


def _refuse_too_young(sheet: Sheet, column: str, since: int, as_of: date) -> None:
    born = sheet.days("born")
    age = np.where(np.isnat(born), since, ages_on(born, as_of))
    for row, value in _given(sheet, column):
        if age[row] < since and value is not False:
            wrong = f"is known from the age of {since} on, and this person is {age[row]}"
            sheet.blame(row, column, wrong, "Leave it empty")


def _check_households(brought: Brought, as_of: date) -> None:
    """Every household has an adult, and one head and one partner at most, who are adults."""
    sheet, people = brought.households, brought.residents
    if people.torn or not (people.has("household") or people.has("uprn")):
        return  # whoever is missing is missing for another reason
    born, homes = people.days("born"), people.column("household")
    # Whose date of birth could not be read is given the benefit of the doubt.
    ages = np.where(
        np.isnat(born), ADULT, ages_on(np.where(np.isnat(born), np.datetime64(as_of), born), as_of)
    )
    grown = (ages >= ADULT).tolist()
    living, with_adult = set(homes), {home for home, adult in zip(homes, grown, strict=True) if adult}
    for row, home in _given(sheet, "id"):
        if home not in living:
            remedy = "Leave the household out, and its home stands empty; or add its residents"
            sheet.blame(row, "id", f"has nobody in {people.file}", remedy)
        elif home not in with_adult:
            sheet.blame(
                row, "id", f"has no adult in {people.file}", "Correct a date of birth, or add an adult"
            )
    for role in ("head", "partner"):
        _check_role(people, role, grown)


def _check_role(people: Sheet, role: str, grown: list[bool]) -> None:
    homes = people.column("household")
    seen: dict[Any, int] = {}
    for row, given in _given(people, "role"):
        home = homes[row]
        if home is None or given != ROLES.index(role):
            continue
        if home in seen:
            wrong = f"is a second one of household {home}, after line {people.lines[seen[home]]}"
            people.blame(row, "role", wrong, "Keep one")
        seen.setdefault(home, row)
        if not grown[row]:
            people.blame(row, "role", f"is somebody under {ADULT}", "Correct the role or the date of birth")
