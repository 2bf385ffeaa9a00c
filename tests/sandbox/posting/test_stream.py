"""The live stream tells each event once, goes on after an interruption, and says when the past was undone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from sandbox.posting import stream
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.posting.conftest import record

PATIENCE_SECONDS = 20


class Listening:
    """One caller who listens, without a network."""

    def __init__(self) -> None:
        self.text = ""
        self.status = 0
        self.changed = asyncio.Event()

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages so far, by field, comments left out."""
        blocks = [block for block in self.text.split("\n\n") if "data: " in block]
        return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]

    @property
    def subjects(self) -> list[str]:
        """Whom the events so far are on."""
        told = [json.loads(each["data"]) for each in self.messages if "event" not in each]
        return [each["subject"] for each in told]

    async def until(self, done: Callable[[], Any]) -> None:
        """Wait until something is so; fail if it never is."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not done():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def listening(
    council: CouncilUnderTest, query: str = "", last: str | None = None
) -> AsyncIterator[Listening]:
    caller, leaves = Listening(), asyncio.Event()
    path = "/sandbox/councils/fairwater/events/stream"
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {KEY}".encode())]
    if last is not None:
        headers.append((b"last-event-id", last.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "server": None,
        "client": None,
    }
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        caller.status = message.get("status", caller.status)
        caller.text += message.get("body", b"").decode()
        caller.changed.set()

    answer = asyncio.create_task(council.sandbox.gateway(scope, receive, send))
    try:
        await caller.until(lambda: "\n\n" in caller.text or answer.done())
        yield caller
    finally:
        leaves.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await answer


def test_events_are_told_as_they_happen_and_who_comes_back_misses_none(council: CouncilUnderTest) -> None:
    async def tell() -> None:
        record(council, "R0")
        async with listening(council) as caller:
            assert caller.subjects == []
            record(council, "R1")
            await caller.until(lambda: caller.subjects == ["R1"])
            last = caller.messages[-1]["id"]
        record(council, "R2")
        async with listening(council, last=last) as caller:
            await caller.until(lambda: caller.subjects == ["R2"])
        async with listening(council, "after=0&type=*.changed&subject=R0") as caller:
            await caller.until(lambda: caller.subjects == ["R0"])

    asyncio.run(tell())


def test_a_past_longer_than_what_is_read_at_a_time_is_told_whole(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "AT_A_TIME", 2)

    async def tell() -> None:
        names = [f"R{number}" for number in range(7)]
        for name in names:
            record(council, name)
        async with listening(council, "after=0") as caller:
            await caller.until(lambda: caller.subjects == names)

    asyncio.run(tell())


def test_a_stream_says_where_the_past_was_undone_and_goes_on(council: CouncilUnderTest) -> None:
    async def tell() -> None:
        first = council.sandbox.councils.first
        async with listening(council) as caller:
            record(council, "R1")
            await caller.until(lambda: caller.subjects == ["R1"])
            undone = caller.messages[-1]["id"]
            await first.rewind_to(first.as_made)
            await caller.until(lambda: len(caller.messages) == 2)
            said = caller.messages[-1]
            assert said["event"] == "rewound"
            assert json.loads(said["data"]) == {"generation": 1, "after": said["id"]}
            record(council, "R2")
            await caller.until(lambda: caller.subjects == ["R1", "R2"])
        async with listening(council, last=undone) as caller:
            await caller.until(lambda: caller.subjects == ["R2"])
            assert caller.messages[0]["event"] == "rewound"

    asyncio.run(tell())


def test_a_silent_stream_shows_that_it_is_there(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.01)

    async def tell() -> None:
        async with listening(council) as caller:
            await caller.until(lambda: ": nothing new\n\n" in caller.text)

    asyncio.run(tell())


def test_a_stream_ends_with_its_council_or_when_it_was_asked_to(council: CouncilUnderTest) -> None:
    async def tell() -> None:
        async with listening(council, "seconds=0.01") as caller:
            await caller.until(lambda: caller.text.startswith(": events of fairwater"))
        async with listening(council) as caller:
            council.sandbox.councils.delete("fairwater", "fairwater was deleted")
            await caller.until(lambda: "was deleted" in caller.text)

    asyncio.run(tell())


def test_there_are_only_so_many_streams(council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.control import events

    monkeypatch.setattr(events, "MOST_STREAMS", 1)

    async def tell() -> None:
        async with listening(council), listening(council) as refused:
            assert refused.status == 503
            assert "too-many-streams" in refused.text
        async with listening(council) as caller:
            assert caller.status == 200

    asyncio.run(tell())


def test_a_position_beyond_the_end_is_refused(council: CouncilUnderTest) -> None:
    answer = council.client.get("/sandbox/councils/fairwater/events/stream", params={"after": "9"})
    assert answer.status_code == 410
