"""A request that names itself has one effect, and a change says which version it is meant for."""

from __future__ import annotations

from httpx2 import Response

from tests.conftest import CouncilUnderTest


def a_move(council: CouncilUnderTest, place: int = 100) -> dict[str, object]:
    asked = {"classification": "RD04", "per_page": 1, "page": place}
    uprn = council.get("addresses", "/properties", **asked).json()["items"][0]["uprn"]
    return {"uprn": uprn, "moved_on": "2026-05-29", "whole_household": True}


def move(council: CouncilUnderTest, body: dict[str, object], headers: dict[str, str]) -> Response:
    return council.post("residents", "/residents/R00000001/moves", json=body, headers=headers)


def test_the_same_request_again_gets_the_first_answer_and_has_no_second_effect(
    council: CouncilUnderTest,
) -> None:
    body, headers = a_move(council), {"Idempotency-Key": "once"}
    first = move(council, body, headers)
    again = move(council, body, headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"subject": "R00000001"}).json()
    assert len(feed["items"]) == 1


def test_the_same_key_with_another_body_is_refused(council: CouncilUnderTest) -> None:
    headers = {"Idempotency-Key": "once"}
    move(council, a_move(council), headers)
    other = council.post(
        "residents", "/residents/R00000001/moves", json=a_move(council, 301), headers=headers
    )
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"


def test_a_refusal_is_not_kept_as_the_first_answer(council: CouncilUnderTest) -> None:
    headers = {"Idempotency-Key": "once"}
    refused = {"uprn": "1", "moved_on": "2026-05-29", "whole_household": True}
    assert move(council, refused, headers).status_code == 422
    body = a_move(council)
    assert move(council, body, headers).status_code == 201


def test_a_change_meant_for_an_older_version_is_refused(council: CouncilUnderTest) -> None:
    etag = council.get("residents", "/residents/R00000001").headers["ETag"]
    headers = {"If-Match": etag}
    first = move(council, a_move(council), headers)
    stale = council.post(
        "residents", "/residents/R00000001/moves", json=a_move(council, 301), headers=headers
    )
    assert (first.status_code, stale.status_code) == (201, 412)
    assert council.get("residents", "/residents/R00000001").headers["ETag"] != etag
