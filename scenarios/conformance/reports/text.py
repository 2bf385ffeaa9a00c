"""A run in plain lines: each check as it ends, a verdict for each requirement, and what to mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from scenarios.conformance.plan import ACROSS
from scenarios.conformance.record import CheckResult, Record, RequirementVerdict, Verdict
from scenarios.conformance.running import Prepared
from scenarios.conformance.verdicts import concerning
from scenarios.report import MARKS
from scenarios.results import Outcome

INDENT = " " * 7
COUNTED = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.ERROR: "in error",
    Outcome.SKIP: "skipped",
    Outcome.OMIT: "omitted",
}


def listing(ready: Prepared) -> Iterator[str]:
    """Every check and every requirement, before anything runs."""
    for check in ready.checks:
        yield f"{check.id:<60} {check.title}  [{', '.join(check.verifies)}]"
    services = dict.fromkeys(check.service for check in ready.checks)
    verified = {(check.service, each) for check in ready.checks for each in check.verifies}
    yield ""
    for service in services:
        for one in concerning(ready.packs, service):
            mark = " " if (service, one.id) in verified else "-"
            yield f"{mark} {service:<16} {one.id:<20} {one.level:<7} {one.sentence}"
    yield f"{len(ready.checks)} checks; a requirement marked - has none of them"


def line(result: CheckResult) -> Iterator[str]:
    """`ok     waste.access.show_round.no-key  3 calls  12 ms`, and why, where it did not pass."""
    mark = "known" if result.baseline else MARKS[result.outcome]
    spent = f"{result.calls} call{'' if result.calls == 1 else 's'}  {result.seconds * 1000:.0f} ms"
    yield f"{mark:<6} {result.id}  {spent}"
    if result.reason:
        yield f"{INDENT}{result.reason}"


def details(result: CheckResult) -> Iterator[str]:
    """Why a check failed: the difference, the call as a curl line, and what to try."""
    if result.expected or result.got:
        yield from (f"{INDENT}{each}" for each in difference(result.expected, result.got))
    if result.shown is not None:
        yield f"{INDENT}{result.shown.curl}"
    if result.remedy:
        yield f"{INDENT}Try: {result.remedy}"


def difference(expected: str, got: str) -> Iterator[str]:
    """Expected against got: two lines where each is short, else the lines that differ."""
    wanted, came = expected.splitlines() or [""], got.splitlines() or [""]
    if len(wanted) == len(came) == 1:
        yield f"- expected {wanted[0]}"
        yield f"+ got      {came[0]}"
        return
    yield from difflib.unified_diff(wanted, came, "expected", "got", lineterm="", n=1)


def summary(record: Record) -> Iterator[str]:
    """A verdict for each requirement, each check that did not pass, and the counts."""
    yield ""
    for service in dict.fromkeys(one.service for one in record.requirements):
        whole = "The council as a whole" if service == ACROSS else service
        yield whole
        for one in record.requirements:
            if one.service == service:
                yield f"  {one.verdict.value:<13} {one.id:<20} {one.sentence}"
    by_id = {result.id: result for result in record.checks}
    for one in record.requirements:
        if one.verdict is Verdict.FAIL:
            yield from _failed(one, by_id)
    yield from _unattached(record)
    yield from record.notices
    counts = record.counts
    parts = ", ".join(f"{counts[outcome]} {word}" for outcome, word in COUNTED.items() if counts[outcome])
    yield ""
    yield f"{len(record.checks)} checks in {record.seconds:.1f} s: {parts}"
    for sentence in record.does_not_show:
        yield f"Not shown: {sentence}"
    yield "PASSED" if record.passed else "NOT PASSED"


def _failed(one: RequirementVerdict, by_id: dict[str, CheckResult]) -> Iterator[str]:
    yield ""
    yield f"{one.id} ({one.level}) {one.sentence}"
    yield f"  source: {one.source}"
    for check in one.checks:
        result = by_id[check]
        if result.outcome in (Outcome.FAIL, Outcome.ERROR) and not result.baseline:
            yield from line(result)
            yield from details(result)


def _unattached(record: Record) -> Iterator[str]:
    """Failures of checks that verify no requirement of the run."""
    told = {check for one in record.requirements for check in one.checks}
    for result in record.missed:
        if result.id not in told:
            yield ""
            yield from line(result)
            yield from details(result)
