"""A receiver of webhooks, as a supplier would have one: it checks signatures and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The event that it carries."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def id(self) -> str:
        """The id by which a receiver knows a repeat."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """What was received, and how it is answered: ``answer`` gives status and headers."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], tuple[int, Mapping[str, str]]] = lambda received: (204, {})

    def accepted(self) -> list[str]:
        """The ids of what was received, in order."""
        return [each.id for each in self.received]

    def wait_for(self, count: int) -> list[Received]:
        """The first requests, once so many have come."""
        until(lambda: len(self.received) >= count)
        return self.received[:count]


def until(done: Callable[[], Any]) -> None:
    """Wait until something is so; fail if it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.01)


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver on a port of loopback, a free one unless it is named."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True  # the sender was killed in the middle
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(headers, body)
            receiver.received.append(received)
            status, more = receiver.answer(received)
            self.send_response(status)
            for name, value in {"content-length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of senders that were killed in the middle of a call."""

    server = Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
