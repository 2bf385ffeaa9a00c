"""A run as JUnit XML, as CI servers read it: a test suite for each journey, a test case for each step."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from scenarios.problems import ReportNotWritable
from scenarios.report import details
from scenarios.results import JourneyResult, Outcome, Run, StepResult

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_writable(path: Path) -> None:
    """Raise ReportNotWritable where a report could not be written; said before a run, not after it."""
    if path.is_dir():
        raise ReportNotWritable(
            f"{path} is a folder; name a file for the report, such as {path / 'junit.xml'}"
        )
    if not path.parent.is_dir():
        raise ReportNotWritable(f"there is no folder {path.parent} to write {path.name} in; make it first")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as wrong:
        raise ReportNotWritable(f"{path} cannot be written: {wrong.strerror}") from wrong


def write(run: Run, path: Path) -> None:
    """Write the report whole or not at all; raises ReportNotWritable."""
    check_writable(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(xml(run))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as wrong:
        raise ReportNotWritable(f"{path} cannot be written: {wrong.strerror}") from wrong


def xml(run: Run) -> bytes:
    """The report's bytes, UTF-8 with a declaration."""
    suites = ElementTree.Element("testsuites", {"name": f"Virtual Council: {run.council}"})
    _count(suites, [step for journey in run.journeys for step in journey.steps])
    for journey in run.journeys:
        suites.append(_suite(journey))
    ElementTree.indent(suites)
    return bytes(ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True))


def _suite(journey: JourneyResult) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", {"name": _text(f"{journey.journey}: {journey.title}")})
    _count(suite, journey.steps)
    properties = ElementTree.SubElement(suite, "properties")
    described = [("file", journey.file), *(("proves", requirement) for requirement in journey.proves)]
    for name, value in described:
        ElementTree.SubElement(properties, "property", {"name": name, "value": _text(value)})
    for step in journey.steps:
        suite.append(_case(journey, step))
    return suite


def _case(journey: JourneyResult, step: StepResult) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        {
            "classname": f"{journey.pack}.{journey.journey}",
            "name": _text(f"{step.name}: {step.title}" if step.title != step.name else step.name),
            "time": f"{step.seconds:.3f}",
        },
    )
    if step.outcome is Outcome.SKIP:
        ElementTree.SubElement(case, "skipped", {"message": _text(step.reason)})
    elif step.outcome is not Outcome.PASS:
        kind = "failure" if step.outcome is Outcome.FAIL else "error"
        first = step.reason or (f"expected {step.missed[0].expected}" if step.missed else "")
        told = ElementTree.SubElement(case, kind, {"message": _text(first)})
        told.text = _text("\n".join([*(line.strip() for line in details(step)), step.answer]))
    return case


def _count(element: ElementTree.Element, steps: list[StepResult] | tuple[StepResult, ...]) -> None:
    outcomes = [step.outcome for step in steps]
    element.set("tests", str(len(outcomes)))
    element.set("failures", str(outcomes.count(Outcome.FAIL)))
    element.set("errors", str(outcomes.count(Outcome.ERROR)))
    element.set("skipped", str(outcomes.count(Outcome.SKIP)))
    element.set("time", f"{sum(step.seconds for step in steps):.3f}")


def _text(text: str) -> str:
    """The text without what XML 1.0 cannot hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
