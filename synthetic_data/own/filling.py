"""Making up what the sheets leave out of households, homes and people, by the generator's own rules.

Each draw comes from a stream of its own and is made for all rows; what was given stands, whatever is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from synthetic_data import cars as cars_of
from synthetic_data import homes, incomes, origins, people, tenancies, wellbeing
from synthetic_data.homes import is_social, not_lived_in
from synthetic_data.identifiers import Mode
from synthetic_data.mixed_families import mixed_families
from synthetic_data.own.placing import Places
from synthetic_data.own.reading import Sheet
from synthetic_data.own.standing import Standing
from synthetic_data.quotas import Flags, Integers, quotas
from synthetic_data.streams import Seed, stream
from synthetic_data.town import CARS, DWELLING_TYPES, ECONOMIC_CLASSES, ROLES, Dates, Text

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_STUDENTS = ECONOMIC_CLASSES.index("students")
_FOUR_AND_MORE = 4
_FLATS = ("flat", "apartment", "studio")


@dataclass(frozen=True, slots=True)
class Making:
    """What is needed to make anything up: the figures, the seed, the day, the mode of identifiers."""

    profile: Profile
    seed: Seed
    as_of: date
    identifiers: Mode

    def stream(self, purpose: str) -> np.random.Generator:
        """The random stream of one purpose."""
        return stream(self.seed, f"own.{purpose}")


@dataclass(frozen=True, slots=True)
class Persons:
    """People in the order of the town's table: what is known of them before the rest is made up.

    ``household`` is -1 outside households; ``property`` is a row of the places, ``street`` its street.
    ``tenure`` and ``composition`` are -1 outside households; ``deprivation`` is the class of the ward.
    """

    age: Integers
    sex: Integers
    born: Dates
    role: Integers
    forename: Text
    surname: Text
    household: Integers
    property: Integers
    street: Integers
    student: Flags
    tenure: Integers
    composition: Integers
    deprivation: Integers
    in_care_home: Flags


def belonging(persons: Persons) -> Integers:
    """The number of each person's household, or one's own outside, without gaps."""
    outside = persons.household < 0
    return np.where(outside, int(persons.household.max()) + np.cumsum(outside), persons.household)


def either(given: Integers, drawn: Integers) -> Integers:
    """What was given, and what was drawn where nothing was (-1)."""
    return np.where(given >= 0, given, drawn).astype(np.int8)


def tenures(sheet: Sheet, rows: Integers, standing: Standing, age: Integers, making: Making) -> Integers:
    """Row of TENURES of each household; ``rows`` are its rows in the sheet."""
    drawn = homes.tenures(making.profile, age[standing.head], standing.composition, making.stream("tenures"))
    return either(sheet.codes("tenure")[rows], drawn)


def moved_in(sheet: Sheet, rows: Integers, tenure: Integers, persons: Persons, making: Making) -> Dates:
    """The date each household moved in."""
    settlers = (persons.household >= 0) & (persons.role <= ROLES.index("partner"))
    youngest = np.full(rows.size, np.datetime64("1800-01-01", "D"))
    np.maximum.at(youngest, persons.household[settlers], persons.born[settlers])
    drawn = tenancies.moved_in(tenure, youngest, making.as_of, making.stream("moved_in"))
    given = sheet.days("moved_in")[rows]
    return np.where(np.isnat(given), drawn, given)


def cars(
    sheet: Sheet,
    rows: Integers,
    standing: Standing,
    tenure: Integers,
    age: Integers,
    making: Making,
) -> Integers:
    """Row of CARS of each household."""
    drawn = cars_of.cars(
        making.profile,
        standing.adults,
        tenure,
        standing.composition,
        age[standing.head],
        making.stream("cars"),
    )
    return either(np.minimum(sheet.codes("cars")[rows], len(CARS) - 1), drawn)


def dwellings(
    sheet: Sheet,
    places: Places,
    home: Flags,
    household: Integers,
    tenure: Integers,
    size: Integers,
    making: Making,
) -> dict[str, Any]:
    """Type, bedrooms, band and use of each place, nothing of communal establishments.

    ``household`` is -1 where nobody lives.
    """
    rows = places.order
    drawn = homes.homes_of(making.profile, tenure, size, making.stream("homes"))
    # A home without a household is like one of the others, as in a generated town.
    others = making.stream("homes.idle").integers(0, size.size, rows.size)
    like = np.where(household >= 0, household, others)
    kind = np.where(_are_flats(places.line), DWELLING_TYPES.index("flat"), drawn.dwelling_type[like])
    kind = either(sheet.codes("dwelling_type")[rows], kind)
    bedrooms = either(np.minimum(sheet.codes("bedrooms")[rows], _FOUR_AND_MORE), drawn.bedrooms[like])
    band = either(sheet.codes("council_tax_band")[rows], drawn.band[like])
    since, second = _use(sheet, rows, home & (household < 0), making)
    return {
        "dwelling_type": np.where(home, kind, -1).astype(np.int8),
        "bedrooms": np.where(home, bedrooms, 0).astype(np.int8),
        "band": np.where(home, band, -1).astype(np.int8),
        "empty_since": since,
        "second_home": second,
    }


def _are_flats(line: Text) -> Flags:
    return np.array([each.lower().startswith(_FLATS) for each in line.tolist()], dtype=np.bool_)


def _use(sheet: Sheet, rows: Integers, idle: Flags, making: Making) -> tuple[Dates, Flags]:
    """Since when homes without a household are empty, and which are second homes instead."""
    said, since = sheet.codes("second_home")[rows], sheet.days("empty_since")[rows]
    empty, second = not_lived_in(making.profile, making.profile.households)
    share = second / max(empty + second, 1)
    chance = making.stream("second_homes").random(rows.size)
    second_home = idle & ((said == 1) | ((said < 0) & np.isnat(since) & (chance < share)))
    unsaid = idle & ~second_home & np.isnat(since)
    long = making.profile.empty_over_six_months / max(making.profile.empty_homes, 1)
    drawn = tenancies.empty_since(unsaid, long, making.as_of, making.stream("empty"))
    return np.where(unsaid, drawn, since), second_home


def facts_of_people(
    sheet: Sheet,
    rows: Integers,
    persons: Persons,
    making: Making,
) -> dict[str, Any]:
    """The columns of the residents' table that a user may leave out; ``rows`` are those of the sheet."""
    given = {name: sheet.codes(name)[rows] for name in _CODED}
    said = sheet.codes("student")[rows]
    belongs = belonging(persons)
    first = np.searchsorted(belongs, np.arange(int(belongs[-1]) + 1))
    street, head = persons.street[first], first[belongs]
    drawn = people.ethnic_groups(
        making.profile, belongs, street, persons.age, persons.role, making.stream("ethnic_groups")
    )
    mixed = mixed_families(drawn, head, persons.role, persons.composition, making.stream("mixed_families"))
    group = either(given["ethnic_group"], mixed)
    email, mobile = _contacts(sheet, rows, persons, making)
    return {
        "ethnic_group": group,
        "student": np.where(said >= 0, said == 1, persons.student) & (persons.age >= 18),
        "email": email,
        "mobile": mobile,
        **_origins(given, persons, group, making),
        **_circumstances(given, persons, belongs, making),
    }


