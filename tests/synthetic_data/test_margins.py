from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from synthetic_data.build import build_blocks
from synthetic_data.fidelity import total_variation
from synthetic_data.profiles import find_profile, profile_names
from synthetic_data.town import BANDS, Town
from tests.synthetic_data.conftest import AS_OF, joined

MARGINS = {
    "age_and_sex",
    "household_or_communal",
    "household_size",
    "tenure",
    "dwelling_type",
    "bedrooms",
    "cars",
    "council_tax_band",
    "ethnic_group",
    "country_of_birth",
    "english",
    "disability",
    "health",
    "unpaid_care",
    "economic_class",
}


EVERY_TYPE = (
    "Hartlepool",
    "Birmingham",
    "City of London",
    "Isles of Scilly",
    "Isle of Anglesey",
    "Cardiff",
    "Gwynedd",
    "Merthyr Tydfil",
    "Powys",
    "Cambridge",
    "Slough",
    "Rutland",
    "North Norfolk",
    "Westminster",
    "Newham",
    "Barnet",
    "Kensington and Chelsea",
    "Richmond upon Thames",
    "Manchester",
    "Leeds",
    "Knowsley",
    "Dudley",
    "Leicester",
    "Brighton and Hove",
    "Cornwall",
    "County Durham",
    "Wiltshire",
    "Isle of Wight",
    "Oxford",
    "Boston",
    "Tendring",
    "Burnley",
    "Surrey Heath",
    "Forest of Dean",
)
"""London boroughs and the City, metropolitan and non-metropolitan districts, unitary authorities, Wales,
the smallest and the largest; student towns, resorts, new arrivals, commuters, hill farms."""


@pytest.mark.parametrize("authority", EVERY_TYPE)
def test_every_margin_keeps_to_the_profile(authority: str, build: Callable[..., Town]) -> None:
    measured = total_variation(build(authority))
    assert set(measured) == MARGINS
    assert max(measured.values()) <= 0.005, measured


@pytest.mark.parametrize("authority", EVERY_TYPE)
def test_a_large_town_keeps_to_the_profile_more_closely(authority: str) -> None:
    blocks = build_blocks(
        find_profile(authority), residents=100_000, seed=7, as_of=AS_OF, name="north-fairwater"
    )
    measured = total_variation(joined(blocks))
    assert max(measured.values()) <= 0.002, measured


def test_the_spread_holds_every_type_of_authority() -> None:
    types = {find_profile(code).authority_type for code, _ in profile_names()}
    assert {find_profile(name).authority_type for name in EVERY_TYPE} == types


def test_a_thousand_residents_still_keep_to_the_profile(build: Callable[..., Town]) -> None:
    assert max(total_variation(build("Birmingham", 1_000)).values()) <= 0.02


def test_the_measure_notices_a_town_of_another_shape(build: Callable[..., Town]) -> None:
    # Oxford differs from Hartlepool in every margin, also in how many live in halls.
    stranger = replace(build("Hartlepool"), profile=build("Oxford").profile)
    assert min(total_variation(stranger).values()) > 0.02


def test_there_are_exactly_as_many_residents_as_asked_for(town: Town) -> None:
    assert town.residents.born.size == 10_000


def test_households_have_the_mean_size_of_the_profile(town: Town) -> None:
    mean = town.households.size.mean()
    assert mean == pytest.approx(town.profile.mean_household_size, rel=0.01)


def test_empty_and_second_homes_are_in_proportion(town: Town) -> None:
    profile, homes = town.profile, town.properties
    lived_in = profile.dwellings - profile.empty_homes - profile.second_homes
    households = town.households.size.size
    assert (~np.isnat(homes.empty_since)).sum() == pytest.approx(
        profile.empty_homes / lived_in * households, abs=1
    )
    assert homes.second_home.sum() == pytest.approx(profile.second_homes / lived_in * households, abs=1)


def test_band_i_is_for_wales_alone(build: Callable[..., Town]) -> None:
    band_i = BANDS.index("I")
    assert not (build("Hartlepool").properties.band == band_i).any()
    assert (build("Isle of Anglesey").properties.band == band_i).any()


def test_about_one_household_in_eleven_has_moved_in_the_last_year(hartlepool: Town) -> None:
    recent = hartlepool.households.moved_in > np.datetime64("2025-06-01")
    assert 0.07 < recent.mean() < 0.11
