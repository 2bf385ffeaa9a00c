from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.national_grid import to_latitude_longitude
from synthetic_data.place_names import (
    RealPlaceName,
    UnusableName,
    check_invented_name,
    display_name,
    invent_name,
)
from synthetic_data.profiles import profile_names
from synthetic_data.profiles.finder import plain_name
from synthetic_data.town import DWELLING_TYPES, PROPERTY_KINDS, TENURES, Town
from synthetic_data.words import STREET_WORDS


def test_wards_have_enough_residents_each(town: Town) -> None:
    ward = town.streets.ward[town.properties.street[town.residents.property]]
    people = np.bincount(ward, minlength=town.wards.name.size)
    assert 2 <= people.size <= max(2, town.profile.wards)
    assert people.min() > 500


def test_a_small_place_still_has_two_wards(build: Callable[..., Town]) -> None:
    town = build("Isles of Scilly", 300)
    assert town.wards.name.size == 2
    assert set(town.streets.ward.tolist()) == {0, 1}


def test_ward_names_are_all_different(town: Town) -> None:
    assert len(set(town.wards.name.tolist())) == town.wards.name.size


def test_street_names_are_different_within_a_ward(town: Town) -> None:
    named = set(zip(town.streets.ward.tolist(), town.streets.name.tolist(), strict=True))
    assert len(named) == town.streets.name.size


def test_every_address_is_there_once(town: Town) -> None:
    places = town.properties
    addresses = set(zip(places.line.tolist(), places.postcode.tolist(), strict=True))
    assert len(addresses) == places.line.size


def test_a_postcode_is_on_one_street_and_has_about_fifteen_addresses(town: Town) -> None:
    streets = defaultdict(set)
    for postcode, street in zip(
        town.properties.postcode.tolist(), town.properties.street.tolist(), strict=True
    ):
        streets[postcode].add(street)
    assert all(len(on) == 1 for on in streets.values())
    assert 11 < town.properties.line.size / len(streets) < 19


def test_numbers_run_along_the_street_odd_on_one_side_even_on_the_other(hartlepool: Town) -> None:
    places = hartlepool.properties
    for street in range(0, hartlepool.streets.name.size, 7):
        rows = np.flatnonzero(places.street == street)
        number = places.number[rows]
        assert (np.diff(number) >= 0).all()
        assert number[0] == 1
        along_east = np.ptp(places.easting[rows[number % 2 == 1]]) >= np.ptp(
            places.northing[rows[number % 2 == 1]]
        )
        side = places.northing if along_east else places.easting
        assert len(set(side[rows[number % 2 == 1]].tolist())) == 1
        if (number % 2 == 0).any():
            assert set(side[rows[number % 2 == 0]].tolist()).isdisjoint(side[rows[number % 2 == 1]].tolist())


def test_flats_share_a_building_and_houses_do_not(town: Town) -> None:
    places = town.properties
    house = (places.dwelling_type >= 0) & (places.dwelling_type <= DWELLING_TYPES.index("terraced"))
    assert not any("Flat" in line for line in places.line[house].tolist())
    plots = list(zip(places.street[house].tolist(), places.number[house].tolist(), strict=True))
    assert len(set(plots)) == len(plots)


def test_wards_keep_together(town: Town) -> None:
    """A home is nearer to the middle of its own ward than to that of any other, nearly always."""
    places, wards = town.properties, town.wards
    ward = town.streets.ward[places.street]
    east = places.easting[:, None] - wards.easting[None, :]
    north = places.northing[:, None] - wards.northing[None, :]
    nearest = np.argmin(east**2 + north**2, axis=1)
    assert (nearest == ward).mean() > 0.93


def test_homes_that_nobody_lives_in_are_empty_or_second_homes(town: Town) -> None:
    places = town.properties
    home = places.kind == PROPERTY_KINDS.index("home")
    idle = home & (places.household < 0)
    assert (idle == (~np.isnat(places.empty_since) | places.second_home)).all()
    assert not (~np.isnat(places.empty_since) & places.second_home).any()
    assert (places.empty_since[~np.isnat(places.empty_since)] < np.datetime64("2026-06-01")).all()


