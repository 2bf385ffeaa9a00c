"""Bins that were not emptied."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.waste.asking import a_reportable_bin

PATH = "/missed-collections"


def test_a_missed_bin_is_a_case_that_the_crew_returns_to_within_two_working_days(
    council: CouncilUnderTest,
) -> None:
    answer = council.post("waste", PATH, json=a_reportable_bin(council))
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert case["status"] == "reported"
    assert case["return_by"] == "2026-06-03"
    council.advance(to="2026-06-03T12:59:00Z")
    assert council.get("waste", f"{PATH}/{case['reference']}").json()["status"] == "reported"
    council.advance(to="2026-06-03T13:00:00Z")
    ended = council.get("waste", f"{PATH}/{case['reference']}")
    assert ended.json()["status"] == "collected"
    assert ended.headers["ETag"] == '"2"'


def test_a_bin_reported_twice_is_one_case(council: CouncilUnderTest) -> None:
    report = a_reportable_bin(council)
    first = council.post("waste", PATH, json=report).json()["reference"]
    again = council.post("waste", PATH, json=report)
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/already-reported"
    assert again.json()["reference"] == first
    cases = council.get("waste", PATH, uprn=report["uprn"], status="reported").json()["items"]
    assert [each["reference"] for each in cases if each["stream"] == report["stream"]] == [first]


def test_a_reported_bin_is_no_longer_listed_as_one_to_report(council: CouncilUnderTest) -> None:
    report = a_reportable_bin(council)
    reference = council.post("waste", PATH, json=report).json()["reference"]
    assert a_reportable_bin(council) != report
    missed = council.get("waste", "/collections", reportable=True, missed=True).json()["items"]
    assert reference in [each["missed_collection"] for each in missed]


def test_on_a_day_that_is_over_for_good_no_bin_can_be_reported(council: CouncilUnderTest) -> None:
    answer = council.get("waste", "/collections", reportable=True, on="2026-04-28")
    assert (answer.status_code, answer.json()["items"], answer.json()["total"]) == (200, [], 0)


def test_a_bin_is_not_missed_until_the_crews_have_finished(council: CouncilUnderTest) -> None:
    bin_ = council.get("waste", "/collections", on="2026-06-01", per_page=1).json()["items"][0]
    report = {name: bin_[name] for name in ("uprn", "stream", "collection_date")}
    early = council.post("waste", PATH, json=report)
    assert early.status_code == 409
    assert early.json()["type"] == "/problems/not-collected-yet"
    council.advance(to="2026-06-01T14:00:00Z")
    assert council.post("waste", PATH, json=report).status_code == 201


@pytest.mark.parametrize(
    ("collected", "last_day"),
    [("2026-05-28", "2026-06-01"), ("2026-05-29", "2026-06-02"), ("2026-05-30", "2026-06-02")],
)
def test_a_bin_can_be_reported_for_two_working_days_and_no_longer(
    council: CouncilUnderTest, collected: str, last_day: str
) -> None:
    bins = council.get("waste", "/collections", on=collected, missed=False, per_page=2).json()["items"]
    in_time, late = ({name: each[name] for name in ("uprn", "stream", "collection_date")} for each in bins)
    council.advance(to=f"{last_day}T22:59:00Z")
    assert council.post("waste", PATH, json=in_time).status_code == 201
    council.advance(to=f"{last_day}T23:00:00Z")
    answer = council.post("waste", PATH, json=late)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/too-late-to-report"


def test_only_what_the_calendar_has_can_be_missed(council: CouncilUnderTest) -> None:
    report = a_reportable_bin(council, stream="refuse")
    answer = council.post("waste", PATH, json={**report, "stream": "recycling"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/not-collected-there"


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("0001-01-01", "too-late-to-report"),
        ("2024-02-29", "too-late-to-report"),
        ("9999-12-31", "not-collected-yet"),
    ],
)
def test_days_far_off_are_refused_plainly(council: CouncilUnderTest, day: str, problem: str) -> None:
    answer = council.post("waste", PATH, json={**a_reportable_bin(council), "collection_date": day})
    assert answer.status_code == 409
    assert answer.json()["type"] == f"/problems/{problem}"


def test_a_bin_of_no_property_cannot_be_missed(council: CouncilUnderTest) -> None:
    answer = council.post("waste", PATH, json={**a_reportable_bin(council), "uprn": "1"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/unknown-uprn"


def test_a_report_taken_back_can_be_made_again(council: CouncilUnderTest) -> None:
    report = a_reportable_bin(council)
    first = council.post("waste", PATH, json=report).json()["reference"]
    withdrawn = council.client.patch(council.url("waste", f"{PATH}/{first}"), json={"status": "withdrawn"})
    assert withdrawn.json()["status"] == "withdrawn"
    second = council.post("waste", PATH, json=report)
    assert second.status_code == 201
    council.advance(days=5)
    assert council.get("waste", f"{PATH}/{first}").json()["status"] == "withdrawn"
    assert council.get("waste", f"{PATH}/{second.json()['reference']}").json()["status"] == "collected"


def test_a_case_that_has_ended_stays_so(council: CouncilUnderTest) -> None:
    reference = council.post("waste", PATH, json=a_reportable_bin(council)).json()["reference"]
    address = council.url("waste", f"{PATH}/{reference}")
    assert council.client.patch(address, json={"status": "not_justified"}).status_code == 200
    again = council.client.patch(address, json={"status": "collected"})
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/already-closed"


def test_a_crew_cannot_close_a_case_it_has_not_seen_the_latest_of(council: CouncilUnderTest) -> None:
    reference = council.post("waste", PATH, json=a_reportable_bin(council)).json()["reference"]
    address = council.url("waste", f"{PATH}/{reference}")
    stale = council.client.patch(address, json={"status": "collected"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    fresh = council.client.patch(address, json={"status": "collected"}, headers={"If-Match": '"1"'})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] == '"2"'


def test_some_bin_can_be_reported_on_any_day_of_the_year(council: CouncilUnderTest) -> None:
    for _ in range(30):
        council.advance(days=12)
        bin_ = a_reportable_bin(council)
        assert date.fromisoformat(bin_["collection_date"]) >= council.today - timedelta(days=7)


def test_the_history_holds_ended_cases_of_the_weeks_before(council: CouncilUnderTest) -> None:
    cases = council.get("waste", PATH, per_page=200).json()["items"]
    assert cases
    for case in cases:
        assert "2026-04-06" <= case["collection_date"] <= "2026-05-31"
        assert case["collection_date"] <= case["reported_at"][:10] <= "2026-06-01"
        assert (case["status"] == "reported") == (case["return_by"] >= "2026-06-01")


def test_seeded_cases_end_as_time_passes(council: CouncilUnderTest) -> None:
    council.advance(days=4)
    assert council.get("waste", PATH, status="reported").json()["total"] == 0
