from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.build import build_blocks
from synthetic_data.fidelity import ages
from synthetic_data.profiles import find_profile
from synthetic_data.quotas import Reals
from synthetic_data.town import DISABILITIES, ECONOMIC_CLASSES, ROLES, TENURES, Town
from tests.synthetic_data.conftest import AS_OF, joined, town_like

STUDENTS = ECONOMIC_CLASSES.index("students")
NEVER_WORKED = ECONOMIC_CLASSES.index("8_never_worked")


@pytest.fixture(scope="session", params=["Birmingham", "North Norfolk", "Cambridge", "Merthyr Tydfil"])
def place(request: pytest.FixtureRequest) -> Town:
    return town_like(request.param)


def _of_households(town: Town) -> Reals:
    people = town.residents
    housed = people.household >= 0
    return np.bincount(people.household[housed], weights=people.income[housed])


def _paid_median(town: Town) -> float:
    people = town.residents
    return float(np.median(people.income[people.works & (people.economic_class != STUDENTS)]))


def test_children_have_no_income_and_nearly_all_adults_have(town: Town) -> None:
    age, income = ages(town), town.residents.income
    assert (income[age < 16] == 0).all()
    assert (income[age >= 18] > 0).all()
    assert income.max() < 1_000_000


def test_those_in_work_earn_the_profiles_median(town: Town) -> None:
    published = town.profile.service_volumes["gross_median_weekly_pay_gbp"] * 52
    assert _paid_median(town) == pytest.approx(published, rel=0.06)


def test_a_town_in_blocks_earns_it_too_and_its_poorer_blocks_less() -> None:
    blocks = list(
        build_blocks(find_profile("Slough"), residents=60_000, seed=7, as_of=AS_OF, name="north-fairwater")
    )
    published = blocks[0].profile.service_volumes["gross_median_weekly_pay_gbp"] * 52
    assert _paid_median(joined(blocks)) == pytest.approx(published, rel=0.06)
    by_need = sorted(blocks, key=lambda block: float(block.wards.deprivation.mean()))
    assert _paid_median(by_need[0]) > _paid_median(by_need[-1])


def test_the_rate_of_employment_is_the_profiles(town: Town) -> None:
    age = ages(town)
    rate = town.residents.works[(age >= 16) & (age < 65)].mean()
    assert 100 * rate == pytest.approx(town.profile.service_volumes["employment_rate_pct"], abs=0.5)
    assert not town.residents.works[age < 16].any()
    assert town.residents.works[age >= 75].mean() < 0.05


def test_nobody_works_who_never_worked(town: Town) -> None:
    assert not town.residents.works[town.residents.economic_class == NEVER_WORKED].any()


def test_income_follows_the_class(place: Town) -> None:
    people = place.residents
    prime = people.works & (ages(place) >= 25) & (ages(place) < 60)
    medians = [
        float(np.median(people.income[prime & (people.economic_class == row)])) for row in (0, 1, 2, 5, 6)
    ]
    assert medians == sorted(medians, reverse=True)
    assert medians[0] > 1.8 * medians[-1]


def test_pensioners_have_less_than_those_in_work_and_more_than_those_out_of_it(place: Town) -> None:
    people, age = place.residents, ages(place)
    pensioners = float(np.median(people.income[age >= 66]))
    idle = float(np.median(people.income[(age >= 18) & (age < 66) & ~people.works]))
    assert idle < pensioners < 0.7 * _paid_median(place)


def test_pay_rises_with_age_and_falls_again(place: Town) -> None:
    people, age = place.residents, ages(place)
    young, middle, late = (
        float(np.median(people.income[people.works & (age >= first) & (age <= last)]))
        for first, last in ((16, 24), (40, 50), (60, 65))
    )
    assert young < 0.7 * middle
    assert late < middle


def test_mortgagors_earn_most_and_social_tenants_least(place: Town) -> None:
    income, tenure = _of_households(place), place.households.tenure
    social = np.isin(tenure, [TENURES.index("council_rent"), TENURES.index("other_social_rent")])
    outright, mortgaged, private = (
        float(np.median(income[tenure == TENURES.index(name)]))
        for name in ("owned_outright", "owned_mortgage", "private_rent")
    )
    assert float(np.median(income[social])) * 1.4 < outright < mortgaged
    assert float(np.median(income[social])) < private < mortgaged


def test_couples_have_like_incomes_in_tendency(place: Town) -> None:
    people = place.residents
    heads = np.zeros(place.households.size.size, dtype=np.int64)
    rows = np.flatnonzero(people.role == ROLES.index("head"))
    heads[people.household[rows]] = rows
    partners = np.flatnonzero((people.role == ROLES.index("partner")) & people.works)
    theirs = heads[people.household[partners]]
    both = people.works[theirs]
    logs = np.log(people.income[partners[both]]), np.log(people.income[theirs[both]])
    assert 0.25 < np.corrcoef(*logs)[0, 1] < 0.75


def test_those_limited_a_lot_are_less_often_in_work(place: Town) -> None:
    people, age = place.residents, ages(place)
    working_age = (age >= 25) & (age < 60)
    limited = people.disability == DISABILITIES.index("limited_a_lot")
    assert people.works[working_age & limited].mean() < 0.7 * people.works[working_age & ~limited].mean()


def test_incomes_differ_between_authorities(build: Callable[..., Town]) -> None:
    assert _paid_median(build("Westminster")) > 1.3 * _paid_median(build("Hartlepool"))
