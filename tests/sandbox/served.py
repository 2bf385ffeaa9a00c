"""A sandbox as a process of its own, which a test can kill at any moment and start again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import KEY

PATIENCE_SECONDS = 30


class Served:
    """`council up` on a data folder, at one address whenever it runs."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=PATIENCE_SECONDS,
        )
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(Path(sys.executable).with_name("council")), "up", "--data", str(self.data)]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env={**os.environ, "COUNCIL_KEY": KEY},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.client.get("/readyz").raise_for_status()
                return
            except httpx.TransportError:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(self._process.communicate()[1].decode()) from None
                time.sleep(0.02)

    def kill(self) -> None:
        """Kill it with no chance to tidy up."""
        self._process.kill()
        self._process.communicate()

    def call(self, method: str, path: str, *, kill_after: float | None = None, **request: Any) -> Any:
        """A call; with ``kill_after`` the server is killed so many seconds into it, and started again.

        None is returned where it was killed before it had answered.
        """
        if kill_after is None:
            return self.client.request(method, path, **request)
        killer = threading.Timer(kill_after, self._process.kill)
        killer.start()
        try:
            return self.client.request(method, path, **request)
        except httpx.TransportError:
            return None
        finally:
            killer.join()
            self._process.communicate()
            self.start()

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.communicate()
        self.client.close()
