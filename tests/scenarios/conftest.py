from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from sandbox.serving import served_aside
from tests.conftest import KEY
from tests.scenarios.conforming import Desk
from tests.scenarios.packing import Packing
from tests.scenarios.serving import sandbox_of
from tests.scenarios.tampering import Tampered
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


@pytest.fixture(scope="session")
def conformance_town(
    built_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Tampered, str]]:
    """A served council with somebody in the way of its answers, and its address."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("conformance") / "council-data") as sandbox:
        between = Tampered(sandbox.gateway)
        with served_aside(between) as url:
            yield between, url


@pytest.fixture
def desk(
    conformance_town: tuple[Tampered, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A folder in which `council conform` is typed, where a council is served."""
    between, url = conformance_town
    yield Desk(
        tmp_path,
        url,
        f"{url}/councils/fairwater/waste",
        between,
        monkeypatch,
        {"TARGET_KEY": KEY, "COUNCIL_KEY": ""},
    )
    between.where = "nothing"
