"""A component is asked as the council would ask, and only an answer that the slot declares is passed on."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sandbox import wire
from sandbox.cli import app
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.components.odd import endless
from tests.sandbox.components.relaying import NAME, Filled, filled

GOOD = json.dumps({"reference": "R001"})


@pytest.fixture(scope="module")
def shared(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The slot for waste, filled by an odd component, for all tests of this file."""
    path = tmp_path_factory.mktemp("relayed") / "council-data"
    shutil.copytree(built_folder, path)
    council = CouncilUnderTest(DataFolder(path))
    with filled(council) as there:
        yield there
    council.close()


@pytest.fixture
def slot(shared: Filled) -> Filled:
    """The same, as it is after a good answer."""
    shared.odd.say(GOOD)
    shared.live()
    assert shared.get().status_code == 200
    shared.odd.asked.clear()
    return shared


def test_an_answer_that_the_slot_declares_is_passed_on_and_the_journal_says_whose_it_is(slot: Filled) -> None:
    answer = slot.get()

    assert (answer.status_code, answer.text) == (200, GOOD)
    assert answer.headers["content-type"] == "application/json"
    assert slot.answered_by() == NAME


def test_the_journals_command_says_what_was_asked_and_who_answered(council: CouncilUnderTest) -> None:
    with filled(council) as slot, served_aside(council.sandbox.gateway) as url:
        slot.odd.say(GOOD)
        asked = f"{url}/councils/{council.name}/waste/rounds/R001"
        answer = httpx.get(asked, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False)
        request = answer.headers["virtual-council-request-id"]
        there = ("--url", url, "--key", KEY, "--data", str(council.folder.path))

        shown = CliRunner().invoke(app, ["journal", "show", request, *there]).stdout
        listed = CliRunner().invoke(app, ["journal", council.name, "--service", "waste", *there]).stdout

    assert "Operation show_round of waste" in shown
    assert f"Who answered: {NAME}" in shown
    assert f"answered: {NAME}" in listed


def test_a_component_that_fails_again_and_again_is_left_alone_and_the_history_says_so(
    council: CouncilUnderTest,
) -> None:
    with filled(council) as slot:
        slot.odd.say("no JSON")
        for _ in range(5):
            assert slot.get().status_code == 503
        slot.odd.asked.clear()
        slot.odd.say(GOOD)

        assert slot.get().status_code == 503

        assert slot.odd.asked == []
        assert "failed 5 times one after another and is left alone" in slot.answered_by()
        changes = council.client.get(f"/sandbox/councils/{council.name}/slots/waste/changes").json()["items"]
        assert "failed 5 times one after another; callers are told to come back" in changes[-1]["what"]


def test_a_call_arrives_with_what_the_caller_sent_but_not_what_it_said_of_its_way(slot: Filled) -> None:
    slot.get(
        "/rounds?page=2&per_page=3",
        **{
            "X-Supplier": "kept",
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-For": "10.0.0.1",
            "Forwarded": "host=evil.example",
            "Via": "1.0 elsewhere",
            "X-Real-IP": "10.0.0.1",
            "X-Original-URL": "/admin",
            "X-HTTP-Method-Override": "DELETE",
            "Connection": "x-named",
            "X-Named": "for this connection alone",
            "TE": "trailers",
            "Accept-Encoding": "br",
        },
    )

    assert slot.odd.request_line == "GET /rounds?page=2&per_page=3 HTTP/1.1"
    came = slot.odd.headers
    sent = dict(came)
    assert len(sent) == len(came), "no header came twice"
    assert sent["authorization"] == f"Bearer {KEY}"
    assert sent["x-supplier"] == "kept"
    assert sent["host"] == slot.odd.url.removeprefix("http://")
    assert sent["x-forwarded-host"] == "127.0.0.1:8000"
    assert sent["x-forwarded-proto"] == "http"
    assert sent["x-forwarded-prefix"] == "/councils/fairwater/waste"
    assert sent["accept-encoding"] == "identity"
    assert "evil.example" not in slot.odd.asked[-1].decode()
    assert not sent.keys() & {
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-original-url",
        "x-http-method-override",
        "te",
        "x-named",
    }


def test_a_body_arrives_as_it_came(slot: Filled) -> None:
    body = b'{"uprn" : "1",\n "note": "caf\xc3\xa9"}'
    slot.odd.say(json.dumps({"title": "no"}), "409 Conflict", "application/problem+json")

    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = slot.council.post("waste", "/missed-collections", content=body, headers=headers)

    assert answer.status_code == 409
    assert slot.odd.body == body
    assert dict(slot.odd.headers)["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("status", "kind", "body", "said"),
    [
        ("302 Found", "application/json", GOOD, "redirects are not followed"),
        ("304 Not Modified", "application/json", "", "does not declare"),
        ("203 Odd", "application/json", GOOD, "does not declare"),
        ("418 I am a teapot", "application/json", GOOD, "does not declare"),
        ("500 Internal Server Error", "application/json", GOOD, "answered 500"),
        ("503 Service Unavailable", "application/problem+json", GOOD, "answered 503"),
        ("200 OK", "text/html", "<h1>Sign in</h1>", "with text/html"),
        ("200 OK", "application/json", '{"reference": ', "no JSON"),
        ("200 OK", "application/json", "", "no JSON"),
        ("200 OK", "application/json", '{"reference": NaN}', "no JSON"),
        ("200 OK", "application/json", "[" * 200_000, "no JSON"),
        ("200 OK", "application/json", b'{"a": "\xff"}', "no JSON"),
    ],
)
def test_nonsense_is_not_passed_on_and_the_journal_says_why(
    slot: Filled, status: str, kind: str, body: str | bytes, said: str
) -> None:
    slot.odd.say(body, status, kind, (("location", "http://169.254.169.254/"),))

    answer = slot.get()

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in slot.answered_by()
    assert len(slot.odd.asked) == 1


