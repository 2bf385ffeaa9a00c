"""An application at an address of its own on loopback, for as long as a test asks it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from tests.conftest import KEY


@contextmanager
def sandbox_of(built_folder: Path, folder: Path) -> Iterator[Sandbox]:
    """A sandbox on a copy of the built council, with every service and the tests' key."""
    shutil.copytree(built_folder, folder)
    sandbox = Sandbox(DataFolder(folder), discover(), "fairwater", key=KEY)
    try:
        yield sandbox
    finally:
        sandbox.close()
