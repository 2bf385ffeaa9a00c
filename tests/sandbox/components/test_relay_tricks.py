"""What a caller writes on the wire leads a call nowhere else at the component than it was let through for."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.components.asking import Asked
from sandbox.components.tricks import trick_in
from tests.conftest import KEY
from tests.sandbox.components.odd import Odd, odd_component
from tests.sandbox.served import Served

PREFIX = "/councils/fairwater/waste"
GOOD = json.dumps({"reference": "R001"})


@dataclass
class Wired:
    """A sandbox that runs, callers' bytes to it, and the odd component that answers for waste."""

    served: Served
    odd: Odd

    def send(self, target: str, *headers: str, method: str = "GET", body: bytes = b"") -> tuple[int, str]:
        """Send a call as it is written here; the status and all that was answered."""
        lines = [f"{method} {target} HTTP/1.1", f"Authorization: Bearer {KEY}", "Connection: close", *headers]
        if not any(each.lower().startswith("host:") for each in headers):
            lines.insert(1, "Host: 127.0.0.1")
        with socket.create_connection(("127.0.0.1", self.served.port), 10) as caller:
            caller.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
            answered = b""
            while some := caller.recv(65_536):
                answered += some
        text = answered.decode("latin-1")
        return int(text.split(" ", 2)[1]), text

    def answered_by(self) -> str | None:
        """What the journal says of the last call of the slot."""
        noted = self.served.client.get("/sandbox/councils/fairwater/journal").json()["items"]
        told: str | None = next(each["answered_by"] for each in noted if each["service"] == "waste")
        return told