@pytest.mark.parametrize(
    "body", [b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a><b></a>", b""]
)
def test_xml_that_cannot_be_read_safely_is_nonsense(council: CouncilUnderTest, body: bytes) -> None:
    with filled(council, slot="street_reports") as there:
        there.odd.say(body, kind="text/xml")
        answer = council.get("street_reports", "/services.xml")
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/xml")


def test_an_endless_answer_ends_at_so_many_bytes(slot: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST_ANSWER_BYTES", 200_000)
    slot.odd.answer = endless()

    assert slot.get().status_code == 503
    assert "answered with more than 200,000 bytes" in slot.answered_by()


def test_an_answer_that_drips_ends_at_the_time_limit(slot: Filled) -> None:
    slot.live(seconds=0.5)
    slot.odd.answer = endless(piece=b" ", pause=0.05)

    assert slot.get().status_code == 503
    assert "did not answer within 0.5 seconds" in slot.answered_by()


def test_a_packed_answer_is_unpacked_within_the_same_limit(
    slot: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot.odd.say(gzip.compress(GOOD.encode()), headers=(("content-encoding", "gzip"),))
    unpacked = slot.get()
    assert (unpacked.status_code, unpacked.text) == (200, GOOD)
    assert "content-encoding" not in unpacked.headers

    monkeypatch.setattr(wire, "LARGEST_ANSWER_BYTES", 100_000)
    slot.odd.say(gzip.compress(b'"' + b" " * 10_000_000 + b'"'), headers=(("content-encoding", "gzip"),))
    assert slot.get().status_code == 503
    assert "packed into fewer" in slot.answered_by()

    slot.odd.say(GOOD, headers=(("content-encoding", "br"),))
    assert slot.get().status_code == 503
    assert "which was not asked for" in slot.answered_by()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx-odd: a\x00b\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nx-big: " + b"a" * 300_000 + b"\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    ],
)
def test_what_is_no_http_is_no_answer(slot: Filled, answer: bytes) -> None:
    def say(caller: socket.socket) -> None:
        caller.sendall(answer)

    slot.odd.answer = say

    assert slot.get().status_code == 503
    assert slot.answered_by().startswith(f"{NAME} did not")


def test_headers_that_speak_for_the_whole_address_or_for_us_are_dropped(slot: Filled) -> None:
    dropped = (
        ("set-cookie", "session=theirs; path=/"),
        ("server", "Theirs/1.0"),
        ("x-powered-by", "Theirs"),
        ("strict-transport-security", "max-age=1"),
        ("clear-site-data", '"*"'),
        ("x-virtual-council", "false"),
        ("virtual-council-fault", "made-up"),
        ("virtual-council-request-id", "made-up"),
        ("connection", "x-theirs"),
        ("x-theirs", "for this connection alone"),
        ("keep-alive", "timeout=5"),
    )
    slot.odd.say(GOOD, headers=(*dropped, ("etag", '"7"'), ("x-supplier", "kept")))

    answer = slot.get()

    told = answer.headers
    assert (told["etag"], told["x-supplier"]) == ('"7"', "kept")
    assert told.get_list("x-virtual-council") == ["true"]
    assert told.get_list("virtual-council-request-id") != ["made-up"]
    named = {name for name, _ in dropped} - {"x-virtual-council", "virtual-council-request-id"}
    assert not named & set(told), "what a component says of itself, or of all that is at the address"


def test_an_answer_in_another_charset_is_passed_on_as_it_is(slot: Filled) -> None:
    body = '{"reference": "café"}'.encode("latin-1")
    slot.odd.say(body, kind="application/json; charset=iso-8859-1")

    answer = slot.get()

    assert answer.content == body
    assert answer.headers["content-type"] == "application/json; charset=iso-8859-1"


def test_nothing_changed_is_told_to_who_asked_whether_it_had(slot: Filled) -> None:
    slot.odd.say(b"", "304 Not Modified", headers=(("etag", '"7"'),))

    assert slot.get(**{"If-None-Match": '"7"'}).status_code == 304
    assert slot.get().status_code == 503


def test_a_component_that_is_not_there_is_said_to_be_out_of_reach(council: CouncilUnderTest) -> None:
    with filled(council) as there:
        pass
    with council.client:
        assert there.get().status_code == 503
        assert "cannot be reached" in there.answered_by()


def test_a_component_that_calls_its_own_slot_goes_round_a_few_times_only(council: CouncilUnderTest) -> None:
    with filled(council) as there:
        there.odd.say(GOOD)
        there.get(Via="1.1 virtual-council, 1.1 virtual-council, 1.1 virtual-council")
        assert there.odd.asked == []
        assert "goes in a circle" in there.answered_by()
