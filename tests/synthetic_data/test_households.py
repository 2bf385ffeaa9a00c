from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.fidelity import ages
from synthetic_data.quotas import Integers
from synthetic_data.town import COMPOSITIONS, ETHNIC_GROUPS, PROPERTY_KINDS, ROLES, TENURES, Town

HEAD, PARTNER, CHILD, PARENT, SHARER, RESIDENT = (ROLES.index(role) for role in ROLES)


def _in_role(town: Town, role: int) -> Integers:
    """For each household the resident in a role, or -1."""
    found = np.full(town.households.size.size, -1)
    rows = np.flatnonzero(town.residents.role == role)
    found[town.residents.household[rows]] = rows
    return found


def test_every_household_has_one_adult_head(town: Town) -> None:
    heads = town.residents.household[town.residents.role == HEAD]
    assert sorted(heads.tolist()) == list(range(town.households.size.size))
    assert ages(town)[town.residents.role == HEAD].min() >= 18


def test_sizes_count_the_residents(town: Town) -> None:
    housed = town.residents.household[town.residents.household >= 0]
    assert (np.bincount(housed) == town.households.size).all()


def test_residents_come_in_the_order_of_their_households_then_communal(town: Town) -> None:
    household = town.residents.household
    housed = household >= 0
    assert (np.diff(household[housed]) >= 0).all()
    assert not housed[int(housed.sum()) :].any()
    assert (town.residents.role[~housed] == RESIDENT).all()


def test_people_live_at_their_households_property(town: Town) -> None:
    housed = town.residents.household >= 0
    at = town.households.property[town.residents.household[housed]]
    assert (town.residents.property[housed] == at).all()
    assert (
        town.properties.household[town.households.property]
        == np.arange(at.max() * 0 + town.households.size.size)
    ).all()


def test_everybody_under_eighteen_is_a_child_of_the_house(town: Town) -> None:
    assert (town.residents.role[ages(town) < 18] == CHILD).all()


def test_children_live_with_someone_old_enough_to_be_their_parent(town: Town) -> None:
    age, head, partner = ages(town), _in_role(town, HEAD), _in_role(town, PARTNER)
    children = np.flatnonzero(town.residents.role == CHILD)
    home = town.residents.household[children]
    older = age[head[home]] - age[children]
    partner_older = np.where(partner[home] >= 0, age[partner[home]] - age[children], -1)
    suits = ((older >= 16) & (older <= 55)) | ((partner_older >= 16) & (partner_older <= 55))
    assert suits.all()


def test_most_mothers_are_at_most_45_years_older(town: Town) -> None:
    age, head = ages(town), _in_role(town, HEAD)
    young = np.flatnonzero(age < 18)
    assert (age[head[town.residents.household[young]]] - age[young] <= 45).mean() > 0.97


def test_partners_are_of_like_age(town: Town) -> None:
    age, head, partner = ages(town), _in_role(town, HEAD), _in_role(town, PARTNER)
    couples = partner >= 0
    apart = np.abs(age[head[couples]] - age[partner[couples]])
    assert apart.mean() < 5
    assert (apart <= 12).mean() > 0.97


def test_compositions_follow_from_who_lives_there(town: Town) -> None:
    homes, couple = town.households, _in_role(town, PARTNER) >= 0
    index = COMPOSITIONS.index
    assert ((homes.composition == index("one_person")) == (homes.size == 1)).all()
    assert couple[homes.composition == index("couple")].all()
    assert (homes.size[homes.composition == index("couple")] == 2).all()
    assert couple[homes.composition == index("couple_with_children")].all()
    assert not couple[homes.composition == index("lone_parent")].any()
    assert (homes.composition == index("other")).mean() < 0.25


def test_older_people_live_alone_more_often(town: Town) -> None:
    age, alone = ages(town), town.households.size == 1
    at_home = town.residents.household >= 0
    lives_alone = at_home & alone[np.maximum(town.residents.household, 0)]
    assert lives_alone[at_home & (age >= 75)].mean() > 1.3 * lives_alone[at_home & (age < 60)].mean()


def test_brothers_and_sisters_are_twins_or_born_nine_months_apart(town: Town) -> None:
    young = np.flatnonzero((ages(town) < 18) & (town.residents.household >= 0))
    born, home = town.residents.born[young].astype(np.int64), town.residents.household[young]
    order = np.lexsort((born, home))
    apart = np.diff(born[order])[np.diff(home[order]) == 0]
    assert ((apart == 0) | (apart >= 270)).all()
    assert (apart == 0).mean() < 0.15


def test_care_homes_hold_the_old_and_halls_the_young(town: Town) -> None:
    age, kind = ages(town), town.properties.kind[town.residents.property]
    care, halls = (
        age[kind == PROPERTY_KINDS.index("care_home")],
        age[kind == PROPERTY_KINDS.index("student_hall")],
    )
    if care.size:
        assert np.median(care) >= 80
        assert care.min() >= 65
    if halls.size:
        assert halls.min() >= 18
        assert halls.max() <= 22
    assert (age[town.residents.household < 0] >= 18).all()


def test_students_share_houses_where_there_are_many(build: Callable[..., Town]) -> None:
    students = COMPOSITIONS.index("students")
    cambridge, norfolk = build("Cambridge"), build("North Norfolk")
    assert (cambridge.households.composition == students).mean() > 0.03
    assert (norfolk.households.composition == students).mean() < 0.01


def test_only_those_of_sixteen_have_an_occupation(town: Town) -> None:
    assert ((town.residents.economic_class >= 0) == (ages(town) >= 16)).all()
    assert ages(town)[town.residents.student].min() >= 18


def test_neither_of_a_couple_moved_in_before_coming_of_age_nor_after_the_day(town: Town) -> None:
    people, moved = town.residents, town.households.moved_in
    settlers = (people.household >= 0) & np.isin(people.role, [HEAD, ROLES.index("partner")])
    age_then = (moved[people.household[settlers]] - people.born[settlers]).astype(np.int64)
    assert (moved < np.datetime64("2026-06-01")).all()
    assert (age_then >= 17.99 * 365).all()


def test_owners_are_older_than_private_tenants(town: Town) -> None:
    head_age = ages(town)[_in_role(town, HEAD)]
    outright = head_age[town.households.tenure == TENURES.index("owned_outright")]
    rented = head_age[town.households.tenure == TENURES.index("private_rent")]
    assert outright.mean() > rented.mean() + 10


@pytest.mark.parametrize("authority", ["Birmingham", "Slough"])
def test_families_mostly_share_a_surname_and_an_ethnic_group(
    authority: str, build: Callable[..., Town]
) -> None:
    town = build(authority)
    head = _in_role(town, HEAD)
    children = np.flatnonzero(town.residents.role == CHILD)
    theirs = head[town.residents.household[children]]
    assert (town.residents.surname[children] == town.residents.surname[theirs]).mean() > 0.85
    assert (town.residents.ethnic_group[children] == town.residents.ethnic_group[theirs]).mean() > 0.85


def test_names_go_with_the_group(build: Callable[..., Town]) -> None:
    people = build("Birmingham").residents
    british = set(people.forename[people.ethnic_group == ETHNIC_GROUPS.index("white_british")].tolist())
    assert not british & {"Muhammad", "Mohammed", "Aisha", "Fatima", "Zainab"}
    chinese = people.surname[people.ethnic_group == ETHNIC_GROUPS.index("chinese")]
    assert set(chinese.tolist()) & {"Li", "Wang", "Chen", "Zhang", "Liu", "Lin", "Huang"}
