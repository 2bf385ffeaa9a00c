from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthetic_data.fidelity import ages
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import DISABILITIES, HEALTH, PROPERTY_KINDS, TENURES, UNPAID_CARE, Town

LIMITED_A_LOT = DISABILITIES.index("limited_a_lot")
LIMITED = LIMITED_A_LOT, DISABILITIES.index("limited_a_little")
BAD = HEALTH.index("bad")
NONE, FULL_TIME = UNPAID_CARE.index("none"), UNPAID_CARE.index("50_plus_hours")


def _by_age(town: Town, fact: Flags) -> list[float]:
    """The share of those under 18, to 44, to 64, to 79 and over of whom it is true."""
    age_class = np.digitize(ages(town), [18, 45, 65, 80])
    return [float(fact[age_class == each].mean()) for each in range(5)]


def test_disability_rises_with_age(town: Town) -> None:
    shares = _by_age(town, np.isin(town.residents.disability, LIMITED))
    assert shares == sorted(shares)
    assert shares[-1] > 4 * shares[0]
    assert shares[-1] < 0.75


def test_bad_health_rises_with_age(town: Town) -> None:
    shares = _by_age(town, town.residents.health >= BAD)
    assert shares == sorted(shares)
    assert shares[-1] > 5 * shares[0]


def test_bad_health_goes_with_disability(town: Town) -> None:
    people = town.residents
    bad = people.health >= BAD
    assert bad[people.disability == LIMITED_A_LOT].mean() > 0.15
    assert bad[people.disability == DISABILITIES.index("none")].mean() < 0.02


def test_care_is_given_most_in_middle_age_and_longest_by_the_old(town: Town) -> None:
    young, early, middle, late, _ = _by_age(town, town.residents.unpaid_care > NONE)
    assert young < early < middle
    assert middle > late
    by_age = _by_age(town, town.residents.unpaid_care == FULL_TIME)
    assert by_age[0] < by_age[1] < by_age[2] <= by_age[3] * 1.05


def test_only_those_of_five_are_asked_for_care(town: Town) -> None:
    assert ((town.residents.unpaid_care >= 0) == (ages(town) >= 5)).all()


def test_care_is_given_where_somebody_needs_it(town: Town) -> None:
    at_home, needed = _with_a_disabled_person(town)
    many_hours = town.residents.unpaid_care[at_home] >= UNPAID_CARE.index("20_34_hours")
    assert many_hours[needed].mean() > 2.5 * many_hours[~needed].mean()


def _with_a_disabled_person(town: Town) -> tuple[Integers, Flags]:
    """Adults in households, and whether another there is limited a lot."""
    people = town.residents
    limited = people.disability == LIMITED_A_LOT
    number = np.bincount(
        people.household[(people.household >= 0) & limited], minlength=people.household.max() + 1
    )
    adults = np.flatnonzero((people.household >= 0) & (ages(town) >= 18))
    return adults, number[people.household[adults]] > limited[adults]


def test_women_give_more_care(build: Callable[..., Town]) -> None:
    people = build("Birmingham").residents
    cares = people.unpaid_care > NONE
    assert cares[people.sex == 0].mean() > 1.15 * cares[people.sex == 1].mean()


def test_most_in_care_homes_are_limited_a_lot(town: Town) -> None:
    people = town.residents
    kind = town.properties.kind[people.property]
    in_care = people.disability[kind == PROPERTY_KINDS.index("care_home")]
    if in_care.size >= 20:
        assert (in_care == LIMITED_A_LOT).mean() > 0.6


def test_social_tenants_are_more_often_disabled_than_owners(town: Town) -> None:
    people = town.residents
    adult = (people.household >= 0) & (ages(town) >= 18) & (ages(town) < 65)
    tenure = town.households.tenure[people.household]
    limited = np.isin(people.disability, LIMITED)
    social = np.isin(tenure, [TENURES.index("council_rent"), TENURES.index("other_social_rent")])
    mortgaged = tenure == TENURES.index("owned_mortgage")
    assert limited[adult & social].mean() > 1.4 * limited[adult & mortgaged].mean()