def surnames_at_birth(sheet: Sheet, rows: Integers, persons: Persons) -> Text:
    """The surname that each was born with: the one that they have, unless another was given."""
    given = sheet.text("surname_at_birth")[rows].tolist()
    names = [own or surname for own, surname in zip(given, persons.surname.tolist(), strict=True)]
    return np.array(names, dtype=object)


_CODED = (
    "ethnic_group",
    "economic_class",
    "country_of_birth",
    "english",
    "disability",
    "health",
    "unpaid_care",
    "works",
    "income",
)


def students(sheet: Sheet, age: Integers, in_hall: Flags, making: Making) -> Flags:
    """Full-time students of 16 and over, in the order of the sheet: those said to be, and others' share."""
    said, classes = sheet.codes("student"), sheet.codes("economic_class")
    drawn = people.students(making.profile, age, in_hall, making.stream("students"))
    unsaid = (said < 0) & (classes < 0)
    return np.asarray((age >= 16) & ((said == 1) | (classes == _STUDENTS) | (unsaid & drawn)))


def _with_students(profile: Profile, age: Integers, student: Flags) -> Profile:
    """The profile with as many students of 16 and over as there are, and its own shares of the others."""
    number = int(student.sum())
    classes = profile.residents_by_economic_class
    others = [classes[word] for word in ECONOMIC_CLASSES if word != "students"]
    counts = quotas(int((age >= 16).sum()) - number, others).tolist()
    counts.insert(_STUDENTS, number)
    by_class = MappingProxyType(dict(zip(ECONOMIC_CLASSES, counts, strict=True)))
    return replace(profile, residents_by_economic_class=by_class)


