"""A receiver of webhooks on loopback, for as long as a check listens: each delivery with its headers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST = 1_000_000


@dataclass(frozen=True)
class Delivery:
    """One delivery; names of headers are in lower case."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class Received:
    """What has come so far, and the address that it is sent to."""

    url: str
    deliveries: list[Delivery] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self, delivery: Delivery) -> None:
        with self._arrived:
            self.deliveries.append(delivery)
            self._arrived.notify_all()

    def wait(self, done: Callable[[list[Delivery]], bool], seconds: float) -> bool:
        """Wait until what has come is enough; False where it was not within the time."""
        ends = time.perf_counter() + seconds
        with self._arrived:
            while not done(self.deliveries):
                left = ends - time.perf_counter()
                if left <= 0 or not self._arrived.wait(left):
                    return done(self.deliveries)
        return True


@contextmanager
def receiving() -> Iterator[Received]:
    """Receive at an address of its own, and answer 204."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(LARGEST, int(self.headers.get("content-length") or 0))
            body = self.rfile.read(length)
            received.take(Delivery({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *words: object) -> None:
            """Say nothing: what came is kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(f"http://127.0.0.1:{server.server_address[1]}/events")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
