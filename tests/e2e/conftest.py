"""A sandbox that is really served, and a real browser to see it in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from service_apis.kit.discovery import discover
from tests.conftest import KEY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.visit import Visit

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""What keeps Chromium from doing anything but showing the pages that it is sent to."""


@pytest.fixture(scope="session")
def address(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served sandbox with two councils, one of which has journeys' results."""
    path = tmp_path_factory.mktemp("served") / "council-data"
    shutil.copytree(built_folder, path)
    shutil.copy(path / "councils" / "fairwater.sqlite", path / "councils" / "otherby.sqlite")
    sandbox = Sandbox(DataFolder(path), discover(), "fairwater", key=KEY)
    with served_aside(sandbox.gateway) as url:
        yield url
    sandbox.close()


# Not for the whole session: Playwright runs an event loop as long as it lasts, and others need their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a window. Missing, it is a reason to skip, or to fail where it is promised."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        _lacking("there is no Chromium on the path (on Debian and Ubuntu: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _lacking("the package playwright is not installed (make test installs it)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield launched
        launched.close()


def _lacking(reason: str) -> None:
    if os.environ.get("COUNCIL_STAGE") == "browser":
        pytest.fail(f"COUNCIL_STAGE=browser promises a browser, but {reason}")
    pytest.skip(reason)


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visit to the sandbox with a desktop's window."""
    from tests.e2e.visit import Visit

    with Visit(browser, address, width=1280) as visit:
        yield visit


@pytest.fixture
def visit_by_phone(browser: Browser, address: str) -> Iterator[Visit]:
    """A visit to the sandbox with a phone's window."""
    from tests.e2e.visit import Visit

    with Visit(browser, address, width=390) as visit:
        yield visit
