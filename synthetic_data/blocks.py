"""Dividing a large town into blocks of wards, each with its share of the profile's figures.

A block is built as a small authority of its own: its profile holds whole numbers that add up, over the
blocks, to exactly what the whole town should have. So each block can be built alone, in any order and on
any machine, in memory for some 20,000 people, and the margins of the town are still exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from synthetic_data import assumptions
from synthetic_data import assumptions_of_blocks as assumed
from synthetic_data import assumptions_of_people as people
from synthetic_data.ages import ages_and_sexes
from synthetic_data.homes import margin, not_lived_in
from synthetic_data.household_shapes import household_sizes
from synthetic_data.profiles import AGE_BANDS
from synthetic_data.quotas import Integers, Reals, fit_table, quotas, round_table
from synthetic_data.streams import stream
from synthetic_data.town import (
    BANDS,
    CARS,
    COUNTRIES_OF_BIRTH,
    DISABILITIES,
    DWELLING_TYPES,
    ECONOMIC_CLASSES,
    ENGLISH,
    ETHNIC_GROUPS,
    HEALTH,
    SEXES,
    TENURES,
    UNPAID_CARE,
)

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

RESIDENTS_A_BLOCK, MOST_BLOCKS = 20_000, 99
"""For more blocks there are no safe identifiers of streets."""
ENGLISH_ASKED_FROM, CARE_ASKED_FROM, CLASSED_FROM = 3, 5, 16
"""The ages from which the census asks for these."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one block is to have: residents, the size of each household, and a profile of its own."""

    residents: int
    sizes: Integers
    profile: Profile


