"""Answers that never come, or half: looked at from a caller's socket, at a real server."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.forcing.calls import MOVES, a_move, moves_told, set_rule

PATIENCE = 20


@pytest.fixture
def address(council: CouncilUnderTest) -> Iterator[str]:
    """Where the council answers."""
    with served_aside(council.sandbox.gateway) as url:
        yield url


def exchange(url: str, method: str, path: str, scenario: str = "", body: bytes = b"") -> bytes:
    """All that comes back until the other side closes the connection; the request asks to keep it open."""
    host, _, port = url.removeprefix("http://").partition(":")
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Authorization: Bearer {KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *([f"Virtual-Council-Scenario: {scenario}"] if scenario else []),
    ]
    received = b""
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        while part := connection.recv(65_536):
            received += part
    return received


PERSON = "/councils/fairwater/residents/residents/R00000001"


def test_a_dropped_answer_is_a_connection_closed_without_a_byte(address: str) -> None:
    assert exchange(address, "GET", PERSON, "dropped") == b""


def test_a_half_sent_answer_announces_more_than_it_sends(address: str) -> None:
    head, _, body = exchange(address, "GET", PERSON, "half-sent").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"virtual-council-fault: half-sent" in head.lower()
    whole = httpx.get(address + PERSON, headers={"Authorization": f"Bearer {KEY}"}).content
    announced = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert announced == len(whole)
    assert body == whole[: len(whole) // 2]


def test_a_timeout_closes_the_connection_at_last(address: str) -> None:
    assert exchange(address, "GET", PERSON, "timeout; seconds=0.1") == b""


def test_a_caller_that_gives_up_on_a_timeout_leaves_nothing_behind(address: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Virtual-Council-Scenario": "timeout; seconds=600"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(address + PERSON, headers=headers, timeout=0.3)
    # The server is free to answer others, and to stop: the fixture waits for it.
    assert httpx.get(address + "/healthz").json() == {"status": "ok"}


def test_a_server_that_stops_does_not_wait_for_an_answer_that_never_comes(
    council: CouncilUnderTest,
) -> None:
    with served_aside(council.sandbox.gateway) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
        request = (
            f"GET {PERSON} HTTP/1.1\r\nHost: {host}\r\nVirtual-Council-Scenario: timeout; seconds=600\r\n"
        )
        connection.sendall(f"{request}\r\n".encode())
        # It is being held by now: calls are taken in their order.
        assert httpx.get(url + "/healthz").status_code == 200
    with connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize("scenario", ["dropped", "half-sent"])
def test_a_write_whose_answer_is_lost_is_done(council: CouncilUnderTest, address: str, scenario: str) -> None:
    body = json.dumps(a_move(council)).encode()
    received = exchange(address, "POST", f"/councils/fairwater/residents{MOVES}", scenario, body)
    assert received.startswith(b"HTTP/1.1 201") == (scenario == "half-sent")
    assert moves_told(council) == 1


def test_a_write_that_is_never_answered_is_not_done(council: CouncilUnderTest, address: str) -> None:
    body = json.dumps(a_move(council)).encode()
    path = f"/councils/fairwater/residents{MOVES}"
    assert exchange(address, "POST", path, "timeout; seconds=0.1", body) == b""
    assert moves_told(council) == 0


def test_a_client_knows_a_dropped_answer_for_what_it_is(address: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Virtual-Council-Scenario": "dropped"}
    with httpx.Client(headers=headers) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending"):
            client.get(address + PERSON)
        del client.headers["Virtual-Council-Scenario"]
        assert client.get(address + PERSON).status_code == 200


def test_a_rule_drops_as_many_answers_as_it_counts(council: CouncilUnderTest, address: str) -> None:
    set_rule(council, "dropped", count=2)
    headers = {"Authorization": f"Bearer {KEY}"}
    outcomes = []
    for _ in range(3):
        try:
            outcomes.append(httpx.get(address + PERSON, headers=headers).status_code)
        except httpx.RemoteProtocolError:
            outcomes.append(0)
    assert outcomes == [0, 0, 200]


def test_calls_that_wait_hold_nobody_up(council: CouncilUnderTest, address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    request = (
        f"GET {PERSON} HTTP/1.1\r\nHost: {host}\r\nVirtual-Council-Scenario: slow; seconds=2\r\n\r\n"
    ).encode()
    waiting = [socket.create_connection((host, int(port)), timeout=PATIENCE) for _ in range(100)]
    try:
        for each in waiting:
            each.sendall(request)
        headers = {"Authorization": f"Bearer {KEY}"}
        assert httpx.get(address + PERSON, headers=headers, timeout=PATIENCE).status_code == 200
        for each in waiting:
            each.setblocking(False)
            with pytest.raises(BlockingIOError):
                each.recv(1)
    finally:
        for each in waiting:
            each.close()
