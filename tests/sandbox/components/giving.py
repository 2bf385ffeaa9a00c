"""A component that gives back whatever a test wants it to, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from httpx2 import Response

from tests.conftest import CouncilUnderTest

NAME = "giver"
Line = dict[str, Any]
PATIENCE_SECONDS = 5


class Giving:
    """A component for a slot that holds what went over, and gives it back as a test changes it."""

    def __init__(self, council: CouncilUnderTest, slot: str, url: str) -> None:
        self.council, self.slot = council, slot
        made = council.control("/components", name=NAME, slot=slot, url=url)
        assert made.status_code == 201, made.text
        self.key = made.json()["key"]
        self.status, self.kind = 200, "application/x-ndjson"
        self.headers: dict[str, str] = {}
        self.body: Callable[[], Iterator[bytes]] = lambda: iter(())
        self.shown: list[str] = []
        self.lines: list[Line] = []
        self.take_over()

    def take_over(self) -> None:
        """Hold what the council has now, to be given back as it is."""
        answer = self.council.client.get(f"/sandbox/councils/{self.council.name}/components/{NAME}/records")
        assert answer.status_code == 200, answer.text
        self.lines = [json.loads(line) for line in answer.text.splitlines()]
        self.body = lambda: (f"{json.dumps(line)}\n".encode() for line in self.lines)

    def records(self, table: str) -> list[Line]:
        """The records that it holds of a table; to change one changes what it gives back."""
        return [line["record"] for line in self.lines[1:] if line["table"] == table]

    def leave_out(self, record: Line) -> None:
        """Give one record back no more, and say so."""
        (line,) = [line for line in self.lines[1:] if line["record"] is record]
        self.lines.remove(line)
        self.lines[0]["tables"][line["table"]] -= 1

    def add(self, table: str, record: Line) -> None:
        """Give back one record more, and say so."""
        self.lines.append({"table": table, "record": record})
        self.lines[0]["tables"][table] += 1

    def leave(self) -> None:
        """Let the council forget it."""
        self.council.client.delete(f"/sandbox/councils/{self.council.name}/components/{NAME}")

    def ask(self, *, take_back: bool = False) -> Response:
        """Let the council ask for the records."""
        return self.council.control(f"/components/{NAME}/returned", take_back=take_back)

    def came(self, *, take_back: bool = False) -> dict[str, Any]:
        """What came back of them."""
        answer = self.ask(take_back=take_back)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def fill(self, mode: str, **share: Any) -> None:
        """Let it answer for the slot, for all or a share of callers."""
        address = f"/sandbox/councils/{self.council.name}/slots/{self.slot}"
        wanted = {"component": NAME, "mode": mode, "share": share or None}
        put = self.council.client.put(address, json={**wanted, "override": "A test goes through"})
        assert put.status_code == 200, put.text

    def roll_back(self) -> None:
        """Let the stub answer again."""
        answer = self.council.control(f"/slots/{self.slot}/roll-back", why="enough")
        assert answer.status_code == 200, answer.text


@contextmanager
def giving(council: CouncilUnderTest, slot: str = "waste") -> Iterator[Giving]:
    """Such a component, joined and answering, until the block ends."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.shown.append(f"{self.path} {self.headers.get('Authorization', '')}")
            self.send_response(there.status)
            for name, value in {"Content-Type": there.kind, **there.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for some in there.body():
                    self.wfile.write(some)
            except OSError:
                pass  # The council has heard enough.

        def log_message(self, format: str, *values: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    there = Giving(council, slot, f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE_SECONDS)
