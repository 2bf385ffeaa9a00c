"""Statuses that move: by the council's own steps, and by updates that are sent."""

from __future__ import annotations

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.street_reports.speaking import read, report, send, shown, updates_of


def send_update(council: CouncilUnderTest, reference: str, status: str, update_id: str = "1") -> str:
    """Send an update and give its id."""
    fields = {
        "service_request_id": reference,
        "update_id": update_id,
        "status": status,
        "updated_datetime": "2026-06-01T10:00:00+01:00",
        "description": f"said with {status}",
        "first_name": "Ada",
        "last_name": "Byron",
        "email": "ada@example.com",
    }
    received = send(council, "/servicerequestupdates.xml", **fields)
    assert [set(each) for each in received] == [{"update_id"}]
    return str(received[0]["update_id"])


def test_a_pothole_is_followed_to_its_end(council: CouncilUnderTest) -> None:
    reference = report(council)
    states = []
    for _day in range(20):
        told = shown(council, reference)
        states.append((told["status"], len(updates_of(council, reference))))
        council.advance(days=1)
    assert states[0] == ("open", 0)
    assert states[-1] == ("closed", 4)
    told = updates_of(council, reference)
    assert [each["status"] for each in told] == ["open", "investigating", "action_scheduled", "fixed"]
    days = [each["updated_datetime"] for each in told]
    assert days == [f"2026-06-{day}T15:00:00+01:00" for day in ("02", "04", "08", "15")]
    end = shown(council, reference)
    assert end["status_notes"] == "The pothole has been filled."
    assert end["updated_datetime"] == end["expected_datetime"] == days[-1]


def test_steps_are_taken_on_working_days_alone(council: CouncilUnderTest) -> None:
    council.advance(to="2026-08-28T09:00:00Z")  # the Friday before the August bank holiday
    reference = report(council)
    council.advance(days=5)
    (first,) = updates_of(council, reference)
    assert first["updated_datetime"].startswith("2026-09-01")


def test_waste_on_private_land_is_turned_down(council: CouncilUnderTest) -> None:
    reference = report(council, "fly-tipping", **{"attribute[LAND]": "private"})
    council.advance(days=14)
    assert [each["status"] for each in updates_of(council, reference)] == [
        "open",
        "not_councils_responsibility",
    ]
    assert shown(council, reference)["status"] == "closed"


def test_what_was_open_at_the_start_moves_on_too(council: CouncilUnderTest) -> None:
    open_at_first = read(council, "/requests.json", status="open")
    assert open_at_first
    council.advance(days=89)
    ids = ",".join(each["service_request_id"] for each in open_at_first)
    later = read(council, "/requests.json", service_request_id=ids)
    assert {each["status"] for each in later} == {"closed"}


def test_a_year_is_worked_through_in_few_steps(council: CouncilUnderTest) -> None:
    references = [report(council) for _ in range(5)]
    happenings = council.advance(days=365)
    assert {shown(council, each)["status"] for each in references} == {"closed"}
    service = council.sandbox.councils.first.services["street_reports"]
    assert service.open_cases is not None
    with council.sandbox.councils.first.reading("tests") as work:
        assert service.open_cases(work.session) == 0
    assert happenings


def test_updates_come_the_earliest_first_and_within_the_span(council: CouncilUnderTest) -> None:
    span = {"start_date": "2026-05-18T00:00:00Z", "end_date": "2026-05-22T23:00:00Z"}
    found = [each["updated_datetime"] for each in read(council, "/servicerequestupdates.json", **span)]
    assert found
    assert found == sorted(found)
    assert found[0] >= "2026-05-18"
    assert found[-1] < "2026-05-23"


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        ("FIXED", "closed"),
        ("CLOSED", "closed"),
        ("DUPLICATE", "closed"),
        ("NO_FURTHER_ACTION", "closed"),
        ("NOT_COUNCILS_RESPONSIBILITY", "closed"),
        ("CANCELLED", "closed"),
        ("OPEN", "open"),
        ("INVESTIGATING", "open"),
        ("IN_PROGRESS", "open"),
        ("ACTION_SCHEDULED", "open"),
        ("INTERNAL_REFERRAL", "open"),
        ("FOR_TRIAGE", "open"),
        ("REOPEN", "open"),
    ],
)
def test_each_status_of_fixmystreet_is_understood(
    council: CouncilUnderTest, status: str, becomes: str
) -> None:
    reference = report(council)
    update_id = send_update(council, reference, status)
    told = shown(council, reference)
    assert told["status"] == becomes
    assert told["status_notes"] == f"said with {status}"
    (update,) = updates_of(council, reference)
    assert update["update_id"] == update_id
    assert update["status"] == status.lower()


def test_an_update_sent_twice_is_one_update(council: CouncilUnderTest) -> None:
    reference = report(council)
    assert send_update(council, reference, "OPEN") == send_update(council, reference, "OPEN")
    assert send_update(council, reference, "OPEN", "2") != send_update(council, reference, "OPEN")
    assert len(updates_of(council, reference)) == 2


def test_a_report_that_was_closed_by_an_update_takes_no_more_steps(council: CouncilUnderTest) -> None:
    reference = report(council)
    send_update(council, reference, "FIXED")
    council.advance(days=30)
    assert len(updates_of(council, reference)) == 1


@pytest.mark.parametrize("status", ["REOPEN", "OPEN"])
def test_a_closed_report_that_is_opened_again_is_worked_to_its_end(
    council: CouncilUnderTest, status: str
) -> None:
    reference = report(council)
    send_update(council, reference, "CLOSED")
    send_update(council, reference, status, "2")
    assert shown(council, reference)["status"] == "open"
    council.advance(days=30)
    told = [each["status"] for each in updates_of(council, reference)]
    assert told == ["closed", status.lower(), "investigating", "action_scheduled", "fixed"]
    assert shown(council, reference)["status"] == "closed"


def test_updates_carry_fixmystreets_number_where_the_report_did(council: CouncilUnderTest) -> None:
    ours = report(council)
    theirs = report(council, **{"attribute[fixmystreet_id]": "4711"})
    council.advance(days=2)
    assert updates_of(council, theirs)[0]["fixmystreet_id"] == "4711"
    assert "fixmystreet_id" not in updates_of(council, ours)[0]


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"status": "MENDED"}, 400, "status MENDED is none; there are: OPEN, INVESTIGATING"),
        ({"updated_datetime": "2026-06-01 10:00"}, 400, "updated_datetime"),
        ({"updated_datetime": "2026-06-01T10:00:00"}, 400, "has no zone"),
        ({"update_id": ""}, 400, "update_id was not sent, and is required"),
        ({"service_request_id": "SR9999999"}, 404, "service_request_id SR9999999 was not found"),
        ({"api_key": "wrong"}, 403, "Invalid api_key received"),
    ],
)
def test_an_update_that_cannot_be_taken_is_refused(
    council: CouncilUnderTest, fields: dict[str, str], status: int, said: str
) -> None:
    form = {
        "service_request_id": report(council),
        "update_id": "1",
        "status": "OPEN",
        "updated_datetime": "2026-06-01T10:00:00Z",
        **fields,
    }
    refused = send(council, "/servicerequestupdates.json", status, **form)
    assert said in refused[0]["description"]
    assert refused[0]["code"] == status
