"""The measure counts what is there, adds up over blocks, and the report says all that it should."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from synthetic_data.build import build_blocks
from synthetic_data.fidelity import MARGINS, distance, measure, total_variation, variations
from synthetic_data.fidelity_report import assumption_tables, report
from synthetic_data.fidelity_words import TITLES, figure_label
from synthetic_data.profiles import find_profile
from synthetic_data.town import HEALTH, SEXES, TENURES, Town
from tests.synthetic_data.conftest import AS_OF


def test_a_distance_is_what_would_have_to_change() -> None:
    assert distance({"a": 1, "b": 3}, {"a": 50, "b": 50}) == pytest.approx(0.25)
    assert distance({"a": 2, "b": 2}, {"b": 7, "a": 7}) == 0


def test_every_margin_has_its_words_and_counts_each_of_its_categories(town: Town) -> None:
    counted = measure(town)
    assert set(counted.margins) == set(MARGINS) == set(TITLES)
    for name, (vocabulary, published) in MARGINS.items():
        assert list(counted.margins[name]) == list(vocabulary)
        assert set(published(town.profile)) == set(vocabulary)


def test_measures_of_blocks_add_up_to_that_of_the_town() -> None:
    profile = find_profile("Leeds")
    blocks = list(build_blocks(profile, residents=45_000, seed=7, as_of=AS_OF, name="north-fairwater"))
    assert len(blocks) > 1
    first, *others = (measure(block) for block in blocks)
    together = sum(others, first)
    assert together.residents == 45_000
    assert sum(together.margins["age_and_sex"].values()) == 45_000
    rented = TENURES.index("private_rent")
    assert together.margins["tenure"]["private_rent"] == sum(
        int((block.households.tenure == rented).sum()) for block in blocks
    )
    assert len({ward.code for ward in together.wards}) == sum(block.wards.code.size for block in blocks)
    # Each block alone differs from the authority; together they keep to it.
    assert max(variations(profile, first).values()) > 0.01
    assert max(variations(profile, together).values()) < 0.003


def test_a_town_that_is_tampered_with_fits_worse(hartlepool: Town) -> None:
    before, households = total_variation(hartlepool), hartlepool.households
    bought = households.tenure.copy()
    bought[np.flatnonzero(bought == TENURES.index("council_rent"))[:100]] = TENURES.index("owned_outright")
    after = total_variation(replace(hartlepool, households=replace(households, tenure=bought)))
    assert after.pop("tenure") - before.pop("tenure") == pytest.approx(100 / households.size.size, abs=0.001)
    assert after == before


def test_wards_are_counted_one_by_one(hartlepool: Town) -> None:
    counted, people, homes = measure(hartlepool).wards, hartlepool.residents, hartlepool.properties
    ward_of = hartlepool.streets.ward[homes.street]
    for number, ward in enumerate(counted):
        here = ward_of[people.property] == number
        assert ward.residents == here.sum()
        assert ward.in_bad_health == (here & (people.health >= HEALTH.index("bad"))).sum()
        assert ward.homes == ((ward_of == number) & (homes.kind == 0)).sum()
    assert sum(ward.with_class for ward in counted) == (people.economic_class >= 0).sum()
    assert sum(ward.households for ward in counted) == hartlepool.households.size.size


def test_an_outline_is_convex_and_goes_round_its_ward(hartlepool: Town) -> None:
    homes = hartlepool.properties
    ward_of = hartlepool.streets.ward[homes.street]
    for number, ward in enumerate(measure(hartlepool).wards):
        corners = np.array(ward.outline)
        assert 3 <= len(corners) <= 24
        sides = np.roll(corners, -1, axis=0) - corners
        turns = np.cross(
            np.c_[sides, np.zeros(len(sides))], np.c_[np.roll(sides, -1, axis=0), np.zeros(len(sides))]
        )
        assert (turns[:, 2] >= 0).all()
        here = ward_of == number
        assert corners[:, 0].max() == homes.easting[here].max()
        assert corners[:, 1].min() == homes.northing[here].min()


def test_the_report_sets_each_category_beside_the_published_figure(hartlepool: Town) -> None:
    told = report(hartlepool.profile, measure(hartlepool))
    assert json.loads(json.dumps(told)) == told
    off = total_variation(hartlepool)
    for margin in told["margins"]:
        published = MARGINS[margin["name"]][1](hartlepool.profile)
        assert margin["total_variation"] == pytest.approx(off[margin["name"]], abs=1e-6)
        assert {each["name"]: each["published"] for each in margin["categories"]} == dict(published)
        for side in ("share", "published_share"):
            assert sum(each[side] for each in margin["categories"]) == pytest.approx(1, abs=1e-4)
        assert len({each["label"] for each in margin["categories"]}) == len(margin["categories"])
    worst = max(off, key=lambda name: off[name])
    assert told["summary"]["worst"] == worst
    assert told["summary"]["in_10_000"] == pytest.approx(off[worst] * 10_000, abs=0.06)
    assert sum(band["town_women"] + band["town_men"] for band in told["pyramid"]) == pytest.approx(
        1, abs=1e-4
    )


def test_the_pyramid_has_women_and_men_on_their_own_sides(hartlepool: Town) -> None:
    oldest = report(hartlepool.profile, measure(hartlepool))["pyramid"][-1]
    assert oldest["ages"] == "85 and over"
    everybody = sum(sum(hartlepool.profile.residents_by_age[sex]) for sex in SEXES)
    for who, sex in (("women", "F"), ("men", "M")):
        share = hartlepool.profile.residents_by_age[sex][-1] / everybody
        assert oldest[f"authority_{who}"] == pytest.approx(share, abs=1e-6)
        assert oldest[f"town_{who}"] == pytest.approx(share, abs=0.001)


def test_figures_that_were_not_published_are_named_with_where_they_come_from(
    build: Callable[..., Town],
) -> None:
    town = build("Merthyr Tydfil")
    told = report(town.profile, measure(town))
    assert {each["figure"]: each["taken_from"] for each in told["filled"]} == dict(town.profile.assumed)
    assert {"ctb22_second_homes", "imd2025_avg_score"} <= {each["figure"] for each in told["filled"]}
    assert told["deprivation"]["taken_from"] == "the median of England and Wales"
    assert told["summary"]["filled_margins"] == 0
    blank = replace(town.profile, assumed={"tenure_rent_free": "Wales, in proportion to population"})
    marked = report(blank, measure(town))
    assert [margin["name"] for margin in marked["margins"] if margin["filled"]] == ["tenure"]
    assert marked["summary"]["filled_margins"] == 1


def test_a_town_without_scores_of_deprivation_says_so(hartlepool: Town) -> None:
    wards = hartlepool.wards
    without = replace(hartlepool, wards=replace(wards, deprivation=np.zeros(wards.code.size)))
    assert report(without.profile, measure(without))["deprivation"]["known"] is False
    scores = np.arange(wards.code.size, dtype=float)
    scored = replace(hartlepool, wards=replace(wards, deprivation=scores))
    told = report(scored.profile, measure(scored))["deprivation"]
    assert told["known"] is True
    assert told["town"] == pytest.approx(scores.mean(), abs=0.01)
    ward_of = hartlepool.streets.ward[hartlepool.properties.street][hartlepool.residents.property]
    assert told["town_by_people"] == pytest.approx(scores[ward_of].mean(), abs=0.01)


def test_every_table_of_assumptions_is_told_with_what_it_is() -> None:
    told: dict[str, set[str]] = {}
    for table in assumption_tables():
        assert len(table.says) > 20
        told.setdefault(table.module, set()).update(table.names)
    assert {"assumptions", "assumptions_of_people", "assumptions_of_blocks"} <= set(told)
    for module, names in told.items():
        written = vars(importlib.import_module(f"synthetic_data.{module}"))
        assert names == {name for name in written if name.isupper() and not name.startswith("_")}


def test_figures_are_named_in_words() -> None:
    assert figure_label("fly_tipping_incidents_2022_23") == "fly tipping incidents 2022-23"
    assert figure_label("pct_primary_fsm_2025") == "per cent primary with free school meals 2025"
