"""A target that misbehaves to order, over a socket of its own."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PIECE = b"x" * 100_000
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "A supplier's bins", "version": "7"},
    "paths": {
        "/bins": {"get": {"operationId": "list_bins", "responses": {"200": {"description": "Bins."}}}},
    },
}


class Misbehaving(ThreadingHTTPServer):
    """Answers `/openapi.json` by one mood and everything else by another; counts the octets it got rid of."""

    daemon_threads = True

    def __init__(self, first: str, then: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.first, self.then = first, then
        self.sent = 0
        self.leaving = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: that a caller hangs up is what is tested."""


class _Answering(BaseHTTPRequestHandler):
    server: Misbehaving
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        mood = self.server.first if self.path.startswith("/openapi.json") else self.server.then
        getattr(self, f"_{mood}")()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _say(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _good(self) -> None:
        self._say(200, "application/json", json.dumps(DOCUMENT).encode())

    def _html(self) -> None:
        self._say(200, "text/html; charset=utf-8", b"<h1>Welcome</h1>")

    def _redirects(self) -> None:
        self._say(302, "text/plain", b"", Location="http://elsewhere.invalid/openapi.json")

    def _missing(self) -> None:
        self._say(404, "application/json", b"{}")

    def _refuses(self) -> None:
        self._say(401, "application/json", b"{}")

    def _broken(self) -> None:
        self._say(200, "application/json", b'{"openapi": "3.1.0", ')

    def _deep(self) -> None:
        self._say(200, "application/json", b"[" * 100_000)

    def _other(self) -> None:
        self._say(200, "application/json", b'{"swagger": "2.0"}')

    def _odd(self) -> None:
        self._say(200, "application/json", b'{"openapi": "3.1.0", "info": 5, "paths": {"/a": 3, "/b": []}}')

    def _slow(self) -> None:
        self.server.leaving.wait(20)

    def _drips(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.server.leaving.wait(0.05):
            self.wfile.write(b" ")

    def _stops(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"openapi"')
        self.close_connection = True

    def _hangs_up(self) -> None:
        self.close_connection = True

    def _floods(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100000000")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(PIECE)
            self.server.sent += len(PIECE)


@contextmanager
def misbehaving(
    first: str, then: str = "good", *, certificate: Path | None = None
) -> Iterator[tuple[str, Misbehaving]]:
    """The address of a target in these moods, and the target; with a certificate it speaks TLS."""
    with Misbehaving(first, then) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", server
        finally:
            server.leaving.set()
            server.shutdown()
            thread.join()


def self_signed(folder: Path) -> Path:
    """A PEM file with a key and a certificate for 127.0.0.1 that nobody has signed."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bins"
    made: Mapping[str, str] = {"-keyout": str(key), "-out": str(certificate)}
    files = [word for pair in made.items() for word in pair]
    subprocess.run(
        [*words.split(), "-addext", "subjectAltName=IP:127.0.0.1", *files], check=True, capture_output=True
    )
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
