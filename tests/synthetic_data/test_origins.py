from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.fidelity import ages
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import COUNTRIES_OF_BIRTH, ECONOMIC_CLASSES, ENGLISH, ETHNIC_GROUPS, ROLES, Town

UK = COUNTRIES_OF_BIRTH.index("uk")
HEAD, PARTNER, CHILD = (ROLES.index(role) for role in ("head", "partner", "child"))
STUDENTS = ECONOMIC_CLASSES.index("students")


def _parent_born_abroad(town: Town) -> Flags:
    """For each resident, whether the head or partner of the household was born abroad."""
    people = town.residents
    of_home = np.zeros(town.households.size.size, dtype=np.bool_)
    leads = (people.role == HEAD) | (people.role == PARTNER)
    of_home[people.household[leads & (people.country_of_birth != UK)]] = True
    return np.asarray((people.household >= 0) & of_home[people.household])


def _couples(town: Town) -> tuple[Integers, Integers]:
    """Heads of households who have a partner, and their partners."""
    people = town.residents
    heads = np.full(town.households.size.size, -1)
    rows = np.flatnonzero(people.role == HEAD)
    heads[people.household[rows]] = rows
    partners = np.flatnonzero(people.role == PARTNER)
    return heads[people.household[partners]], partners


def test_a_child_was_born_abroad_only_if_a_parent_was(town: Town) -> None:
    people = town.residents
    children = people.role == CHILD
    abroad = children & (people.country_of_birth != UK)
    assert abroad.any()
    assert _parent_born_abroad(town)[abroad].all()


@pytest.mark.parametrize("authority", ["Chichester", "Caerphilly", "Carmarthenshire"])
def test_that_holds_in_the_smallest_towns_too(authority: str, build: Callable[..., Town]) -> None:
    for seed in range(3):
        town = build(authority, 100, seed)
        abroad = (town.residents.role == CHILD) & (town.residents.country_of_birth != UK)
        assert _parent_born_abroad(town)[abroad].all()


def test_children_are_born_here_more_often_than_grown_people(town: Town) -> None:
    age, abroad = ages(town), town.residents.country_of_birth != UK
    assert abroad[age < 18].mean() < 0.7 * abroad[(age >= 25) & (age < 65)].mean()


@pytest.mark.parametrize("authority", ["Birmingham", "Slough", "Cambridge", "Westminster"])
def test_couples_of_one_group_are_often_from_one_part_of_the_world(
    authority: str, build: Callable[..., Town]
) -> None:
    town = build(authority)
    heads, partners = _couples(town)
    alike = town.residents.ethnic_group[heads] == town.residents.ethnic_group[partners]
    heads, partners = heads[alike], partners[alike]
    country = town.residents.country_of_birth
    head_abroad, partner_abroad = country[heads] != UK, country[partners] != UK
    assert partner_abroad[head_abroad].mean() > 3 * partner_abroad[~head_abroad].mean()


def test_birthplaces_go_with_the_ethnic_group(build: Callable[..., Town]) -> None:
    people = build("Birmingham").residents

    def share(group: str, country: str) -> float:
        of_group = people.ethnic_group == ETHNIC_GROUPS.index(group)
        return float((people.country_of_birth[of_group] == COUNTRIES_OF_BIRTH.index(country)).mean())

    assert share("white_british", "uk") > 0.95
    assert share("black_caribbean", "uk") > 0.6
    assert share("black_african", "africa") > 0.3
    assert share("pakistani", "middle_east_and_asia") > 0.25
    assert share("pakistani", "americas_and_caribbean") < 0.01
    assert share("black_caribbean", "africa") < 0.05
    assert share("other_white", "eu8") > share("white_british", "eu8")


def test_only_those_of_three_have_a_proficiency(town: Town) -> None:
    assert ((town.residents.english >= 0) == (ages(town) >= 3)).all()


def test_english_follows_the_country_of_birth(town: Town) -> None:
    people = town.residents
    main, asked = people.english == ENGLISH.index("main_language"), people.english >= 0
    born_here = people.country_of_birth == UK
    assert main[asked & born_here].mean() > 0.95
    assert main[asked & ~born_here].mean() < 0.9
    poor = people.english >= ENGLISH.index("not_well")
    assert poor[~born_here].mean() > 5 * poor[asked & born_here].mean()


def test_english_follows_the_ethnic_group_too(build: Callable[..., Town]) -> None:
    people = build("Birmingham").residents
    born_here = (people.country_of_birth == UK) & (people.english >= 0)

    def other_tongue(group: str) -> float:
        of_group = born_here & (people.ethnic_group == ETHNIC_GROUPS.index(group))
        return float((people.english[of_group] != ENGLISH.index("main_language")).mean())

    assert other_tongue("pakistani") > other_tongue("white_british")
    assert other_tongue("bangladeshi") > other_tongue("black_caribbean")


def test_couples_are_of_like_class_in_tendency(town: Town) -> None:
    heads, partners = _couples(town)
    own, theirs = town.residents.economic_class[heads], town.residents.economic_class[partners]
    working = (own != STUDENTS) & (theirs != STUDENTS)
    own, theirs = own[working], theirs[working]
    by_chance = (np.bincount(own, minlength=8) @ np.bincount(theirs, minlength=8)) / own.size**2
    assert (own == theirs).mean() > 1.25 * by_chance
    assert 0.3 < np.corrcoef(own, theirs)[0, 1] < 0.65


def test_students_are_students_and_nobody_else_is(town: Town) -> None:
    grown = ages(town) >= 18
    people = town.residents
    assert (people.student[grown] == (people.economic_class[grown] == STUDENTS)).all()
