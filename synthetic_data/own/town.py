"""Making a town of what was brought: the one place where its tables are put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data.amenities import Businesses, PollingPlaces, Premises, Schools, none_of
from synthetic_data.deprivation import deprivation_classes
from synthetic_data.own import filling
from synthetic_data.own.brought import Brought
from synthetic_data.own.checking import ages_on
from synthetic_data.own.filling import Making, Persons
from synthetic_data.own.placing import Places, place
from synthetic_data.own.reading import Sheet
from synthetic_data.own.standing import Standing, standing
from synthetic_data.quotas import Flags, Integers
from synthetic_data.real_places import check_invented_name, display_name
from synthetic_data.town import (
    PROPERTY_KINDS,
    ROLES,
    Block,
    Households,
    Properties,
    Residents,
    Text,
    Town,
    numbered,
)

if TYPE_CHECKING:
    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile

_HOME, _CARE_HOME = PROPERTY_KINDS.index("home"), PROPERTY_KINDS.index("care_home")
_HALL, _HEAD, _PARTNER = PROPERTY_KINDS.index("student_hall"), ROLES.index("head"), ROLES.index("partner")


@dataclass(frozen=True, slots=True)
class _Linked:
    """Who lives where: rows of places and households in the town's order, for each row of the sheets.

    ``households`` are the rows of their sheet in the order of their homes, ``at`` their homes.
    ``household`` (-1 outside) and ``lives_at`` are those of each row of the sheet of residents.
    """

    kind: Integers
    households: Integers
    at: Integers
    household_of_place: Integers
    household: Integers
    lives_at: Integers


def town_of(
    brought: Brought,
    profile: Profile,
    *,
    seed: int,
    as_of: date,
    name: str,
    identifiers: Mode = "unallocatable",
) -> Town:
    """A town of the people, households and addresses that were brought, which must be without fault.

    Only homes are brought: the town has no premises, schools or businesses. What was left out is made up
    in the profile's shares; the same arguments give the same town, to the byte. ``name`` is a slug,
    ``identifiers`` the mode of the contact details that are made up.

    Raises:
        RealPlaceName: the name could be taken for a real authority's.
    """
    check_invented_name(name)
    written_name = display_name(name)
    making = Making(profile, seed, as_of, identifiers)
    places = place(brought.addresses, profile, written_name, seed)
    linked = _link(brought, places.order)
    people = brought.residents
    age = ages_on(people.days("born"), as_of)
    in_hall = (linked.household < 0) & (linked.kind[linked.lives_at] == _HALL)
    student = filling.students(people, age, in_hall, making)
    stand = standing(
        age,
        people.codes("sex"),
        people.text("surname"),
        linked.household,
        people.codes("role"),
        student,
        linked.households.size,
    )
    tenure = filling.tenures(brought.households, linked.households, stand, age, making)
    order = _order(linked, stand.role)
    persons = _persons(people, order, linked, places, stand, tenure, age, student)
    return Town(
        name=written_name,
        profile=profile,
        seed=seed,
        as_of=as_of,
        wards=places.wards,
        streets=places.streets,
        properties=_properties(brought.addresses, places, linked, tenure, stand, making),
        households=_households(brought.households, linked, tenure, stand, persons, age, making),
        residents=_residents(people, order, persons, making),
        premises=none_of(Premises),
        schools=none_of(Schools),
        polling_places=none_of(PollingPlaces),
        businesses=none_of(Businesses),
    )


def _link(brought: Brought, order: Integers) -> _Linked:
    addresses, homes, people = brought
    kind = np.maximum(addresses.codes("kind")[order], _HOME).astype(np.int8)
    place_of = _rows_of(np.array(addresses.column("uprn"), dtype=object)[order])
    at = np.array([place_of[uprn] for uprn in homes.column("uprn")], dtype=np.int64)
    rows = np.argsort(at, kind="stable")
    household_of_place = np.full(kind.size, -1, dtype=np.int64)
    household_of_place[at[rows]] = np.arange(rows.size)
    row_of = _rows_of(homes.text("id")[rows])
    household = np.array([row_of.get(each, -1) for each in people.column("household")], dtype=np.int64)
    outside = np.array([place_of.get(each, -1) for each in people.column("uprn")], dtype=np.int64)
    lives_at = np.where(household >= 0, at[rows][household], outside)
    return _Linked(kind, rows, at[rows], household_of_place, household, lives_at)


def _rows_of(keys: Text) -> dict[object, int]:
    return {key: row for row, key in enumerate(keys.tolist())}


def _order(linked: _Linked, role: Integers) -> Integers:
    """People household by household, heads and partners first, those outside households last."""
    rank = np.select([role == _HEAD, role == _PARTNER], [0, 1], 2)
    return np.lexsort((rank, linked.lives_at, linked.household < 0))


def _persons(
    sheet: Sheet,
    order: Integers,
    linked: _Linked,
    places: Places,
    stand: Standing,
    tenure: Integers,
    age: Integers,
    student: Flags,
) -> Persons:
    household, lives_at = linked.household[order], linked.lives_at[order]
    return Persons(
        age=age[order],
        sex=sheet.codes("sex")[order].astype(np.int8),
        born=sheet.days("born")[order],
        role=stand.role[order],
        forename=sheet.text("forename")[order],
        surname=sheet.text("surname")[order],
        household=household,
        property=lives_at,
        street=places.street[lives_at],
        student=student[order],
        tenure=np.where(household >= 0, tenure[household], -1),
        composition=np.where(household >= 0, stand.composition[household], -1),
        deprivation=deprivation_classes(places.wards.deprivation)[
            places.streets.ward[places.street[lives_at]]
        ],
        in_care_home=(household < 0) & (linked.kind[lives_at] == _CARE_HOME),
    )


def _properties(
    sheet: Sheet, places: Places, linked: _Linked, tenure: Integers, stand: Standing, making: Making
) -> Properties:
    home, household = linked.kind == _HOME, linked.household_of_place
    return Properties(
        uprn=np.array(sheet.column("uprn"), dtype=np.int64)[places.order],
        street=places.street,
        number=places.number,
        line=places.line,
        postcode=sheet.text("postcode")[places.order],
        easting=places.easting,
        northing=places.northing,
        latitude=places.latitude,
        longitude=places.longitude,
        kind=linked.kind,
        household=household,
        **filling.dwellings(sheet, places, home, household, tenure, stand.size, making),
    )


def _households(
    sheet: Sheet,
    linked: _Linked,
    tenure: Integers,
    stand: Standing,
    persons: Persons,
    age: Integers,
    making: Making,
) -> Households:
    rows = linked.households
    return Households(
        id=sheet.text("id")[rows],
        property=linked.at,
        size=stand.size,
        tenure=tenure,
        composition=stand.composition,
        moved_in=filling.moved_in(sheet, rows, tenure, persons, making),
        cars=filling.cars(sheet, rows, stand, tenure, age, making),
    )


def _residents(sheet: Sheet, order: Integers, persons: Persons, making: Making) -> Residents:
    return Residents(
        id=sheet.text("id")[order] if sheet.has("id") else numbered("R", Block(), order.size),
        household=persons.household,
        property=persons.property,
        role=persons.role,
        sex=persons.sex,
        born=persons.born,
        forename=persons.forename,
        surname=persons.surname,
        surname_at_birth=filling.surnames_at_birth(sheet, order, persons),
        school=np.full(order.size, -1),
        **filling.facts_of_people(sheet, order, persons, making),
    )