def blocks_for(residents: int, wards: int) -> Integers:
    """The ward at which each block begins, and the number of wards: whole wards, as equal as may be."""
    each = max(1, round(wards * RESIDENTS_A_BLOCK / residents), -(-wards // MOST_BLOCKS))
    blocks = -(-wards // each)
    return np.arange(blocks + 1) * wards // blocks


def shares(profile: Profile, residents: int, wards: Integers, deprivation: Reals, seed: int) -> list[Share]:
    """The share of each block. ``wards`` counts its wards, ``deprivation`` says how badly off they are.

    ``deprivation`` is in standard deviations of the town's wards. A town of one block has all there is.
    """
    sizes = household_sizes(profile, residents)
    if wards.size == 1:
        return [Share(residents, sizes, profile)]
    rng = stream(seed, "blocks")
    households = quotas(sizes.size, wards)
    counted = np.bincount(sizes)
    by_size = _divided(np.ones((wards.size, counted.size)), households, counted)
    communal = quotas(residents - int(sizes.sum()), wards)
    residents_of = by_size @ np.arange(counted.size) + communal
    figures: list[dict[str, Any]] = [
        {"in_households": int(all_ - outside), "in_communal": int(outside)}
        for all_, outside in zip(residents_of, communal, strict=True)
    ]
    _divide_homes(figures, profile, households, deprivation)
    ages = _divide_ages(figures, profile, residents, residents_of, rng)
    _divide_people(figures, profile, ages, deprivation, rng)
    return [
        Share(int(number), np.repeat(np.arange(row.size), row), replace(profile, **own))
        for number, row, own in zip(residents_of, by_size, figures, strict=True)
    ]


def _divided(affinity: Reals, rows: Integers, counts: Integers) -> Integers:
    """Blocks by categories: ``rows`` in each block, ``counts`` in each category, both exactly."""
    return round_table(fit_table(affinity, rows, counts), rows, counts)


def _tilt(vocabulary: Sequence[str], exponents: Mapping[str, float], deprivation: Reals) -> Reals:
    return np.asarray(
        np.exp(deprivation[:, None] * np.array([exponents.get(each, 0.0) for each in vocabulary]))
    )


def _keep(figures: list[dict[str, Any]], name: str, vocabulary: Sequence[str], table: Integers) -> None:
    for own, row in zip(figures, table.tolist(), strict=True):
        own[name] = MappingProxyType(dict(zip(vocabulary, row, strict=True)))


def _divide_homes(
    figures: list[dict[str, Any]], profile: Profile, households: Integers, deprivation: Reals
) -> None:
    total = int(households.sum())
    for name, vocabulary, exponents in (
        ("households_by_tenure", TENURES, assumed.TENURE),
        ("households_by_dwelling_type", DWELLING_TYPES, assumed.DWELLING),
        ("households_by_cars", CARS, assumed.CARS),
        ("households_by_bedrooms", tuple(profile.households_by_bedrooms), assumed.BEDROOMS),
    ):
        counts = margin(total, getattr(profile, name), vocabulary)
        tilt = _tilt(vocabulary, exponents, deprivation)
        _keep(figures, name, vocabulary, _divided(tilt, households, counts))
    empty, second = (quotas(number, households) for number in not_lived_in(profile, total))
    dwellings = households + empty + second
    bands = margin(int(dwellings.sum()), profile.dwellings_by_band, BANDS)
    tilt = _tilt(BANDS, assumed.BANDS, deprivation)
    _keep(figures, "dwellings_by_band", BANDS, _divided(tilt, dwellings, bands))
    long = profile.empty_over_six_months / max(profile.empty_homes, 1)
    for own, all_, idle, seconds in zip(
        figures, dwellings.tolist(), empty.tolist(), second.tolist(), strict=True
    ):
        own |= {"dwellings": all_, "empty_homes": idle, "second_homes": seconds}
        own["empty_over_six_months"] = round(long * idle)


def _divide_ages(
    figures: list[dict[str, Any]], profile: Profile, residents: int, rows: Integers, rng: np.random.Generator
) -> Integers:
    """Give each block its residents by age and sex; the result counts them by year of age."""
    published = np.array(
        [count for sex in SEXES for count in profile.residents_by_age[sex]], dtype=np.float64
    )
    middle = np.tile([first + 2.5 for first, _ in AGE_BANDS], len(SEXES))
    older = rng.normal(0, assumed.AGE_SPREAD, rows.size)
    affinity = published * np.exp(older[:, None] * (middle - 40) / 20)
    table = _divided(affinity, rows, quotas(residents, published)).reshape(rows.size, len(SEXES), -1)
    by_year = np.zeros((rows.size, AGE_BANDS[-1][1] + 1), dtype=np.int64)
    for block, own in enumerate(figures):
        own["residents_by_age"] = MappingProxyType(
            {sex: tuple(row) for sex, row in zip(SEXES, table[block].tolist(), strict=True)}
        )
        age, _ = ages_and_sexes(replace(profile, **own), int(rows[block]))
        by_year[block] = np.bincount(age, minlength=by_year.shape[1])
    return by_year


def _divide_people(
    figures: list[dict[str, Any]],
    profile: Profile,
    ages: Integers,
    deprivation: Reals,
    rng: np.random.Generator,
) -> None:
    def divide(
        name: str, vocabulary: Sequence[str], affinity: Reals, exponents: Mapping[str, float], since: int = 0
    ) -> Integers:
        rows = ages[:, since:].sum(axis=1)
        counts = margin(int(rows.sum()), getattr(profile, name), vocabulary)
        table = _divided(affinity * _tilt(vocabulary, exponents, deprivation), rows, counts)
        _keep(figures, name, vocabulary, table)
        return table

    strays = rng.normal(0, assumed.ETHNIC_GROUP_SPREAD, (len(figures), len(ETHNIC_GROUPS)))
    strays[:, ETHNIC_GROUPS.index("white_british")] = 0.0
    groups = divide("residents_by_ethnic_group", ETHNIC_GROUPS, np.exp(strays), {})
    born = np.array([people.BORN_BY_ETHNIC_GROUP[each] for each in ETHNIC_GROUPS]) + 1e-5
    countries = divide("residents_by_birthplace", COUNTRIES_OF_BIRTH, groups @ born, {})
    spoken = np.array([people.ENGLISH_BY_COUNTRY[each] for each in COUNTRIES_OF_BIRTH])
    divide("residents_by_english", ENGLISH, countries @ spoken, {}, ENGLISH_ASKED_FROM)
    expected = _expected(ages, people.DISABILITY_BY_AGE)
    limited = divide("residents_by_disability", DISABILITIES, expected, assumed.DISABILITY)
    health = np.array([people.HEALTH_BY_DISABILITY[each] for each in DISABILITIES])
    divide("residents_by_health", HEALTH, limited @ health, assumed.HEALTH)
    expected = _expected(ages, people.CARE_BY_AGE)
    divide("residents_by_care_given", UNPAID_CARE, expected, assumed.UNPAID_CARE, CARE_ASKED_FROM)
    expected = _expected(ages, assumptions.ECONOMIC_CLASS_BY_AGE)
    divide("residents_by_economic_class", ECONOMIC_CLASSES, expected, assumed.ECONOMIC_CLASS, CLASSED_FROM)


def _expected(ages: Integers, by_age: Mapping[int, tuple[float, ...]]) -> Reals:
    """Blocks by categories, if only age mattered; ``by_age`` has a row of likelihoods from each age on."""
    likelihoods = np.array([np.zeros(len(next(iter(by_age.values())))), *by_age.values()])
    return np.asarray(ages @ likelihoods[np.digitize(np.arange(ages.shape[1]), list(by_age))])
