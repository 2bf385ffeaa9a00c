"""The page for a council officer: the verdict first, what failed in words, and nothing needed beside it."""

from __future__ import annotations

import re

import pytest

from scenarios.conformance.record import Record
from scenarios.conformance.reports import html
from scenarios.results import Outcome
from tests.sandbox.console.every_page import asked_for_elsewhere
from tests.scenarios.reports.records import a_target, exchange, large, record, requirement, result

KNOWN = "WCC-12: mended in release 2.5 (A. Person, until 1 January 2027)"


def failed() -> Record:
    return record(
        [
            result("waste.journey.reported-twice", Outcome.FAIL),
            result("waste.events.told", Outcome.SKIP, reason="it needs the clock", verifies=("WASTE-002",)),
            result("waste.data.paging", Outcome.FAIL, baseline=KNOWN, verifies=("WASTE-003",)),
            result("waste.access.key", verifies=("WASTE-004",)),
        ],
        [requirement(number) for number in range(1, 6)],
    )


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("</style>")[1]).split())


def test_the_verdict_comes_first_and_in_a_sentence() -> None:
    said = words(html.page(failed()))
    assert said.index("did not pass: 1 of 5 requirements is not met.") < said.index("What was tested")


def test_what_failed_is_told_with_its_requirement_and_the_call_folded_away() -> None:
    page = html.page(failed())
    article = page[page.index('<article class="missed">') : page.index("</article>")]
    for said in (
        "A bin reported twice is one case.",
        "WASTE-001. Source: RFC 9110 section 15",
        "The second report was taken as a new case.",
        "409 (refused: it clashes with what is there)",
        "201 (made)",
        "Answer 409 with the reference of the case that is open.",
    ):
        assert said in article
    folded = article[article.index("<details>") : article.index("</details>")]
    assert "curl -sS -X POST" in folded
    assert "curl" not in article.replace(folded, "")


def test_what_was_not_shown_says_why() -> None:
    said = words(html.page(failed()))
    assert "It needs the clock." in said
    assert "No check of this run looks at it." in said


def test_a_known_failure_names_who_knows_it_and_until_when() -> None:
    said = words(html.page(failed()))
    assert f"Known: {KNOWN}" in said
    assert said.index("What is not met") < said.index("Known failures")


def test_a_check_that_stands_for_several_requirements_is_told_once() -> None:
    both = result("waste.data.one", Outcome.FAIL, verifies=("WASTE-001", "WASTE-002"))
    page = html.page(record([both]))
    assert page.count('<div class="failure">') == 1
    assert "Told above: A bin reported twice is one case." in words(page)


def test_long_values_are_told_by_the_lines_that_differ() -> None:
    shown = {"expected": "{\n a: 1,\n b: 2\n}", "got": "{\n a: 1,\n b: 3\n}"}
    page = html.page(record([result("waste.data.one", Outcome.FAIL, **shown)]))
    assert "- b: 2\n+ b: 3" in page
    assert html.page(record([result("waste.data.one", Outcome.FAIL, expected="a\nb", got="a\nb")]))


def test_what_was_tested_tells_the_three_kinds_of_target_apart() -> None:
    checks = [result("waste.data.one")]
    own, elsewhere = (
        html.page(record(checks, targets=(a_target("waste", component="", incumbent=incumbent),)))
        for incumbent in (True, False)
    )
    assert "component <strong>bins-r-us</strong>" in html.page(record(checks))
    assert "own service," in own
    assert "has joined no council" in elsewhere


def test_it_says_how_to_run_it_again_and_which_record_it_was_made_from() -> None:
    told = record([result("waste.data.one")])
    said = words(html.page(told))
    assert "council conform waste --as-of 2026-06-01 --seed 1" in said
    assert told.digest in said


@pytest.mark.parametrize("failing", [0, 450])
def test_a_page_of_all_services_is_small_and_needs_nothing_beside_it(failing: int) -> None:
    page = html.page(large(450, failing=failing))
    assert len(page.encode()) < 2_000_000
    assert page.endswith("</html>")
    assert asked_for_elsewhere(page) == []
    assert "<script" not in page


def test_a_call_is_shown_with_its_answer() -> None:
    silent = exchange(status=None, failure="no answer within 30 s", body="", headers=())
    page = html.page(record([result("waste.data.one", Outcome.ERROR, shown=silent)]))
    assert "No answer: no answer within 30 s" in page
