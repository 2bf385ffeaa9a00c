"""The calendar feed, read as calendar programs read it."""

from __future__ import annotations

from datetime import date
from typing import Any

import icalendar
from httpx2 import Response

from tests.conftest import KEY, CouncilUnderTest
from tests.service_apis.waste.asking import a_home, a_reportable_bin


def feed_of(council: CouncilUnderTest, uprn: str, **request: Any) -> Response:
    return council.client.get(council.url("waste", f"/properties/{uprn}/calendar.ics"), **request)


def events_of(answer: Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def test_the_feed_is_what_calendar_programs_expect(council: CouncilUnderTest) -> None:
    answer = feed_of(council, a_home(council))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    calendar: Any = icalendar.Calendar.from_ical(answer.content)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar["X-WR-CALNAME"].startswith("Bins at ")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:P1D" in lines


def test_each_bin_is_an_all_day_event_with_an_identity_of_its_own(council: CouncilUnderTest) -> None:
    events = events_of(feed_of(council, a_home(council)))
    assert len({str(event["UID"]) for event in events}) == len(events) > 100
    for event in events:
        assert type(event.decoded("DTSTART")) is date
        assert event.decoded("DTSTAMP").tzinfo is not None
        assert str(event["SUMMARY"]) in {"Refuse bin", "Recycling bin", "Food bin", "Garden bin"}


def test_the_feed_and_the_calendar_say_the_same(council: CouncilUnderTest) -> None:
    uprn = a_home(council)
    period = {"from": "2026-05-04", "to": "2027-06-16"}
    shown = council.get("waste", f"/properties/{uprn}/collections", **period).json()["collections"]
    in_feed = [
        (each.decoded("DTSTART").isoformat(), str(each["SUMMARY"]))
        for each in events_of(feed_of(council, uprn))
    ]
    assert in_feed == [(each["collection_date"], each["title"]) for each in shown]


def test_a_collection_moved_by_a_holiday_stands_on_the_day_it_is_made(council: CouncilUnderTest) -> None:
    uprn = a_reportable_bin(council, stream="food")["uprn"]
    moved = [event for event in events_of(feed_of(council, uprn)) if "DESCRIPTION" in event]
    assert any("because of Spring Bank Holiday" in str(event["DESCRIPTION"]) for event in moved)
    assert any("2026-12-25" < each.decoded("DTSTART").isoformat() < "2027-01-17" for each in moved)
    for event in moved:
        usual = str(event["UID"]).split("-")[2].partition("@")[0]
        assert f"{event.decoded('DTSTART'):%Y%m%d}" > usual


def test_an_event_keeps_its_identity_as_time_passes(council: CouncilUnderTest) -> None:
    uprn = a_home(council)
    before = {str(event["UID"]): event.decoded("DTSTART") for event in events_of(feed_of(council, uprn))}
    council.advance(days=30)
    after = {str(event["UID"]): event.decoded("DTSTART") for event in events_of(feed_of(council, uprn))}
    shared = before.keys() & after.keys()
    assert len(shared) > 100
    assert {uid: before[uid] for uid in shared} == {uid: after[uid] for uid in shared}


def test_a_program_that_sends_no_header_gives_the_key_in_the_address(council: CouncilUnderTest) -> None:
    uprn, stranger = a_home(council), {"Authorization": ""}
    assert events_of(feed_of(council, uprn, params={"key": KEY}, headers=stranger))
    for params in ({"key": "not-a-key"}, {}):
        refused = feed_of(council, uprn, params=params, headers=stranger)
        assert refused.status_code == 401


def test_only_the_feed_takes_a_key_in_the_address(council: CouncilUnderTest) -> None:
    address = council.url("waste", "/rounds")
    assert council.client.get(address, params={"key": KEY}, headers={"Authorization": ""}).status_code == 401
    assert council.client.get(address, params={"key": KEY}).status_code == 422
