"""A council officer lets a supplier's product answer for the council, step by step, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox import evidence
from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from service_apis.kit.discovery import discover
from tests.components.launching import free_port, launched
from tests.conftest import KEY
from tests.scenarios.reports.records import record, result

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.visit import Visit

pytestmark = pytest.mark.browser
COUNCIL = "/councils/fairwater"


@dataclass
class Town:
    """A council that is served, and a product that runs and has joined it for waste."""

    url: str
    folder: DataFolder

    def ask(self, method: str, path: str, json: Any = None) -> httpx.Response:
        answer = httpx.request(
            method, self.url + path, json=json, headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )
        answer.raise_for_status()
        return answer

    def passed(self) -> None:
        """Let the product have passed all checks, which take a minute: the record is sent as they send it."""
        signed = evidence.signer(self.folder).signed(record([result("waste.journey.one")]))
        sent = {"evidence": json.loads(signed)}
        self.ask("POST", f"/sandbox{COUNCIL}/components/bins-r-us/verdicts", sent)

    def missed(self) -> Iterator[str]:
        """Report bins as missed, one home after another, like any caller; the reference of each case."""
        emptied = self.ask("GET", f"{COUNCIL}/waste/collections?on=2026-05-29&per_page=200").json()["items"]
        for one in emptied:
            sent = {"uprn": one["uprn"], "stream": one["stream"], "collection_date": "2026-05-29"}
            told = self.ask("POST", f"{COUNCIL}/waste/missed-collections", sent).json()
            yield str(told["reference"])

    def answered_by(self) -> set[str | None]:
        """Who answered the latest calls of waste."""
        calls = self.ask("GET", f"/sandbox{COUNCIL}/calls?service=waste&limit=8").json()["items"]
        return {each["answered_by"] for each in calls}


@pytest.fixture
def town(built_folder: Path, tmp_path: Path) -> Iterator[Town]:
    """A council of its own, in which bins-r-us has joined."""
    path = tmp_path / "council-data"
    shutil.copytree(built_folder, path)
    sandbox, port = Sandbox(DataFolder(path), discover(), "fairwater", key=KEY), free_port()
    with served_aside(sandbox.gateway) as url:
        there = Town(url, sandbox.councils.folder)
        wanted = {"name": "bins-r-us", "slot": "waste", "url": f"http://127.0.0.1:{port}"}
        made = there.ask("POST", f"/sandbox{COUNCIL}/components", wanted).json()
        with launched("bins_r_us", made["environment"], data=tmp_path / "bins", port=port):
            yield there
    sandbox.close()


def press(visit: Visit, button: str) -> str:
    """Press a button and give what the page that it leads to says came of it."""
    page = visit.page
    if page.get_by_label("Your name").input_value() == "":
        page.get_by_label("Your name").fill("Ada Officer")
        page.get_by_label("Why you do it").fill("to see whether anybody notices")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=button, exact=True).click()
    return str(page.locator("#told").inner_text())


def fits(visit: Visit, width: int) -> None:
    """Nobody is shut out of the page as it stands, with all that is folded away opened."""
    for details in visit.page.locator("summary").all():
        details.click()
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    assert visit.grave_faults_of_access() == []
    assert visit.faults == []


@pytest.mark.parametrize("width", [1280])
def test_a_product_goes_live_step_by_step_and_is_rolled_back_with_its_data(
    browser: Browser, town: Town, width: int
) -> None:
    from tests.e2e.visit import Visit

    missed, references = town.missed(), []
    with Visit(browser, town.url, width=width) as visit:
        visit.open("/")
        visit.page.get_by_role("link", name="Who answers", exact=True).click()
        assert "bins-r-us has not been checked" in press(visit, "Answer for 10 % of homes")
        fits(visit, width)
        town.passed()
        for button, now in (
            ("Watch it beside the stub", "is watched beside the stub"),
            ("Answer for 10 % of homes", "answers for 10 % of homes"),
            ("Answer for 50 % of homes", "answers for 50 % of homes"),
            ("Answer for everybody (100 %)", "is live for the whole slot"),
        ):
            assert now in press(visit, button)
            references += [next(missed) for _ in range(4)]
        assert town.answered_by() == {"bins-r-us"}
        fits(visit, width)
        assert "The stub answers for Waste." in press(visit, "Roll back to the stub")
        for reference in references:
            town.ask("GET", f"{COUNCIL}/waste/missed-collections/{reference}")
        assert town.answered_by() == {None}
        fits(visit, width)
