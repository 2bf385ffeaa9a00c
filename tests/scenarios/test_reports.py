from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from scenarios import Check, JourneyResult, Outcome, Run, StepResult, junit, report
from scenarios.problems import ReportNotWritable

STEPS = (
    StepResult("bins", "look", "The bins can be listed", Outcome.PASS, seconds=0.012, status=200, attempts=2),
    StepResult(
        "bins",
        "report",
        "report",
        Outcome.FAIL,
        seconds=0.5,
        request="curl -sS 'http://x/?a=<b>&c'",
        status=409,
        answer='{"title": "<no>\x00"}',
        checks=(Check("criterion", False, "$statusCode == 201", "$statusCode was 409"),),
    ),
    StepResult("bins", "wait", "wait", Outcome.ERROR, reason="no answer within 30 s"),
    StepResult("bins", "after", "after", Outcome.SKIP, reason="`report` did not pass"),
)

RUN = Run(
    "http://x",
    "fairwater",
    (
        JourneyResult(
            "bins", "waste", "waste/bins.arazzo.yaml", "Bins", ("WASTE-001",), STEPS, Outcome.ERROR
        ),
        JourneyResult(
            "fine", "waste", "waste/bins.arazzo.yaml", "Fine", ("WASTE-001",), STEPS[:1], Outcome.PASS
        ),
    ),
)


def test_the_junit_report_counts_what_it_holds() -> None:
    suites = ElementTree.fromstring(junit.xml(RUN))

    assert {name: suites.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    first = suites.findall("testsuite")[0]
    assert len(first.findall("testcase")) == int(first.get("tests", "0")) == 4
    assert first.get("name") == "bins: Bins"
    assert {one.get("value") for one in first.iter("property")} == {"waste/bins.arazzo.yaml", "WASTE-001"}


def test_the_junit_report_says_why_and_how_to_see_it_again() -> None:
    [failure] = list(ElementTree.fromstring(junit.xml(RUN)).iter("failure"))

    assert failure.get("message") == "expected $statusCode == 201"
    assert "got $statusCode was 409" in (failure.text or "")
    assert "curl -sS 'http://x/?a=<b>&c'" in (failure.text or "")
    assert '{"title": "<no>\N{REPLACEMENT CHARACTER}"}' in (failure.text or "")


def test_the_junit_report_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text("an older report")
    junit.write(RUN, path)

    assert path.read_bytes() == junit.xml(RUN)
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_is_known_beforehand(tmp_path: Path) -> None:
    with pytest.raises(ReportNotWritable, match="there is no folder"):
        junit.check_writable(tmp_path / "gone" / "junit.xml")
    with pytest.raises(ReportNotWritable, match="is a folder"):
        junit.check_writable(tmp_path)


def test_checking_a_report_leaves_no_trace(tmp_path: Path) -> None:
    junit.check_writable(tmp_path / "junit.xml")

    assert not list(tmp_path.iterdir())


def test_the_terminal_gets_a_line_a_step_and_a_summary() -> None:
    assert [report.step_line(step) for step in STEPS] == [
        "ok     bins  look  12 ms  (2 attempts)",
        "FAIL   bins  report  500 ms",
        "ERROR  bins  wait  0 ms",
        "skip   bins  after  `report` did not pass",
    ]
    assert list(report.details(STEPS[0])) == []
    assert list(report.details(STEPS[1])) == [
        "       criterion: expected $statusCode == 201",
        "                  got $statusCode was 409",
        "       curl -sS 'http://x/?a=<b>&c'",
    ]
    assert list(report.summary(RUN)) == [
        "ERROR  bins  Bins",
        "2 journeys: 1 passed, 1 in error in 0.5 s",
    ]


def test_a_requirement_is_as_good_as_the_worst_journey_that_names_it() -> None:
    assert RUN.requirements == {"WASTE-001": Outcome.ERROR}
