"""Calls that the tests of forced behaviour make: a read, a write that leaves a trace, and rules to be set."""

from __future__ import annotations

from typing import Any

from httpx2 import Response

from tests.conftest import CouncilUnderTest

SCENARIO = "Virtual-Council-Scenario"
FAULT = "Virtual-Council-Fault"
MOVES = "/residents/R00000001/moves"


def read(council: CouncilUnderTest, scenario: str | None = None, **params: Any) -> Response:
    """Read a resident."""
    return council.get("residents", "/residents/R00000001", headers=asking(scenario), **params)


def a_move(council: CouncilUnderTest) -> dict[str, object]:
    """A house move that can be told."""
    asked = {"classification": "RD04", "per_page": 1, "page": 100}
    uprn = council.get("addresses", "/properties", **asked).json()["items"][0]["uprn"]
    return {"uprn": uprn, "moved_on": "2026-05-29", "whole_household": True}


def move(
    council: CouncilUnderTest, body: dict[str, object], scenario: str | None = None, **headers: str
) -> Response:
    """Tell of a house move."""
    return council.post("residents", MOVES, json=body, headers={**asking(scenario), **headers})


def moves_told(council: CouncilUnderTest) -> int:
    """How often the resident has moved, by the council's events."""
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"subject": "R00000001"})
    return len(feed.json()["items"])


def asking(scenario: str | None) -> dict[str, str]:
    """The header that asks for a behaviour."""
    return {} if scenario is None else {SCENARIO: scenario}


def set_rule(council: CouncilUnderTest, behaviour: str, **wanted: Any) -> dict[str, Any]:
    """Set a rule, and give it as it is shown."""
    answer = council.control("/rules", behaviour=behaviour, **wanted)
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()
    return rule


def rules(council: CouncilUnderTest) -> list[dict[str, Any]]:
    """The rules that hold."""
    listed: list[dict[str, Any]] = council.client.get("/sandbox/councils/fairwater/rules").json()["items"]
    return listed
