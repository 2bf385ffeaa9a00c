"""A service answers by path, by virtual host and at a port of its own."""

from __future__ import annotations

import pytest

from tests.conftest import CouncilUnderTest


def test_a_service_answers_at_its_path(council: CouncilUnderTest) -> None:
    assert council.get("addresses", "/wards").status_code == 200


def test_a_service_answers_at_the_root_of_its_virtual_host(council: CouncilUnderTest) -> None:
    host = "addresses.fairwater.localhost:8000"
    answer = council.client.get("/properties", params={"per_page": 1}, headers={"Host": host})
    assert answer.status_code == 200
    assert f"<http://{host}/properties?page=2&per_page=1>" in answer.headers["Link"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/councils/atlantis/waste/", "no-such-council"),
        ("/councils/fairwater/dragons/", "no-such-service"),
    ],
)
def test_an_unknown_council_or_service_is_named(council: CouncilUnderTest, path: str, problem: str) -> None:
    answer = council.client.get(path)
    assert answer.status_code == 404
    assert answer.json()["type"] == f"/problems/{problem}"
    assert "there is:" in answer.json()["detail"] or "it has:" in answer.json()["detail"]


def test_every_answer_says_that_the_council_is_fake(council: CouncilUnderTest) -> None:
    for path in ("/healthz", "/sandbox/councils", "/councils/fairwater/addresses/wards", "/nowhere"):
        answer = council.client.get(path)
        assert answer.headers["X-Virtual-Council"] == "true"
        assert answer.headers["Virtual-Council-Request-Id"]


def test_answers_are_counted_by_service_and_status(council: CouncilUnderTest) -> None:
    council.get("addresses", "/wards")
    council.get("addresses", "/nowhere")
    text = council.client.get("/metrics").text
    for status in (200, 404):
        assert f'virtual_council_answers_total{{service="addresses",status="{status}"}}' in text


@pytest.mark.parametrize("path", ["/councils/fairwater/addresses/docs", "/sandbox/docs"])
def test_the_pages_that_document_say_that_all_is_pretended(council: CouncilUnderTest, path: str) -> None:
    page = council.client.get(path).text
    assert "This is a pretend council: nobody here is real." in page
    assert '<html lang="en-GB">' in page
