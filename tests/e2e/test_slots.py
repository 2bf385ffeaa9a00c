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
        calls = self.ask("GET", f"/sandbox{COUNCIL}/journal?service=waste&limit=4").json()["items"]
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
    page.get_by_label("Your name").fill("Ada Officer")
    page.get_by_label("Why you do it").fill("to see whether anybody notices")
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=button, exact=True).click()
    return str(page.locator("#told").inner_text())


def press_with_a_reason(visit: Visit, button: str) -> str:
    """The same where something is missing, as of so few calls compared."""
    visit.page.get_by_label("To go ahead though something is missing").fill("a demonstration")
    return press(visit, button)


def look_again(visit: Visit) -> None:
    """Load the page again until nothing is under way any more."""
    for _ in range(600):
        link = visit.page.get_by_role("link", name="Look again")
        if not link.count():
            return
        with visit.page.expect_navigation(wait_until="load"):
            link.click()
        visit.page.wait_for_timeout(100)
    raise AssertionError("it never ended")


def shuts_nobody_out(visit: Visit) -> None:
    """The page as it was loaded, with all that is folded away opened, by a phone and by a desktop."""
    for details in visit.page.locator("summary").all():
        details.click()
    for width in (390, 1280):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    assert visit.grave_faults_of_access() == []
    assert visit.faults == []


def test_a_product_goes_live_step_by_step_is_rolled_back_with_its_data_and_leaves(
    browser: Browser, town: Town
) -> None:
    from tests.e2e.visit import Visit

    missed = town.missed()
    with Visit(browser, town.url, width=1280) as visit:
        visit.open("/")
        visit.page.get_by_role("link", name="Who answers", exact=True).click()
        visit.page.get_by_role("heading", name="Who answers for Fairwater Council").wait_for()
        assert "bins-r-us has not been checked" in press(visit, "Answer for 10 % of homes")
        town.passed()
        visit.page.get_by_label("Which calls").select_option("few")
        press(visit, "Replay a day")
        look_again(visit)
        assert "calls were answered alike" in visit.page.locator(".fields").first.inner_text()
        shuts_nobody_out(visit)

        assert "is watched beside the stub" in press(visit, "Watch it beside the stub")
        references = [next(missed) for _ in range(2)]
        for button, now in (
            ("Answer for 10 % of homes", "answers for 10 % of homes"),
            ("Answer for 50 % of homes", "answers for 50 % of homes"),
            ("Answer for everybody (100 %)", "is live for the whole slot"),
        ):
            assert now in press_with_a_reason(visit, button)
            references += [next(missed) for _ in range(4)]
        assert town.answered_by() == {"bins-r-us"}
        shuts_nobody_out(visit)

        assert "The stub answers for Waste." in press(visit, "Roll back to the stub")
        for reference in references:
            town.ask("GET", f"{COUNCIL}/waste/missed-collections/{reference}")
        assert town.answered_by() == {None}
        assert "bins-r-us has left" in press(visit, "Let it leave")
        assert "Ada Officer" in visit.page.get_by_role("table").last.inner_text()
        shuts_nobody_out(visit)
