"""A profile: what is published about one authority, in the council's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AGE_BANDS = (*((age, age + 4) for age in range(0, 85, 5)), (85, 104))
"""First and last age of the eighteen bands of age; nobody is made older than the last."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """The published, aggregate figures of one real authority.

    Counts of residents and households are of the 2021 census, dwellings by band of 2025.
    ``residents_by_age`` gives, for "F" and "M", a count for each of :data:`AGE_BANDS`;
    ``households_by_size`` counts households of one to seven, then of eight or more. The
    mappings are keyed by the vocabularies of :mod:`synthetic_data.town`. Money is in pence.
    ``service_volumes`` keeps the columns' published names, which end in their year.
    ``assumed`` names each figure that was not published and says where it was taken from.
    """

    gss_code: str
    name: str
    nation: str
    region: str
    authority_type: str
    tier: str
    county: str
    area_km2: float
    rural_urban_class: str
    median_age: float
    population: int
    population_latest: int
    population_latest_year: int
    households: int
    in_households: int
    in_communal: int
    residents_by_age: Mapping[str, tuple[int, ...]]
    households_by_size: tuple[int, ...]
    households_by_tenure: Counts
    households_by_dwelling_type: Counts
    households_by_cars: Counts
    households_by_bedrooms: Counts
    residents_by_ethnic_group: Counts
    residents_by_birthplace: Counts
    residents_by_english: Counts
    residents_by_disability: Counts
    residents_by_health: Counts
    residents_by_care_given: Counts
    residents_by_economic_class: Counts
    dwellings: int
    dwellings_by_band: Counts
    band_d_pence: int
    band_d_year: str
    single_adult_discounts: int
    exempt_dwellings: int
    second_homes: int
    empty_homes: int
    empty_over_six_months: int
    collection_rate: float
    wards: int
    service_volumes: Mapping[str, float]
    assumed: Mapping[str, str]

    def __reduce__(self) -> tuple[Any, ...]:
        """A profile travels between processes as its code, and is read again where it arrives."""
        from synthetic_data.profiles.loader import load_profile

        return load_profile, (self.gss_code,)

    @property
    def mean_household_size(self) -> float:
        """Residents of households for each household, census 2021."""
        return self.in_households / sum(self.households_by_size)
