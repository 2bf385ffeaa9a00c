"""A run in GitHub-flavoured Markdown, as the summary of a CI step: the verdict, what is not met, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from scenarios.conformance.record import CheckResult, Record, RequirementVerdict, Verdict
from scenarios.conformance.reports import harmless, telling
from scenarios.conformance.reports.telling import Standing
from scenarios.conformance.reports.text import difference

MOST_TOLD = 40
"""Failed checks that are told in full: a step's summary may have a megabyte, and readers tire before that."""

SIGNS = {Standing.PASSED: "✅", Standing.FAILED: "❌", Standing.UNSHOWN: "⚠️"}
_MARKS = re.compile(r"^[-+=]|^\d+(?=[.)])|[\\`*_\[\]|~@#]|:(?=//)|(?<=www)\.")
"""What Markdown would take for a mark: anywhere, at the beginning of a line, or in an address."""


def markdown(record: Record) -> str:
    """The summary."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Record) -> Iterator[str]:
    yield f"## {SIGNS[telling.standing(record)]} {_said(telling.headline(record))}"
    yield ""
    yield "This was tried on a pretend council: nobody in it is real."
    yield ""
    yield from _requirements("Not met", _with(record, Verdict.FAIL))
    unshown = telling.musts_not_shown(record)
    yield from _requirements("Must be met and was not shown", unshown)
    rest = [one for one in _with(record, Verdict.NOT_SHOWN) if one not in unshown]
    yield from _requirements("Not shown", rest)
    yield from _failures(record)
    yield from _known(record)
    yield from (f"> {_said(each)}\n" for each in record.notices)
    yield from _how(record)


def _with(record: Record, verdict: Verdict) -> Sequence[RequirementVerdict]:
    return [one for one in record.requirements if one.verdict is verdict]


def _requirements(title: str, those: Sequence[RequirementVerdict]) -> Iterator[str]:
    if not those:
        return
    yield f"### {title}"
    yield ""
    yield "| Service | Requirement | Level | What it says | Source |"
    yield "| --- | --- | --- | --- | --- |"
    for one in those:
        cells = (telling.service_named(one.service), one.id, one.level, one.sentence, one.source)
        yield f"| {' | '.join(map(_said, cells))} |"
    yield ""


def _failures(record: Record) -> Iterator[str]:
    missed = record.missed
    if not missed:
        return
    yield "### What failed"
    yield ""
    for result in missed[:MOST_TOLD]:
        yield from _failure(result)
    if missed[MOST_TOLD:]:
        yield f"And {telling.counted(len(missed) - MOST_TOLD, 'more check')}: see the other reports."
        yield ""


def _failure(result: CheckResult) -> Iterator[str]:
    yield f"<details><summary><code>{_html(result.id)}</code> {_html(result.title)}</summary>"
    yield ""
    if result.reason:
        yield _said(result.reason)
        yield ""
    if result.expected or result.got:
        yield _code("\n".join(difference(result.expected, result.got)))
    if result.shown is not None:
        yield _code(harmless.line(result.shown.curl, 2_000))
        answer = f"answered {result.shown.status}" if result.shown.status else result.shown.failure
        yield _code(f"{harmless.line(answer)}\n{harmless.block(result.shown.body, 1_000, 20)}".strip())
    if result.remedy:
        yield f"Try: {_said(result.remedy)}"
        yield ""
    yield "</details>"
    yield ""


def _known(record: Record) -> Iterator[str]:
    known = telling.known(record)
    if not known:
        return
    yield "### Known failures, which do not count"
    yield ""
    for result in known:
        yield f"- <code>{_said(result.id)}</code>: {_said(result.baseline)}"
    yield ""


def _how(record: Record) -> Iterator[str]:
    counts = record.counts
    parts = [f"{counts[outcome]} {word}" for outcome, word in telling.OUTCOMES.items() if counts[outcome]]
    checks = telling.counted(len(record.checks), "check")
    yield f"{checks} in {record.seconds:.1f} s: {_said(', '.join(parts) or 'none')}"
    yield ""
    if record.command:
        yield "To run it again:"
        yield ""
        yield _code(harmless.line(record.command, 2_000))
    yield "<details><summary>What this does not show</summary>"
    yield ""
    yield from (f"- {_said(sentence)}" for sentence in telling.remarks(record))
    yield ""
    yield "</details>"


def _said(text: str) -> str:
    """Text in which nothing is Markdown or HTML, in one line."""
    return _MARKS.sub(_escaped, escape(harmless.line(text), quote=False))


def _escaped(mark: re.Match[str]) -> str:
    # A number is no punctuation, and so cannot be escaped itself.
    return f"{mark[0]}\\" if mark[0].isdigit() else f"\\{mark[0]}"


def _html(text: str) -> str:
    return escape(harmless.line(text))


def _code(text: str) -> str:
    """Text as it stands, in a block in which Markdown sees nothing."""
    return f"<pre><code>{escape(text)}</code></pre>\n"
