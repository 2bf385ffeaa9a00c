"""Refusals are in the standard's shape, wherever they arise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.street_reports.speaking import read, said


@pytest.mark.parametrize(
    ("path", "status", "remedy"),
    [
        ("/nothing", 404, "Not Found"),
        ("/services.yaml", 404, "Not Found"),
        ("/services/tidal-wave.json", 404, "service_code tidal-wave was not found"),
        ("/services/a%20b.json", 404, "service_code a b was not found"),
        ("/requests/SR9999999.xml", 404, "service_request_id SR9999999 was not found"),
        ("/tokens/TK9999999.json", 404, "token TK9999999 was not found"),
        ("/tokens/SR0000001.json", 404, "token SR0000001 was not found"),
        ("/requests.json?colour=red", 400, "There is no query parameter 'colour' here"),
        ("/requests.json?status=mended", 400, "there are open and closed"),
        ("/requests.json?service_code=tsunami", 404, "service_code tsunami was not found"),
        ("/requests.xml?start_date=yesterday", 400, "write it as 2026-06-01T09:00:00Z"),
        ("/requests.xml?start_date=2026-06-01", 400, "has no zone"),
        ("/requests.json?page_size=1001", 400, "page_size"),
        ("/services.xml?jurisdiction_id=a%3Cb", 404, "jurisdiction_id a<b was not found"),
        ("/servicerequestupdates.xml?jurisdiction_id=other", 404, "here it is fairwater"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_the_standards_shape(
    council: CouncilUnderTest, path: str, status: int, remedy: str
) -> None:
    refused = read(council, path, status)
    assert isinstance(refused, list)
    assert {str(each["code"]) for each in refused} == {str(status)}
    assert remedy in refused[0]["description"]


@pytest.mark.parametrize("path", ["/requests.json", "/servicerequestupdates.json"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-01T00:00:00Z", "2026-04-02T00:00:00Z"),
        ("2026-04-02T00:00:00Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_span_is_in_order_and_of_ninety_days_at_most(
    council: CouncilUnderTest, path: str, start: str, end: str
) -> None:
    (refused,) = read(council, path, 400, start_date=start, end_date=end)
    assert "90 days" in refused["description"]


def test_ninety_days_and_an_unescaped_plus_are_taken(council: CouncilUnderTest) -> None:
    read(council, "/requests.json?start_date=2026-01-01T00:00:00+00:00&end_date=2026-04-01T00:00:00+00:00")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"])
def test_the_ends_of_time_are_no_fault_of_ours(council: CouncilUnderTest, moment: str) -> None:
    for name in ("start_date", "end_date"):
        answer = council.get("street_reports", "/requests.json", **{name: moment})
        assert answer.status_code in (200, 400)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_method_that_is_not_taken_is_said_so(council: CouncilUnderTest, form: str) -> None:
    answer = council.client.delete(council.url("street_reports", f"/requests.{form}"))
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert str(said(answer)[0]["code"]) == "405"


def test_a_body_that_is_no_form_is_refused(council: CouncilUnderTest) -> None:
    answer = council.post("street_reports", "/requests.json", json={"service_code": "pothole"})
    assert answer.status_code == 400
    assert "application/x-www-form-urlencoded" in answer.json()[0]["description"]
    broken = council.post(
        "street_reports", "/requests.json", content=b"--x", headers={"Content-Type": "multipart/form-data"}
    )
    assert broken.status_code == 400
    assert "boundary" in broken.json()[0]["description"]


def test_a_body_that_turns_out_too_large_is_refused(council: CouncilUnderTest) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b"description=" + b"x" * 100_000

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = council.post("street_reports", "/requests.xml", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert said(answer)[0]["code"] == "413"


@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_date_that_cannot_be_read_is_refused_beside_ids_too(council: CouncilUnderTest, name: str) -> None:
    (refused,) = read(council, "/requests.json", 400, service_request_id="SR0000001", **{name: "false"})
    assert name in refused["description"]
