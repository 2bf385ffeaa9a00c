from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.homes import margin
from synthetic_data.mixed_families import CHILD_OF, mixed_families
from synthetic_data.quotas import Flags, Integers
from synthetic_data.streams import stream
from synthetic_data.town import COMPOSITIONS, ETHNIC_GROUPS, ROLES, SEXES, Town
from tests.synthetic_data.conftest import town_like

HEAD, PARTNER, CHILD = (ROLES.index(role) for role in ("head", "partner", "child"))
MIXED = [
    ETHNIC_GROUPS.index(group)
    for group in ("white_and_asian", "white_and_black_african", "white_and_black_caribbean", "other_mixed")
]


@pytest.fixture(scope="session", params=["Birmingham", "North Norfolk", "Cambridge", "Slough"])
def place(request: pytest.FixtureRequest) -> Town:
    return town_like(request.param)


def _row(word: str) -> int:
    return ETHNIC_GROUPS.index(word)


def _in_role(town: Town, role: int) -> Integers:
    """For each household the resident in a role, or -1."""
    found = np.full(town.households.size.size, -1)
    rows = np.flatnonzero(town.residents.role == role)
    found[town.residents.household[rows]] = rows
    return found


def _couples(town: Town) -> tuple[Integers, Integers]:
    partners = np.flatnonzero(town.residents.role == PARTNER)
    return _in_role(town, HEAD)[town.residents.household[partners]], partners


def _homes_of_two_groups(town: Town) -> Flags:
    people = town.residents
    housed = people.household >= 0
    lowest, highest = (np.full(town.households.size.size, value) for value in (99, -1))
    np.minimum.at(lowest, people.household[housed], people.ethnic_group[housed])
    np.maximum.at(highest, people.household[housed], people.ethnic_group[housed])
    return np.asarray(lowest != highest)


def test_exchanging_groups_keeps_each_groups_count(place: Town) -> None:
    counted = np.bincount(place.residents.ethnic_group, minlength=len(ETHNIC_GROUPS))
    published = margin(place.residents.sex.size, place.profile.residents_by_ethnic_group, ETHNIC_GROUPS)
    assert counted.tolist() == published.tolist()


@pytest.mark.parametrize(
    ("authority", "least", "most"),
    [("North Norfolk", 0.015, 0.06), ("Dudley", 0.04, 0.12), ("Cardiff", 0.08, 0.18), ("Newham", 0.15, 0.32)],
)
def test_homes_of_two_groups_are_commoner_where_there_are_more_groups(
    authority: str, least: float, most: float, build: Callable[..., Town]
) -> None:
    town = build(authority)
    assert least < _homes_of_two_groups(town)[town.households.size >= 2].mean() < most


def test_some_groups_marry_out_more_than_others(build: Callable[..., Town]) -> None:
    one, other = [], []
    for authority in ("Birmingham", "Leicester", "Manchester", "Newham"):
        town = build(authority)
        heads, partners = _couples(town)
        one.append(town.residents.ethnic_group[heads])
        other.append(town.residents.ethnic_group[partners])
    ours, theirs = np.concatenate(one), np.concatenate(other)

    def outside(group: str) -> float:
        of_group = (ours == _row(group)) | (theirs == _row(group))
        return float((ours != theirs)[of_group].mean())

    assert outside("black_caribbean") > 2 * outside("pakistani")
    assert outside("pakistani") < 0.3


def test_children_have_a_parents_group_or_the_mixed_one_that_fits(place: Town) -> None:
    people, head, partner = place.residents, _in_role(place, HEAD), _in_role(place, PARTNER)
    children = np.flatnonzero((people.role == CHILD) & (partner[people.household] >= 0))
    home = people.household[children]
    own, one, other = (people.ethnic_group[rows] for rows in (children, head[home], partner[home]))
    fits = CHILD_OF[one, other]
    assert ((own == one) | (own == other) | (own == fits)).mean() > 0.98
    # Where there are fewer people of mixed groups than such children, those there are suffice for some.
    there_are = int(np.isin(people.ethnic_group, MIXED).sum())
    assert (own == fits)[fits >= 0].sum() > 0.5 * min(int((fits >= 0).sum()), there_are)


def test_mixed_people_are_mostly_children(place: Town) -> None:
    mixed = np.isin(place.residents.ethnic_group, MIXED)
    child = place.residents.role == CHILD
    assert child[mixed].mean() > 1.5 * child.mean()


def test_parents_of_two_groups_have_children_of_a_group_that_fits_them() -> None:
    def child_of(one: str, other: str) -> str | None:
        row = int(CHILD_OF[_row(one), _row(other)])
        assert row == CHILD_OF[_row(other), _row(one)]
        return None if row < 0 else ETHNIC_GROUPS[row]

    assert child_of("white_british", "indian") == "white_and_asian"
    assert child_of("other_white", "black_african") == "white_and_black_african"
    assert child_of("black_caribbean", "white_irish") == "white_and_black_caribbean"
    assert child_of("white_british", "white_and_asian") == "white_and_asian"
    assert child_of("black_african", "pakistani") == "other_mixed"
    assert child_of("white_british", "arab") == "other_mixed"
    assert child_of("white_british", "other_white") is None
    assert child_of("pakistani", "pakistani") is None


def test_house_shares_are_more_mixed_than_families(build: Callable[..., Town]) -> None:
    for authority in ("Birmingham", "Cambridge", "Manchester"):
        town = build(authority)
        shares = np.isin(
            town.households.composition, [COMPOSITIONS.index("sharers"), COMPOSITIONS.index("students")]
        )
        two = _homes_of_two_groups(town)
        assert two[shares].mean() > 1.3 * two[~shares & (town.households.size >= 2)].mean()


def test_a_town_of_one_group_stays_as_it_was() -> None:
    groups = np.full(6, _row("white_british"), dtype=np.int8)
    head, role = np.array([0, 0, 0, 3, 3, 5]), np.array([HEAD, PARTNER, CHILD, HEAD, CHILD, HEAD])
    composition = np.full(6, COMPOSITIONS.index("couple_with_children"))
    assert mixed_families(groups, head, role, composition, stream(1, "test")).tolist() == groups.tolist()


def test_only_one_of_a_couple_has_taken_the_others_name(place: Town) -> None:
    people = place.residents
    heads, partners = _couples(place)
    changed = people.surname != people.surname_at_birth
    assert not (changed[heads] & changed[partners]).any()
    assert not changed[~np.isin(people.role, [HEAD, PARTNER])].any()
    took = np.concatenate([heads[changed[heads]], partners[changed[partners]]])
    gave = np.concatenate([partners[changed[heads]], heads[changed[partners]]])
    assert took.size == changed.sum() > 500
    assert (people.surname[took] == people.surname[gave]).all()
    assert (people.sex[took] == SEXES.index("F")).mean() > 0.95


def test_a_bride_of_another_group_was_born_with_a_name_of_her_own(build: Callable[..., Town]) -> None:
    people = build("Slough").residents
    changed = people.surname != people.surname_at_birth
    chinese_or_indian = np.isin(people.ethnic_group, [_row("indian"), _row("chinese")])
    british = set(people.surname[people.ethnic_group == _row("white_british")].tolist())
    took_british = changed & chinese_or_indian & np.isin(people.surname, sorted(british))
    assert took_british.any()
    at_birth = people.surname_at_birth[took_british].tolist()
    assert sum(name in british for name in at_birth) < 0.3 * len(at_birth)
