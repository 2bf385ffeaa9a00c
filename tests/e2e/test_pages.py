"""Every page, seen in a real browser: nobody is shut out, and nothing comes from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from service_apis.kit.discovery import discover
from service_apis.kit.service import Service
from tests.conftest import KEY
from tests.sandbox.console.every_page import COUNCIL, examples, whole_pages

if TYPE_CHECKING:
    from tests.e2e.visit import Visit

pytestmark = pytest.mark.browser
PROBLEMS = [page for page in whole_pages() if page.startswith("/problems/")]
PAGES = [page for page in whole_pages() if page not in PROBLEMS[2:]]
"""The pages of problems are all made alike; two of them stand for the others."""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shuts_nobody_out(visit: Visit, path: str) -> None:
    assert visit.open(path).status == 200
    for details in visit.page.locator("summary").all():
        details.click()
    assert visit.grave_faults_of_access() == []
    assert visit.faults == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(visit_by_phone: Visit, path: str) -> None:
    visit_by_phone.open(path)
    for details in visit_by_phone.page.locator("summary").all():
        details.click()
    assert visit_by_phone.page.evaluate("document.documentElement.scrollWidth") == 390
    assert visit_by_phone.grave_faults_of_access() == []
    assert visit_by_phone.faults == []


def test_results_of_journeys_shut_nobody_out(visit: Visit, address: str) -> None:
    told = [
        {"journey": verdict, "title": f"It will {verdict}", "verdict": verdict, "steps": 3, "seconds": 0.2,
         "detail": "Step 2: expected 201, got 404"}
        for verdict in ("pass", "fail", "skip", "error")
    ]  # fmt: skip
    url = f"{address}/sandbox/councils/otherby/journeys"
    answer = httpx.post(url, json={"items": told}, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 201
    visit.open("/?council=otherby")
    assert visit.page.get_by_text("It will fail").is_visible()
    assert visit.grave_faults_of_access() == []
    assert visit.faults == []


@pytest.mark.parametrize("path", ["/nowhere", "/?council=atlantis"])
def test_a_page_for_those_who_went_astray_shuts_nobody_out(visit: Visit, path: str) -> None:
    assert visit.open(path).status == 404
    assert visit.grave_faults_of_access() == []
    # Chromium itself notes the status of the page in its console.
    assert [fault for fault in visit.faults if "status of 404" not in fault] == []


@pytest.mark.parametrize("path", ["/", examples()[0][2], "/guides/for-ci"])
def test_whoever_uses_the_keyboard_sees_where_they_are(visit: Visit, path: str) -> None:
    visit.open(path)
    stops = visit.page.locator("a[href], summary, [tabindex='0']").count()
    seen = 0
    for _ in range(stops):
        visit.page.keyboard.press("Tab")
        outline = visit.page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        box = visit.page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        assert outline == ["solid", 3], visit.page.evaluate("document.activeElement.outerHTML")
        assert box["left"] >= 0
        assert box["width"] > 0
        seen += 1
    assert seen == stops > 5


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit: Visit) -> None:
    visit.open("/")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("service", discover().values(), ids=lambda service: service.slug)
def test_the_documentation_page_shows_every_operation(visit: Visit, service: Service) -> None:
    visit.open(f"/councils/{COUNCIL}/{service.url_name}/docs")
    operations = visit.page.locator(".opblock")
    operations.first.wait_for()
    visit.page.wait_for_load_state("networkidle")
    documented = visit.page.evaluate(
        "async (url) => { const {paths} = await (await fetch(url)).json();"
        " return Object.values(paths).reduce((sum, path) => sum + Object.keys(path).length, 0) }",
        f"/councils/{COUNCIL}/{service.url_name}/openapi.json",
    )
    assert operations.count() == documented > 0
    assert visit.faults == []
