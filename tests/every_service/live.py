"""A council behind a real server, for tests in which many call at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from sandbox.serving import Addresses, listening
from tests.conftest import CouncilUnderTest


@contextmanager
def served(council: CouncilUnderTest) -> Iterator[str]:
    """The council's sandbox at an address of its own on loopback."""
    with listening(Addresses("127.0.0.1", 0, {})) as sockets:
        config = uvicorn.Config(council.sandbox.gateway, log_level="error", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": sockets})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
