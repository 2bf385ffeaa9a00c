"""A council that is served, so that its webhooks are delivered, and a receiver beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.posting.receiver import Receiver, receiving


class Served:
    """A served council, and the means to make something happen in it and to drive its webhooks."""

    def __init__(self, url: str, council: CouncilUnderTest) -> None:
        self.url = url
        self.council = council
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}, timeout=30)

    def control(self, method: str, path: str, **request: Any) -> Any:
        """Ask the control API about the council; the answer's JSON."""
        answer = self.http.request(method, f"/sandbox/councils/fairwater{path}", **request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def register(self, url: str, **more: Any) -> dict[str, Any]:
        """Register a webhook that is quick to try again."""
        wanted = {"url": url, "first_retry_seconds": 0.01, **more}
        made: dict[str, Any] = self.control("POST", "/webhooks", json=wanted)
        return made

    def happen(self, subject: str = "R00000001") -> None:
        """Let a resident change her telephone number: one event on her."""
        record(self.council, subject)


def record(council: CouncilUnderTest, subject: str, what: str = "resident.changed", **data: Any) -> None:
    """Record an event, as a rule would."""
    first = council.sandbox.councils.first
    with first.writing("residents") as work:
        work.record(what, subject, **data)


@pytest.fixture
def served(council: CouncilUnderTest) -> Iterator[Served]:
    """The council, served."""
    with served_aside(council.sandbox.gateway) as url:
        under_test = Served(url, council)
        yield under_test
        under_test.http.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving() as there:
        yield there
