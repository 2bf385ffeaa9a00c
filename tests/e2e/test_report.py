"""The report of a run of checks, read in a real browser as a council officer would."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scenarios.conformance.record import Record
from scenarios.conformance.reports import html
from scenarios.results import Outcome
from tests.scenarios.reports.records import hostile, record, requirement, result

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

FAILED = record(
    [
        result("waste.journey.one", Outcome.FAIL),
        result("waste.events.two", Outcome.SKIP, verifies=("WASTE-002",)),
        result("waste.data.three", Outcome.FAIL, baseline="A. Person, until 1 May", verifies=("WASTE-003",)),
        result("waste.data.four", Outcome.OMIT, verifies=("WASTE-004",)),
        result("waste.data.five", verifies=("WASTE-005",)),
    ],
    [requirement(number) for number in range(1, 7)],
)
RECORDS = {"failed": FAILED, "hostile": hostile()}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("told", RECORDS.values(), ids=RECORDS)
def test_a_report_shuts_nobody_out(browser: Browser, tmp_path: Path, told: Record, width: int) -> None:
    from tests.e2e.visit import Visit

    (tmp_path / "report.html").write_text(html.page(told), encoding="utf-8")
    with Visit(browser, f"file://{tmp_path}", width=width) as visit:
        visit.page.goto(f"file://{tmp_path}/report.html", wait_until="load")
        for details in visit.page.locator("summary").all():
            details.click()
        assert visit.page.evaluate("document.documentElement.scrollWidth") == width
        assert visit.page.locator("h1").count() == 1
        assert visit.grave_faults_of_access() == []
        assert visit.faults == []


def test_what_is_folded_away_is_printed(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content(html.page(FAILED))
    page.emulate_media(media="print")
    call = page.locator("details pre").first
    assert call.is_visible()
    page.emulate_media(media="screen")
    assert not call.is_visible()
    page.close()
