from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.scenarios.packing import Packing
from tests.scenarios.town_hall import town_hall


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The address of a running town hall."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(town_hall(address), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        for _ in range(500):
            if server.started:
                break
            time.sleep(0.01)
        yield address
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def packing(tmp_path: Path) -> Packing:
    """An empty folder of packs, to be filled."""
    return Packing(tmp_path / "packs")
