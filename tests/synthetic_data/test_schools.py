from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from synthetic_data.amenities import PREMISES_KINDS, SCHOOL_PHASES
from synthetic_data.schools import school_age
from synthetic_data.town import ECONOMIC_CLASSES, Town


@pytest.mark.parametrize(
    ("born", "as_of", "age"),
    [
        ("2021-08-31", date(2026, 6, 1), 4),
        ("2021-09-01", date(2026, 6, 1), 3),
        ("2021-09-01", date(2026, 9, 1), 4),
        ("2021-08-31", date(2026, 8, 31), 4),
        ("2010-01-15", date(2026, 6, 1), 15),
    ],
)
def test_the_school_year_is_that_of_the_first_of_september(born: str, as_of: date, age: int) -> None:
    assert school_age(np.array([born], dtype="datetime64[D]"), as_of).tolist() == [age]


def test_nobody_is_at_a_school_of_the_wrong_phase_or_outside_a_household(town: Town) -> None:
    people, age = town.residents, school_age(town.residents.born, town.as_of)
    at_school = people.school >= 0
    phase = town.schools.phase[people.school[at_school]]
    primary = SCHOOL_PHASES.index("primary")
    assert ((age[at_school] < 11) == (phase == primary)).all()
    assert age[at_school].min() >= 4
    assert age[at_school].max() <= 17
    assert (people.household[at_school] >= 0).all()
    sixth = at_school & (age >= 16)
    assert (
        people.economic_class[sixth & (people.economic_class >= 0)] == ECONOMIC_CLASSES.index("students")
    ).all()


def test_93_of_100_children_go_to_a_state_school(build: Callable[..., Town]) -> None:
    town = build("Leeds", 20_000)
    age = school_age(town.residents.born, town.as_of)
    children = (age >= 4) & (age < 16) & (town.residents.household >= 0)
    assert (town.residents.school[children] >= 0).mean() == pytest.approx(0.93, abs=0.015)
    older = (age >= 16) & (age < 18) & (town.residents.household >= 0)
    assert 0.5 < (town.residents.school[older] >= 0).mean() < 0.85


def test_children_of_one_household_are_all_at_state_schools_or_none_is(town: Town) -> None:
    people, age = town.residents, school_age(town.residents.born, town.as_of)
    children = (age >= 4) & (age < 16) & (people.household >= 0)
    home = people.household[children]
    at_school = np.bincount(home, weights=people.school[children] >= 0)
    of_home = np.bincount(home)
    assert ((at_school == 0) | (at_school == of_home)).all()


def test_no_school_is_over_full_and_all_have_pupils(town: Town) -> None:
    schools = town.schools
    pupils = np.bincount(town.residents.school[town.residents.school >= 0], minlength=schools.premises.size)
    assert (pupils == schools.pupils).all()
    assert (schools.pupils <= schools.places).all()
    assert set(schools.phase.tolist()) == {0, 1}
    assert schools.places.sum() < 1.5 * schools.pupils.sum() + 100


def test_no_child_has_a_nearer_school_with_a_place(build: Callable[..., Town]) -> None:
    town = build("Leeds", 20_000)
    people, schools, premises = town.residents, town.schools, town.premises
    pupils = np.flatnonzero(people.school >= 0)
    home = people.property[pupils]
    at = schools.premises
    away = np.hypot(
        town.properties.easting[home][:, None] - premises.easting[at][None, :],
        town.properties.northing[home][:, None] - premises.northing[at][None, :],
    )
    own = people.school[pupils]
    same_phase = schools.phase[None, :] == schools.phase[own][:, None]
    nearer = away < away[np.arange(pupils.size), own][:, None] - 1e-6
    spare = (schools.pupils < schools.places)[None, :]
    assert not (same_phase & nearer & spare).any()
    assert schools.premises.size > 5


def test_schools_are_in_schools(town: Town) -> None:
    kinds = [PREMISES_KINDS[kind] for kind in town.premises.kind[town.schools.premises].tolist()]
    assert kinds == [f"{SCHOOL_PHASES[phase]}_school" for phase in town.schools.phase.tolist()]
