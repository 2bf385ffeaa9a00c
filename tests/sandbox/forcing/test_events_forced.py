"""Events are forced to come twice or late: each of them always alike, whoever it is sent to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.forcing.of_events import Treatment
from service_apis.kit.events import Event
from tests.conftest import CouncilUnderTest
from tests.sandbox.forcing.calls import FAULT, a_move, move, read, rules, set_rule

EVENT = Event(
    position=1,
    type="virtual-council.waste.bin.reported",
    source="waste",
    subject="M1",
    time=datetime(2026, 6, 1, 8, tzinfo=UTC),
    data={},
)


def treatments(council: CouncilUnderTest, positions: range = range(1, 101)) -> list[Treatment]:
    treatment = council.sandbox.forcing.treatment
    return [treatment("fairwater", replace(EVENT, position=each)) for each in positions]


def test_without_a_rule_an_event_is_sent_once_and_at_once(council: CouncilUnderTest) -> None:
    assert set(treatments(council)) == {Treatment(copies=1, delay_seconds=0.0)}
    set_rule(council, "unavailable")
    assert set(treatments(council)) == {Treatment(copies=1, delay_seconds=0.0)}


def test_events_come_as_often_and_as_late_as_the_rules_say(council: CouncilUnderTest) -> None:
    set_rule(council, "events-twice", parameters={"copies": 3})
    set_rule(council, "events-late", parameters={"seconds": 5, "up_to": 9})
    told = treatments(council)
    assert {each.copies for each in told} == {3}
    assert all(5 <= each.delay_seconds <= 9 for each in told)
    assert len({each.delay_seconds for each in told}) > 50
    assert FAULT not in read(council).headers


def test_an_event_is_treated_alike_whoever_it_is_sent_to_and_in_whatever_order(
    council: CouncilUnderTest,
) -> None:
    set_rule(council, "events-late", share=0.5, parameters={"seconds": 1, "up_to": 60})
    first = treatments(council)
    assert {each.delay_seconds == 0 for each in first} == {True, False}
    assert treatments(council) == first
    council.reopen()
    assert treatments(council, range(100, 0, -1)) == first[::-1]


def test_a_count_is_of_events_and_not_of_receivers(council: CouncilUnderTest) -> None:
    set_rule(council, "events-twice", count=2)
    again = [treatments(council, range(1, 2)) for _ in range(5)]
    assert {each[0].copies for each in again} == {2}
    assert rules(council)[0]["forced"] == 1
    assert [each.copies for each in treatments(council, range(2, 5))] == [2, 1, 1]
    assert rules(council) == []


@pytest.mark.parametrize(("service", "copies"), [("waste", 2), ("residents", 1)])
def test_a_rule_meets_the_events_of_its_service(council: CouncilUnderTest, service: str, copies: int) -> None:
    set_rule(council, "events-twice", service=service)
    assert treatments(council, range(1, 2))[0].copies == copies


def test_a_request_asks_for_the_events_that_it_causes_and_no_others(council: CouncilUnderTest) -> None:
    def treated() -> list[Treatment]:
        positions = [each["position"] for each in events(council)]
        return [
            council.sandbox.forcing.treatment("fairwater", replace(EVENT, position=each))
            for each in positions
        ]

    body = a_move(council)
    answer = move(council, body, "events-late; seconds=30")
    assert answer.headers[FAULT] == "events-late"
    caused = treated()
    assert {each.delay_seconds for each in caused} == {30.0}
    council.advance(days=14)
    assert treated()[: len(caused)] == caused
    assert set(treated()[len(caused) :]) == {Treatment()}
    # A read causes none, and is then as ever.
    assert FAULT not in read(council, "events-twice").headers
    assert council.control("/reset").status_code == 200
    assert move(council, body).status_code == 201
    assert set(treated()) == {Treatment()}


def events(council: CouncilUnderTest) -> list[dict[str, Any]]:
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"limit": 200}).json()
    listed: list[dict[str, Any]] = feed["items"]
    return listed
