"""A person drives a council in a real browser, without a script, a key or a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.visit import Visit

pytestmark = pytest.mark.browser


def press(visit: Visit, button: str) -> None:
    """Press a button of the page and wait for the page that it leads to."""
    with visit.page.expect_navigation(wait_until="load"):
        visit.page.get_by_role("button", name=button, exact=True).click()


def shows(visit: Visit) -> str:
    return visit.page.locator(".shows time").inner_text()


def test_a_demo_is_rehearsed_and_rewound(visit: Visit) -> None:
    visit.open("/?council=otherby")
    visit.page.get_by_role("link", name="Drive this council").click()
    assert shows(visit) == "Monday 1 June 2026, 9:00 in the morning"
    press(visit, "A week")
    assert shows(visit) == "Monday 8 June 2026, 9:00 in the morning"
    assert "Street reports: steps" in visit.page.locator("#told").inner_text()
    visit.page.get_by_label("Call it", exact=True).fill("Before the demo")
    press(visit, "Save")
    press(visit, "To the next thing due")
    assert shows(visit) != "Monday 8 June 2026, 9:00 in the morning"
    assert visit.grave_faults_of_access() == []
    press(visit, "Return to before-the-demo")
    assert shows(visit) == "Monday 8 June 2026, 9:00 in the morning"
    press(visit, "Fork")
    assert "ends by itself on" in visit.page.locator("#forks + p + ul").inner_text()
    assert visit.grave_faults_of_access() == []
    press(visit, "Reset")
    assert shows(visit) == "Monday 1 June 2026, 9:00 in the morning"
    assert visit.faults == []


def test_a_page_with_saved_states_and_forks_fits_a_phone(visit_by_phone: Visit) -> None:
    visit_by_phone.open("/drive/otherby")
    visit_by_phone.page.get_by_label("Call it", exact=True).fill("a-rather-long-name-for-a-saved-state-yes")
    press(visit_by_phone, "Save")
    press(visit_by_phone, "A week")
    assert visit_by_phone.page.evaluate("document.documentElement.scrollWidth") == 390
    assert visit_by_phone.grave_faults_of_access() == []
    assert visit_by_phone.faults == []


def test_what_is_refused_is_said_on_the_page(visit: Visit) -> None:
    visit.open("/drive/otherby")
    visit.page.get_by_label("Call it (an invented name, or none)").fill("Leeds")
    press(visit, "Fork")
    assert "could be taken for Leeds" in visit.page.locator("#told").inner_text()
    assert visit.grave_faults_of_access() == []
    assert visit.faults == []
