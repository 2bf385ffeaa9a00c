"""People come to the council from elsewhere, leave it and die, and the other services hear of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import account, account_at, accounts, bills, household

NEWCOMER = {"forename": "Amina", "surname": "O'Fairbrother-Hill", "sex": "F", "born": "1989-03-02"}
CHILD = {"forename": "Sam", "surname": "Fairbrother", "sex": "M", "born": "2020-01-08"}


def arrive(council: CouncilUnderTest, uprn: str, day: str, *members: dict[str, Any]) -> dict[str, Any]:
    body = {"uprn": uprn, "arrived_on": day, "members": members or (NEWCOMER,)}
    answer = council.post("residents", "/arrivals", json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def leave(council: CouncilUnderTest, resident: str, day: str, *, whole: bool = True) -> dict[str, Any]:
    body = {"left_on": day, "whole_household": whole}
    answer = council.post("residents", f"/residents/{resident}/departures", json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def die(council: CouncilUnderTest, resident: str, day: str) -> dict[str, Any]:
    answer = council.post("residents", f"/residents/{resident}/death", json={"died_on": day})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def an_empty_home(council: CouncilUnderTest) -> str:
    return str(accounts(council, kind="empty", status="open")[0]["uprn"])


def events(council: CouncilUnderTest) -> list[dict[str, Any]]:
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"limit": 200})
    told: list[dict[str, Any]] = feed.json()["items"]
    return told


def test_a_household_that_arrives_is_in_the_index_and_liable_from_that_day(council: CouncilUnderTest) -> None:
    home = an_empty_home(council)
    told = arrive(council, home, "2026-05-20", NEWCOMER, CHILD)
    mother, child = told["residents"]
    entry = council.get("residents", f"/residents/{mother}").json()
    assert (entry["uprn"], entry["household"], entry["moved_in"]) == (home, told["household"], "2026-05-20")
    assert entry["ethnic_group"] == "not_stated"
    members = council.get("residents", f"/residents/{child}/household").json()["members"]
    assert [each["id"] for each in members] == [mother, child]
    found = council.get("residents", "/residents", name="ofairbrother").json()["items"]
    assert [each["id"] for each in found] == [mother]

    opened = account_at(council, home)
    assert [each["resident_id"] for each in opened["liable_persons"]] == [mother]
    assert (opened["kind"], opened["opened_on"]) == ("occupied", "2026-05-20")
    assert [each["code"] for each in opened["awards"]] == ["single_person"]
    assert bills(council, opened["reference"])[0]["lines"][0]["starts_on"] == "2026-05-20"
    assert council.get("waste", f"/properties/{home}").json()["holder_id"] == mother
    assert "virtual-council.residents.resident.arrived" in {each["type"] for each in events(council)}


def test_who_joins_somebody_who_lives_alone_ends_the_discount(council: CouncilUnderTest) -> None:
    [host] = household(council, adults=1, size=1)
    before = account_at(council, host["uprn"])
    [guest] = arrive(council, host["uprn"], "2026-05-10")["residents"]
    after = account(council, before["reference"])
    assert after["awards"][0]["ends_on"] == "2026-05-10"
    assert [each["resident_id"] for each in after["liable_persons"]] == [host["id"], guest]


def test_a_household_that_leaves_is_kept_among_departures_alone(council: CouncilUnderTest) -> None:
    members = household(council, adults=2, size=3)
    home = members[0]["uprn"]
    before = account_at(council, home)
    told = leave(council, members[0]["id"], "2026-05-20")
    assert sorted(told["residents"]) == sorted(each["id"] for each in members)
    assert council.get("residents", "/residents", uprn=home).json()["total"] == 0
    gone = council.get("residents", "/departures", uprn=home).json()["items"]
    assert {(each["reason"], each["left_on"]) for each in gone} == {("moved_away", "2026-05-20")}
    missing = council.get("residents", f"/residents/{members[0]['id']}")
    assert missing.status_code == 404
    assert "moved away on 2026-05-20" in missing.json()["detail"]

    closed = account(council, before["reference"])
    assert (closed["status"], closed["closed_on"]) == ("closed", "2026-05-20")
    vacated = account_at(council, home)
    assert (vacated["kind"], vacated["awards"]) == ("empty", [])
    assert vacated["liable_persons"][0]["basis"] == "owner"
    assert council.get("waste", f"/properties/{home}").json()["holder_id"] is None


def test_who_is_widowed_has_the_single_person_discount_from_that_day(council: CouncilUnderTest) -> None:
    stays, dies = household(council, adults=2, size=2, liable=2)
    before = account_at(council, stays["uprn"])
    die(council, dies["id"], "2026-05-18")
    after = account(council, before["reference"])
    assert after["awards"] == [{"code": "single_person", "starts_on": "2026-05-18", "ends_on": None}]
    assert {each["resident_id"]: each["liable_until"] for each in after["liable_persons"]} == {
        stays["id"]: None,
        dies["id"]: "2026-05-18",
    }
    shown = council.get("residents", f"/residents/{stays['id']}/household").json()["members"]
    assert [each["id"] for each in shown] == [stays["id"]]


def test_the_home_of_somebody_who_died_alone_is_exempt(council: CouncilUnderTest) -> None:
    [dies] = household(council, adults=1, size=1)
    die(council, dies["id"], "2026-05-18")
    estate = account_at(council, dies["uprn"])
    assert (estate["kind"], estate["balance_pence"]) == ("empty", 0)
    assert estate["awards"] == [{"code": "exempt_f", "starts_on": "2026-05-18", "ends_on": None}]


def test_a_student_who_leaves_is_disregarded_nowhere(council: CouncilUnderTest) -> None:
    found = council.client.get(
        "/sandbox/councils/fairwater/people", params={"trait": ["disregarded:student", "liable"]}
    ).json()["items"]
    student = found[0]
    leave(council, student["resident"], "2026-05-20")
    [newcomer] = arrive(council, student["uprn"], "2026-05-21")["residents"]
    opened = account_at(council, student["uprn"])
    assert [each["code"] for each in opened["awards"]] == ["single_person"]
    assert [each["resident_id"] for each in opened["liable_persons"]] == [newcomer]


def test_what_is_heard_twice_changes_nothing_more(council: CouncilUnderTest) -> None:
    from service_apis.council_tax.lifecycle import lifecycle
    from service_apis.kit.events import Event
    from service_apis.kit.records import EventRecord

    [dies] = household(council, adults=1, size=1)
    home = an_empty_home(council)
    arrive(council, home, "2026-05-20", NEWCOMER, CHILD)
    die(council, dies["id"], "2026-05-18")
    before = [accounts(council, uprn=uprn) for uprn in (home, dies["uprn"])]
    with council.sandbox.councils.first.writing("council-tax") as work:
        for record in work.session.query(EventRecord).order_by(EventRecord.position).all():
            if record.type in lifecycle.event_handlers:
                lifecycle.event_handlers[record.type](work, Event.of(record))
    assert [accounts(council, uprn=uprn) for uprn in (home, dies["uprn"])] == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"uprn": "1"}, "unknown-uprn"),
        ({"arrived_on": "2026-06-02"}, "move-date-refused"),
        ({"arrived_on": "2025-05-31"}, "move-date-refused"),
        ({"members": [{**NEWCOMER, "born": "2026-05-21"}]}, "not-yet-born"),
        ({"members": [{**NEWCOMER, "born": "1890-01-01"}]}, "not-yet-born"),
        ({"members": []}, "invalid-request"),
        ({"members": [{**NEWCOMER, "surname": " "}]}, "invalid-request"),
        ({"members": [{**NEWCOMER, "email": "nobody"}]}, "invalid-request"),
        ({"members": [{**NEWCOMER, "ethnic_group": "martian"}]}, "invalid-request"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused_and_enters_nobody(
    council: CouncilUnderTest, change: dict[str, Any], problem: str
) -> None:
    there = council.get("residents", "/residents", per_page=1).json()["total"]
    body = {"uprn": an_empty_home(council), "arrived_on": "2026-05-20", "members": [NEWCOMER], **change}
    answer = council.post("residents", "/arrivals", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")
    assert council.get("residents", "/residents", per_page=1).json()["total"] == there


def test_who_has_died_can_neither_move_nor_die_again(council: CouncilUnderTest) -> None:
    [dies] = household(council, adults=1, size=1)
    die(council, dies["id"], "2026-05-18")
    path = f"/residents/{dies['id']}"
    again = council.post("residents", f"{path}/death", json={"died_on": "2026-05-18"})
    assert again.status_code == 404
    assert "died on 2026-05-18" in again.json()["detail"]
    body = {"uprn": an_empty_home(council), "moved_on": "2026-05-20", "whole_household": True}
    assert council.post("residents", f"{path}/moves", json=body).status_code == 404


def test_a_death_is_recorded_of_the_version_that_was_seen(council: CouncilUnderTest) -> None:
    [dies] = household(council, adults=1, size=1)
    body = {"died_on": "2026-05-18"}
    path, stale = f"/residents/{dies['id']}/death", {"If-Match": '"7"'}
    assert council.post("residents", path, json=body, headers=stale).status_code == 412
    assert council.get("residents", f"/residents/{dies['id']}").status_code == 200


def test_a_new_id_is_nobodys_before(council: CouncilUnderTest) -> None:
    [first] = arrive(council, an_empty_home(council), "2026-05-20")["residents"]
    leave(council, first, "2026-05-21")
    [second] = arrive(council, an_empty_home(council), "2026-05-22")["residents"]
    assert second > first
