"""Society before it has an address: everybody's age, household, role and household's tenure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import people, roles
from synthetic_data.ages import ages_and_sexes
from synthetic_data.assumptions import STUDENT_HOUSE, STUDENTS_AT_HOME
from synthetic_data.communal import Communal, communal_residents
from synthetic_data.homes import tenures
from synthetic_data.household_shapes import Shapes, household_shapes
from synthetic_data.quotas import Flags, Integers
from synthetic_data.seating import seat_residents
from synthetic_data.seats import Seats
from synthetic_data.streams import Seed, stream
from synthetic_data.town import PROPERTY_KINDS

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile


@dataclass(frozen=True, slots=True)
class Society:
    """Columns of people (age, sex, role, student) and of households (composition, tenure)."""

    age: Integers
    sex: Integers
    communal: Communal
    shapes: Shapes
    seats: Seats
    role: Integers
    student: Flags
    composition: Integers
    tenure: Integers


def form_society(profile: Profile, residents: int, sizes: Integers, seed: Seed) -> Society:
    """Put every resident of a town in a household or a communal establishment.

    ``sizes`` are those of the households.
    """
    age, sex = ages_and_sexes(profile, residents)
    adults_in_households = int(sizes.sum()) - int((age < 18).sum())
    communal = communal_residents(
        profile, age, residents - int(sizes.sum()), stream(seed, "society.communal")
    )
    available = communal.establishment < 0
    in_halls = _in_halls(communal)
    student_houses = _student_houses(profile, age, int(in_halls.sum()))
    rng = stream(seed, "society.households")
    shapes = household_shapes(sizes, residents - int((age >= 18).sum()), student_houses, rng)
    assert int(shapes.adults.sum()) == adults_in_households
    shared = _shared_by_students(shapes, student_houses)
    seats = seat_residents(shapes, age, sex, available, np.flatnonzero(shared), rng)
    away = in_halls | ((seats.household >= 0) & shared[np.maximum(seats.household, 0)])
    student = people.students(profile, age, away, stream(seed, "society.students"))
    role = roles.roles(seats, shared)
    composition = roles.compositions(shapes, seats, role, student)
    tenure = tenures(profile, age[seats.head], composition, stream(seed, "society.tenures"))
    return Society(age, sex, communal, shapes, seats, role, student, composition, tenure)


def _in_halls(communal: Communal) -> Flags:
    is_hall = np.append(communal.kind == PROPERTY_KINDS.index("student_hall"), False)
    return np.asarray(is_hall[communal.establishment])


def _student_houses(profile: Profile, age: Integers, in_halls: int) -> int:
    """Households that students share, from the number of students of 18 and over."""
    at_school = 0.85 * int(((age >= 16) & (age < 18)).sum())
    adult_students = max(0.0, people.student_count(profile, age) - at_school)
    return round(max(0.0, adult_students * (1 - STUDENTS_AT_HOME) - in_halls) / STUDENT_HOUSE)


def _shared_by_students(shapes: Shapes, houses: int) -> Flags:
    """Mark households without a couple or children, of three to six first, then of two."""
    suited = ~shapes.couple & (shapes.children == 0) & (shapes.size >= 2)
    preference = np.where((shapes.size >= 3) & (shapes.size <= 6), 0, 1)
    rows = np.flatnonzero(suited)
    chosen = rows[np.argsort(preference[rows], kind="stable")[:houses]]
    marked = np.zeros(shapes.size.size, dtype=np.bool_)
    marked[chosen] = True
    return marked
