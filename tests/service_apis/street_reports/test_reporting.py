"""Reporting a problem: what is asked, where it is, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import KEY, CouncilUnderTest
from tests.service_apis.street_reports.speaking import read, report, said, send, shown, somewhere

FLY_TIP = {"service_code": "fly-tipping", "attribute[LAND]": "council"}


def refusals(council: CouncilUnderTest, status: int = 400, /, **fields: Any) -> list[str]:
    """What is said of a form that is refused; JSON and XML say the same, and nothing is kept."""
    before = read(council, "/requests.json", page_size=1)
    in_json = send(council, "/requests.json", status, **fields)
    in_xml = send(council, "/requests.xml", status, **fields)
    assert in_xml == [{"code": str(each["code"]), "description": each["description"]} for each in in_json]
    assert {each["code"] for each in in_json} == {status}
    assert read(council, "/requests.json", page_size=1) == before
    return [each["description"] for each in in_json]


def test_a_report_is_open_at_once_and_told_of(council: CouncilUnderTest) -> None:
    home = somewhere(council)
    received = send(
        council,
        "/requests.json",
        service_code="pothole",
        lat=home["latitude"],
        long=home["longitude"],
        description="A deep one.",
        media_url="https://example.com/photo.jpg",
        account_id="a-1",
        jurisdiction_id="fairwater",
    )
    assert len(received) == 1
    assert received[0]["account_id"] == "a-1"
    assert "10 working days" in received[0]["service_notice"]
    told = shown(council, received[0]["service_request_id"])
    assert told["status"] == "open"
    assert told["description"] == "A deep one."
    assert told["media_url"] == "https://example.com/photo.jpg"
    assert told["requested_datetime"] == "2026-06-01T09:00:00+01:00"
    assert told["expected_datetime"] == "2026-06-15T15:00:00+01:00"
    assert (told["lat"], told["long"]) == (home["latitude"], home["longitude"])


def test_a_problem_can_be_reported_at_a_park(council: CouncilUnderTest) -> None:
    park = council.get("addresses", "/properties", classification="LP01", per_page=1).json()["items"][0]
    answers = {"service_code": "graffiti", "attribute[OFFENSIVE]": "no"}
    received = send(council, "/requests.json", address_id=park["uprn"], **answers)
    assert shown(council, received[0]["service_request_id"])["address"] == park["address"]


def test_a_point_is_given_the_nearest_address(council: CouncilUnderTest) -> None:
    homes = council.get("addresses", "/properties", per_page=200).json()["items"]
    home = homes[120]
    reference = report(council, lat=home["latitude"] + 0.00001, long=home["longitude"])
    told = shown(council, reference)
    there = [
        each["address"]
        for each in homes
        if (each["latitude"], each["longitude"]) == (home["latitude"], home["longitude"])
    ]
    assert told["address"] in there
    assert told["zipcode"] == home["postcode"]
    assert told["address_id"] is None


def test_an_address_id_is_a_uprn(council: CouncilUnderTest) -> None:
    home = somewhere(council)
    received = send(council, "/requests.json", address_id=home["uprn"], **FLY_TIP)
    told = shown(council, received[0]["service_request_id"])
    assert told["address_id"] == home["uprn"]
    assert told["address"] == home["address"]
    assert (told["lat"], told["long"]) == (home["latitude"], home["longitude"])


@pytest.mark.parametrize("form", ["outside {line}", "{street}, by the shops", "near {postcode}!"])
def test_an_address_string_is_placed_by_street_or_postcode(council: CouncilUnderTest, form: str) -> None:
    home = somewhere(council)
    text = form.format(**home)
    received = send(council, "/requests.json", address_string=text, **FLY_TIP)
    told = shown(council, received[0]["service_request_id"])
    assert told["address"] == text
    if "line" in form:
        assert (told["lat"], told["long"]) == (home["latitude"], home["longitude"])
    if "postcode" in form:
        assert told["zipcode"] == home["postcode"]


def test_a_form_may_come_as_multipart(council: CouncilUnderTest) -> None:
    home = somewhere(council)
    fields = {**FLY_TIP, "api_key": KEY, "address_id": home["uprn"], "description": "Sofa"}
    parts = {name: (None, value) for name, value in fields.items()}
    answer = council.post("street_reports", "/requests.xml", files=parts)
    assert answer.status_code == 200, answer.text
    assert shown(council, said(answer)[0]["service_request_id"])["description"] == "Sofa"


def test_a_list_takes_several_answers(council: CouncilUnderTest) -> None:
    fields = {**FLY_TIP, "attribute[KIND][]": ["tyres", "garden"], "attribute[SIZE]": "van"}
    assert report(council, **fields)
    (said,) = refusals(council, **{**FLY_TIP, "attribute[SIZE]": ["van", "bag"]})
    assert said == "attribute[SIZE] takes one value"


def test_each_fault_of_the_answers_is_named(council: CouncilUnderTest) -> None:
    fields = {
        "service_code": "abandoned-vehicle",
        "attribute[SINCE]": "2026-05-01T12:00:00Z",
        "attribute[COLOUR]": "blue",
    }
    unknown, missing = refusals(council, **fields)
    assert unknown.startswith("attribute[COLOUR] is not asked here; these are: REGISTRATION, SINCE")
    assert missing == "attribute[REGISTRATION] was not sent, and is required"
    (choice,) = refusals(council, **{**FLY_TIP, "attribute[LAND]": "moon"})
    assert choice == "attribute[LAND] moon is none of its values; they are: council, private"
    (number,) = refusals(council, service_code="pothole", **{"attribute[DEPTH_MM]": "deep"})
    assert number == "attribute[DEPTH_MM] deep is not a number"
    (date,) = refusals(
        council,
        service_code="abandoned-vehicle",
        **{"attribute[REGISTRATION]": "AA19AAA", "attribute[SINCE]": "last week"},
    )
    assert "SINCE" in date
    assert "2026-06-01T09:00:00Z" in date


def test_what_fixmystreet_adds_is_taken_by_every_service(council: CouncilUnderTest) -> None:
    home = somewhere(council)
    added = {
        "easting": "393000",
        "northing": "650000",
        "fixmystreet_id": "4711",
        "title": "Litter",
        "description": "Much of it",
        "closest_address": home["address"],
        "uprn": home["uprn"],
    }
    attributes = {f"attribute[{name}]": value for name, value in added.items()}
    reference = report(council, "litter", **attributes)
    assert shown(council, reference)["address_id"] == home["uprn"]


def test_a_place_outside_the_council_is_refused_with_one_inside(council: CouncilUnderTest) -> None:
    (said,) = refusals(council, service_code="pothole", lat=51.5, long=-0.12)
    assert "more than 3,000 metres" in said
    words = said.split()
    lat, long = words[words.index("council;") + 2], words[words.index("council;") + 4]
    assert report(council, lat=lat.rstrip(","), long=long)


@pytest.mark.parametrize(
    ("place", "remedy"),
    [
        ({}, "send lat and long, or address_id or address_string"),
        ({"lat": 54.0}, "long was not sent; both are needed"),
        ({"lat": "north", "long": 0}, "lat Input should be a valid number"),
        ({"lat": "nan", "long": 0}, "lat Input should be a finite number"),
        ({"lat": 91, "long": 0}, "lat Input should be less than or equal to 90"),
        ({"address_id": "1"}, "address_id 1 is no UPRN of this council"),
        ({"address_string": "Atlantis"}, "names no street or postcode of this council"),
    ],
)
def test_a_report_without_a_place_is_refused(
    council: CouncilUnderTest, place: dict[str, Any], remedy: str
) -> None:
    said = refusals(council, service_code="pothole", **place)
    assert remedy in said[0]


def test_a_service_code_is_needed_and_known(council: CouncilUnderTest) -> None:
    assert refusals(council) == ["service_code was not sent, and is required"]
    (said,) = refusals(council, 404, service_code="potholes")
    assert said.startswith("service_code potholes was not found; there are: fly-tipping, pothole")


def test_a_description_has_4000_characters_and_no_control_character(council: CouncilUnderTest) -> None:
    assert report(council, description="x" * 4000)
    (long,) = refusals(council, service_code="pothole", description="x" * 4001)
    assert "4000 characters" in long
    (control,) = refusals(council, service_code="pothole", description="bell \x07")
    assert control == "description holds a control character; leave it out"


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_without_a_known_key_nothing_is_taken(council: CouncilUnderTest, key: str) -> None:
    (said,) = refusals(council, 403, api_key=key, service_code="pothole")
    assert "api_key" in said


def test_a_key_needs_the_scope_to_write_here(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="reader", scopes=["street_reports:read", "addresses:write"]).json()
    (said,) = refusals(council, 403, api_key=made["key"], service_code="pothole")
    assert "'reader' lacks the scope street_reports:write" in said
    made = council.control("/keys", name="writer", scopes=["street_reports:write"]).json()
    assert report(council, api_key=made["key"])


def test_a_key_in_the_header_does_not_stand_in_for_api_key(council: CouncilUnderTest) -> None:
    answer = council.post("street_reports", "/requests.json", data={"service_code": "pothole"})
    assert answer.status_code == 403


def test_another_jurisdiction_is_not_found(council: CouncilUnderTest) -> None:
    (said,) = refusals(council, 404, service_code="pothole", jurisdiction_id="elsewhere.gov.uk")
    assert said == "jurisdiction_id elsewhere.gov.uk was not found; here it is fairwater, or left out"


def test_a_file_is_refused_because_it_would_be_lost(council: CouncilUnderTest) -> None:
    answer = council.post(
        "street_reports", "/requests.json", data={"api_key": KEY}, files={"photo": ("a.jpg", b"\xff\xd8")}
    )
    assert answer.status_code == 400
    assert answer.json() == [{"code": 400, "description": "photo is a file; text is taken here"}]


def test_events_tell_of_a_report_from_its_receipt_to_its_end(council: CouncilUnderTest) -> None:
    reference = report(council, "litter")
    council.advance(days=10)
    with council.sandbox.councils.first.reading("tests") as work:
        from service_apis.kit.records import EventRecord

        found = work.session.query(EventRecord).filter_by(subject=reference).order_by(EventRecord.position)
        told = [event.type.removeprefix("virtual-council.street-reports.") for event in found]
    assert told == ["report.received", "report.updated", "report.updated", "report.closed"]
