"""Where people were born and how well they speak English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions_of_people as assumed
from synthetic_data.homes import margin
from synthetic_data.quotas import (
    Flags,
    Integers,
    Reals,
    allot,
    allot_by_leaning,
    fit_table,
    pick,
    quotas,
)
from synthetic_data.town import COUNTRIES_OF_BIRTH, ENGLISH, ETHNIC_GROUPS, ROLES

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_UK = COUNTRIES_OF_BIRTH.index("uk")
_HEAD, _PARTNER, _CHILD = ROLES.index("head"), ROLES.index("partner"), ROLES.index("child")
_SPEAKS_FROM = 3
"""The census asks for the English of those of three and over."""

_STAGES = [*assumed.BORN_ABROAD_OF_CHILDREN.values(), *assumed.BORN_ABROAD_BY_AGE.values()]
_ABROAD = np.where(np.arange(len(COUNTRIES_OF_BIRTH)) == _UK, 1.0, np.array(_STAGES)[:, None])
"""How much likelier each of COUNTRIES_OF_BIRTH is at a stage of life."""


def countries_of_birth(
    profile: Profile,
    age: Integers,
    role: Integers,
    household: Integers,
    ethnic_group: Integers,
    leaning: Reals,
    rng: np.random.Generator,
) -> Integers:
    """Row of COUNTRIES_OF_BIRTH of each person; those with like ``leaning`` are often born alike.

    Children, of any age, who live with their parents were born abroad only if one of them was.
    """
    country = np.full(age.size, _UK, dtype=np.int8)
    is_child = role == _CHILD
    adults, children = np.flatnonzero(~is_child), np.flatnonzero(is_child)
    stage = _stages(age, is_child)
    affinity = _by_ethnic_group_and_stage()
    group = ethnic_group.astype(np.int64) * len(_ABROAD) + stage
    counts = margin(age.size, profile.residents_by_birthplace, COUNTRIES_OF_BIRTH)
    of_children = _childrens_share(group, is_child, affinity, counts)
    country[adults] = allot_by_leaning(group[adults], affinity, counts - of_children, leaning[adults])
    if children.size:
        theirs = _parents_country(country, role, household)[children]
        groups = theirs.astype(np.int64) * len(_ABROAD) + stage[children]
        country[children] = allot(groups, _by_parent_and_stage(), of_children, rng)
        misplaced = children[(theirs == _UK) & (country[children] != _UK)]
        abroad = 1 - affinity[group, _UK] / affinity[group].sum(axis=1)
        instead = pick(np.where(is_child | (country != _UK), 0.0, abroad), misplaced.size, rng)
        country[instead], country[misplaced] = country[misplaced], _UK
    return country


def _stages(age: Integers, is_child: Flags) -> Integers:
    """Row of _ABROAD of each person: children's ages, then those of all others."""
    of_children = np.digitize(age, list(assumed.BORN_ABROAD_OF_CHILDREN)) - 1
    of_adults = np.digitize(age, list(assumed.BORN_ABROAD_BY_AGE)[1:])
    return np.where(is_child, of_children, len(assumed.BORN_ABROAD_OF_CHILDREN) + of_adults)


def _by_ethnic_group_and_stage() -> Reals:
    """Affinity of ethnic group and stage of life (rows) to COUNTRIES_OF_BIRTH."""
    born = np.array([assumed.BORN_BY_ETHNIC_GROUP[group] for group in ETHNIC_GROUPS])
    return np.asarray((born[:, None, :] * _ABROAD[None, :, :] + 1e-5).reshape(-1, len(COUNTRIES_OF_BIRTH)))


def _by_parent_and_stage() -> Reals:
    """Affinity of the parents' country and the child's stage (rows) to COUNTRIES_OF_BIRTH."""
    countries = len(COUNTRIES_OF_BIRTH)
    born = np.full((countries, countries), assumed.BORN_IN_THIRD_COUNTRY)
    np.fill_diagonal(born, assumed.BORN_LIKE_PARENT)
    born[_UK], born[:, _UK] = 0.0, 1.0
    return np.asarray((born[:, None, :] * _ABROAD[None, :, :]).reshape(-1, countries))


def _childrens_share(group: Integers, is_child: Flags, affinity: Reals, counts: Integers) -> Integers:
    """How many of each country are children, if only ethnic group and age mattered."""
    rows = np.bincount(group, minlength=affinity.shape[0])
    children = np.bincount(group[is_child], minlength=affinity.shape[0])
    share = np.divide(children, rows, out=np.zeros(rows.size), where=rows > 0)
    fitted = share @ fit_table(affinity, rows, counts)
    total = int(children.sum())
    return quotas(total, fitted) if total else np.zeros(counts.size, dtype=np.int64)


def _parents_country(country: Integers, role: Integers, household: Integers) -> Integers:
    """For each person, a country abroad where the head or partner of the home was born, else the UK."""
    of_home = np.full(int(household.max()) + 1, _UK, dtype=np.int8)
    for place in (_PARTNER, _HEAD):
        abroad = (role == place) & (country != _UK)
        of_home[household[abroad]] = country[abroad]
    return np.where(household >= 0, of_home[household], _UK)


def english(
    profile: Profile, age: Integers, country: Integers, ethnic_group: Integers, rng: np.random.Generator
) -> Integers:
    """Row of ENGLISH of each person, -1 under three."""
    spoken = np.full(age.size, -1, dtype=np.int8)
    asked = np.flatnonzero(age >= _SPEAKS_FROM)
    by_country = np.array([assumed.ENGLISH_BY_COUNTRY[word] for word in COUNTRIES_OF_BIRTH])
    by_group = np.ones((len(ETHNIC_GROUPS), len(ENGLISH)))
    by_group[:, 1:] = np.array([assumed.OTHER_TONGUE[group] for group in ETHNIC_GROUPS])[:, None]
    by_age = np.array(list(assumed.ENGLISH_BY_AGE.values()))
    affinity = by_country[:, None, None, :] * by_group[None, :, None, :] * by_age[None, None, :, :]
    age_class = np.digitize(age[asked], list(assumed.ENGLISH_BY_AGE)) - 1
    group = (country[asked].astype(np.int64) * len(ETHNIC_GROUPS) + ethnic_group[asked]) * len(by_age)
    counts = margin(asked.size, profile.residents_by_english, ENGLISH)
    spoken[asked] = allot(group + age_class, affinity.reshape(-1, len(ENGLISH)), counts, rng)
    return spoken
