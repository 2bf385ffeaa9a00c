"""Who goes astray is answered in kind: a browser with a page, a program with problem details."""

from __future__ import annotations

import pytest

from tests.conftest import CouncilUnderTest
from tests.sandbox.console.every_page import BROWSER, words


@pytest.mark.parametrize("path", ["/nowhere", "/try/fairwater", "/assets/nothing.css"])
def test_a_browser_gets_a_page(council: CouncilUnderTest, path: str) -> None:
    answer = council.client.get(path, headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert f"There is nothing at {path}." in words(answer)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json"])
def test_a_program_gets_problem_details(council: CouncilUnderTest, accept: str) -> None:
    answer = council.client.get("/nowhere", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("path", ["/councils/fairwater", "/councils/fairwater/"])
def test_where_the_services_begin_leads_people_and_programs_on(council: CouncilUnderTest, path: str) -> None:
    assert "Fairwater Council" in words(council.client.get(path, headers=BROWSER))
    entry = council.client.get(path).json()
    assert entry["title"] == "Fairwater Council"
    unknown = council.client.get("/councils/atlantis/")
    assert unknown.status_code == 404
    assert unknown.json()["type"] == "/problems/no-such-council"


def test_the_control_api_answers_browsers_like_anyone(council: CouncilUnderTest) -> None:
    answer = council.client.get("/sandbox/nowhere", headers=BROWSER)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_inside_shows_a_browser_a_page_and_no_trace(council: CouncilUnderTest) -> None:
    council.sandbox.councils.first.facts.pop("title")
    answer = council.client.get("/", headers=BROWSER)
    assert answer.status_code == 500
    assert "This is our fault, not yours, and nothing was changed." in words(answer)
    assert "KeyError" not in answer.text
