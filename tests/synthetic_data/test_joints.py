"""Who lives with whom, and in what home, in a city, in the country and in a student town."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.fidelity import ages
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import COMPOSITIONS, ETHNIC_GROUPS, PROPERTY_KINDS, ROLES, SEXES, TENURES, Town
from tests.synthetic_data.conftest import town_like

CITY, COUNTRY, UNIVERSITY = "Birmingham", "North Norfolk", "Cambridge"
HEAD, PARTNER, CHILD, PARENT, SHARER, _ = range(len(ROLES))
SOUTH_ASIAN = [ETHNIC_GROUPS.index(group) for group in ("bangladeshi", "indian", "pakistani")]


@pytest.fixture(scope="session", params=[CITY, COUNTRY, UNIVERSITY])
def place(request: pytest.FixtureRequest) -> Town:
    return town_like(request.param)


def _is(town: Town, composition: str) -> Flags:
    return np.asarray(town.households.composition == COMPOSITIONS.index(composition))


def _heads(town: Town) -> Integers:
    heads = np.flatnonzero(town.residents.role == HEAD)
    return heads[np.argsort(town.residents.household[heads], kind="stable")]


def _extreme(town: Town, which: Flags, oldest: bool) -> Integers:
    """The greatest or least age of some of each household's members; -1 or 200 where there is none."""
    age, at_home = ages(town), which & (town.residents.household >= 0)
    found = np.full(town.households.size.size, -1 if oldest else 200)
    (np.maximum if oldest else np.minimum).at(found, town.residents.household[at_home], age[at_home])
    return found


def _three_generations(town: Town) -> Flags:
    """Homes where somebody is of age to be the parent of all children and another to be that one's parent."""
    age = ages(town)
    eldest, youngest = _extreme(town, age < 18, True), _extreme(town, age < 18, False)
    home = np.maximum(town.residents.household, 0)
    middle = (age >= 18) & (age >= eldest[home] + 16) & (age <= youngest[home] + 50) & (eldest[home] >= 0)
    between = _extreme(town, middle, False)
    return np.asarray(_extreme(town, age >= 18, True) >= between + 16)


def test_some_homes_hold_three_generations(place: Town) -> None:
    assert 0.008 < _three_generations(place).mean() < 0.06


def test_three_generations_are_commoner_in_south_asian_homes_than_in_white_british(
    build: Callable[..., Town],
) -> None:
    three, group = [], []
    for town in (build(CITY), build("Leicester"), build("Slough")):
        three.append(_three_generations(town))
        group.append(town.residents.ethnic_group[_heads(town)])
    found, groups = np.concatenate(three), np.concatenate(group)
    south_asian, british = np.isin(groups, SOUTH_ASIAN), groups == ETHNIC_GROUPS.index("white_british")
    assert found[south_asian].mean() > 1.5 * found[british].mean()


def test_a_parent_of_the_head_is_a_generation_older(place: Town) -> None:
    age = ages(place)
    parents = np.flatnonzero(place.residents.role == PARENT)
    apart = age[parents] - age[_heads(place)[place.residents.household[parents]]]
    assert parents.size > 20
    assert (apart >= 16).all()
    assert 20 < np.median(apart) < 36


def test_most_lone_parents_are_women_of_working_age(place: Town) -> None:
    heads = _heads(place)[_is(place, "lone_parent")]
    assert 0.06 < heads.size / place.households.size.size < 0.18
    assert (place.residents.sex[heads] == SEXES.index("F")).mean() > 0.6
    with_minors = _extreme(place, ages(place) < 18, True) >= 0
    mothers = _heads(place)[_is(place, "lone_parent") & with_minors]
    assert (place.residents.sex[mothers] == SEXES.index("F")).mean() > 0.8
    assert 30 < np.median(ages(place)[mothers]) < 50


def test_many_pensioners_live_alone_and_few_in_house_shares(place: Town) -> None:
    age = ages(place)
    pensioners = (age >= 66) & (place.residents.household >= 0)
    home = place.residents.household[pensioners]
    assert 0.2 < (place.households.size[home] == 1).mean() < 0.5
    assert _is(place, "students")[home].sum() == 0
    assert _is(place, "sharers")[home].mean() < 0.06


def test_students_share_with_students_of_like_age(place: Town) -> None:
    shared = _is(place, "students")
    age, people = ages(place), place.residents
    living = (people.household >= 0) & shared[np.maximum(people.household, 0)]
    assert living.sum() >= 10
    assert people.student[living].all()
    assert ((age[living] >= 18) & (age[living] <= 30)).mean() > 0.95
    everybody = np.ones(age.size, dtype=np.bool_)
    apart = (_extreme(place, everybody, True) - _extreme(place, everybody, False))[shared]
    assert (apart <= 5).mean() > 0.8


def test_those_in_halls_are_students(build: Callable[..., Town]) -> None:
    town = build(UNIVERSITY)
    halls = town.properties.kind[town.residents.property] == PROPERTY_KINDS.index("student_hall")
    assert halls.sum() > 200
    assert town.residents.student[halls].mean() > 0.95


def test_house_shares_are_of_grown_people_without_couples(place: Town) -> None:
    sharing = _is(place, "sharers")
    people = place.residents
    living = (people.household >= 0) & sharing[np.maximum(people.household, 0)]
    assert 0.01 < sharing.mean() < 0.08
    assert (ages(place)[living] >= 18).all()
    assert set(people.role[living].tolist()) == {HEAD, SHARER}


def test_larger_households_have_more_bedrooms(place: Town) -> None:
    bedrooms, size = place.properties.bedrooms[place.households.property], place.households.size
    means = [bedrooms[size == number].mean() for number in (1, 2, 3)] + [bedrooms[size >= 5].mean()]
    assert means == sorted(means)
    assert means[-1] > means[0] + 0.7
    assert (bedrooms[size >= 5] == 1).mean() < 0.03


def test_grown_children_at_home_are_younger_than_those_who_moved_out(place: Town) -> None:
    age, people = ages(place), place.residents
    grown = (age >= 18) & (people.role == CHILD)
    assert np.median(age[grown]) < 32
    assert np.median(age[grown]) < np.median(age[(people.role == HEAD) | (people.role == PARTNER)]) - 12


def test_private_tenants_are_the_youngest_and_outright_owners_the_oldest(place: Town) -> None:
    age, tenure = ages(place)[_heads(place)], place.households.tenure
    private, mortgaged, outright = (
        float(np.median(age[tenure == TENURES.index(name)]))
        for name in ("private_rent", "owned_mortgage", "owned_outright")
    )
    assert private < mortgaged < outright
    assert outright > 60


def test_forenames_go_with_the_time_of_birth(place: Town) -> None:
    people = place.residents
    british = people.ethnic_group == ETHNIC_GROUPS.index("white_british")
    year = people.born.astype("datetime64[Y]").astype(np.int64) + 1970
    old, young = (people.forename[british & when].tolist() for when in (year < 1955, year >= 2005))

    def share(names: list[str], of: set[str]) -> float:
        return sum(name in of for name in names) / len(names)

    then = {"Margaret", "Jean", "Patricia", "Barbara", "John", "David", "Michael", "Peter"}
    now = {"Olivia", "Amelia", "Isla", "Oliver", "Noah", "Jack", "Harry", "Poppy"}
    assert share(old, then) > 5 * share(young, then)
    assert share(young, now) > 5 * share(old, now)
