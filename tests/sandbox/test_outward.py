"""The sandbox calls loopback and what it was told to allow; special addresses never; and what it checked."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

import pytest

from sandbox import machine
from sandbox.outward import AddressNotAllowed, CannotAllow, HostNotKnown, NotAnAddress, Outward
from sandbox.posting.attempt import attempt
from sandbox.posting.signing import new_secret
from service_apis.kit.problems import Problem
from tests.sandbox.posting.receiver import receiving


def reach(url: str, *allowed: str) -> list[str]:
    """The addresses that would be called."""
    destination = asyncio.run(Outward(allowed).destination(url))
    return [str(each) for each in destination.addresses]


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name stand for the addresses, one after another; the names that were asked."""
    asked: list[str] = []

    async def found(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)
    return asked


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "[::1]", "localhost", "[::ffff:127.0.0.1]"])
def test_loopback_is_open(host: str) -> None:
    assert reach(f"http://{host}:9000/hook")


@pytest.mark.parametrize(
    "host", ["10.0.0.7", "192.168.1.1", "172.16.0.1", "8.8.8.8", "[2001:db8::1]", "[fd12::1]", "100.64.0.1"]
)
def test_what_was_not_allowed_is_refused_and_told_how_to_allow(host: str) -> None:
    with pytest.raises(AddressNotAllowed, match="--allow"):
        reach(f"http://{host}/hook")


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "0.0.0.0",
        "[::]",
        "224.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
    ],
)
def test_special_addresses_are_refused_whatever_was_allowed(host: str) -> None:
    with pytest.raises(AddressNotAllowed, match="never"):
        reach(f"http://{host}/hook", "0.0.0.0/0", "::/0", host.strip("[]"))


def test_a_network_a_host_or_an_address_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reach("http://10.1.2.3/", "10.1.0.0/16") == ["10.1.2.3"]
    assert reach("https://10.1.2.3/", "10.1.2.3") == ["10.1.2.3"]
    assert reach("http://[fd12::1]/", "fd12::/16") == ["fd12::1"]
    resolving(monkeypatch, "10.9.9.9")
    assert reach("http://Receiver.Test/", "receiver.test") == ["10.9.9.9"]
    with pytest.raises(AddressNotAllowed):
        reach("http://other.test/", "receiver.test")


def test_a_name_that_leads_to_metadata_is_refused_though_it_was_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "169.254.169.254")
    with pytest.raises(AddressNotAllowed, match="never"):
        reach("http://receiver.test/", "receiver.test")


def test_numbers_written_oddly_are_checked_as_what_they_stand_for() -> None:
    for host in ("0x7f.1", "2130706433", "0177.0.0.1"):
        with suppress(HostNotKnown):  # some systems do not read them at all
            assert reach(f"http://{host}/") == ["127.0.0.1"]
    with pytest.raises((AddressNotAllowed, HostNotKnown)):
        reach("http://0xa9fea9fe/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1",
        "http://",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://me@127.0.0.1/",
        "http://127.0.0.1/#part",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nx: y",
        "http://[::1/",
        "http://127.0.0.1/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NotAnAddress):
        reach(url)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "-", "x" * 300 + ".test"])
def test_a_host_that_cannot_be_found_is_refused(host: str) -> None:
    with pytest.raises(HostNotKnown):
        reach(f"http://{host}/")


@pytest.mark.parametrize("text", ["", "http://receiver.test", "10.0.0.300", "a b", "10.0.0.0/99"])
def test_what_names_no_host_cannot_be_allowed(text: str) -> None:
    with pytest.raises(CannotAllow):
        Outward([text])


async def _posted(url: str, *allowed: str) -> Any:
    outward = Outward(allowed)
    try:
        return await attempt(outward, url, [new_secret()], {"id": "an-id"}, 5.0, machine.now())
    finally:
        await outward.close()


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        # The second look-up would lead elsewhere: there must be none.
        asked = resolving(monkeypatch, "127.0.0.1", "169.254.169.254")
        outcome = asyncio.run(_posted(f"http://rebinding.test:{port}"))
        assert outcome.status == 204
        assert asked == ["rebinding.test"]
        assert receiver.received[0].headers["host"] == f"rebinding.test:{port.partition('/')[0]}"


def test_a_refused_address_is_an_outcome_of_the_attempt_not_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "10.0.0.7")
    outcome = asyncio.run(_posted("http://receiver.test/"))
    assert outcome.status is None
    assert "--allow" in outcome.answer


def test_every_refusal_has_a_page_that_says_what_to_do() -> None:
    for kind in (AddressNotAllowed, HostNotKnown, NotAnAddress):
        assert issubclass(kind, Problem)
        assert kind.status == 422
