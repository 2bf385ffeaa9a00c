"""What shows only against a council: journeys that it could not be asked, known before the first step."""

from __future__ import annotations

import pytest

from scenarios import run
from scenarios.problems import BrokenPacks, UnknownJourney
from tests.scenarios.packing import Packing
from tests.scenarios.test_mistakes import GOOD
from tests.scenarios.town_hall import COUNCIL, KEY


def test_a_journey_that_does_not_exist_is_told_with_the_nearest(packing: Packing, base_url: str) -> None:
    packs = packing.journeys(missed_bin=GOOD).load()

    with pytest.raises(UnknownJourney, match="no journey or pack `mised-bin`; did you mean `missed-bin`"):
        run(packs, base_url, COUNCIL, KEY, only=["mised-bin"])


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "waste.list_bins",
            "waste.list_bin",
            "`waste` has no operation `list_bin`; did you mean `list_bins`?",
        ),
        ("name: uprn", "name: urpn", "`read_bin` has no path parameter `urpn`; did you mean `uprn`?"),
        (
            "waste.list_bins",
            "waste.report",
            "`report` takes a body: write a `requestBody`, or some runners make",
        ),
        (
            "    successCriteria:",
            "    parameters: [{name: pagee, in: query, value: 1}]\n    successCriteria:",
            "`list_bins` has no query parameter `pagee`; did you mean `page`?",
        ),
    ],
)
def test_a_journey_that_does_not_fit_the_service_is_refused_before_it_runs(
    packing: Packing, base_url: str, right: str, wrong: str, message: str
) -> None:
    told: list[object] = []
    packs = packing.journeys(one=GOOD.replace(right, wrong, 1)).load()

    with pytest.raises(BrokenPacks) as broken:
        run(packs, base_url, COUNCIL, KEY, on_step=told.append)
    assert any(message in mistake.message for mistake in broken.value.mistakes), broken.value
    assert not told


def test_a_query_parameter_unlike_any_other_may_be_sent_to_see_it_refused(
    packing: Packing, base_url: str
) -> None:
    extra = "    parameters: [{name: colour, in: query, value: 1}]\n    successCriteria:"
    packs = packing.journeys(one=GOOD.replace("    successCriteria:", extra, 1)).load()

    assert run(packs, base_url, COUNCIL, KEY).passed
