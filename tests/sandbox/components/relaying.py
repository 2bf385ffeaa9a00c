"""A slot that an odd component fills, and callers of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from httpx2 import Response

from tests.conftest import CouncilUnderTest
from tests.sandbox.components.odd import Odd, odd_component

NAME = "odd-one"


class Filled:
    """A council whose slot for waste is the odd component's."""

    def __init__(self, council: CouncilUnderTest, odd: Odd, slot: str) -> None:
        self.council, self.odd, self.slot = council, odd, slot

    def get(self, path: str = "/rounds/R001", **headers: str) -> Response:
        """Read something of the slot."""
        return self.council.client.get(self.council.url(self.slot, path), headers=headers)

    def answered_by(self) -> str:
        """What the journal says of the last call of the slot."""
        noted = self.council.client.get(f"/sandbox/councils/{self.council.name}/journal").json()["items"]
        told: str = next(each["answered_by"] for each in noted if each["service"] != "sandbox")
        return told

    def live(self, **how: Any) -> None:
        """Let the component answer all of the slot."""
        wanted = {"component": NAME, "mode": "live", "by": "a test", "override": "nothing was shown of it"}
        address = f"/sandbox/councils/{self.council.name}/slots/{self.slot}"
        answer = self.council.client.put(address, json={**wanted, **how})
        assert answer.status_code == 200, answer.text


@contextmanager
def filled(council: CouncilUnderTest, slot: str = "waste") -> Iterator[Filled]:
    """An odd component that has joined for a slot and answers all of it."""
    with odd_component() as odd, council.client:
        made = council.control("/components", name=NAME, slot=slot, url=odd.url)
        assert made.status_code == 201, made.text
        there = Filled(council, odd, slot)
        there.live()
        yield there
