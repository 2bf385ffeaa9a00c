from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from synthetic_data.addresses import addresses_of
from synthetic_data.build import build_blocks, draw_up
from synthetic_data.homes import is_social
from synthetic_data.profiles import find_profile
from synthetic_data.quotas import Integers, Reals
from synthetic_data.town import DWELLING_TYPES, TENURES, Town
from synthetic_data.wards import ward_scores
from tests.synthetic_data.conftest import AS_OF


def _rank_correlation(one: Reals, other: Reals) -> float:
    ranks = [np.argsort(np.argsort(each, kind="stable"), kind="stable") for each in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def _share(ward: Integers, counts: Reals, wards: int) -> Reals:
    return np.asarray(np.bincount(ward, weights=counts, minlength=wards) / np.bincount(ward, minlength=wards))


@pytest.mark.parametrize("authority", ["Hartlepool", "Birmingham", "Rutland", "Slough", "Leeds", "Cardiff"])
def test_wards_differ_in_tenure_and_band_as_their_deprivation_says(
    build: Callable[..., Town], authority: str
) -> None:
    town = build(authority, 20_000)
    wards, places = town.wards, town.properties
    assert wards.name.size >= 10
    of_household = town.streets.ward[places.street[town.households.property]]
    social = _share(of_household, is_social(town.households.tenure).astype(float), wards.name.size)
    owned = _share(of_household, town.households.tenure == TENURES.index("owned_outright"), wards.name.size)
    home = places.band >= 0
    ward = town.streets.ward[places.street[home]]
    band = _share(ward, places.band[home], wards.name.size)
    flat = _share(ward, places.dwelling_type[home] == DWELLING_TYPES.index("flat"), wards.name.size)
    assert _rank_correlation(wards.deprivation, social) > 0.6
    assert _rank_correlation(wards.deprivation, band) < -0.6
    assert _rank_correlation(wards.deprivation, flat) > 0.2
    assert _rank_correlation(wards.deprivation, owned) < -0.4


def test_no_ward_is_of_one_tenure(build: Callable[..., Town]) -> None:
    town = build("Hartlepool", 20_000)
    ward = town.streets.ward[town.properties.street[town.households.property]]
    social = _share(ward, is_social(town.households.tenure).astype(float), town.wards.name.size)
    assert social.min() > 0.02
    assert social.max() < 0.8


def test_the_mean_score_of_the_wards_is_the_authoritys(town: Town) -> None:
    published = town.profile.service_volumes["imd2025_avg_score"]
    assert town.wards.deprivation.mean() == pytest.approx(published, rel=0.01)
    assert town.wards.deprivation.min() > 0


def test_as_many_wards_are_deprived_as_the_published_share_of_small_areas() -> None:
    mean, cut_off = 20.0, 41.0
    narrowed = mean + (cut_off - mean) * 0.75
    for share, wards in ((0.0, 0), (0.1, 4), (0.25, 10)):
        assert (ward_scores(mean, share, 40) >= narrowed - 0.5).sum() == wards


@pytest.mark.parametrize(("mean", "share"), [(5.9, 0.0), (12.7, 0.02), (38.0, 0.42), (43.5, 0.9)])
def test_any_published_pair_of_figures_has_a_distribution(mean: float, share: float) -> None:
    scores = ward_scores(mean, share, 25)
    assert scores.mean() == pytest.approx(mean, rel=0.01)
    assert (np.diff(scores) >= 0).all()
    assert scores.min() > 0
    assert scores.max() < 95


def test_deprived_wards_are_near_one_another(build: Callable[..., Town]) -> None:
    wards = build("Birmingham", 20_000).wards
    away = np.hypot(
        wards.easting[:, None] - wards.easting[None, :], wards.northing[:, None] - wards.northing[None, :]
    )
    np.fill_diagonal(away, np.inf)
    beside = away < 1.1 * away.min()
    neighbours = (beside @ wards.deprivation) / beside.sum(axis=1)
    assert np.corrcoef(wards.deprivation, neighbours)[0, 1] > 0.5


def test_wards_do_not_overlap_on_the_map(town: Town) -> None:
    places = addresses_of(town)
    ward = town.streets.ward[places.street]
    boxes = []
    for each in range(town.wards.name.size):
        east, north = places.easting[ward == each], places.northing[ward == each]
        boxes.append((east.min(), east.max(), north.min(), north.max()))
    for (w1, e1, s1, n1), (w2, e2, s2, n2) in combinations(boxes, 2):
        assert e1 < w2 or e2 < w1 or n1 < s2 or n2 < s1


def test_blocks_share_no_identifier_postcode_or_ward() -> None:
    blocks = list(
        build_blocks(find_profile("Leeds"), residents=60_000, seed=3, as_of=AS_OF, name="north-fairwater")
    )
    assert len(blocks) == 3
    for seen in (
        [np.concatenate([each.properties.uprn, each.premises.uprn]).tolist() for each in blocks],
        [each.streets.usrn.tolist() for each in blocks],
        [sorted(set(addresses_of(each).postcode.tolist())) for each in blocks],
        [each.wards.code.tolist() for each in blocks],
        [each.wards.name.tolist() for each in blocks],
        [each.polling_places.code.tolist() for each in blocks],
    ):
        assert len({value for values in seen for value in values}) == sum(map(len, seen))


def test_the_wards_of_a_town_are_planned_before_its_blocks() -> None:
    profile = find_profile("Leeds")
    plan = draw_up(profile, residents=60_000, seed=3, as_of=AS_OF, name="north-fairwater")
    assert plan.wards.name.size == profile.wards
    assert plan.bounds[-1] == profile.wards
    assert plan.wards.deprivation.mean() == pytest.approx(
        profile.service_volumes["imd2025_avg_score"], rel=0.01
    )
