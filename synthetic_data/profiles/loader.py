"""From one authority's rows to its :class:`Profile`."""

from __future__ import annotations

from types import MappingProxyType

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
        gss_code=gss_code,
        name=authority["name"],
        nation=authority["nation"],
        region=authority["region"],
        authority_type=authority["type"],
        tier=authority["tier"],
        county=authority["county_name"],
        area_km2=float(authority["area_km2"]),
        rural_urban_class=authority["ruc21_class"],
        median_age=float(authority["median_age"]),
        population=int(authority["population_census"]),
        population_latest=int(authority["population_latest"]),
        population_latest_year=int(authority["population_latest_year"]),
        households=int(authority["households_census"]),
        in_households=int(people["lives_in_household"]),
        in_communal=int(people["lives_in_communal_establishment"]),
        residents_by_age=MappingProxyType({sex: _ages(people, word) for sex, word in _SEXES.items()}),
        households_by_size=tuple(_counts(households, "size_").values()),
        households_by_tenure=_counts(households, "tenure_"),
        households_by_dwelling_type=_counts(households, "dwelling_"),
        households_by_cars=_counts(households, "cars_"),
        households_by_bedrooms=_counts(households, "bedrooms_"),
        residents_by_ethnic_group=_counts(people, "ethnicity_"),
        residents_by_birthplace=_counts(people, "born_"),
        residents_by_english=_counts(people, "english_"),
        residents_by_disability=_counts(people, "disability_"),
        residents_by_health=_counts(people, "health_"),
        residents_by_care_given=_counts(people, "unpaid_care_"),
        residents_by_economic_class=_counts(people, "nssec_"),
        dwellings=int(council_tax["dwellings_voa_2025"]),
        dwellings_by_band=MappingProxyType(
            {band: int(council_tax[f"ct_band_{band.lower()}_dwellings_2025"]) for band in _BANDS}
        ),
        band_d_pence=round(float(council_tax["ct_band_d_gbp"]) * 100),
        band_d_year=council_tax["ct_band_d_year"],
        single_adult_discounts=int(council_tax["ctb22_single_adult_discount"]),
        exempt_dwellings=int(council_tax["ctb22_exempt"]),
        second_homes=int(council_tax["ctb22_second_homes"]),
        empty_homes=int(council_tax["ctb22_empty_total"]),
        empty_over_six_months=int(council_tax["ctb22_empty_over_6_months"]),
        collection_rate=float(council_tax["ct_collection_rate_est_2023_24"]),
        wards=int(volumes["wards_2024"]),
        service_volumes=MappingProxyType(
            {column: float(figure) for column, figure in volumes.items() if column != "gss_code"}
        ),
        assumed=MappingProxyType(assumed),
    )


def _ages(people: dict[str, str], sex: str) -> tuple[int, ...]:
    names = [f"{first}_{last}" for first, last in AGE_BANDS[:-1]] + ["85_plus"]
    return tuple(int(people[f"{sex}_{name}"]) for name in names)


def _counts(row: dict[str, str], prefix: str) -> MappingProxyType[str, int]:
    return MappingProxyType({c.removeprefix(prefix): int(v) for c, v in row.items() if c.startswith(prefix)})
