"""The town's tables: society and places joined, each in its published order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from synthetic_data import identifiers, incomes, origins, people, people_names, tenancies, wellbeing
from synthetic_data.ages import born_on, days_past_birthday
from synthetic_data.cars import cars
from synthetic_data.homes import Homes, is_social
from synthetic_data.mixed_families import mixed_families
from synthetic_data.national_grid import to_latitude_longitude
from synthetic_data.places import Plots
from synthetic_data.quotas import Flags, Integers
from synthetic_data.society import Society
from synthetic_data.streams import Seed, stream
from synthetic_data.town import PROPERTY_KINDS, ROLES, Block, Households, Properties, Residents, numbered

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_HEAD, _PARTNER, _CHILD = ROLES.index("head"), ROLES.index("partner"), ROLES.index("child")


@dataclass(frozen=True, slots=True)
class Settled:
    """Which way round everything goes once it has an address.

    ``households`` are rows of the society's households in the order of their properties,
    ``persons`` rows of its people in the order of the table of residents; ``household_of``
    and ``property_of`` are the new rows for each of ``persons``; ``street_of`` their streets.
    """

    households: Integers
    property_of_household: Integers
    household_of_property: Integers
    persons: Integers
    household_of: Integers
    property_of: Integers
    street_of: Integers


@dataclass(frozen=True, slots=True)
class Setting:
    """What a block must know of the whole town: ``deprivation_of_street`` is the class of each street's
    ward among all wards, ``pay`` the town's unit of pay (:func:`synthetic_data.incomes.unit_of_pay`)."""

    deprivation_of_street: Integers
    pay: float


def settle(society: Society, plots: Plots) -> Settled:
    """Number households by their properties, and people by their households."""
    number = society.shapes.size.size
    lived_in = (plots.dwelling >= 0) & (plots.dwelling < number)
    household_of_property = np.where(lived_in, np.cumsum(lived_in) - 1, -1)
    households = plots.dwelling[lived_in]
    renumbered = np.empty(number, dtype=np.int64)
    renumbered[households] = np.arange(number)
    property_of_household = np.flatnonzero(lived_in)
    where = np.full(society.communal.kind.size, -1, dtype=np.int64)
    communal = np.flatnonzero(plots.establishment >= 0)
    where[plots.establishment[communal]] = communal
    home = society.seats.household
    household_of = np.where(home >= 0, renumbered[home], -1)
    property_of = property_of_household[household_of]
    outside = home < 0
    property_of[outside] = where[society.communal.establishment[outside]]
    standing = np.select([society.role == _HEAD, society.role == _PARTNER], [0, 1], 2)
    persons = np.lexsort((-society.age, standing, property_of, outside))
    return Settled(
        households,
        property_of_household,
        household_of_property,
        persons,
        household_of[persons],
        property_of[persons],
        plots.street[property_of[persons]],
    )


def properties_table(
    profile: Profile,
    homes: Homes,
    society: Society,
    plots: Plots,
    settled: Settled,
    seed: Seed,
    as_of: date,
    block: Block,
    town_seed: Seed,
) -> Properties:
    """Everything that has an address."""
    dwelling, communal = plots.dwelling, plots.dwelling < 0
    latitude, longitude = to_latitude_longitude(plots.easting, plots.northing)
    empty = homes.empty[dwelling] & ~communal
    kind = np.full(dwelling.size, PROPERTY_KINDS.index("home"), dtype=np.int8)
    kind[communal] = society.communal.kind[plots.establishment[communal]]
    over_six_months = profile.empty_over_six_months / max(profile.empty_homes, 1)
    return Properties(
        uprn=uprns_of_block(dwelling.size, block.before, town_seed),
        street=plots.street,
        number=plots.number,
        line=plots.line,
        postcode=plots.postcode,
        easting=plots.easting,
        northing=plots.northing,
        latitude=np.round(latitude, 6),
        longitude=np.round(longitude, 6),
        kind=kind,
        dwelling_type=_homes_only(homes.dwelling_type, dwelling, communal, -1),
        band=_homes_only(homes.band, dwelling, communal, -1),
        bedrooms=_homes_only(homes.bedrooms, dwelling, communal, 0),
        household=settled.household_of_property,
        empty_since=tenancies.empty_since(empty, over_six_months, as_of, stream(seed, "tenancies.empty")),
        second_home=homes.second_home[dwelling] & ~communal,
    )


def uprns_of_block(count: int, before: int, town_seed: Seed) -> Integers:
    """The town's next UPRNs after ``before`` others; :attr:`Block.before` is where a block's begin."""
    start = int(stream(town_seed, "identifiers.uprn").integers(identifiers.UPRNS))
    return identifiers.uprns(count, start, before)


def _homes_only(column: Integers, dwelling: Integers, communal: Flags, otherwise: int) -> Integers:
    return np.where(communal, np.int8(otherwise), column[dwelling]).astype(np.int8)