@pytest.fixture(scope="module")
def shared(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """A slot that an odd component fills, behind a server, for all tests of this file."""
    path = tmp_path_factory.mktemp("wired") / "council-data"
    shutil.copytree(built_folder, path)
    served = Served(path)
    try:
        with odd_component() as odd:
            control = "/sandbox/councils/fairwater"
            joined = {"name": "odd-one", "slot": "waste", "url": odd.url}
            served.client.post(f"{control}/components", json=joined).raise_for_status()
            live = {"component": "odd-one", "mode": "live", "override": "nothing was shown of it"}
            served.client.put(f"{control}/slots/waste", json=live).raise_for_status()
            yield Wired(served, odd)
    finally:
        served.close()


@pytest.fixture
def wired(shared: Wired) -> Wired:
    """The same, before anything was asked."""
    shared.odd.say(GOOD)
    shared.odd.asked.clear()
    return shared


def test_a_plain_path_arrives_as_it_was_written(wired: Wired) -> None:
    status, _ = wired.send(f"{PREFIX}/rounds/R%20001~a'b?x=%2F..%5c")

    assert status == 200
    assert wired.odd.request_line == "GET /rounds/R%20001~a'b?x=%2F..%5c HTTP/1.1"


def test_a_council_that_is_written_in_code_is_the_same_council(wired: Wired) -> None:
    assert wired.send("/councils/fair%77ater/w%61ste/rounds/R001")[0] == 200
    assert wired.odd.request_line == "GET /rounds/R001 HTTP/1.1"


@pytest.mark.parametrize(
    "path",
    [
        "/rounds/..%2f..%2fadmin",
        "/rounds/%2e%2e",
        "/rounds/..",
        "/rounds/.",
        "/rounds/..;a=b",
        "/rounds/%252e%252e",
        "/rounds/a%252fb",
        "/rounds/a%2fb",
        "/rounds/a%5cb",
        "/rounds/a\\b",
        "/rounds/a%00b",
        "/rounds/a%0d%0aX-Injected:%201",
        "/rounds/%c0%ae%c0%ae",
        "/rounds/%ef%bc%8e%ef%bc%8e",
        "/rounds/%zz",
        "/rounds/a%",
        "//rounds/R001",
        "/rounds//R001",
        "/../rounds/R001",
        "/rounds/" + "a" * 2_100,
    ],
)
def test_a_path_that_could_be_read_otherwise_is_refused_before_the_component_is_called(
    wired: Wired, path: str
) -> None:
    status, text = wired.send(PREFIX + path)

    assert status in (400, 404)
    assert "application/problem+json" in text
    assert wired.odd.asked == []


def test_the_journal_says_that_a_trick_went_no_further(wired: Wired) -> None:
    wired.send(f"{PREFIX}/rounds/..%5c..%5cadmin")
    assert wired.answered_by() == (
        "odd-one was not called: There is nothing at this address: "
        "its path has an encoded slash, or a backslash"
    )


@pytest.mark.parametrize("target", ["http://evil.example/admin", f"http://evil.example{PREFIX}/rounds/R001"])
def test_a_whole_address_on_the_first_line_leads_nowhere_else(wired: Wired, target: str) -> None:
    wired.send(target, "Host: 127.0.0.1")

    for asked in wired.odd.asked:
        assert asked.startswith(b"GET /rounds/R001 HTTP/1.1\r\n")
        assert b"evil.example" not in asked


def test_raw_control_characters_are_no_path(wired: Wired) -> None:
    for letter in "\x00\x01\x7f\n\t":
        try:
            status, _ = wired.send(f"{PREFIX}/rounds/a{letter}b")
        except (IndexError, ConnectionError):
            continue  # the server hung up
        assert status in (400, 404)
    assert wired.odd.asked == []


def test_of_two_hosts_one_is_told_and_none_is_passed_on(wired: Wired) -> None:
    status, _ = wired.send(f"{PREFIX}/rounds/R001", "Host: 127.0.0.1", "Host: evil.example")

    assert status in (200, 400)
    for asked in wired.odd.asked:
        assert b"evil.example" not in asked
        assert asked.lower().count(b"\r\nhost:") == 1


@pytest.mark.parametrize(
    "headers",
    [
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: +5",),
        ("X-Odd: a\x00b",),
        ("X-Odd: a\nX-Injected: 1",),
        ("X-Odd: a\r X-Folded: 1",),
        ("X Odd: 1",),
        ("X-Big: " + "a" * 40_000,),
        ("X-Big: " + "a" * 400_000,),
        tuple(f"X-{each}: 1" for each in range(300)),
    ],
    ids=range(13),
)
def test_headers_that_are_odd_smuggle_nothing(wired: Wired, headers: tuple[str, ...]) -> None:
    smuggled = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    try:
        status, _ = wired.send(f"{PREFIX}/missed-collections", *headers, method="POST", body=smuggled)
        assert status < 500
    except (IndexError, ConnectionError):
        pass  # the server hung up
    for asked in wired.odd.asked:
        head = asked.split(b"\r\n\r\n")[0].lower()
        assert head.startswith(b"post /missed-collections http/1.1\r\n")
        assert b"transfer-encoding" not in head
        assert head.count(b"\r\ncontent-length:") == 1
        assert b"\x00" not in head


def test_a_body_that_is_too_large_is_refused_as_ever(wired: Wired) -> None:
    body = b'"' + b"a" * 1_000_001 + b'"'
    headers = {"Content-Type": "application/json"}
    answer = wired.served.client.post(f"{PREFIX}/missed-collections", content=body, headers=headers)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert wired.odd.asked == []


def test_a_caller_who_hangs_up_within_a_call_has_not_made_it(wired: Wired) -> None:
    with socket.create_connection(("127.0.0.1", wired.served.port), 10) as caller:
        head = f"POST {PREFIX}/missed-collections HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {KEY}\r\n"
        caller.sendall(head.encode() + b"Content-Length: 50\r\n\r\n{}")
    wired.send(f"{PREFIX}/rounds/R001")

    assert [each.split(b" ")[0] for each in wired.odd.asked] == [b"GET"]


def test_what_the_slot_does_not_have_is_refused_as_ever(wired: Wired) -> None:
    assert wired.send(f"{PREFIX}/admin")[0] == 404
    assert wired.send(f"{PREFIX}/rounds", method="DELETE")[0] == 405
    assert wired.odd.asked == []


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1), max_size=4))
def test_steps_that_are_encoded_once_are_no_trick_unless_they_lead_elsewhere(steps: list[str]) -> None:
    from unicodedata import normalize
    from urllib.parse import quote

    path = "".join(f"/{quote(each, safe='')}" for each in steps)
    odd = [each for each in steps if any(letter in normalize("NFKC", each) for letter in "/\\.;%")]
    if not odd:
        assert trick_in(Asked("GET", path, "", (), b"", "http://a")) is None
