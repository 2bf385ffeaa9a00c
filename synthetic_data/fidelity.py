"""How closely a town keeps to the published figures that it was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from synthetic_data.profiles import AGE_BANDS
from synthetic_data.quotas import Integers, Reals
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
    Town,
)


def total_variation(town: Town) -> dict[str, float]:
    """For each margin, the share of people or homes that would have to change to fit exactly.

    Half the sum of absolute differences between the town's shares and the profile's; 0 is
    a perfect fit. Dwelling types and bedrooms are compared over homes that are lived in, as the
    census counts them; council tax bands over all homes, as the Valuation Office does; English,
    care and economic class over those whom the census asks by their age.
    """
    return {**_of_homes(town), **_of_people(town)}


def _of_homes(town: Town) -> dict[str, float]:
    profile, homes, households = town.profile, town.properties, town.households
    return {
        "household_size": _distance(
            np.bincount(np.minimum(households.size, 8) - 1, minlength=8), profile.households_by_size
        ),
        "tenure": _against(households.tenure, profile.households_by_tenure, TENURES),
        "dwelling_type": _against(
            homes.dwelling_type[households.property], profile.households_by_dwelling_type, DWELLING_TYPES
        ),
        "bedrooms": _distance(
            np.bincount(homes.bedrooms[households.property] - 1, minlength=4),
            list(profile.households_by_bedrooms.values()),
        ),
        "cars": _against(households.cars, profile.households_by_cars, CARS),
        "council_tax_band": _against(homes.band, profile.dwellings_by_band, BANDS),
    }


def _of_people(town: Town) -> dict[str, float]:
    profile, people = town.profile, town.residents
    housed = int((people.household >= 0).sum())
    return {
        "age_and_sex": _distance(
            _ages_and_sexes(town), [n for s in SEXES for n in profile.residents_by_age[s]]
        ),
        "household_or_communal": _distance(
            np.array([housed, people.household.size - housed]), [profile.in_households, profile.in_communal]
        ),
        "ethnic_group": _against(people.ethnic_group, profile.residents_by_ethnic_group, ETHNIC_GROUPS),
        "country_of_birth": _against(
            people.country_of_birth, profile.residents_by_birthplace, COUNTRIES_OF_BIRTH
        ),
        "english": _against(people.english, profile.residents_by_english, ENGLISH),
        "disability": _against(people.disability, profile.residents_by_disability, DISABILITIES),
        "health": _against(people.health, profile.residents_by_health, HEALTH),
        "unpaid_care": _against(people.unpaid_care, profile.residents_by_care_given, UNPAID_CARE),
        "economic_class": _against(
            people.economic_class, profile.residents_by_economic_class, ECONOMIC_CLASSES
        ),
    }


def ages(town: Town) -> Integers:
    """Everybody's age in years on the as-of date."""
    born = town.residents.born.astype("datetime64[D]")
    today = np.datetime64(town.as_of, "D")
    months = born.astype("datetime64[M]")
    this_month = today.astype("datetime64[M]")
    day = (born - months.astype("datetime64[D]")).astype(np.int64)
    day_today = int((today - this_month.astype("datetime64[D]")).astype(np.int64))
    whole_months = (this_month - months).astype(np.int64) - (day > day_today)
    return np.asarray(whole_months // 12)


def _ages_and_sexes(town: Town) -> Integers:
    band = np.digitize(ages(town), [first for first, _ in AGE_BANDS]) - 1
    return np.bincount(town.residents.sex * len(AGE_BANDS) + band, minlength=len(SEXES) * len(AGE_BANDS))


def _against(rows: Integers, published: Mapping[str, int], vocabulary: Sequence[str]) -> float:
    counted = np.bincount(rows[rows >= 0], minlength=len(vocabulary))
    return _distance(counted, [published[word] for word in vocabulary])


def _distance(counted: Integers, published: Sequence[float] | Reals) -> float:
    expected = np.asarray(published, dtype=np.float64)
    return float(np.abs(counted / counted.sum() - expected / expected.sum()).sum() / 2)
