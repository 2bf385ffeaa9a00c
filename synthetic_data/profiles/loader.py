"""From one authority's rows to its :class:`Profile`."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from synthetic_data.profiles.figures_table import filled_row
from synthetic_data.profiles.profile import AGE_BANDS, Profile

_SEXES = {"F": "female", "M": "male"}
_BANDS = "ABCDEFGHI"


def load_profile(gss_code: str) -> Profile:
    """Read one authority's figures, filling what was not published.

    Raises:
        KeyError: there is no such authority.
    """
    authority, _ = filled_row("authorities", {"gss_code": gss_code})
    people: dict[str, str] = {}
    households: dict[str, str] = {}
    council_tax: dict[str, str] = {}
    volumes: dict[str, str] = {}
    assumed: dict[str, str] = {}
    for table, row in (
        ("age_sex", people),
        ("people", people),
        ("households", households),
        ("council_tax", council_tax),
        ("service_volumes", volumes),
    ):
        figures, filled = filled_row(table, authority)
        row.update(figures)
        assumed.update(filled)
    return Profile(
        **_place(authority),
        **_people(people),
        **_households(households),
        **_dwellings(council_tax),
        wards=int(volumes["wards_2024"]),
        service_volumes=MappingProxyType({c: float(v) for c, v in volumes.items() if c != "gss_code"}),
        assumed=MappingProxyType(assumed),
    )


def _place(row: dict[str, str]) -> dict[str, Any]:
    return {
        "gss_code": row["gss_code"],
        "name": row["name"],
        "nation": row["nation"],
        "region": row["region"],
        "authority_type": row["type"],
        "tier": row["tier"],
        "county": row["county_name"],
        "area_km2": float(row["area_km2"]),
        "rural_urban_class": row["ruc21_class"],
        "median_age": float(row["median_age"]),
        "population": int(row["population_census"]),
        "population_latest": int(row["population_latest"]),
        "population_latest_year": int(row["population_latest_year"]),
        "households": int(row["households_census"]),
    }


def _people(row: dict[str, str]) -> dict[str, Any]:
    return {
        "in_households": int(row["lives_in_household"]),
        "in_communal": int(row["lives_in_communal_establishment"]),
        "residents_by_age": MappingProxyType({sex: _ages(row, word) for sex, word in _SEXES.items()}),
        "residents_by_ethnic_group": _counts(row, "ethnicity_"),
        "residents_by_birthplace": _counts(row, "born_"),
        "residents_by_english": _counts(row, "english_"),
        "residents_by_disability": _counts(row, "disability_"),
        "residents_by_health": _counts(row, "health_"),
        "residents_by_care_given": _counts(row, "unpaid_care_"),
        "residents_by_economic_class": _counts(row, "nssec_"),
    }


def _households(row: dict[str, str]) -> dict[str, Any]:
    return {
        "households_by_size": tuple(_counts(row, "size_").values()),
        "households_by_tenure": _counts(row, "tenure_"),
        "households_by_dwelling_type": _counts(row, "dwelling_"),
        "households_by_cars": _counts(row, "cars_"),
        "households_by_bedrooms": _counts(row, "bedrooms_"),
    }


def _dwellings(row: dict[str, str]) -> dict[str, Any]:
    return {
        "dwellings": int(row["dwellings_voa_2025"]),
        "dwellings_by_band": MappingProxyType(
            {band: int(row[f"ct_band_{band.lower()}_dwellings_2025"]) for band in _BANDS}
        ),
        "band_d_pence": round(float(row["ct_band_d_gbp"]) * 100),
        "band_d_year": row["ct_band_d_year"],
        "single_adult_discounts": int(row["ctb22_single_adult_discount"]),
        "exempt_dwellings": int(row["ctb22_exempt"]),
        "second_homes": int(row["ctb22_second_homes"]),
        "empty_homes": int(row["ctb22_empty_total"]),
        "empty_over_six_months": int(row["ctb22_empty_over_6_months"]),
        "collection_rate": float(row["ct_collection_rate_est_2023_24"]),
    }


def _ages(people: dict[str, str], sex: str) -> tuple[int, ...]:
    names = [f"{first}_{last}" for first, last in AGE_BANDS[:-1]] + ["85_plus"]
    return tuple(int(people[f"{sex}_{name}"]) for name in names)


def _counts(row: dict[str, str], prefix: str) -> MappingProxyType[str, int]:
    return MappingProxyType({c.removeprefix(prefix): int(v) for c, v in row.items() if c.startswith(prefix)})
