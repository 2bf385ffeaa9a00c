"""A generated day: in the council's own volumes, at the hours that people keep, alike for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from sandbox.traffic.day import Occasion, Size, calls_in, occasions
from sandbox.traffic.volumes import Traffic, evenly, traffic_of
from scenarios.openapi import Service, service
from scenarios.problems import BrokenPacks
from service_apis.kit.clock import LONDON, at
from tests.conftest import AS_OF, CouncilUnderTest

SIZE = Size(homes=4_000, residents=9_000, figures={"fly_tipping_incidents_2022_23": 1_000}, authority=90_000)
SUNDAY = AS_OF + timedelta(days=6)


def contract(council: CouncilUnderTest, slug: str) -> Service:
    """A service's contract, as the council publishes it."""
    address = council.url(slug, "/openapi.json")
    return service(slug, f"http://127.0.0.1:8000{address}", council.client.get(address).json())


@pytest.fixture
def traffic(council: CouncilUnderTest) -> Traffic:
    """What a year brings to the collection service."""
    return traffic_of("waste", contract(council, "waste"))


def a_day(traffic: Traffic, *, calls: int = 2_000, seed: int = 1, day: date = AS_OF) -> list[Occasion]:
    """One day's errands."""
    return occasions(traffic, SIZE, at(day), [day], calls, seed)


def test_the_same_seed_gives_the_same_day_and_another_gives_another(traffic: Traffic) -> None:
    assert a_day(traffic) == a_day(traffic)
    assert a_day(traffic) != a_day(traffic, seed=2)


def test_every_errand_comes_however_few_calls_are_asked_for(traffic: Traffic) -> None:
    names = Counter(each.errand.name for each in a_day(traffic, calls=1))

    assert set(names) == {errand.name for errand in traffic.errands}
    assert max(names.values()) == 1


def test_residents_look_up_their_collections_far_more_than_they_report(traffic: Traffic) -> None:
    came = Counter(each.errand.operation for each in a_day(traffic))

    assert came["show_collections"] > 20 * came["report_missed_collection"] > 0
    assert sum(came.values()) == pytest.approx(2_000, abs=len(traffic.errands))


def test_errands_are_in_order_and_not_before_the_day_has_come_to_where_it_stands(traffic: Traffic) -> None:
    moments = [each.at for each in a_day(traffic)]

    assert moments == sorted(moments)
    assert moments[0] >= at(AS_OF)


def test_missed_bins_are_reported_in_london_time_once_the_crews_have_finished(traffic: Traffic) -> None:
    hours = Counter(
        each.at.astimezone(LONDON).hour
        for each in a_day(traffic, calls=20_000)
        if each.errand.name == "report-missed-bin"
    )

    assert sum(hours[hour] for hour in range(15, 24)) > sum(hours[hour] for hour in range(15))


def test_offices_rest_on_a_day_without_work(traffic: Traffic) -> None:
    office = {errand.name for errand in traffic.errands if errand.hours == "office"}
    came = Counter(each.errand.name for each in a_day(traffic, day=SUNDAY))

    assert all(came[name] == 1 for name in office)
    assert calls_in(traffic, SIZE, [SUNDAY]) < calls_in(traffic, SIZE, [AS_OF])


def test_what_follows_something_comes_half_an_hour_after_it(traffic: Traffic) -> None:
    came = {each.errand.name: each.at for each in a_day(traffic, calls=1)}

    assert came["withdraw-again"] - came["withdraw-report"] == timedelta(minutes=30)


def test_a_published_figure_gives_as_many_as_the_councils_share_of_it(council: CouncilUnderTest) -> None:
    traffic = traffic_of("street_reports", contract(council, "street_reports"))
    year = [AS_OF + timedelta(days=each) for each in range(365)]
    planned = occasions(traffic, SIZE, at(AS_OF), year, round(calls_in(traffic, SIZE, year)), 1)

    came = Counter(each.errand.name for each in planned)
    assert came["report-fly-tipping"] == pytest.approx(100, abs=2)


def test_a_service_of_which_nothing_is_known_is_read_evenly(council: CouncilUnderTest) -> None:
    traffic = evenly(contract(council, "addresses"))

    assert {"list_properties", "show_property", "show_property-unknown"} <= {
        errand.name for errand in traffic.errands
    }
    assert len({errand.often for errand in traffic.errands}) == 1


def test_an_operation_that_there_is_not_is_named_with_its_file(
    council: CouncilUnderTest, tmp_path: Path
) -> None:
    (tmp_path / "waste").mkdir()
    (tmp_path / "waste" / "traffic.yaml").write_text(
        "sources: none\nerrands: [{name: look, operation: list_bins, often: 1, basis: assumed}]\n"
    )

    with pytest.raises(BrokenPacks, match=r"waste/traffic\.yaml.*list_bins"):
        traffic_of("waste", contract(council, "waste"), tmp_path)
