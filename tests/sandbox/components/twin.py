"""A component that is a council's own service behind a wall that breaks: it can fail before or after it did.

It answers as the stub does, since it is one, of a copy of the same council; but it numbers its cases on from
what it did itself, and tells its events when it is told to.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from service_apis.kit.discovery import discover
from tests.conftest import KEY
from tests.sandbox.components.conftest import signed

NAME = "twin"
COUNCIL = "/councils/fairwater"
PATIENCE_SECONDS = 20


class Wall:
    """What stands before the component's application; ``breaks`` says how, nothing for not at all.

    ``early``: it breaks off and has done nothing; ``late``: once it is done; ``busy``: it says so;
    ``slow``: it answers too late, ``lost``: it does nothing and does not answer.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self.breaks = ""
        self.writes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.breaks:
            await self._count(scope, receive, send)
        elif self.breaks == "busy":
            await _answer(send, 503, b"{}", b"2")
        elif self.breaks == "early":
            await _answer(send, 200, b"", b"50")
        elif self.breaks == "slow":
            await self._count(scope, receive, _nowhere)
            await asyncio.sleep(1)
        else:
            await self._count(scope, receive, _nowhere)
            await _answer(send, 200, b"", b"50")

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.writes += scope.get("method") in ("POST", "PATCH")
        await self._application(scope, receive, send)


async def _nowhere(message: Message) -> None:
    """An answer that nobody gets."""


async def _answer(send: Send, status: int, body: bytes, length: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Twins:
    """A served council, and a component for its waste that is another council's own service."""

    def __init__(self, url: str, sandbox: Sandbox, twin: Sandbox, wall: Wall, address: str) -> None:
        self.url, self.sandbox, self.twin, self.wall = url, sandbox, twin, wall
        self.client = httpx.Client(headers={"Authorization": f"Bearer {KEY}"}, timeout=30, trust_env=False)
        made = self.control("POST", "/components", name=NAME, slot="waste", url=f"{address}{COUNCIL}/waste")
        self._fills = False
        self.secret: str = made["events_secret"]
        self._told = self._events(self.twin)[-1][0] if self._events(self.twin) else 0

    def control(self, method: str, path: str, **wanted: Any) -> Any:
        """Ask the control API about the council."""
        answer = self.client.request(
            method, f"{self.url}/sandbox{COUNCIL}{path}", json=wanted if method in ("POST", "PUT") else None
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fill(self, mode: str, percent: int = 0, **how: Any) -> None:
        """Let the component fill the slot; or give it back."""
        if mode == "stub":
            self.control("POST", "/slots/waste/roll-back", by="test", why="test")
            self._fills = False
            return
        share = {"share": {"percent": percent}} if mode == "share" else {}
        wanted = {"component": NAME, "mode": mode, "override": "a test", "by": "test", "why": "test"}
        self.control("PUT", "/slots/waste", **wanted, **share, **how)
        if not self._fills:
            # It holds what the council does, but it is to say that it took that over.
            self.client.get(f"{self.url}/sandbox{COUNCIL}/components/{NAME}/records").raise_for_status()
            self._fills = True

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Call the council's waste service, as anybody does."""
        return self.client.request(method, f"{self.url}{COUNCIL}/waste{path}", **request)

    def bins(self) -> list[dict[str, Any]]:
        """Bins that can be reported as missed now: one of each home."""
        found = {}
        for page in range(1, 6):
            asked = {"reportable": "true", "missed": "false", "per_page": 200, "page": page}
            for each in self.ask("GET", "/collections", params=asked).json()["items"]:
                found[each["uprn"]] = {name: each[name] for name in ("uprn", "stream", "collection_date")}
        return list(found.values())

    def tell(self, name: str = NAME, secret: str = "") -> None:
        """Let the component tell all that it has not told yet, each event once more than once.

        Another one, with a secret of its own, can tell the same before it.
        """
        for position, kind, subject, at, data in self._events(self.twin):
            if position > self._told and kind.startswith("virtual-council.waste."):
                event = {
                    "specversion": "1.0",
                    "id": f"twin-{position}",
                    "source": f"/components/{name}",
                    "type": kind,
                    "subject": subject,
                    "time": f"{at.replace(' ', 'T').removesuffix('.000000')}Z",
                    "datacontenttype": "application/json",
                    "data": json.loads(data),
                }
                body = json.dumps(event).encode()
                door = f"{self.url}/sandbox{COUNCIL}/components/{name}/events"
                for expected in (202, 200):
                    headers = signed(secret or self.secret, body, f"twin-{position}")
                    answer = httpx.post(door, content=body, headers=headers, trust_env=False, timeout=30)
                    assert answer.status_code == expected, answer.text
            self._told = max(position, self._told) if name == NAME else self._told

    def told(self) -> list[tuple[str, str]]:
        """The type and subject of every event of waste in the council's outbox, in order."""
        return [
            (kind.removeprefix("virtual-council.waste."), subject)
            for _, kind, subject, _, _ in self._events(self.sandbox)
            if kind.startswith("virtual-council.waste.")
        ]

    def cases(self) -> dict[str, list[tuple[Any, ...]]]:
        """The missed bins as both sides hold them, by side."""
        query = "SELECT uprn, stream, collection_date, status FROM waste_missed_collections"
        sides = {"stub": self.sandbox, "component": self.twin}
        return {side: _rows(each.councils.first.file, query) for side, each in sides.items()}

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < give_up, "it did not become so"
            time.sleep(0.01)

    @property
    def pending(self) -> int:
        """How many writes the component has yet to be told of."""
        query = "SELECT count(*) FROM sandbox_component_follow_ups"
        [(count,)] = _rows(self.sandbox.councils.folder.notebook("fairwater"), query)
        return int(count)

    def _events(self, sandbox: Sandbox) -> list[tuple[Any, ...]]:
        query = "SELECT position, type, subject, time, data FROM council_events ORDER BY position"
        return _rows(sandbox.councils.first.file, query)


def _rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@contextmanager
def twins(built: Path, folder: Path) -> Iterator[Twins]:
    """A council of the folder that was built, with a component for waste; both are served."""
    both = [folder / "council", folder / "component"]
    for each in both:
        shutil.copytree(built, each)
    sandbox, twin = (Sandbox(DataFolder(each), discover(), "fairwater", key=KEY) for each in both)
    wall = Wall(twin.gateway)
    try:
        with served_aside(sandbox.gateway) as url, served_aside(wall) as address:
            pair = Twins(url, sandbox, twin, wall, address)
            try:
                yield pair
            finally:
                pair.client.close()
    finally:
        sandbox.close()
        twin.close()
