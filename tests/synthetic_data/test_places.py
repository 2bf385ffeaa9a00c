from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest

from synthetic_data.addresses import addresses_of
from synthetic_data.amenities import PREMISES_KINDS
from synthetic_data.national_grid import to_latitude_longitude
from synthetic_data.place_names import invent_name
from synthetic_data.profiles import profile_names
from synthetic_data.profiles.finder import plain_name
from synthetic_data.real_places import RealPlaceName, UnusableName, check_invented_name, display_name
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
    places = addresses_of(town)
    addresses = set(zip(places.line.tolist(), places.postcode.tolist(), strict=True))
    assert len(addresses) == places.line.size


def test_a_postcode_is_on_one_street_and_has_about_fifteen_addresses(town: Town) -> None:
    streets = defaultdict(set)
    places = addresses_of(town)
    for postcode, street in zip(places.postcode.tolist(), places.street.tolist(), strict=True):
        streets[postcode].add(street)
    assert all(len(on) == 1 for on in streets.values())
    assert 11 < places.line.size / len(streets) < 19


def test_numbers_run_along_the_street_odd_on_one_side_even_on_the_other(hartlepool: Town) -> None:
    tables = (hartlepool.properties, hartlepool.premises)
    number, easting, northing, on = (
        np.concatenate([getattr(each, column) for each in tables])
        for column in ("number", "easting", "northing", "street")
    )
    for street in range(0, hartlepool.streets.name.size, 5):
        rows = np.flatnonzero(on == street)
        assert set(number[rows].tolist()) == set(range(1, int(number[rows].max()) + 1))
        odd, even = rows[number[rows] % 2 == 1], rows[number[rows] % 2 == 0]
        runs_east = np.ptp(easting[odd]) >= np.ptp(northing[odd])
        along, side = (easting, northing) if runs_east else (northing, easting)
        assert len(set(side[odd].tolist())) == 1
        if even.size:
            assert set(side[even].tolist()).isdisjoint(side[odd].tolist())
        for one_side in (odd, even):
            in_order = one_side[np.lexsort((along[one_side], number[one_side]))]
            assert (np.diff(along[in_order]) >= 0).all()
            new_number = np.diff(number[in_order]) > 0
            assert (np.diff(along[in_order])[new_number] > 0).all()


def test_flats_of_a_building_stand_together(hartlepool: Town) -> None:
    places = hartlepool.properties
    flats = np.array(["Flat " in line for line in places.line.tolist()])
    building = places.street[flats] * 1_000 + places.number[flats]
    for axis in (places.easting[flats], places.northing[flats]):
        for each in np.unique(building)[::5].tolist():
            assert np.ptp(axis[building == each]) <= 10
    assert flats.sum() > 300


def test_closes_are_short_and_roads_are_long(town: Town) -> None:
    places = addresses_of(town)
    numbers = np.concatenate([town.properties.number, town.premises.number])
    longest = np.zeros(town.streets.name.size, dtype=np.int64)
    np.maximum.at(longest, places.street, numbers)
    kind = np.array([name.split()[-1] for name in town.streets.name.tolist()])
    short, long = longest[np.isin(kind, ["Close", "Mews"])], longest[np.isin(kind, ["Road", "Avenue"])]
    assert short.size
    assert short.max(initial=0) < 13 < 27 <= long.min(initial=99)


def test_each_ward_has_a_street_of_shops_and_the_town_one_high_street(town: Town) -> None:
    shops = np.isin(town.premises.kind, [PREMISES_KINDS.index(each) for each in ("shop", "takeaway")])
    on = np.unique(town.premises.street[shops])
    assert sorted(town.streets.ward[on].tolist()) == list(range(town.wards.name.size))
    names = town.streets.name[on].tolist()
    assert names.count("High Street") == 1
    assert all(name.endswith(("High Street", "Parade")) for name in names)


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
