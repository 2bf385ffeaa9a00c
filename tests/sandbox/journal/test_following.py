"""Who follows the journal is told of each call as it happens, and goes on where a connection broke off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.journal.reading import JOURNAL, fork

HEADERS = {"Authorization": f"Bearer {KEY}"}
ROUNDS = "/councils/fairwater/waste/rounds"


@pytest.fixture
def client(council: CouncilUnderTest) -> Iterator[httpx.Client]:
    with served_aside(council.sandbox.gateway) as url, httpx.Client(base_url=url, headers=HEADERS) as client:
        yield client


def told(stream: httpx.Response, calls: int) -> list[dict[str, Any]]:
    """The next calls that the stream tells of."""
    found: list[dict[str, Any]] = []
    for line in stream.iter_lines():
        if line.startswith("data: "):
            found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == calls:
                break
    return found


def test_a_call_is_told_while_one_listens(client: httpx.Client) -> None:
    client.get(ROUNDS)
    with client.stream("GET", f"{JOURNAL}/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        made = client.get(f"{ROUNDS}?per_page=2")
        (call,) = told(stream, 1)
    assert call["request_id"] == made.headers["virtual-council-request-id"]
    assert call["operation"] == "list_rounds"


def test_what_happened_while_nobody_listened_is_told_to_who_comes_back(client: httpx.Client) -> None:
    ids = [client.get(ROUNDS).headers["virtual-council-request-id"] for _ in range(4)]
    first = client.get(JOURNAL).json()["items"][-1]["number"]
    with client.stream("GET", f"{JOURNAL}/stream", headers={"Last-Event-ID": str(first)}) as stream:
        assert [call["request_id"] for call in told(stream, 3)] == ids[1:]
    with client.stream("GET", f"{JOURNAL}/stream?after={first + 1}") as stream:
        assert [call["request_id"] for call in told(stream, 2)] == ids[2:]


def test_one_can_listen_for_some_calls_only(client: httpx.Client) -> None:
    with client.stream("GET", f"{JOURNAL}/stream?status=4xx&after=0") as stream:
        client.get(ROUNDS)
        refused = client.get(ROUNDS, headers={"Authorization": "none"})
        (call,) = told(stream, 1)
    assert (call["status"], call["request_id"]) == (401, refused.headers["virtual-council-request-id"])


def test_a_stream_ends_with_its_council(client: httpx.Client, council: CouncilUnderTest) -> None:
    fork(council)
    with client.stream("GET", "/sandbox/councils/rehearsal/journal/stream") as stream:
        client.get("/councils/rehearsal/waste/rounds")
        assert len(told(stream, 1)) == 1
    with client.stream("GET", "/sandbox/councils/rehearsal/journal/stream") as stream:
        assert client.delete("/sandbox/councils/rehearsal").status_code == 204
        assert list(stream.iter_lines()) == []


def test_who_follows_does_not_keep_a_server_from_stopping(council: CouncilUnderTest) -> None:
    with served_aside(council.sandbox.gateway) as url:
        client = httpx.Client(base_url=url, headers=HEADERS, timeout=60)
        stream = client.send(client.build_request("GET", f"{JOURNAL}/stream"), stream=True)
    assert list(stream.iter_lines()) == []
    client.close()
