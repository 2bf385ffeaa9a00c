from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from synthetic_data.amenities import PREMISES_KINDS, SIC_DIVISIONS, TRADES
from synthetic_data.assumptions_of_trades import TRADES as TRADE_TABLE
from synthetic_data.build import build_blocks
from synthetic_data.polling import polling_places
from synthetic_data.profiles import find_profile
from synthetic_data.town import Town
from tests.synthetic_data.conftest import AS_OF, joined


def _kinds(town: Town, *kinds: str) -> np.ndarray:
    return np.flatnonzero(np.isin(town.premises.kind, [PREMISES_KINDS.index(each) for each in kinds]))


def test_there_are_about_37_rateable_premises_for_each_1000_residents(build: Callable[..., Town]) -> None:
    town = build("Leeds", 20_000)
    rateable = (town.premises.rateable_value > 0).sum() / 20
    assert 34 < rateable < 40


@pytest.mark.parametrize(
    "kind",
    [
        "town_hall",
        "depot",
        "library",
        "park",
        "community_centre",
        "recycling_centre",
        "primary_school",
        "pub",
    ],
)
def test_even_the_smallest_town_has_what_a_council_needs(build: Callable[..., Town], kind: str) -> None:
    assert _kinds(build("Isles of Scilly", 300), kind).size >= 1


def test_blocks_together_have_the_council_buildings_of_one_town() -> None:
    profile = find_profile("Leeds")
    blocks = build_blocks(profile, residents=60_000, seed=3, as_of=AS_OF, name="north-fairwater")
    town = joined(blocks)
    assert _kinds(town, "town_hall").size == 1
    assert _kinds(town, "depot").size == 1
    assert _kinds(town, "shop").size == round(7.2 * 60)
    assert 34 < (town.premises.rateable_value > 0).sum() / 60 < 40
    assert (town.premises.street < town.streets.usrn.size).all()
    assert set(town.schools.premises.tolist()) == set(
        _kinds(town, "primary_school", "secondary_school").tolist()
    )
    pupils = np.bincount(town.residents.school[town.residents.school >= 0])
    assert (pupils == town.schools.pupils).all()


def test_no_premises_share_a_uprn_or_name_with_anything(town: Town) -> None:
    uprn = np.concatenate([town.properties.uprn, town.premises.uprn])
    assert len(set(uprn.tolist())) == uprn.size
    assert all(re.fullmatch(r"9999[0-9]{8}", str(number)) for number in town.premises.uprn.tolist())
    named = [name for name in town.premises.name.tolist() if name is not None]
    assert len(set(named)) == len(named)


def test_premises_say_their_name_and_street_in_their_address(town: Town) -> None:
    streets = town.streets.name[town.premises.street].tolist()
    for line, name, street in zip(
        town.premises.line.tolist(), town.premises.name.tolist(), streets, strict=True
    ):
        assert line.endswith(street)
        assert name is None or line.startswith(f"{name}, ")
        assert len(line) <= 120


def test_one_in_ten_shops_is_vacant_and_has_a_rateable_value(build: Callable[..., Town]) -> None:
    town = build("Leeds", 20_000)
    vacant = np.array([name is None for name in town.premises.name.tolist()])
    shops = _kinds(town, "shop", "office", "workshop", "warehouse")
    assert 0.07 < vacant[shops].mean() < 0.13
    assert (town.premises.rateable_value[vacant] > 0).all()
    assert not vacant[_kinds(town, "pub", "library", "surgery")].any()


def test_a_business_is_in_premises_of_its_kind_and_named_as_they_are(town: Town) -> None:
    businesses = town.businesses
    assert len(set(businesses.premises.tolist())) == businesses.premises.size
    kinds = [PREMISES_KINDS[kind] for kind in town.premises.kind[businesses.premises].tolist()]
    assert kinds == [TRADE_TABLE[trade].kind for trade in businesses.trade.tolist()]
    assert businesses.name.tolist() == town.premises.name[businesses.premises].tolist()
    assert (businesses.opened_on < np.datetime64(town.as_of)).all()
    assert businesses.employees.min() >= 1


def test_food_businesses_register_and_publicans_have_a_licence(town: Town) -> None:
    businesses = town.businesses
    trade = np.array(TRADES)[businesses.trade]
    assert businesses.sells_food[np.isin(trade, ["takeaway", "cafe", "restaurant", "butcher"])].all()
    assert businesses.sells_alcohol[trade == "pub"].all()
    assert not businesses.sells_food[np.isin(trade, ["solicitor", "car_repairer", "hairdresser"])].any()
    assert not businesses.sells_alcohol[np.isin(trade, ["butcher", "solicitor"])].any()


def test_trades_have_divisions_of_sic_2007() -> None:
    assert len(SIC_DIVISIONS) == len(TRADES) == len(set(TRADES))
    assert all(re.fullmatch(r"[0-9]{2}", each) for each in SIC_DIVISIONS)
    assert SIC_DIVISIONS[TRADES.index("restaurant")] == "56"


def test_a_larger_shop_has_a_higher_rateable_value(build: Callable[..., Town]) -> None:
    town = build("Leeds", 20_000)
    shops = _kinds(town, "shop")
    floor, value = town.premises.floor_area[shops], town.premises.rateable_value[shops]
    assert np.corrcoef(np.log(floor), np.log(np.maximum(value, 1)))[0, 1] > 0.85
    assert (value % 25 == 0).all()


def test_residents_vote_at_the_nearest_polling_place_of_their_ward(town: Town) -> None:
    places = town.polling_places
    assert len(set(places.code.tolist())) == places.code.size
    assert (places.ward[town.streets.polling_place] == town.streets.ward).all()
    assert set(places.ward.tolist()) == set(range(town.wards.name.size))
    assert (town.streets.ward[town.premises.street[places.premises]] == places.ward).all()
    suited = _kinds(
        town, "community_centre", "primary_school", "library", "place_of_worship", "social_club", "pub"
    )
    assert set(places.premises.tolist()) <= set(suited.tolist())


def test_a_large_ward_has_several_polling_places(build: Callable[..., Town]) -> None:
    town = build("Isles of Scilly", 20_000)
    assert town.polling_places.code.size >= 7
    assert town.polling_places.code[0] == "AA"
    assert np.unique(town.streets.polling_place).size > 3


def test_nobody_votes_in_another_ward_even_if_its_polling_place_is_nearer(hartlepool: Town) -> None:
    premises = hartlepool.premises
    together = replace(premises, easting=np.full_like(premises.easting, 670_000))
    people = np.bincount(hartlepool.residents.property, minlength=hartlepool.properties.uprn.size)
    places, of_street = polling_places(hartlepool.streets, hartlepool.properties, together, people, 0)
    assert (places.ward[of_street] == hartlepool.streets.ward).all()


def test_the_town_hall_and_most_shops_are_on_the_high_street(build: Callable[..., Town]) -> None:
    town = build("Leeds", 20_000)
    (high_street,) = np.flatnonzero(town.streets.name == "High Street").tolist()
    assert town.premises.street[_kinds(town, "town_hall")].tolist() == [high_street]
    shops = np.bincount(town.premises.street[_kinds(town, "shop")])
    assert shops.argmax() == high_street
    assert shops[high_street] > 1.5 * np.median(shops[shops > 0])
