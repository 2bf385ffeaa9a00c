"""What tests are arranged with: a council of their own, and the means to call it."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from sandbox.app import Sandbox
from sandbox.build import Plan, build
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

KEY = "test-key"
AS_OF = date(2026, 6, 1)
"""A Monday; the Spring bank holiday was the Monday before."""


class CouncilUnderTest:
    """A small council with every service, and a client that holds a key to everything."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.name = "fairwater"
        self.sandbox = Sandbox(folder, discover(), self.name, key=KEY)
        self.client = TestClient(
            self.sandbox.gateway,
            base_url="http://127.0.0.1:8000",
            headers={"Authorization": f"Bearer {KEY}"},
            raise_server_exceptions=False,
        )

    @property
    def today(self) -> date:
        """The council's date."""
        return self.sandbox.councils.first.clock.today

    def url(self, service: str, path: str) -> str:
        """The address of something of a service."""
        return f"/councils/{self.name}/{service.replace('_', '-')}{path}"

    def get(
        self, service: str, path: str, *, headers: dict[str, str] | None = None, **params: Any
    ) -> Response:
        """Read something of a service."""
        return self.client.get(self.url(service, path), params=params, headers=headers)

    def post(self, service: str, path: str, **request: Any) -> Response:
        """Send something to a service."""
        return self.client.post(self.url(service, path), **request)

    def control(self, path: str, **json: Any) -> Response:
        """Send something to the control API, about this council."""
        return self.client.post(f"/sandbox/councils/{self.name}{path}", json=json)

    def advance(self, *, days: int | None = None, to: str | None = None) -> dict[str, Any]:
        """Advance the clock, by days or to an instant, and give the control API's answer."""
        answer = self.control("/clock", **({"to": to} if to else {"by": f"P{days}D"}))
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def reopen(self) -> None:
        """Close the council and open it again, as after a restart."""
        self.close()
        self.__init__(self.folder)  # type: ignore[misc]

    def close(self) -> None:
        """Close the council's file."""
        self.sandbox.close()


@pytest.fixture(scope="session")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one council of 2,000 residents, built once; copy it, never write to it."""
    folder = DataFolder(tmp_path_factory.mktemp("built") / "council-data")
    plan = Plan("fairwater", find_profile("Hartlepool"), 2000, 7, AS_OF)
    build(folder, plan, discover(), lambda what, share: None)
    return folder.path


@pytest.fixture
def council(built_folder: Path, tmp_path: Path) -> Iterator[CouncilUnderTest]:
    """A council of 2,000 residents for one test alone."""
    path = tmp_path / "council-data"
    shutil.copytree(built_folder, path)
    under_test = CouncilUnderTest(DataFolder(path))
    yield under_test
    under_test.close()
