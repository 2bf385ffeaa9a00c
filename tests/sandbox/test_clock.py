"""The council's clock stands still until it is advanced, and never goes back."""

from __future__ import annotations

import pytest

from tests.conftest import CouncilUnderTest


def clock(council: CouncilUnderTest) -> dict[str, str]:
    answer = council.client.get("/sandbox/councils/fairwater/clock")
    assert answer.status_code == 200
    shown: dict[str, str] = answer.json()
    return shown


def test_it_stands_still(council: CouncilUnderTest) -> None:
    assert clock(council) == clock(council)
    assert clock(council)["now"] == "2026-06-01T08:00:00Z"


def test_advancing_works_through_what_falls_due_in_order(council: CouncilUnderTest) -> None:
    advanced = council.advance(days=14)
    assert advanced["now"] == "2026-06-15T08:00:00Z"
    instants = [each["at"] for each in advanced["happened"]]
    assert instants == sorted(instants)
    assert advanced["happened_in_all"] == len(instants) > 0
    assert (clock(council)["next_due"] or "9") > advanced["now"]


def test_the_next_thing_due_can_be_named(council: CouncilUnderTest) -> None:
    due = clock(council)["next_due"]
    answer = council.control("/clock", to_next_due=True)
    assert answer.json()["happened"][0]["at"] == due


def test_the_same_advance_in_one_step_or_many_gives_the_same_council(council: CouncilUnderTest) -> None:
    happened = [each for _ in range(7) for each in council.advance(days=1)["happened"]]
    instants = [each["at"] for each in happened]
    assert instants == sorted(instants)
    assert clock(council)["now"] == "2026-06-08T08:00:00Z"


def test_it_never_goes_back(council: CouncilUnderTest) -> None:
    answer = council.control("/clock", to="2026-05-01T09:00:00Z")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/clock-goes-forward"
    assert clock(council)["now"] == "2026-06-01T08:00:00Z"


@pytest.mark.parametrize(
    "body",
    [{}, {"to": "2026-07-01T09:00:00Z", "by": "P1D"}, {"by": "-P1D"}, {"by": "P99Y"}, {"to": "2026-07-01"}],
)
def test_how_far_must_be_said_once_and_plainly(council: CouncilUnderTest, body: dict[str, str]) -> None:
    assert council.control("/clock", **body).status_code == 422


def test_a_clock_advanced_stays_so_after_a_restart(council: CouncilUnderTest) -> None:
    council.advance(days=3)
    council.reopen()
    assert clock(council)["now"] == "2026-06-04T08:00:00Z"
