"""Bodies that cannot be taken are refused with what is wrong, and change nothing."""

from __future__ import annotations

import pytest

from sandbox.gateway import MAX_BODY_BYTES
from tests.conftest import CouncilUnderTest

JSON = {"Content-Type": "application/json"}


def moves(council: CouncilUnderTest) -> str:
    return council.url("residents", "/residents/R00000001/moves")


def test_a_body_that_says_it_is_too_large_is_not_read(council: CouncilUnderTest) -> None:
    answer = council.client.post(moves(council), content=b"x" * (MAX_BODY_BYTES + 1), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"


def test_a_body_that_turns_out_too_large_is_not_kept(council: CouncilUnderTest) -> None:
    pieces = (b"x" * 100_000 for _ in range(20))
    answer = council.client.post(moves(council), content=pieces, headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("content", "headers", "status", "said"),
    [
        (b"{", JSON, 400, "not JSON"),
        (b"<move/>", {"Content-Type": "application/xml"}, 415, "application/xml"),
        (b'{"uprn": "1"}', JSON, 422, "moved_on"),
        (b'{"uprn": "1", "moved_on": "2026-05-30", "whole_household": true, "by": "cart"}', JSON, 422, "by"),
        (b"[]", JSON, 422, "body"),
        (b"", JSON, 422, "body"),
    ],
)
def test_a_body_of_the_wrong_kind_is_refused(
    council: CouncilUnderTest, content: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = council.client.post(moves(council), content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert said in answer.text


def test_all_methods_that_an_address_takes_are_named(council: CouncilUnderTest) -> None:
    answer = council.client.delete(council.url("waste", "/missed-collections"))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


def test_a_method_that_an_address_does_not_take_is_named(council: CouncilUnderTest) -> None:
    answer = council.client.delete(moves(council))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "DELETE" in answer.json()["detail"]
