"""Filling a slot: what may be set, what is refused with its remedy, and that a refusal changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, join
from tests.sandbox.slots.conftest import OVERRIDE, Slots

CANNOT: list[tuple[dict[str, Any], int, str, str]] = [
    ({"component": "nobody"}, 404, "no-such-component", "no component nobody"),
    ({"slot": "dragons"}, 422, "no-such-slot", "there are: .*waste"),
    ({"slot": "council_tax"}, 422, "not-its-slot", "joined for waste"),
    ({"operations": ["list_round"]}, 422, "no-such-operation", "Did you mean list_rounds?"),
    ({"mode": "share"}, 422, "share-of-nobody", "Say whose calls"),
    ({"mode": "share", "share": {"percent": 0}}, 422, "share-of-nobody", "percent, homes"),
    ({"mode": "share", "share": {"homes": ["7"]}}, 422, "nobody-of-that-name", "no home 7"),
    ({"mode": "share", "share": {"residents": ["R1"]}}, 422, "nobody-of-that-name", "no resident R1"),
    ({"mode": "share", "share": {"wards": ["Mordor"]}}, 422, "nobody-of-that-name", "no ward Mordor"),
    ({"mode": "share", "share": {"percent": 101}}, 422, "invalid-request", ""),
    ({"operations": []}, 422, "invalid-request", ""),
    ({"seconds": 0}, 422, "invalid-request", ""),
    ({"mode": "stub"}, 422, "invalid-request", ""),
    ({}, 409, "gate-closed", "has not been checked"),
]


def test_what_cannot_fill_a_slot_is_refused_and_changes_nothing(slots: Slots) -> None:
    for changed, status, problem, said in CANNOT:
        answer = slots.fill(**changed)
        told = answer.json()
        assert (answer.status_code, told["type"]) == (status, f"/problems/{problem}"), changed
        assert re.search(said, told["detail"]), told["detail"]
    assert slots.modes() == {}
    assert slots.changes() == []


def test_a_component_can_be_watched_without_having_been_checked(slots: Slots) -> None:
    told = slots.fill(mode="shadow").json()
    assert told["overview"] == f"{NAME} is watched beside the stub; the stub answers."
    assert told["gate"] is None
    assert slots.modes() == {"*": (NAME, "shadow")}


def test_a_share_is_of_homes_residents_and_wards_that_are_there(
    slots: Slots, council: CouncilUnderTest
) -> None:
    ward = council.get("addresses", "/wards").json()["items"][0]
    home = council.get("addresses", "/properties").json()["items"][0]["uprn"]
    resident = council.client.get("/sandbox/councils/fairwater/people").json()["items"][0]["resident"]
    of = {"percent": 10, "homes": [home], "residents": [resident], "wards": [ward["name"].upper()]}
    answer = slots.share(**of)
    assert answer.status_code == 200, answer.text
    assert answer.json()["fillings"][0]["share"] == {**of, "wards": [ward["code"]]}
    what = slots.changes()[-1]["what"]
    assert what == (
        f"{NAME} answers for 10 % of homes, the home {home}, the resident {resident} and the ward "
        f"{ward['code']}"
    )


def test_two_components_share_a_slot_by_operations_but_not_one_of_them(
    slots: Slots, council: CouncilUnderTest
) -> None:
    join(council, "other-bins")
    assert slots.fill(mode="shadow", operations=["list_rounds"]).status_code == 200
    other = slots.fill(component="other-bins", mode="shadow", operations=["report_missed_collection"])
    assert other.status_code == 200, other.text
    for operations in (["list_rounds"], None):
        taken = slots.fill(component="other-bins", mode="shadow", operations=operations)
        assert (taken.status_code, taken.json()["type"]) == (409, "/problems/slot-taken")
        assert f"council component roll-back {NAME}" in taken.json()["detail"]
    assert slots.modes() == {
        "list_rounds": (NAME, "shadow"),
        "report_missed_collection": ("other-bins", "shadow"),
    }
    # What one of them filled is given back alone.
    slots.roll_back(component="other-bins", why="It was a try")
    assert slots.modes() == {"list_rounds": (NAME, "shadow")}
    assert slots.changes()[-1]["what"] == "Rolled back to the stub for report_missed_collection"
    # The whole slot takes the place of its operations.
    assert slots.fill(mode="shadow").status_code == 200
    assert slots.modes() == {"*": (NAME, "shadow")}
    taken = slots.fill(component="other-bins", mode="shadow", operations=["report_missed_collection"])
    assert taken.status_code == 409


def test_a_component_that_fills_a_slot_is_rolled_back_before_it_is_removed(
    slots: Slots, council: CouncilUnderTest
) -> None:
    slots.fill(mode="shadow")
    removing = f"/sandbox/councils/fairwater/components/{NAME}"
    refused = council.client.delete(removing)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/still-fills")
    assert f"council component roll-back {NAME}" in refused.json()["detail"]
    slots.roll_back()
    assert council.client.delete(removing).status_code == 204
    # What it did stays in the history.
    assert [each["component"] for each in slots.changes()] == [NAME, NAME]


def test_rolling_back_what_nobody_fills_changes_nothing(slots: Slots) -> None:
    assert slots.roll_back()["overview"] == "The stub answers for Waste."
    assert slots.changes() == []


def test_the_gate_says_all_that_is_unmet_and_a_reason_overrides_it(slots: Slots) -> None:
    refused = slots.fill().json()
    assert [each["what"] for each in refused["unmet"]] == [
        f"{NAME} has not been checked",
        f"{NAME} has not been compared with the stub",
    ]
    assert all(each["remedy"] for each in refused["unmet"])
    assert refused["limits"] == {"calls": 500, "percent": 0.5, "slower_ms": 250.0}
    told = slots.fill(override=OVERRIDE, limits={"calls": 5}).json()
    assert not told["gate"]["open"]
    assert told["gate"]["limits"]["calls"] == 5
    assert slots.modes() == {"*": (NAME, "live")}
    change = slots.changes()[-1]
    assert change["what"] == f"{NAME} is live for the whole slot"
    assert change["overriding"].endswith(f"Reason: {OVERRIDE}")
    for unmet in refused["unmet"]:
        assert unmet["what"] in change["overriding"]
    assert change["setting"]["gate"]["limits"]["calls"] == 5


def test_one_that_was_checked_and_compared_goes_live_without_a_reason(slots: Slots) -> None:
    verdict = slots.checked()
    slots.compared(calls=1000, different=5, slower_ms=40.0)
    told = slots.fill(override="No need to").json()
    assert told["gate"]["open"], told["gate"]
    change = slots.changes()[-1]
    assert change["overriding"] is None
    assert change["setting"]["gate"]["verdict"]["record"] == verdict["record"]
    assert change["setting"]["gate"]["comparison"]["different"] == 5
    slots.roll_back()
    # Narrower limits are asked for in the call.
    refused = slots.fill(limits={"percent": 0.1, "slower_ms": 10}).json()
    assert len(refused["unmet"]) == 2


def test_going_back_needs_no_gate_and_going_farther_does(slots: Slots) -> None:
    assert slots.fill(override=OVERRIDE).status_code == 200
    back: tuple[dict[str, Any], ...] = (
        {"mode": "live", "seconds": 2, "fallback": True},
        {"mode": "share", "share": {"percent": 50}},
        {"mode": "share", "share": {"percent": 10}},
    )
    for wanted in back:
        answer = slots.fill(**wanted)
        assert answer.status_code == 200, answer.text
        assert answer.json()["gate"] is None
    for wanted in ({"mode": "share", "share": {"percent": 11}}, {"mode": "live"}):
        assert slots.fill(**wanted).status_code == 409
    assert slots.fill(mode="shadow").status_code == 200
    for wanted in ({"mode": "share", "share": {"percent": 1}}, {"mode": "live"}):
        assert slots.fill(**wanted).status_code == 409


def test_what_is_watched_only_does_not_go_live_with_the_rest_of_its_slot(slots: Slots) -> None:
    slots.fill(override=OVERRIDE)
    slots.fill(mode="shadow", operations=["list_rounds"])
    assert slots.modes() == {"*": (NAME, "live"), "list_rounds": (NAME, "shadow")}
    assert slots.fill().status_code == 409


@pytest.mark.parametrize("mode", ["shadow", "live"])
def test_one_that_is_tried_on_a_fork_does_not_fill_a_slot_meanwhile(
    slots: Slots, council: CouncilUnderTest, mode: str
) -> None:
    fork = council.control("/forks").json()["name"]
    moved = council.client.put(
        f"/sandbox/councils/fairwater/components/{NAME}/whereabouts", json={"council": fork}
    )
    assert moved.json() == {"council": fork}
    refused = slots.fill(mode=mode, override=OVERRIDE)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/tried-on-fork")
    assert fork in refused.json()["detail"]
    assert slots.shown()["candidates"][0]["acts_in"] == fork
    # With the fork the trial ends.
    council.client.delete(f"/sandbox/councils/{fork}")
    assert slots.fill(mode=mode, override=OVERRIDE).status_code == 200
    assert slots.shown()["candidates"][0]["acts_in"] is None


def test_a_slot_is_filled_still_after_a_restart(slots: Slots, council: CouncilUnderTest) -> None:
    slots.share(percent=10)
    before = slots.shown()
    council.reopen()
    assert slots.shown() == before
