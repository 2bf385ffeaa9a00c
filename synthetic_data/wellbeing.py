"""Disability, general health, and the unpaid care that people give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions_of_families as by_ward
from synthetic_data import assumptions_of_people as assumed
from synthetic_data.homes import margin
from synthetic_data.quotas import Flags, Integers, allot
from synthetic_data.town import DISABILITIES, HEALTH, SEXES, UNPAID_CARE

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_LIMITED_A_LOT = DISABILITIES.index("limited_a_lot")
_CARES_FROM = 5
"""The census asks those of five and over what care they give."""


def disabilities(
    profile: Profile,
    age: Integers,
    social: Flags,
    in_care_home: Flags,
    deprivation_class: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Row of DISABILITIES of each person; commoner with age, in social rent, in care homes and in
    deprived wards (see :func:`synthetic_data.deprivation.deprivation_classes`)."""
    by_age = np.array(list(assumed.DISABILITY_BY_AGE.values()))
    by_home = np.array(
        [
            np.ones(len(DISABILITIES)),
            assumed.DISABILITY_IN_SOCIAL_RENT,
            assumed.DISABILITY_IN_CARE_HOME,
        ]
    )
    by_class = np.array(by_ward.DISABILITY_BY_DEPRIVATION)
    affinity = by_age[:, None, None, :] * by_home[None, :, None, :] * by_class[None, None, :, :]
    home = np.select([in_care_home, social], [2, 1], 0)
    age_class = np.digitize(age, list(assumed.DISABILITY_BY_AGE)) - 1
    group = (age_class * len(by_home) + home) * len(by_class) + deprivation_class
    counts = margin(age.size, profile.residents_by_disability, DISABILITIES)
    return allot(group, affinity.reshape(-1, len(DISABILITIES)), counts, rng)


def general_health(
    profile: Profile,
    age: Integers,
    disability: Integers,
    deprivation_class: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Row of HEALTH of each person; worse with age, with a disability and in deprived wards."""
    by_age = np.array(list(assumed.HEALTH_BY_AGE.values()))
    by_disability = np.array([assumed.HEALTH_BY_DISABILITY[word] for word in DISABILITIES])
    by_class = np.array(by_ward.HEALTH_BY_DEPRIVATION)
    affinity = by_age[:, None, None, :] * by_disability[None, :, None, :] * by_class[None, None, :, :]
    age_class = np.digitize(age, list(assumed.HEALTH_BY_AGE)) - 1
    group = (age_class * len(DISABILITIES) + disability) * len(by_class) + deprivation_class
    counts = margin(age.size, profile.residents_by_health, HEALTH)
    return allot(group, affinity.reshape(-1, len(HEALTH)), counts, rng)


def care_given(
    profile: Profile,
    age: Integers,
    sex: Integers,
    household: Integers,
    disability: Integers,
    deprivation_class: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Row of UNPAID_CARE of each person, -1 under five; most where somebody at home needs it."""
    given = np.full(age.size, -1, dtype=np.int8)
    asked = np.flatnonzero(age >= _CARES_FROM)
    by_age = np.array(list(assumed.CARE_BY_AGE.values()))
    by_sex = np.ones((len(SEXES), len(UNPAID_CARE)))
    by_sex[SEXES.index("F"), 1:] = assumed.CARE_BY_WOMEN
    by_home = np.ones((3, len(UNPAID_CARE)))
    by_home[1] = assumed.CARE_WITH_DISABLED_AT_HOME
    by_home[2, 1:] = assumed.CARE_IN_COMMUNAL
    by_class = np.array(by_ward.CARE_BY_DEPRIVATION)
    of_person = by_age[:, None, None, :] * by_sex[None, :, None, :] * by_home[None, None, :, :]
    affinity = of_person[:, :, :, None, :] * by_class
    home = np.select([household < 0, _someone_else_limited(household, disability)], [2, 1], 0)
    age_class = np.digitize(age, list(assumed.CARE_BY_AGE)) - 1
    group = ((age_class * len(SEXES) + sex) * len(by_home) + home) * len(by_class) + deprivation_class
    counts = margin(asked.size, profile.residents_by_care_given, UNPAID_CARE)
    given[asked] = allot(group[asked], affinity.reshape(-1, len(UNPAID_CARE)), counts, rng)
    return given


def _someone_else_limited(household: Integers, disability: Integers) -> Flags:
    """Whether another member of the household is limited a lot in the day."""
    limited = disability == _LIMITED_A_LOT
    housed = household >= 0
    in_home = np.bincount(household[housed & limited], minlength=int(household.max()) + 1)
    return np.asarray(housed & (in_home[household] > limited))
