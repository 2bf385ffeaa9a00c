"""A component is called where the sandbox may call, and nowhere else, however its name is answered for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import CouncilUnderTest
from tests.sandbox.components.odd import Odd, odd_component
from tests.sandbox.components.relaying import NAME, Filled

GOOD = '{"reference": "R001"}'


class Names:
    """What this machine's names stand for."""

    def __init__(self) -> None:
        self.stands_for = "127.0.0.1"

    async def getaddrinfo(self, _host: str, port: int, **_: Any) -> list[Any]:
        """What asyncio asks for the addresses of a host."""
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.stands_for, port))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Every name stands for loopback, until it is told to stand for something else."""
    names = Names()
    monkeypatch.setattr(
        asyncio.BaseEventLoop, "getaddrinfo", lambda _, *asked, **how: names.getaddrinfo(*asked, **how)
    )
    return names


@pytest.fixture
def odd() -> Iterator[Odd]:
    """An odd component that gives a good answer."""
    with odd_component() as odd:
        odd.say(GOOD)
        yield odd


def joined(council: CouncilUnderTest, odd: Odd, url: str) -> Filled:
    """The component as it has joined at an address, and answers all of its slot."""
    made = council.control("/components", name=NAME, slot="waste", url=url)
    assert made.status_code == 201, made.text
    there = Filled(council, odd, "waste")
    there.live()
    return there


def test_a_name_that_comes_to_stand_for_another_place_is_not_followed_there(
    council: CouncilUnderTest, odd: Odd, names: Names
) -> None:
    with council.client:
        there = joined(council, odd, odd.url.replace("127.0.0.1", "bins.test"))
        for later in ("10.0.0.7", "169.254.169.254", "8.8.8.8", "0.0.0.0"):
            names.stands_for = "127.0.0.1"
            assert there.get().status_code == 200
            assert dict(odd.headers)["host"].startswith("bins.test:")
            odd.asked.clear()

            names.stands_for = later
            assert there.get().status_code == 503
            assert odd.asked == []
            said = there.answered_by()
            assert said.startswith(f"{NAME} did not: {NAME} was not called")
            assert later in said


def test_a_component_cannot_join_from_where_the_sandbox_does_not_call(council: CouncilUnderTest) -> None:
    for url in ("http://10.0.0.7:9000", "http://169.254.169.254/", "http://[fe80::1]/", "ftp://127.0.0.1"):
        assert council.control("/components", name=NAME, slot="waste", url=url).status_code == 422
    assert council.client.get("/sandbox/councils/fairwater/components").json()["items"] == []


def test_a_component_at_a_name_is_never_seen_by_it(council: CouncilUnderTest, odd: Odd, names: Names) -> None:
    url = odd.url.replace("127.0.0.1", "bins.test")
    odd.say(
        f'{{"reference": "{url}/rounds/R001", "at": "{odd.url}"}}', headers=(("location", f"{url}/rounds"),)
    )
    with council.client:
        answer = joined(council, odd, url).get()

    at = "http://127.0.0.1:8000/councils/fairwater/waste"
    assert answer.json() == {"reference": f"{at}/rounds/R001", "at": at}
    assert answer.headers["location"] == f"{at}/rounds"


def test_the_root_of_a_component_may_be_below_its_host(council: CouncilUnderTest, odd: Odd) -> None:
    with council.client:
        assert joined(council, odd, f"{odd.url}/api/v2/").get().status_code == 200
    assert odd.request_line == "GET /api/v2/rounds/R001 HTTP/1.1"
