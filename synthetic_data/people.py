"""What is known of people beyond age and household: group, occupation, contact details."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions, identifiers
from synthetic_data.assumptions_of_families import (
    ECONOMIC_CLASS_BY_DEPRIVATION,
    MINORITIES_WITH_GRANDPARENT,
)
from synthetic_data.homes import margin
from synthetic_data.people_names import mailbox_names
from synthetic_data.quotas import Flags, Integers, Reals, allot, pick, rearrange
from synthetic_data.town import ECONOMIC_CLASSES, ETHNIC_GROUPS, ROLES, Text

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_STUDENTS = ECONOMIC_CLASSES.index("students")
_PARENT = ROLES.index("parent")
_LARGEST_FIRST = ("white_british", "white_irish", "gypsy_or_irish_traveller", "other_white", "roma")


def student_count(profile: Profile, age: Integers) -> int:
    """Full-time students of 16 and over that the profile implies."""
    return int(
        margin(int((age >= 16).sum()), profile.residents_by_economic_class, ECONOMIC_CLASSES)[_STUDENTS]
    )


def students(profile: Profile, age: Integers, away: Flags, rng: np.random.Generator) -> Flags:
    """Who of those of 16 and over studies full time; ``away`` marks student houses and halls."""
    by_age = [row[_STUDENTS] for row in assumptions.ECONOMIC_CLASS_BY_AGE.values()]
    likelihood = np.array([0.0, *by_age])[np.digitize(age, list(assumptions.ECONOMIC_CLASS_BY_AGE))]
    likelihood = np.where(away & (age < 30) & (age >= 18), 1000.0, likelihood)
    return pick(likelihood, student_count(profile, age), rng)


def economic_classes(
    profile: Profile,
    age: Integers,
    student: Flags,
    social: Flags,
    deprivation_class: Integers,
    leaning: Reals,
    rng: np.random.Generator,
) -> Integers:
    """Row of ECONOMIC_CLASSES of each person, -1 under 16; lower in social rent and deprived wards.

    Among those of one age, kind of home and ward the higher classes go to those who lean least, so
    that people with like ``leaning``, such as couples, are often of like class.
    """
    given = np.full(age.size, -1, dtype=np.int8)
    counts = margin(int((age >= 16).sum()), profile.residents_by_economic_class, ECONOMIC_CLASSES)
    given[student] = _STUDENTS
    others = np.flatnonzero((age >= 16) & ~student)
    by_age = np.array(list(assumptions.ECONOMIC_CLASS_BY_AGE.values()))[:, :_STUDENTS]
    in_social_rent = np.array(assumptions.ECONOMIC_CLASS_IN_SOCIAL_RENT)[:_STUDENTS]
    by_ward = np.array(ECONOMIC_CLASS_BY_DEPRIVATION)[:, :_STUDENTS]
    affinity = np.stack([by_age, by_age * in_social_rent], axis=1)[:, :, None, :] * by_ward
    age_class = np.digitize(age[others], list(assumptions.ECONOMIC_CLASS_BY_AGE)) - 1
    group = (age_class * 2 + social[others]) * len(by_ward) + deprivation_class[others]
    classes = allot(group, affinity.reshape(-1, _STUDENTS), counts[:_STUDENTS], rng)
    given[others] = rearrange(classes, group, leaning[others])
    return given


def shared_leanings(belongs: Integers, rng: np.random.Generator) -> Reals:
    """A number for each person, half of it common to all with whom they belong together."""
    return np.asarray(rng.normal(0, 1.0, int(belongs.max()) + 1)[belongs] + rng.normal(0, 1.0, belongs.size))


def ethnic_groups(
    profile: Profile,
    belongs: Integers,
    street: Integers,
    age: Integers,
    role: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Row of ETHNIC_GROUPS of each person, mostly alike in a household and often on a street.

    ``belongs`` numbers each person's household (or the person, outside households) without
    gaps; ``street`` is a row for each of these numbers. Minorities are younger, live in larger
    households and more often with a grandparent. A household at the edge of two groups is mixed.
    """
    units = street.size
    size = np.bincount(belongs, minlength=units)
    mean_age = np.bincount(belongs, weights=age, minlength=units) / np.maximum(size, 1)
    with_parent = np.bincount(belongs, weights=role == _PARENT, minlength=units) > 0
    of_street: Reals = rng.normal(0, 1.0, int(street.max()) + 1)
    leaning = of_street[street] + rng.normal(0, 1.0, units) + mean_age / 30 - 0.25 * np.minimum(size, 7)
    leaning -= MINORITIES_WITH_GRANDPARENT * with_parent
    rank = np.empty(units, dtype=np.int64)
    rank[np.argsort(-leaning, kind="stable")] = np.arange(units)
    sequence = [*_LARGEST_FIRST, *(group for group in ETHNIC_GROUPS if group not in _LARGEST_FIRST)]
    rows = np.array([ETHNIC_GROUPS.index(group) for group in sequence], dtype=np.int8)
    counts = margin(age.size, profile.residents_by_ethnic_group, ETHNIC_GROUPS)[rows]
    given = np.empty(age.size, dtype=np.int8)
    given[np.argsort(rank[belongs], kind="stable")] = np.repeat(rows, counts)
    return given


def contact_details(
    forename: Text, surname: Text, age: Integers, mode: identifiers.Mode, rng: np.random.Generator
) -> tuple[Text, Text]:
    """E-mail address and mobile number of each person, None for those who gave none."""
    email, mobile = np.full(age.size, None, dtype=object), np.full(age.size, None, dtype=object)
    for details, table in ((email, assumptions.GIVES_EMAIL), (mobile, assumptions.GIVES_MOBILE)):
        rows = np.flatnonzero(rng.random(age.size) < np.array(assumptions.by_age(table))[age])
        if details is email:
            details[rows] = identifiers.emails(mailbox_names(forename[rows], surname[rows], rows + 1), rng)
        else:
            details[rows] = identifiers.contact_numbers(rows.size, mode, rng)
    return email, mobile
