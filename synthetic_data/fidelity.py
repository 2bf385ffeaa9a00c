"""How closely a town keeps to the published figures that it was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from synthetic_data.profiles import AGE_BANDS
from synthetic_data.quotas import Integers, Reals
from synthetic_data.town import (
    BANDS,
    DWELLING_TYPES,
    ECONOMIC_CLASSES,
    ETHNIC_GROUPS,
    SEXES,
    TENURES,
    Town,
)


def total_variation(town: Town) -> dict[str, float]:
    """For each margin, the share of people or homes that would have to change to fit exactly.

    Half the sum of absolute differences between the town's shares and the profile's; 0 is
    a perfect fit. Dwelling types and bedrooms are compared over homes that are lived in, as the
    census counts them; council tax bands over all homes, as the Valuation Office does.
    """
    profile, homes, people = town.profile, town.properties, town.residents
    of_household = town.households.property
    classified = people.economic_class[people.economic_class >= 0]
    banded = homes.band[homes.band >= 0]
    return {
        "age_and_sex": _distance(
            _ages_and_sexes(town), [n for s in SEXES for n in profile.residents_by_age[s]]
        ),
        "household_size": _distance(
            np.bincount(np.minimum(town.households.size, 8) - 1, minlength=8), profile.households_by_size
        ),
        "tenure": _against(town.households.tenure, profile.households_by_tenure, TENURES),
        "dwelling_type": _against(
            homes.dwelling_type[of_household], profile.households_by_dwelling_type, DWELLING_TYPES
        ),
        "bedrooms": _distance(
            np.bincount(homes.bedrooms[of_household] - 1, minlength=4),
            list(profile.households_by_bedrooms.values()),
        ),
        "council_tax_band": _against(banded, profile.dwellings_by_band, BANDS),
        "ethnic_group": _against(people.ethnic_group, profile.residents_by_ethnic_group, ETHNIC_GROUPS),
        "economic_class": _against(classified, profile.residents_by_economic_class, ECONOMIC_CLASSES),
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
    return _distance(np.bincount(rows, minlength=len(vocabulary)), [published[word] for word in vocabulary])


def _distance(counted: Integers, published: Sequence[float] | Reals) -> float:
    expected = np.asarray(published, dtype=np.float64)
    return float(np.abs(counted / counted.sum() - expected / expected.sum()).sum() / 2)
