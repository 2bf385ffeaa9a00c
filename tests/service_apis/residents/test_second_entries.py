"""A second entry of somebody in the citizen index, and an address that a household has left."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from service_apis.kit.records import EventRecord
from service_apis.residents.models import Resident
from tests.conftest import CouncilUnderTest


def enter_again(council: CouncilUnderTest, resident: dict[str, Any]) -> str:
    """Let the index have a second entry of a resident, at the same address."""
    with council.sandbox.councils.first.writing("residents") as work:
        first = work.session.get_one(Resident, resident["id"])
        columns = {name: getattr(first, name) for name in Resident.__table__.columns.keys()}  # noqa: SIM118
        work.session.add(Resident(**{**columns, "id": "R00099999", "household": None, "moved_in": None}))
    return "R00099999"


def a_householder(council: CouncilUnderTest) -> dict[str, Any]:
    found = council.get("residents", "/residents", per_page=50).json()["items"]
    alone: dict[str, Any] = next(
        each
        for each in found
        if each["born"] < "2000"
        and len(council.get("residents", f"/residents/{each['id']}/household").json()["members"]) == 1
        and council.get("residents", "/residents", uprn=each["uprn"]).json()["total"] == 1
    )
    return alone


def move(council: CouncilUnderTest, resident: str, uprn: str) -> dict[str, Any]:
    """Move a resident alone and give what was told of it."""
    body = {"uprn": uprn, "moved_on": date(2026, 5, 30).isoformat(), "whole_household": False}
    answer = council.post("residents", f"/residents/{resident}/moves", json=body)
    assert answer.status_code == 201, answer.text
    with council.sandbox.councils.first.reading("residents") as work:
        latest = select(EventRecord).where(EventRecord.subject == resident).order_by(EventRecord.position)
        told: dict[str, Any] = work.session.scalars(latest).all()[0].data
    return told


def an_empty_home(council: CouncilUnderTest) -> str:
    empty = council.get("council_tax", "/accounts", kind="empty", status="open", per_page=1).json()
    uprn: str = empty["items"][0]["uprn"]
    return uprn


def test_a_second_entry_is_no_adult_who_stays_behind(council: CouncilUnderTest) -> None:
    resident = a_householder(council)
    enter_again(council, resident)
    assert move(council, resident["id"], an_empty_home(council))["adults_left_behind"] == 0


def test_a_second_entry_that_moves_takes_no_adult_away(council: CouncilUnderTest) -> None:
    resident = a_householder(council)
    second = enter_again(council, resident)
    assert move(council, second, an_empty_home(council))["adults_left_behind"] == 1


def test_a_second_entry_has_no_household_and_says_so(council: CouncilUnderTest) -> None:
    second = enter_again(council, a_householder(council))
    answer = council.get("residents", f"/residents/{second}/household")
    assert answer.status_code == 404
    assert "nobody has entered with whom they live" in answer.json()["detail"]


def test_a_household_at_an_old_address_is_together_and_does_not_say_since_when(
    council: CouncilUnderTest,
) -> None:
    asked = {"service": "residents", "per_page": 200}
    faults = council.client.get(f"/sandbox/councils/{council.name}/truth/faults", params=asked).json()[
        "items"
    ]
    moved = [each["record"] for each in faults if each["kind"] == "old_address"]
    entries = [council.get("residents", f"/residents/{each}").json() for each in moved]
    assert [each for each in entries if each["household"]]
    for entry in entries:
        assert entry["moved_in"] is None
        if entry["household"]:
            shown = council.get("residents", f"/residents/{entry['id']}/household").json()
            assert {each["uprn"] for each in shown["members"]} == {entry["uprn"]}
