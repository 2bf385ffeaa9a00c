"""How many cars and vans each household has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions_of_people as assumed
from synthetic_data.homes import margin
from synthetic_data.quotas import Integers, allot
from synthetic_data.town import CARS, COMPOSITIONS, TENURES

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_AGED_FROM = 80


def cars(
    profile: Profile,
    adults: Integers,
    tenure: Integers,
    composition: Integers,
    head_age: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Row of CARS of each household: more with more adults and for owners."""
    by_adults = np.array(list(assumed.CARS_BY_ADULTS.values()))
    by_tenure = np.array([assumed.CARS_BY_TENURE[word] for word in TENURES])
    by_stage = np.array([np.ones(len(CARS)), assumed.CARS_OF_STUDENTS, assumed.CARS_OF_THE_AGED])
    affinity = by_adults[:, None, None, :] * by_tenure[None, :, None, :] * by_stage[None, None, :, :]
    stage = np.select([composition == COMPOSITIONS.index("students"), head_age >= _AGED_FROM], [1, 2], 0)
    adults_class = np.digitize(adults, list(assumed.CARS_BY_ADULTS)) - 1
    group = (adults_class * len(TENURES) + tenure) * len(by_stage) + stage
    counts = margin(group.size, profile.households_by_cars, CARS)
    return allot(group, affinity.reshape(-1, len(CARS)), counts, rng)
