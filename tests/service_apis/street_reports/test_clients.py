"""Real clients work unmodified: the georeport package, and FixMyStreet's way of speaking."""

from __future__ import annotations

from typing import Any

import pytest
from georeport import GeoReport

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.service_apis.street_reports.speaking import read, send, somewhere


@pytest.mark.parametrize("output_format", ["json", "xml"])
def test_georeport_reads_all_that_it_can_ask_for(council: CouncilUnderTest, output_format: str) -> None:
    with served_aside(council.sandbox.gateway) as url:
        root = url + council.url("street_reports", "")
        client = GeoReport(root, jurisdiction="fairwater", output_format=output_format)
        services = client.get_service_list()
        assert len(services) == 12
        assert str(services[0]["metadata"]).lower() == "true"
        definition: dict[str, Any] = client.get_service_definition("street-light")
        attributes: Any = definition["attributes"]
        attributes = attributes["attribute"] if output_format == "xml" else attributes
        assert [each["code"] for each in attributes][:3] == ["SAFETY", "FAULT", "COLUMN"]
        reports = client.get_service_requests(
            start_date="2026-03-15T00:00:00Z", end_date="2026-06-01T08:00:00Z", status="closed"
        )
        assert {each["status"] for each in reports} == {"closed"}
        one = client.get_service_request(reports[0]["service_request_id"])
        assert one == reports[0]


def test_fixmystreet_reports_and_follows_a_problem(council: CouncilUnderTest) -> None:
    """The calls, fields and order of Open311.pm: services, definition, report, updates both ways."""
    services = read(council, "/services.xml", jurisdiction_id="fairwater")
    light = next(each for each in services if each["service_code"] == "street-light")
    assert light["metadata"] == "true"
    definition = read(council, "/services/street-light.xml", jurisdiction_id="fairwater")
    assert [each["code"] for each in definition["attributes"] if each["required"] == "true"] == ["FAULT"]
    home = somewhere(council)
    sent = send(
        council,
        "/requests.xml",
        jurisdiction_id="fairwater",
        service_code="street-light",
        lat=f"{home['latitude']:.6f}",
        long=f"{home['longitude']:.6f}",
        first_name="Ada",
        last_name="",
        email="ada@example.com",
        phone="07700900123",
        deviceid="Web",
        description="title: Dark\n\ndetail: No light\n\nurl: http://fms.example/7\n\nSubmitted via FMS\n",
        **{
            "attribute[FAULT]": "out",
            "attribute[easting]": home["easting"],
            "attribute[northing]": home["northing"],
            "attribute[fixmystreet_id]": "7",
            "attribute[report_url]": "http://fms.example/7",
        },
    )
    reference = sent[0]["service_request_id"]
    comment = {
        "jurisdiction_id": "fairwater",
        "service_request_id": reference,
        "update_id": "31",
        "status": "OPEN",
        "updated_datetime": "2026-06-01T09:30:00+01:00",
        "description": "Still dark",
        "first_name": "Ada",
        "last_name": "-",
        "email": "ada@example.com",
        "public_anonymity_required": "FALSE",
    }
    ours = send(council, "/servicerequestupdates.xml", **comment)[0]["update_id"]
    council.advance(days=21)
    asked = {
        "api_key": KEY,
        "jurisdiction_id": "fairwater",
        "start_date": "2026-06-01T00:00:00Z",
        "end_date": "2026-06-22T09:00:00Z",
    }
    updates = [
        each
        for each in read(council, "/servicerequestupdates.xml", **asked)
        if each["service_request_id"] == reference
    ]
    assert updates[0]["update_id"] == ours
    assert [each["status"] for each in updates[1:]] == [
        "open",
        "investigating",
        "action_scheduled",
        "in_progress",
        "fixed",
    ]
    assert {each["fixmystreet_id"] for each in updates} == {"7"}
    assert asked["start_date"] <= updates[0]["updated_datetime"] <= asked["end_date"]