def _contacts(sheet: Sheet, rows: Integers, persons: Persons, making: Making) -> tuple[Text, Text]:
    """E-mail addresses and numbers: an empty cell means that none was given, a missing column nothing."""
    drawn = people.contact_details(
        persons.forename, persons.surname, persons.age, making.identifiers, making.stream("contact_details")
    )
    email, mobile = (
        np.array(sheet.column(name), dtype=object)[rows] if sheet.has(name) else made_up
        for name, made_up in zip(("email", "mobile"), drawn, strict=True)
    )
    return email, mobile


def _origins(
    given: dict[str, Integers], persons: Persons, group: Integers, making: Making
) -> dict[str, Integers]:
    leaning = people.shared_leanings(belonging(persons), making.stream("origins.families"))
    drawn = origins.countries_of_birth(
        making.profile,
        persons.age,
        persons.role,
        persons.household,
        group,
        leaning,
        making.stream("countries_of_birth"),
    )
    country = either(given["country_of_birth"], drawn)
    spoken = origins.english(making.profile, persons.age, country, group, making.stream("english"))
    return {"country_of_birth": country, "english": either(given["english"], spoken)}


def _circumstances(
    given: dict[str, Integers], persons: Persons, belongs: Integers, making: Making
) -> dict[str, Any]:
    """Class, disability, health, care given, work and income: each follows from those before."""
    age, ward, profile = persons.age, persons.deprivation, making.profile
    social = (persons.tenure >= 0) & is_social(persons.tenure)
    drawn = people.economic_classes(
        _with_students(profile, age, persons.student),
        age,
        persons.student,
        social,
        ward,
        people.shared_leanings(belongs, making.stream("economic_classes.families")),
        making.stream("economic_classes"),
    )
    economic_class = either(given["economic_class"], drawn)
    drawn = wellbeing.disabilities(
        profile, age, social, persons.in_care_home, ward, making.stream("disabilities")
    )
    disability = either(given["disability"], drawn)
    health = wellbeing.general_health(profile, age, disability, ward, making.stream("health"))
    care = wellbeing.care_given(
        profile, age, persons.sex, persons.household, disability, ward, making.stream("care_given")
    )
    working = incomes.in_work(
        profile, age, economic_class, disability, persons.tenure, making.stream("in_work")
    )
    works = np.where(given["works"] >= 0, given["works"] == 1, working)
    leaning = people.shared_leanings(belongs, making.stream("incomes.families"))
    unit = incomes.unit_of_pay(profile)
    income = incomes.incomes(profile, unit, age, economic_class, works, persons.tenure, leaning)
    return {
        "economic_class": economic_class,
        "disability": disability,
        "health": either(given["health"], health),
        "unpaid_care": either(given["unpaid_care"], care),
        "works": works,
        "income": np.where(given["income"] >= 0, given["income"], income),
    }
