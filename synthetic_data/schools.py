"""Schools, and which child goes to which: the nearest that has a place."""

from __future__ import annotations

from datetime import date

import numpy as np

from synthetic_data import assumptions_of_places as assumed
from synthetic_data.amenities import PREMISES_KINDS, SCHOOL_PHASES, Premises, Schools
from synthetic_data.quotas import Flags, Integers, Reals, pick
from synthetic_data.streams import Seed, stream
from synthetic_data.town import ECONOMIC_CLASSES, Dates, Properties, Residents

FIRST_YEAR = {"primary": 4, "secondary": 11}
"""Age on 1 September of the youngest at each phase; primary schools have seven years of children."""
LEAVES_AT, LEAVES_SIXTH_FORM_AT = 16, 18
_ROUNDING = {"primary": 35, "secondary": 50}
_STUDENTS = ECONOMIC_CLASSES.index("students")


def schools_wanted(age: Integers) -> Integers:
    """How many schools of each phase people of these ages need: one of each at least."""
    pupils = [int(((age >= 4) & (age < 11)).sum()), int(((age >= 11) & (age < 18)).sum()) * 0.85]
    sizes = [assumed.PUPILS_AT_A_SCHOOL[phase] for phase in SCHOOL_PHASES]
    return np.array([max(1, round(number / size)) for number, size in zip(pupils, sizes, strict=True)])


def school_age(born: Dates, as_of: date) -> Integers:
    """Age on the last 1 September before or on the as-of date, which decides the school year."""
    year = as_of.year if (as_of.month, as_of.day) >= (9, 1) else as_of.year - 1
    month = born.astype("datetime64[M]").astype(np.int64)
    return np.asarray(year - (month // 12 + 1970) - (month % 12 >= 8))


def enrol(
    people: Residents, properties: Properties, premises: Premises, as_of: date, seed: Seed
) -> tuple[Schools, Integers]:
    """The schools, and for each resident a row of them or -1.

    Children of one household go to state schools together, or none of them does. Places are shared out
    among the schools of a phase, a little more than there are pupils.
    """
    rng = stream(seed, "schools")
    age = school_age(people.born, as_of)
    going = (people.household >= 0) & ~_independent(people, properties, age, rng)
    stays = (people.economic_class == _STUDENTS) & (rng.random(age.size) < assumed.SIXTH_FORM)
    going &= (age < LEAVES_AT) | ((age < LEAVES_SIXTH_FORM_AT) & stays)
    school = np.full(age.size, -1, dtype=np.int64)
    rows: list[Integers] = []
    places: list[Integers] = []
    phases: list[Integers] = []
    for phase, name in enumerate(SCHOOL_PHASES):
        until = FIRST_YEAR["secondary"] if name == "primary" else LEAVES_SIXTH_FORM_AT
        pupils = np.flatnonzero(going & (age >= FIRST_YEAR[name]) & (age < until))
        row = np.flatnonzero(premises.kind == PREMISES_KINDS.index(f"{name}_school"))
        sizes = rng.uniform(0.7, 1.3, row.size)
        wanted = sizes / sizes.sum() * pupils.size * assumed.SPARE_PLACES
        capacity = (np.ceil(np.maximum(wanted, 1) / _ROUNDING[name]) * _ROUNDING[name]).astype(np.int64)
        home = people.property[pupils]
        east = properties.easting[home][:, None] - premises.easting[row][None, :]
        north = properties.northing[home][:, None] - premises.northing[row][None, :]
        before = sum(each.size for each in rows)
        school[pupils] = before + _places_given(np.hypot(east, north), capacity)
        rows.append(row)
        places.append(capacity)
        phases.append(np.full(row.size, phase, dtype=np.int8))
    given = np.concatenate(places)
    pupils_of = np.bincount(school[school >= 0], minlength=given.size)
    return Schools(np.concatenate(rows), np.concatenate(phases), given, pupils_of), school


def _independent(people: Residents, properties: Properties, age: Integers, rng: np.random.Generator) -> Flags:
    """Whose household has its children at independent schools or at home; likelier in a dear house."""
    households = int(people.household.max()) + 1
    with_children = np.zeros(households, dtype=np.bool_)
    child = (people.household >= 0) & (age >= FIRST_YEAR["primary"]) & (age < LEAVES_AT)
    with_children[people.household[child]] = True
    band = np.zeros(households)
    band[people.household[child]] = properties.band[people.property[child]]
    likelihood: Reals = np.where(with_children, np.exp(assumed.INDEPENDENT_BY_BAND * band), 0.0)
    away = pick(likelihood, round((1 - assumed.AT_STATE_SCHOOLS) * int(with_children.sum())), rng)
    return np.asarray(away[people.household] & (people.household >= 0))


def _places_given(distance: Reals, capacity: Integers) -> Integers:
    """The school of each child: each asks for the nearest that may take it, schools prefer the nearest.

    A school that is full turns away those who live farthest, and they ask for the next; when nobody is
    turned away any more, no child and school would both rather have each other.
    """
    preference = np.argsort(distance, axis=1, kind="stable")
    children = np.arange(len(distance))
    asked = np.zeros(len(distance), dtype=np.int64)
    while True:
        school = preference[children, asked]
        order = np.lexsort((children, distance[children, school], school))
        queue = school[order]
        place_in_queue = np.arange(order.size) - np.searchsorted(queue, queue)
        turned_away = order[place_in_queue >= capacity[queue]]
        if not turned_away.size:
            return np.asarray(school)
        asked[turned_away] += 1