def households_table(
    profile: Profile,
    society: Society,
    settled: Settled,
    residents: Residents,
    seed: Seed,
    as_of: date,
    block: Block,
) -> Households:
    """Households, in the order of their properties."""
    order = settled.households
    settlers = (residents.household >= 0) & (residents.role <= ROLES.index("partner"))
    youngest = np.full(order.size, np.datetime64("1800-01-01", "D"))
    np.maximum.at(youngest, residents.household[settlers], residents.born[settlers])
    tenure, composition = society.tenure[order], society.composition[order]
    head_age = society.age[society.seats.head[order]]
    return Households(
        id=numbered("H", block, order.size),
        property=settled.property_of_household,
        size=society.shapes.size[order],
        tenure=tenure,
        composition=composition,
        moved_in=tenancies.moved_in(tenure, youngest, as_of, stream(seed, "tenancies.moved_in")),
        cars=cars(profile, society.shapes.adults[order], tenure, composition, head_age, stream(seed, "cars")),
    )


def describe(
    profile: Profile,
    society: Society,
    settled: Settled,
    setting: Setting,
    seed: Seed,
    as_of: date,
    mode: identifiers.Mode,
    block: Block,
) -> Residents:
    """People: who they are, what they are called, how they can be reached."""
    persons, household = settled.persons, settled.household_of
    age, sex, role = (column[persons] for column in (society.age, society.sex, society.role))
    student = society.student[persons]
    siblings = np.where((role == _CHILD) & (household >= 0), household, -1)
    born = born_on(age, days_past_birthday(age, siblings, stream(seed, "people.birthdays")), as_of)
    rows = np.arange(persons.size)
    outside = household < 0
    belongs = np.where(outside, rows - int((~outside).sum()) + settled.households.size, household)
    first = np.searchsorted(belongs, np.arange(int(belongs[-1]) + 1))
    head = first[belongs]
    groups = people.ethnic_groups(
        profile, belongs, settled.street_of[first], age, role, stream(seed, "people.ethnic_groups")
    )
    home = society.seats.household[persons]
    composition = np.where(outside, -1, society.composition[home])
    groups = mixed_families(groups, head, role, composition, stream(seed, "people.mixed_families"))
    tenure = np.where(outside, -1, society.tenure[home])
    lineage = stream(seed, "people.lineages").random(persons.size)[head]
    forename = people_names.forenames(sex, born, groups, lineage, stream(seed, "people.forenames"))
    surname, surname_at_birth = people_names.surnames(
        head, role, sex, groups, lineage, stream(seed, "people.surnames")
    )
    email, mobile = people.contact_details(
        forename, surname, age, mode, stream(seed, "people.contact_details")
    )
    return Residents(
        id=numbered("R", block, persons.size),
        household=household,
        property=settled.property_of,
        role=role,
        sex=sex,
        born=born,
        forename=forename,
        surname=surname,
        surname_at_birth=surname_at_birth,
        ethnic_group=groups,
        student=student & (age >= 18),
        school=np.full(persons.size, -1, dtype=np.int64),
        email=email,
        mobile=mobile,
        **_origins(profile, age, role, household, belongs, groups, seed),
        **_circumstances(
            profile,
            _People(age, sex, household, belongs, tenure, student, _in_care_home(society)[persons]),
            setting.deprivation_of_street[settled.street_of],
            setting.pay,
            seed,
        ),
    )


def _origins(
    profile: Profile,
    age: Integers,
    role: Integers,
    household: Integers,
    belongs: Integers,
    ethnic_group: Integers,
    seed: Seed,
) -> dict[str, Any]:
    leaning = people.shared_leanings(belongs, stream(seed, "origins.families"))
    country = origins.countries_of_birth(
        profile, age, role, household, ethnic_group, leaning, stream(seed, "origins.countries_of_birth")
    )
    spoken = origins.english(profile, age, country, ethnic_group, stream(seed, "origins.english"))
    return {"country_of_birth": country, "english": spoken}


@dataclass(frozen=True, slots=True)
class _People:
    """What circumstances follow from; ``tenure`` is -1 outside households."""

    age: Integers
    sex: Integers
    household: Integers
    belongs: Integers
    tenure: Integers
    student: Flags
    in_care_home: Flags


def _circumstances(
    profile: Profile, of: _People, deprivation_class: Integers, pay: float, seed: Seed
) -> dict[str, Any]:
    """Class, disability, health, care given, work and income: each follows from those before."""
    social = (of.tenure >= 0) & is_social(of.tenure)
    economic_class = people.economic_classes(
        profile,
        of.age,
        of.student,
        social,
        deprivation_class,
        people.shared_leanings(of.belongs, stream(seed, "people.economic_classes.families")),
        stream(seed, "people.economic_classes"),
    )
    disability = wellbeing.disabilities(
        profile, of.age, social, of.in_care_home, deprivation_class, stream(seed, "wellbeing.disabilities")
    )
    health = wellbeing.general_health(
        profile, of.age, disability, deprivation_class, stream(seed, "wellbeing.health")
    )
    care = stream(seed, "wellbeing.care_given")
    care_given = wellbeing.care_given(
        profile, of.age, of.sex, of.household, disability, deprivation_class, care
    )
    works = incomes.in_work(
        profile, of.age, economic_class, disability, of.tenure, stream(seed, "incomes.in_work")
    )
    leaning = people.shared_leanings(of.belongs, stream(seed, "incomes.families"))
    return {
        "economic_class": economic_class,
        "disability": disability,
        "health": health,
        "unpaid_care": care_given,
        "works": works,
        "income": incomes.incomes(profile, pay, of.age, economic_class, works, of.tenure, leaning),
    }


def _in_care_home(society: Society) -> Flags:
    is_care_home = np.append(society.communal.kind == PROPERTY_KINDS.index("care_home"), False)
    return np.asarray(is_care_home[society.communal.establishment])
