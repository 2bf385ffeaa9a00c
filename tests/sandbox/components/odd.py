"""An odd component: it answers with the very bytes that a test lays down, and keeps what it was sent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = bytes | Callable[[socket.socket], None]


@dataclass
class Odd:
    """What it was sent, as it came, and what it answers to everything."""

    url: str = ""
    answer: Answer = b""
    asked: list[bytes] = field(default_factory=list)

    @property
    def request_line(self) -> str:
        """The first line of the last call."""
        return self.asked[-1].split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers of the last call, their names in lower case."""
        lines = self.asked[-1].split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines)
        return [(name.lower(), value.strip()) for name, _, value in pairs]

    @property
    def body(self) -> bytes:
        """The body of the last call."""
        return self.asked[-1].split(b"\r\n\r\n", 1)[1]

    def say(
        self,
        body: bytes | str = b"",
        status: str = "200 OK",
        kind: str = "application/json",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Lay down a whole answer."""
        body = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.answer = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@contextmanager
def odd_component() -> Iterator[Odd]:
    """One on a free port of loopback."""
    odd = Odd()
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.05)
        odd.url = f"http://127.0.0.1:{door.getsockname()[1]}"
        closing = threading.Event()
        threads: list[threading.Thread] = []

        def serve() -> None:
            while not closing.is_set():
                try:
                    caller, _ = door.accept()
                except TimeoutError:
                    continue
                threads.append(threading.Thread(target=_converse, args=(odd, caller, closing)))
                threads[-1].start()

        server = threading.Thread(target=serve)
        server.start()
        try:
            yield odd
        finally:
            closing.set()
            server.join()
            for each in threads:
                each.join()


def _converse(odd: Odd, caller: socket.socket, closing: threading.Event) -> None:
    with caller:
        caller.settimeout(0.2)
        held = b""
        while not closing.is_set():
            try:
                if (whole := _whole(held)) is None:
                    some = caller.recv(65_536)
                    if not some:
                        return
                    held += some
                    continue
                odd.asked.append(held[:whole])
                held = held[whole:]
                if callable(odd.answer):
                    odd.answer(caller)
                    return
                caller.sendall(odd.answer)
            except TimeoutError:
                continue
            except OSError:
                return


def _whole(held: bytes) -> int | None:
    """Where the first call ends, if it is there as a whole."""
    head, found, _ = held.partition(b"\r\n\r\n")
    if not found:
        return None
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    end = len(head) + 4 + length
    return end if len(held) >= end else None


def endless(pieces: int = 100_000, piece: bytes = b"x" * 65_536, pause: float = 0.0) -> Answer:
    """An answer that never comes to its end."""

    def answer(caller: socket.socket) -> None:
        caller.settimeout(5)
        caller.sendall(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        for _ in range(pieces):
            caller.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(pause)

    return answer
