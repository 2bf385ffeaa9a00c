"""A run in plain lines: each check as it ends, a verdict for each requirement, and what to mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from scenarios.conformance.record import CheckResult, Record, RequirementVerdict, Verdict
from scenarios.conformance.reports import harmless, telling
from scenarios.conformance.running import EARLIER, Prepared
from scenarios.conformance.verdicts import concerning
from scenarios.report import MARKS
from scenarios.results import Outcome

INDENT = " " * 7
MOST_TOLD = 5
"""Failed checks of one requirement that are told in full; further ones are named."""
MOST_NAMED = 12
"""Checks of a kind that are named in a line."""


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
    if result.reason == EARLIER:
        # With --fail-fast that is said once, at the end.
        return
    mark = "known" if result.baseline else MARKS[result.outcome]
    spent = f"{telling.counted(result.calls, 'call')}  {result.seconds * 1000:.0f} ms"
    yield f"{mark:<6} {harmless.line(result.id)}  {spent}"
    if result.reason:
        yield f"{INDENT}{harmless.line(result.reason)}"
    if result.baseline:
        yield f"{INDENT}{harmless.line(result.baseline)}"


def details(result: CheckResult) -> Iterator[str]:
    """Why a check failed: the difference, the call as a curl line, and what to try."""
    if result.expected or result.got:
        yield from (f"{INDENT}{each}" for each in difference(result.expected, result.got))
    if result.shown is not None:
        yield f"{INDENT}{harmless.line(result.shown.curl, 4_000)}"
        if result.shown.status is not None:
            body = harmless.line(" ".join(result.shown.body.split()), 300)
            yield f"{INDENT}answered {result.shown.status}{': ' if body else ''}{body}"
    if result.remedy:
        yield f"{INDENT}Try: {harmless.line(result.remedy)}"


def difference(expected: str, got: str) -> Iterator[str]:
    """Expected against got: two lines where each is short, else the lines that differ."""
    wanted, came = (harmless.block(each).splitlines() or [""] for each in (expected, got))
    if len(wanted) == len(came) == 1:
        yield f"- expected {wanted[0]}"
        yield f"+ got      {came[0]}"
        return
    yield from difflib.unified_diff(wanted, came, "expected", "got", lineterm="", n=1)


def whole(record: Record) -> Iterator[str]:
    """A run that is over, from its first check to its verdict."""
    for result in record.checks:
        yield from line(result)
    yield from summary(record)


def summary(record: Record) -> Iterator[str]:
    """A verdict for each requirement, each check that did not pass, and the counts."""
    yield ""
    for service in dict.fromkeys(one.service for one in record.requirements):
        yield telling.service_named(service)
        for one in record.requirements:
            if one.service == service:
                yield _in_a_line(one)
    yield from _failures(record)
    yield from _left_out(record)
    yield ""
    for sentence in telling.remarks(record):
        yield f"Not shown: {harmless.line(sentence)}"
    yield from (f"Note: {harmless.line(each)}" for each in record.notices)
    counts = record.counts
    parts = [f"{counts[outcome]} {word}" for outcome, word in telling.OUTCOMES.items() if counts[outcome]]
    yield f"{telling.counted(len(record.checks), 'check')} in {record.seconds:.1f} s: {', '.join(parts)}"
    if record.command:
        yield f"Again: {harmless.line(record.command, 2_000)}"
    yield telling.headline(record)
    yield "PASSED" if record.passed else "NOT PASSED"


def _in_a_line(one: RequirementVerdict) -> str:
    said = telling.VERDICTS[one.verdict]
    word = said.upper() if one.verdict is Verdict.FAIL else said.lower()
    return f"  {word:<13} {one.id:<20} {one.level:<6} {one.sentence}"


def _failures(record: Record) -> Iterator[str]:
    """Each requirement that is not met, with its checks; a check that stands for several is told once."""
    told: set[str] = set()
    for one in record.requirements:
        if one.verdict is Verdict.FAIL:
            yield ""
            yield f"{one.id} ({one.level}) {one.sentence}"
            yield f"  source: {one.source}"
            yield from _told(telling.failing(one, record), told)
    loose = telling.unattached(record)
    if loose:
        yield ""
        yield from _told(loose, told)


def _told(results: Sequence[CheckResult], told: set[str]) -> Iterator[str]:
    above = [result.id for result in results if result.id in told]
    fresh = [result for result in results if result.id not in told]
    for result in fresh[:MOST_TOLD]:
        yield from line(result)
        yield from details(result)
    told.update(result.id for result in fresh)
    if fresh[MOST_TOLD:]:
        yield f"{INDENT}and {_named([result.id for result in fresh[MOST_TOLD:]])}"
    if above:
        yield f"{INDENT}told above: {_named(above)}"


def _left_out(record: Record) -> Iterator[str]:
    """What was skipped or not claimed, gathered by the reason."""
    reasons: dict[tuple[Outcome, str], list[str]] = {}
    for result in record.checks:
        if result.outcome in (Outcome.SKIP, Outcome.OMIT):
            reasons.setdefault((result.outcome, result.reason), []).append(result.id)
    if reasons:
        yield ""
    for (outcome, reason), ids in reasons.items():
        yield f"{MARKS[outcome]:<6} {telling.counted(len(ids), 'check')}: {harmless.line(reason)}"
        yield f"{INDENT}{_named(ids)}"


def _named(ids: Sequence[str]) -> str:
    more = f", and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(ids[:MOST_NAMED]) + more
