"""Lines for a terminal, archives, badges and summaries."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

from haralyzer import HarParser

from scenarios.conformance.reports import badge, har, junit, summary, text
from scenarios.results import Outcome
from tests.scenarios.reports.records import BEGAN, exchange, record, requirement, result

BAD = result("waste.journey.reported-twice", Outcome.FAIL)


def test_a_check_is_a_line_and_its_failure_says_what_to_mend() -> None:
    assert list(text.line(result("waste.data.paging"))) == ["ok     waste.data.paging  3 calls  250 ms"]
    assert list(text.line(BAD)) == [
        "FAIL   waste.journey.reported-twice  3 calls  250 ms",
        "       the second report was taken as a new case",
    ]
    assert list(text.details(BAD)) == [
        "       - expected 409",
        "       + got      201",
        "       curl -sS -X POST 'http://127.0.0.1:9000/missed-collections'",
        '       answered 201: {"id": "MC-0001"}',
        "       Try: answer 409 with the reference of the case that is open",
    ]


def test_a_failure_that_stands_for_several_requirements_is_told_in_full_once() -> None:
    both = result("waste.data.one", Outcome.FAIL, verifies=("WASTE-001", "WASTE-002"))
    lines = list(text.summary(record([both])))
    assert sum("curl" in line for line in lines) == 1
    assert "       told above: waste.data.one" in lines


def test_many_failures_of_one_requirement_are_folded() -> None:
    many = [result(f"waste.data.check-{number}", Outcome.FAIL) for number in range(30)]
    lines = list(text.summary(record(many)))
    assert sum("curl" in line for line in lines) == text.MOST_TOLD
    assert any(line.endswith("and 13 more") for line in lines)


def test_what_was_skipped_is_gathered_by_its_reason() -> None:
    skipped = [
        result(f"waste.data.check-{number}", Outcome.SKIP, reason="it needs the clock") for number in range(3)
    ]
    lines = list(text.summary(record(skipped)))
    assert "skip   3 checks: it needs the clock" in lines
    assert "Waste did not pass" not in lines


def test_a_known_failure_is_skipped_in_junit_with_who_knows_it() -> None:
    known = result("waste.data.one", Outcome.FAIL, baseline="until 1 January 2027 (A. Person)")
    suites = ElementTree.fromstring(junit.xml(record([known, result("waste.data.two")])))
    [case] = [case for case in suites.iter("testcase") if case.get("name", "").startswith("one:")]
    assert case.find("failure") is None
    [skipped] = case.findall("skipped")
    assert skipped.get("message", "").startswith("known failure: until 1 January 2027 (A. Person)")
    assert [each.get("value") for each in case.iter("property")] == ["WASTE-001"]


def test_a_must_that_was_not_shown_fails_in_junit() -> None:
    suites = ElementTree.fromstring(
        junit.xml(record([result("waste.data.one")], [requirement(1), requirement(2)]))
    )
    [failure] = suites.iter("failure")
    assert "WASTE-002" in next(case for case in suites.iter("testcase") if failure in case).get("name", "")


def test_an_archive_names_the_check_of_each_call_in_the_order_of_calls() -> None:
    later = exchange(began=BEGAN + timedelta(seconds=2))
    silent = exchange(
        began=BEGAN + timedelta(seconds=1), status=None, failure="no answer", headers=(), body=""
    )
    archive = json.loads(
        har.archive(record([BAD]), {BAD.id: [later], "waste.data.two": [exchange(), silent]})
    )
    entries = HarParser(archive).har_data["entries"]
    assert [entry["_check"] for entry in entries] == ["waste.data.two", "waste.data.two", BAD.id]
    assert [entry["response"]["status"] for entry in entries] == [201, 0, 201]
    assert entries[0]["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": " "}]
    assert entries[1]["_failure"] == "no answer"


def test_a_badge_says_what_it_is_of_to_whoever_cannot_see_it() -> None:
    passed = record([result("waste.data.one")])
    assert badge.message(passed) == "waste 1 of 1"
    assert badge.message(record([BAD])) == "waste not passed"
    unshown = record([result("waste.data.one")], [requirement(1), requirement(2)])
    assert (badge.message(unshown), badge.colour(unshown)) == ("waste 1 of 2 shown", "amber")
    part = passed.model_copy(update={"only": ("WASTE-003",)})
    assert (badge.message(part), badge.colour(part)) == ("waste 1 of 1, a part only", "green")
    drawn = ElementTree.fromstring(badge.svg(passed))
    title = drawn.findtext("{http://www.w3.org/2000/svg}title")
    assert title == drawn.get("aria-label")
    assert title is not None
    assert title.startswith("virtual council: waste 1 of 1.")


def test_a_badge_can_be_read_on_every_colour() -> None:
    for paint in badge.PAINT.values():
        channels = [int(paint[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
        )
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5


def test_a_summary_has_the_failed_requirements_as_a_table_and_the_calls_folded() -> None:
    said = summary.markdown(record([BAD]))
    assert "| Waste | WASTE-001 | must | A bin reported twice is one case. | RFC 9110 section 15 |" in said
    folded = said[said.index("<details>") : said.index("</details>")]
    assert "curl -sS -X POST &#x27;http://127.0.0.1:9000/missed-collections&#x27;" in folded
    assert "council conform waste --as-of 2026-06-01 --seed 1" in said


def test_a_summary_of_very_many_failures_stays_short() -> None:
    many = [result(f"waste.data.check-{number}", Outcome.FAIL, got="x" * 9_000) for number in range(500)]
    assert len(summary.markdown(record(many)).encode()) < 500_000
