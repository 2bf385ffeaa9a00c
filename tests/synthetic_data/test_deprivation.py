"""Wards that differ in deprivation, made up: what they change in the people who live there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from synthetic_data import build
from synthetic_data.deprivation import deprivation_classes
from synthetic_data.digest import digest
from synthetic_data.fidelity import ages, total_variation
from synthetic_data.profiles import find_profile
from synthetic_data.quotas import Flags, Integers, Reals
from synthetic_data.town import DISABILITIES, ECONOMIC_CLASSES, HEALTH, UNPAID_CARE, Town
from tests.synthetic_data.conftest import AS_OF

PLACES = ("Birmingham", "North Norfolk", "Cambridge")


@cache
def _town(authority: str, spread: float) -> Town:
    """A town whose wards have equal scores or, with a spread, by turns low, middling and high ones."""
    drawn = build.draw_up(
        find_profile(authority), residents=10_000, seed=7, as_of=AS_OF, name="north-fairwater"
    )
    scores = 25 + spread * (np.arange(drawn.wards.code.size) % 3 - 1)
    return build.build_block(replace(drawn, wards=replace(drawn.wards, deprivation=scores)), 0)


@pytest.fixture(scope="session", params=PLACES)
def unequal(request: pytest.FixtureRequest) -> Town:
    return _town(request.param, 12)


def _class_of_people(town: Town) -> Integers:
    ward = town.streets.ward[town.properties.street[town.residents.property]]
    return deprivation_classes(town.wards.deprivation)[ward]


def _shares(town: Town, fact: Flags, among: Flags) -> list[float]:
    """The share of whom it is true in less deprived, middling and more deprived wards."""
    lives = _class_of_people(town)
    return [float(fact[among & (lives == each)].mean()) for each in range(3)]


def test_wards_are_classed_by_how_they_stand_to_the_mean() -> None:
    assert deprivation_classes(np.array([10.0, 20.0, 30.0])).tolist() == [0, 1, 2]
    assert deprivation_classes(np.array([20.0, 20.0])).tolist() == [1, 1]
    assert deprivation_classes(np.zeros(3)).tolist() == [1, 1, 1]


def test_where_wards_are_nearly_alike_it_makes_no_difference_where_people_live() -> None:
    equal, other = _town("Cambridge", 0), _town("Cambridge", 0.5)
    assert digest(replace(equal, wards=other.wards)) == digest(other)


def test_margins_are_exact_in_unequal_wards_too(unequal: Town) -> None:
    assert max(total_variation(unequal).values()) <= 0.005


def test_managers_live_in_better_wards_and_those_who_never_worked_in_worse(unequal: Town) -> None:
    classes = unequal.residents.economic_class
    adults = (ages(unequal) >= 16) & (classes != ECONOMIC_CLASSES.index("students"))
    managers = _shares(unequal, classes == 0, adults)
    never = _shares(unequal, classes == ECONOMIC_CLASSES.index("8_never_worked"), adults)
    assert managers[0] > managers[1] > managers[2]
    assert never[0] < never[1] < never[2]
    assert managers[0] > 1.5 * managers[2]


def test_disability_and_bad_health_are_commoner_in_deprived_wards(unequal: Town) -> None:
    people = unequal.residents
    grown = (ages(unequal) >= 18) & (people.household >= 0)
    limited = _shares(unequal, people.disability == DISABILITIES.index("limited_a_lot"), grown)
    bad = _shares(unequal, people.health >= HEALTH.index("bad"), grown)
    assert limited[2] > 1.3 * limited[0]
    assert bad[2] > 1.4 * bad[0]


def test_health_follows_the_ward_beyond_disability(unequal: Town) -> None:
    people = unequal.residents
    well = (people.disability == DISABILITIES.index("none")) & (ages(unequal) < 65)
    best = _shares(unequal, people.health == HEALTH.index("very_good"), well)
    assert best[0] > best[1] > best[2]


def test_full_time_carers_live_more_often_in_deprived_wards(unequal: Town) -> None:
    hours = unequal.residents.unpaid_care
    shares = _shares(unequal, hours >= UNPAID_CARE.index("20_34_hours"), hours >= 0)
    assert shares[2] > 1.2 * shares[0]


def test_incomes_are_lower_in_deprived_wards(unequal: Town) -> None:
    lives, grown = _class_of_people(unequal), ages(unequal) >= 25
    medians: Reals = np.array(
        [np.median(unequal.residents.income[grown & (lives == each)]) for each in range(3)]
    )
    assert medians[0] > medians[2] * 1.05