def test_communal_establishments_have_residents_but_no_band(town: Town) -> None:
    places = town.properties
    communal = np.flatnonzero(places.kind != PROPERTY_KINDS.index("home"))
    outside = town.residents.household < 0
    assert (places.band[communal] == -1).all()
    assert (places.dwelling_type[communal] == -1).all()
    assert set(town.residents.property[outside].tolist()) == set(communal.tolist())


def test_tenants_of_the_council_do_not_live_in_the_dearest_houses(town: Town) -> None:
    places, at = town.properties, town.households.property
    council = at[town.households.tenure == TENURES.index("council_rent")]
    detached = places.dwelling_type[council] == DWELLING_TYPES.index("detached")
    assert not (detached & (places.band[council] >= 6)).any()


def test_homes_are_seldom_far_too_small(town: Town) -> None:
    bedrooms = town.properties.bedrooms[town.households.property]
    assert (town.households.size > 2 * bedrooms + 1).mean() < 0.06


def test_dearer_bands_gather_in_some_streets(hartlepool: Town) -> None:
    homes = hartlepool.properties.band >= 0
    band, street = hartlepool.properties.band[homes], hartlepool.properties.street[homes]
    mean = np.bincount(street, weights=band) / np.maximum(np.bincount(street), 1)
    assert mean[street].var() > 0.2 * band.var()


@pytest.mark.parametrize(
    ("east", "north", "latitude", "longitude"),
    [
        (651_409, 313_177, 52.657977, 1.716038),
        (660_000, 580_000, 55.046392, 2.068713),
        (650_000, 560_000, 54.872210, 1.895160),
    ],
)
def test_the_grid_agrees_with_proj(east: int, north: int, latitude: float, longitude: float) -> None:
    """Expected values: pyproj 3.7, EPSG:27700 to EPSG:4326."""
    got = to_latitude_longitude(np.array([east]), np.array([north]))
    assert got[0][0] == pytest.approx(latitude, abs=1e-5)
    assert got[1][0] == pytest.approx(longitude, abs=1e-5)


def test_no_street_or_ward_bears_the_name_of_a_real_authority(town: Town) -> None:
    real = {plain_name(name) for _, name in profile_names()}
    for name in [*town.streets.name.tolist(), *town.wards.name.tolist()]:
        spaced = f" {name.lower()} "
        assert not any(f" {authority} " in spaced for authority in real), name
    assert not real & {word.lower() for word in STREET_WORDS}


@pytest.mark.parametrize(
    "slug",
    [
        "hartlepool",
        "new-hartlepool",
        "hartlepool-borough-council",
        "hartlepol",
        "city-of-london",
        "isle-of-wight",
        "county-durham",
        "kings-lynn-and-west-norfolk",
        "st-helens",
        "sthelens",
        "hull",
        "birmingam",
    ],
)
def test_a_pretend_council_cannot_take_a_real_name(slug: str) -> None:
    with pytest.raises(RealPlaceName, match="real authority"):
        check_invented_name(slug)


@pytest.mark.parametrize("slug", ["fairwater", "north-fairwater", "demo", "team-7", "hazelmere"])
def test_an_invented_name_is_welcome(slug: str) -> None:
    check_invented_name(slug)


@pytest.mark.parametrize("slug", ["", "Fair Water", "-fair", "fair--water", "../etc", "f" * 41, "7up"])
def test_a_name_that_is_not_a_slug_is_refused_with_an_example(slug: str) -> None:
    with pytest.raises(UnusableName, match="north-fairwater"):
        check_invented_name(slug)


def test_invented_names_are_stable_different_and_not_real() -> None:
    names = [invent_name(seed) for seed in range(60)]
    assert names == [invent_name(seed) for seed in range(60)]
    assert len(set(names)) > 50
    for name in names:
        check_invented_name(name)


def test_a_slug_is_written_as_people_write_it() -> None:
    assert display_name("north-fairwater") == "North Fairwater"
