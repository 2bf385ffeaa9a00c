"""Whatever a run came to, no report says another thing than its record, which decides the exit code."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from html5lib import HTMLParser
from hypothesis import HealthCheck, given, settings

from scenarios.conformance.record import Record
from scenarios.conformance.reports import badge, html, junit, summary, text
from scenarios.results import Outcome
from tests.scenarios.reports.records import records

FEW = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@FEW
@given(records())
def test_every_report_ends_as_the_run_did(record: Record) -> None:
    suites = ElementTree.fromstring(junit.xml(record))
    said = {
        "badge": badge.colour(record) == "green",
        "junit": int(suites.get("failures", "")) + int(suites.get("errors", "")) == 0,
        "summary": summary.markdown(record).startswith("## ✅"),
        "text": list(text.summary(record))[-1] == "PASSED",
        "page": 'class="standing is-passed"' in html.page(record),
    }
    assert set(said.values()) == {record.passed}, said


@FEW
@given(records())
def test_a_badge_that_is_not_green_does_not_read_as_if_it_were(record: Record) -> None:
    ElementTree.fromstring(badge.svg(record))
    if not record.passed:
        assert badge.message(record).endswith(("not passed", "shown"))
    if badge.colour(record) == "amber":
        assert not record.missed


@FEW
@given(records())
def test_the_junit_report_counts_what_it_holds(record: Record) -> None:
    suites = ElementTree.fromstring(junit.xml(record))
    for element in (suites, *suites.findall("testsuite")):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases)
        for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(counted, "")) == sum(case.find(tag) is not None for case in cases)
    told = [case for case in suites.iter("testcase") if case.get("classname") != "verdict"]
    assert len(told) == len(record.checks)
    counted = [check for check in record.missed if check.outcome is Outcome.ERROR]
    assert int(suites.get("errors", "")) == len(counted)


@settings(FEW, max_examples=15)
@given(records())
def test_the_page_is_well_formed_and_in_order(record: Record) -> None:
    page = HTMLParser(strict=True, namespaceHTMLElements=False).parse(html.page(record))
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    levels = [int(each.tag[1]) for each in page.iter() if each.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for section in page.iter("section"):
        assert section.get("aria-labelledby") in ids
