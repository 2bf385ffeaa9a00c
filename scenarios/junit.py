"""JUnit XML, as CI servers read it: suites of cases, each with its outcome and what is said of it.

A run of journeys has a suite for each journey and a case for each step; a run of checks is told by
`scenarios.conformance.reports.junit`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from scenarios import writing
from scenarios.report import details
from scenarios.results import JourneyResult, Outcome, Run, StepResult
from scenarios.writing import check_writable

__all__ = ["Case", "Suite", "check_writable", "document", "write", "xml"]

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Properties = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """One thing that was tried. `message` says in a line why it did not pass, `told` all there is to say."""

    classname: str
    name: str
    seconds: float
    outcome: Outcome
    message: str = ""
    told: str = ""
    properties: Properties = ()


@dataclass(frozen=True)
class Suite:
    """Cases under one name. `began` is an ISO instant."""

    name: str
    cases: Sequence[Case]
    properties: Properties = field(default=())
    began: str = ""


def write(run: Run, path: Path) -> None:
    """Write the report of journeys whole or not at all; raises ReportNotWritable."""
    writing.write_whole(path, xml(run))


def xml(run: Run) -> bytes:
    """The report of journeys."""
    return document(f"Virtual Council: {run.council}", [_suite(journey) for journey in run.journeys])


def document(name: str, suites: Sequence[Suite]) -> bytes:
    """The report's bytes, UTF-8 with a declaration."""
    whole = ElementTree.Element("testsuites", {"name": _text(name)})
    _count(whole, [case for suite in suites for case in suite.cases])
    for suite in suites:
        element = ElementTree.SubElement(whole, "testsuite", {"name": _text(suite.name)})
        if suite.began:
            element.set("timestamp", suite.began)
        _count(element, suite.cases)
        _properties(element, suite.properties)
        for case in suite.cases:
            _case(element, case)
    ElementTree.indent(whole)
    return bytes(ElementTree.tostring(whole, encoding="utf-8", xml_declaration=True))


def _suite(journey: JourneyResult) -> Suite:
    described = [("file", journey.file), *(("proves", requirement) for requirement in journey.proves)]
    cases = [_step(journey, step) for step in journey.steps]
    return Suite(f"{journey.journey}: {journey.title}", cases, described)


def _step(journey: JourneyResult, step: StepResult) -> Case:
    first = step.reason or (f"expected {step.missed[0].expected}" if step.missed else "")
    return Case(
        classname=f"{journey.pack}.{journey.journey}",
        name=f"{step.name}: {step.title}" if step.title != step.name else step.name,
        seconds=step.seconds,
        outcome=step.outcome,
        message=first,
        told="\n".join([*(line.strip() for line in details(step)), step.answer]),
    )


def _case(suite: ElementTree.Element, case: Case) -> None:
    named = {"classname": _text(case.classname), "name": _text(case.name), "time": f"{case.seconds:.3f}"}
    element = ElementTree.SubElement(suite, "testcase", named)
    _properties(element, case.properties)
    if case.outcome in (Outcome.SKIP, Outcome.OMIT):
        ElementTree.SubElement(element, "skipped", {"message": _text(case.message)})
    elif case.outcome is not Outcome.PASS:
        kind = "failure" if case.outcome is Outcome.FAIL else "error"
        described = {"message": _text(case.message), "type": case.outcome.value}
        ElementTree.SubElement(element, kind, described).text = _text(case.told)


def _properties(element: ElementTree.Element, properties: Properties) -> None:
    if properties:
        parent = ElementTree.SubElement(element, "properties")
        for name, value in properties:
            ElementTree.SubElement(parent, "property", {"name": _text(name), "value": _text(value)})


def _count(element: ElementTree.Element, cases: Sequence[Case]) -> None:
    outcomes = [case.outcome for case in cases]
    element.set("tests", str(len(outcomes)))
    element.set("failures", str(outcomes.count(Outcome.FAIL)))
    element.set("errors", str(outcomes.count(Outcome.ERROR)))
    element.set("skipped", str(outcomes.count(Outcome.SKIP) + outcomes.count(Outcome.OMIT)))
    element.set("time", f"{sum(case.seconds for case in cases):.3f}")


def _text(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
