"""An application at an address of its own on loopback, for as long as a test asks it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from sandbox.serving import Addresses, listening
from service_apis.kit.discovery import discover
from tests.conftest import KEY


@contextmanager
def served(application: Any) -> Iterator[str]:
    """The address at which the application is served."""
    with listening(Addresses("127.0.0.1", 0, {})) as sockets:
        config = uvicorn.Config(application, log_level="critical", access_log=False, lifespan="off")
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


@contextmanager
def sandbox_of(built_folder: Path, folder: Path) -> Iterator[Sandbox]:
    """A sandbox on a copy of the built council, with every service and the tests' key."""
    shutil.copytree(built_folder, folder)
    sandbox = Sandbox(DataFolder(folder), discover(), "fairwater", key=KEY)
    try:
        yield sandbox
    finally:
        sandbox.close()
