"""Tenure, dwelling type, bedrooms and council tax band: which home is whose.

Each margin is the profile's; how they combine follows the tables of
:mod:`synthetic_data.assumptions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions
from synthetic_data.quotas import Flags, Integers, Reals, allot, quotas
from synthetic_data.town import BANDS, COMPOSITIONS, DWELLING_TYPES, TENURES

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_SOCIAL = np.array([tenure in ("council_rent", "other_social_rent") for tenure in TENURES])
_UNSUITED_TO_SOCIAL_RENT = 6
"""Social tenants do not live in houses from this row of BANDS (G) on."""


@dataclass(frozen=True, slots=True)
class Homes:
    """One row a dwelling: those lived in, in the order of their households, then the others."""

    dwelling_type: Integers
    bedrooms: Integers
    band: Integers
    empty: Flags
    second_home: Flags


def is_social(tenure: Integers) -> Flags:
    """Whether the landlord is the council or a housing association."""
    return _SOCIAL[tenure]


def margin(total: int, published: Mapping[str, int], vocabulary: Sequence[str]) -> Integers:
    """How many of ``total`` fall on each word of a vocabulary, by the published counts."""
    return quotas(total, [published[word] for word in vocabulary])


def tenures(
    profile: Profile, head_age: Integers, composition: Integers, rng: np.random.Generator
) -> Integers:
    """Row of TENURES of each household."""
    by_age = np.array(list(assumptions.TENURE_BY_AGE.values()))
    by_composition = np.array([assumptions.TENURE_BY_COMPOSITION[word] for word in COMPOSITIONS])
    affinity = (by_age[:, None, :] * by_composition[None, :, :]).reshape(-1, len(TENURES))
    age_class = np.digitize(head_age, [35, 65])
    group = age_class * len(COMPOSITIONS) + composition
    return allot(group, affinity, margin(group.size, profile.households_by_tenure, TENURES), rng)


def homes_of(profile: Profile, tenure: Integers, size: Integers, rng: np.random.Generator) -> Homes:
    """The dwellings of a town, in the profile's proportions of lived-in, empty and second homes."""
    dwelling = _dwelling_types(profile, tenure, size, rng)
    bedrooms = _bedrooms(profile, dwelling, size, rng)
    empty, second = not_lived_in(profile, tenure.size)
    idle = empty + second
    like = rng.choice(tenure.size, idle) if idle else np.zeros(0, dtype=np.int64)
    dwelling = np.concatenate([dwelling, dwelling[like]])
    bedrooms = np.concatenate([bedrooms, bedrooms[like]])
    social = np.concatenate([_SOCIAL[tenure], np.zeros(idle, dtype=np.bool_)])
    return Homes(
        dwelling,
        bedrooms,
        _bands(profile, dwelling, bedrooms, social, rng),
        np.arange(tenure.size + idle) - tenure.size >= second,
        (np.arange(tenure.size + idle) >= tenure.size)
        & (np.arange(tenure.size + idle) < tenure.size + second),
    )


def _size_class(size: Integers) -> Integers:
    return np.digitize(size, [2, 3, 5])


def _dwelling_types(profile: Profile, tenure: Integers, size: Integers, rng: np.random.Generator) -> Integers:
    by_tenure = np.array([assumptions.DWELLING_BY_TENURE[word] for word in TENURES])
    by_size = np.array(list(assumptions.DWELLING_BY_SIZE.values()))
    affinity = (by_tenure[:, None, :] * by_size[None, :, :]).reshape(-1, len(DWELLING_TYPES))
    group = tenure.astype(np.int64) * by_size.shape[0] + _size_class(size)
    counts = margin(group.size, profile.households_by_dwelling_type, DWELLING_TYPES)
    return allot(group, affinity, counts, rng)


def _bedrooms(profile: Profile, dwelling: Integers, size: Integers, rng: np.random.Generator) -> Integers:
    by_dwelling = np.array([assumptions.BEDROOMS_BY_DWELLING[word] for word in DWELLING_TYPES])
    by_size = np.array(list(assumptions.BEDROOMS_BY_SIZE.values()))
    affinity = (by_dwelling[:, None, :] * by_size[None, :, :]).reshape(-1, by_size.shape[1])
    group = dwelling.astype(np.int64) * by_size.shape[0] + _size_class(size)
    counts = quotas(group.size, list(profile.households_by_bedrooms.values()))
    return allot(group, affinity, counts, rng) + np.int8(1)


def not_lived_in(profile: Profile, households: int) -> tuple[int, int]:
    """How many empty and how many second homes stand beside so many households."""
    lived_in = max(profile.dwellings - profile.empty_homes - profile.second_homes, 1)
    return (
        round(households * profile.empty_homes / lived_in),
        round(households * profile.second_homes / lived_in),
    )


def _bands(
    profile: Profile, dwelling: Integers, bedrooms: Integers, social: Flags, rng: np.random.Generator
) -> Integers:
    """Bands fitted to the profile over all dwellings, dearer for larger and detached ones."""
    values = np.array([assumptions.VALUE_OF_DWELLING[word] for word in DWELLING_TYPES])
    rooms = 4
    value = (
        values[:, None, None]
        + assumptions.VALUE_OF_BEDROOM * np.arange(rooms)[None, :, None]
        + assumptions.VALUE_OF_SOCIAL_RENT * np.arange(2)[None, None, :]
    ).ravel()
    affinity = _around(value, len(BANDS))
    of_social_house = np.zeros((len(DWELLING_TYPES), rooms, 2), dtype=np.bool_)
    of_social_house[: DWELLING_TYPES.index("flat"), :, 1] = True
    affinity[np.ix_(of_social_house.ravel(), np.arange(len(BANDS)) >= _UNSUITED_TO_SOCIAL_RENT)] = 0.0
    group = (dwelling.astype(np.int64) * rooms + bedrooms - 1) * 2 + social
    return allot(group, affinity, margin(group.size, profile.dwellings_by_band, BANDS), rng)


def _around(value: Reals, bands: int) -> Reals:
    distance = (np.arange(bands)[None, :] - value[:, None]) / assumptions.BAND_SPREAD
    return np.asarray(np.exp(-0.5 * np.clip(distance**2, 0, 30)))
