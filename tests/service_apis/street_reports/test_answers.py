"""What Open311 answers, in both of its formats."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.street_reports.speaking import as_text, read, report, send

READINGS = [
    "/discovery",
    "/services",
    "/services/fly-tipping",
    "/services/abandoned-vehicle",
    "/services/litter",
    "/requests",
    "/servicerequestupdates",
]


@pytest.mark.parametrize("path", READINGS)
def test_xml_and_json_say_the_same(council: CouncilUnderTest, path: str) -> None:
    in_json = read(council, f"{path}.json")
    assert in_json
    assert read(council, f"{path}.xml") == as_text(in_json)


def test_one_report_is_a_list_of_one_in_both_formats(council: CouncilUnderTest) -> None:
    reference = report(council, description='Deep & wide <b>"hole"</b> by the café\nat the corner')
    in_json = read(council, f"/requests/{reference}.json")
    assert in_json[0]["description"] == 'Deep & wide <b>"hole"</b> by the café\nat the corner'
    assert read(council, f"/requests/{reference}.xml") == as_text(in_json)


def test_discovery_names_the_address_that_was_used(council: CouncilUnderTest) -> None:
    endpoint = read(council, "/discovery.json")["endpoints"][0]
    assert endpoint["url"] == "http://127.0.0.1:8000/councils/fairwater/street-reports"
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    host = "street-reports.fairwater.localhost:8000"
    at_root = council.client.get("/discovery.json", headers={"Host": host})
    assert at_root.json()["endpoints"][0]["url"] == f"http://{host}"


def test_services_cover_what_people_report(council: CouncilUnderTest) -> None:
    services = {each["service_code"]: each for each in read(council, "/services.json")}
    assert {"fly-tipping", "pothole", "street-light", "graffiti", "abandoned-vehicle"} <= set(services)
    assert len(services) == 12
    assert services["pothole"]["metadata"] is True
    assert services["litter"]["metadata"] is False
    assert services["abandoned-vehicle"]["type"] == "batch"
    assert services["dog-fouling"]["groups"] == ["Street cleaning", "Dogs"]
    assert "groups" not in services["pothole"]


def test_a_definition_is_asked_for_where_there_is_metadata(council: CouncilUnderTest) -> None:
    definition = read(council, "/services/fly-tipping.json")
    attributes = {each["code"]: each for each in definition["attributes"]}
    assert attributes["LAND"]["required"] is True
    assert {"key": "private", "name": "Private"} in attributes["LAND"]["values"]
    assert attributes["KIND"]["datatype"] == "multivaluelist"
    assert attributes["easting"]["automated"] == "server_set"
    assert "values" not in attributes["easting"]
    assert [each["order"] for each in definition["attributes"]] == list(range(1, len(attributes) + 1))
    assert read(council, "/services/litter.json") == {"service_code": "litter", "attributes": []}


def test_text_that_only_informs_is_no_variable(council: CouncilUnderTest) -> None:
    attributes = {each["code"]: each for each in read(council, "/services/street-light.json")["attributes"]}
    assert attributes["SAFETY"]["variable"] is False
    assert attributes["FAULT"]["variable"] is True


def test_every_date_and_time_carries_its_zone(council: CouncilUnderTest) -> None:
    for each in read(council, "/requests.json", page_size=50):
        for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
            assert datetime.fromisoformat(each[name]).tzinfo is not None
            assert "." not in each[name]


def test_the_last_ninety_days_are_shown_the_latest_first(council: CouncilUnderTest) -> None:
    requested = [each["requested_datetime"] for each in read(council, "/requests.json")]
    moments = [datetime.fromisoformat(each) for each in requested]
    assert moments == sorted(moments, reverse=True)
    now = datetime.fromisoformat("2026-06-01T09:00:00+01:00")
    assert all(0 <= (now - moment).days < 90 for moment in moments)


def test_a_span_of_dates_bounds_what_was_requested(council: CouncilUnderTest) -> None:
    span = {"start_date": "2025-09-01T00:00:00Z", "end_date": "2025-10-01T00:00:00+01:00"}
    found = read(council, "/requests.json", **span)
    assert found
    for each in found:
        moment = datetime.fromisoformat(each["requested_datetime"])
        assert datetime.fromisoformat(span["start_date"]) <= moment
        assert moment <= datetime.fromisoformat(span["end_date"])


def test_lists_are_narrowed_by_several_codes_and_by_status(council: CouncilUnderTest) -> None:
    every = read(council, "/requests.json")
    wanted = read(council, "/requests.json", service_code="pothole, litter", status="closed")
    expected = [
        each["service_request_id"]
        for each in every
        if each["service_code"] in ("pothole", "litter") and each["status"] == "closed"
    ]
    assert [each["service_request_id"] for each in wanted] == expected
    both = read(council, "/requests.json", status="open,closed")
    assert len(both) == len(every)


def test_ids_override_every_other_argument(council: CouncilUnderTest) -> None:
    found = read(
        council,
        "/requests.json",
        service_request_id="SR0000001,SR0000002,SR9999999",
        start_date="2026-05-31T00:00:00Z",
        status="open",
    )
    assert [each["service_request_id"] for each in found] == ["SR0000001", "SR0000002"]


def test_an_empty_argument_counts_as_none(council: CouncilUnderTest) -> None:
    names = ("service_request_id", "service_code", "start_date", "end_date", "status", "jurisdiction_id")
    empty = dict.fromkeys(names, "")
    assert read(council, "/requests.json", **empty) == read(council, "/requests.json")


def test_pages_follow_one_another(council: CouncilUnderTest) -> None:
    every = read(council, "/requests.json")
    first = read(council, "/requests.json", page=1, page_size=5)
    second = read(council, "/requests.json", page=2, page_size=5)
    assert first + second == every[:10]


def test_nothing_found_is_an_empty_list(council: CouncilUnderTest) -> None:
    nothing = {"start_date": "2020-01-01T00:00:00Z", "end_date": "2020-01-02T00:00:00Z"}
    assert read(council, "/requests.json", **nothing) == []
    assert read(council, "/requests.xml", **nothing) == []


def test_who_reported_a_problem_is_not_told(council: CouncilUnderTest) -> None:
    reference = report(council, email="ada@example.com", first_name="Ada", phone="07700900123")
    told = str(read(council, f"/requests/{reference}.json")) + str(read(council, "/requests.json"))
    assert "ada@example.com" not in told
    assert "07700900123" not in told


def test_a_batch_service_answers_with_a_token_that_leads_to_the_report(council: CouncilUnderTest) -> None:
    fields = {"service_code": "abandoned-vehicle", "attribute[REGISTRATION]": "AA19AAA"}
    street = read(council, "/requests.json", page_size=1)[0]["address"]
    received = send(council, "/requests.xml", address_string=street, **fields)[0]
    assert "service_request_id" not in received
    found = read(council, f"/tokens/{received['token']}.json")[0]
    assert found["token"] == received["token"]
    shown = read(council, f"/requests/{found['service_request_id']}.json")[0]
    assert shown["service_code"] == "abandoned-vehicle"
