"""Verdicts: kept of signed records only, of runs on this component, standing while nothing has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import evidence
from sandbox.components.tables import ComponentRecord, VerdictRecord
from scenarios.conformance.record import Made
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, join, reported
from tests.sandbox.slots.conftest import Slots, a_run

COMPONENT = f"/sandbox/councils/fairwater/components/{NAME}"


def test_the_signed_record_is_kept_and_can_be_verified_again(
    slots: Slots, council: CouncilUnderTest, tmp_path: Path
) -> None:
    told = slots.checked()
    assert (told["passed"], told["partial"], told["stands"]) == (True, False, True)
    assert told["counts"]["pass"] == 2
    kept = council.client.get(f"{COMPONENT}/verdicts/{told['number']}/evidence").json()
    (tmp_path / "evidence.json").write_text(json.dumps(kept))
    found = evidence.read(tmp_path / "evidence.json")
    assert (found.record, found.digest, found.fingerprint) == (a_run(), told["record"], told["signer"])


def other_version(slots: Slots) -> dict[str, Any]:
    made = Made(virtual_council="0.0.1", python="3.11.9", schemathesis="4")
    return slots.signer.evidence(a_run(made_with=made))


@pytest.mark.parametrize(
    ("evidence_of", "said"),
    [
        (lambda slots: slots.signer.evidence(a_run(component="other-bins")), "not of a run on bins-r-us"),
        (
            lambda slots: slots.signer.evidence(a_run(passed=False).model_copy(update={"passed": True})),
            "contradict",
        ),
        (other_version, "made with version 0.0.1"),
        (lambda slots: {**slots.signer.evidence(a_run()), "more": 1}, "a `record` and a `signature`"),
        (lambda slots: {**slots.signer.evidence(a_run()), "record": {}}, "not as it was signed"),
        (
            lambda slots: {
                **slots.signer.evidence(a_run(passed=False)),
                "record": slots.signer.evidence(a_run())["record"],
            },
            "not as it was signed",
        ),
        (lambda slots: {}, "is not evidence"),
    ],
)
def test_what_is_no_record_of_a_run_on_it_is_no_verdict(slots: Slots, evidence_of: Any, said: str) -> None:
    answer = slots.council.control(f"/components/{NAME}/verdicts", evidence=evidence_of(slots))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-its-verdict")
    assert said in answer.json()["detail"]
    assert slots.council.client.get(f"{COMPONENT}/verdicts").json()["items"] == []


def test_the_latest_verdict_counts(slots: Slots) -> None:
    slots.compared(calls=1000, different=0, slower_ms=0)
    slots.checked()
    assert slots.fill().status_code == 200
    slots.roll_back()
    slots.checked(passed=False)
    (unmet,) = slots.fill().json()["unmet"]
    assert "1 of 2 checks were not passed" in unmet["what"]
    slots.checked(only=("data",))
    (unmet,) = slots.fill().json()["unmet"]
    assert "of a part only" in unmet["what"]


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        (ComponentRecord, "url", "http://127.0.0.1:9001", "Its address changed"),
        (ComponentRecord, "mapping", {"paths": {}}, "Its mapping changed"),
        (VerdictRecord, "contract", "0" * 64, "The contract of waste changed"),
    ],
)
def test_a_verdict_stands_no_longer_once_something_has_changed(
    slots: Slots, council: CouncilUnderTest, kind: type[Any], name: str, value: Any, said: str
) -> None:
    slots.compared(calls=1000, different=0, slower_ms=0)
    told = slots.checked()
    key = NAME if kind is ComponentRecord else told["number"]
    with council.sandbox.councils.notebook(council.name).writing() as session:
        setattr(session.get(kind, key), name, value)
    (unmet,) = slots.fill().json()["unmet"]
    assert said in unmet["what"]
    assert not slots.shown()["candidates"][0]["verdict"]["stands"]


def test_one_that_fills_a_slot_is_not_taken_away_to_be_tried(slots: Slots, council: CouncilUnderTest) -> None:
    fork = council.control("/forks").json()["name"]
    slots.fill(mode="shadow")
    refused = council.client.put(f"{COMPONENT}/whereabouts", json={"council": fork})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/still-fills")
    slots.roll_back()
    for name, problem in ((council.name, "not-its-fork"), ("nowhere", "no-such-council")):
        refused = council.client.put(f"{COMPONENT}/whereabouts", json={"council": name})
        assert refused.json()["type"] == f"/problems/{problem}"
    assert council.client.put(f"{COMPONENT}/whereabouts", json={"council": fork}).status_code == 200
    other = council.control("/forks").json()["name"]
    refused = council.client.put(f"{COMPONENT}/whereabouts", json={"council": other})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/tried-elsewhere")


def test_what_a_component_tells_while_it_is_tried_is_told_on_the_fork_too(council: CouncilUnderTest) -> None:
    bins = join(council)
    fork = council.control("/forks").json()["name"]
    there = f"/sandbox/councils/{fork}/components/{NAME}/events"
    assert council.client.get(there).status_code == 404
    council.client.put(f"{COMPONENT}/whereabouts", json={"council": fork})
    assert bins.get().json()["council"] == fork
    bins.send(reported())
    assert [each["outcome"] for each in council.client.get(there).json()["items"]] == ["taken"]
    council.client.put(f"{COMPONENT}/whereabouts", json={"council": None})
    assert bins.get().json()["council"] == council.name
    assert council.client.get(there).status_code == 404
