"""What can be done next with a component stands with its slot: what it will do, and what the gate says."""

from __future__ import annotations

from typing import Any

from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, join
from tests.sandbox.slots.conftest import OVERRIDE, Slots


def steps(slots: Slots, component: str = NAME) -> dict[str, dict[str, Any]]:
    return {each["step"]: each for each in slots.shown()["next"] if each["component"] == component}


def test_each_step_that_is_shown_can_be_taken_and_leads_on(slots: Slots, council: CouncilUnderTest) -> None:
    assert list(steps(slots)) == ["check", "compare", "watch", "share", "go-live"]
    for name in ("watch", "share", "go-live", "share", "roll-back"):
        step = steps(slots)[name]
        assert step["command"].startswith("council component ")
        assert NAME in step["will"] or "stub" in step["will"]
        body = step["request"]["body"] | ({"override": OVERRIDE} if step["unmet"] else {})
        answer = council.client.request(
            step["request"]["method"], f"/sandbox{step['request']['path']}", json=body
        )
        assert answer.status_code == 200, answer.text
        # What is done is no step any more; another share is.
        assert (name in steps(slots)) == (name == "share")
    assert list(steps(slots)) == ["check", "compare", "watch", "share", "go-live"]


def test_a_step_says_beforehand_what_the_gate_would(slots: Slots) -> None:
    refused = slots.fill().json()["unmet"]
    assert steps(slots)["go-live"]["unmet"] == refused
    assert steps(slots)["share"]["unmet"] == refused
    assert steps(slots)["watch"]["unmet"] == []
    slots.checked()
    assert [each["what"] for each in steps(slots)["go-live"]["unmet"]] == [refused[1]["what"]]
    slots.fill(override=OVERRIDE)
    # Going back is not asked about.
    assert steps(slots)["share"]["unmet"] == []


def test_what_is_taken_by_another_is_no_step(slots: Slots, council: CouncilUnderTest) -> None:
    join(council, "other-bins")
    slots.fill(mode="shadow")
    assert list(steps(slots, "other-bins")) == ["check", "compare"]


def test_how_a_component_fares_is_shown_in_a_sentence(slots: Slots, council: CouncilUnderTest) -> None:
    slots.fill(override=OVERRIDE)
    assert slots.shown()["fillings"][0]["fares"]["sentence"] == "It has not been called"
    circuit = council.sandbox.filling.filled(council.name).circuit(NAME)
    circuit.failed()
    assert slots.shown()["fillings"][0]["fares"]["sentence"] == "It failed once one after another"
