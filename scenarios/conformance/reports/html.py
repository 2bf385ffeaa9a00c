"""A run as one page that needs nothing beside it: for a council officer first, then for engineers.

It loads nothing, runs no script and prints. All that came from the target is escaped by the template and made
harmless before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.conformance.checks import MEANINGS as KINDS
from scenarios.conformance.record import CheckResult, Record, RequirementVerdict, Verdict
from scenarios.conformance.reports import harmless, telling
from scenarios.conformance.reports.text import difference
from scenarios.results import Outcome

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
LARGEST = 1_900_000
"""Bytes of a page: more would not open at once, and is refused by many a mail server."""
ROOMS = (4_000, 1_000, 200, 40)
"""Characters of each value, call and answer that are shown: as many as leave the page small enough."""
STATUSES: Mapping[str, str] = {
    "200": "done",
    "201": "made",
    "202": "taken, to be done later",
    "204": "done, with nothing to say",
    "304": "unchanged since it was last read",
    "400": "refused: it was not understood",
    "401": "refused: no key that is known",
    "403": "refused: this key may not",
    "404": "there is no such thing",
    "405": "refused: that cannot be done with it",
    "409": "refused: it clashes with what is there",
    "410": "it is there no more",
    "412": "refused: somebody changed it meanwhile",
    "415": "refused: it came in a format that is not taken",
    "422": "refused: something in it is not right",
    "429": "refused: too many calls at a time",
    "500": "it broke",
    "502": "something behind it broke",
    "503": "it is not there for the moment",
}


@dataclass(frozen=True)
class Failure:
    """A check that did not pass, as the page tells it. `call` is the curl line, `exchange` what was said."""

    id: str
    title: str
    reason: str
    expected: str
    got: str
    changes: str
    remedy: str
    call: str
    exchange: str
    baseline: str


@dataclass(frozen=True)
class Line:
    """A requirement as the page tells it. `why` says what kept it from being shown; `failures` is of what
    failed and was not told above it.
    """

    one: RequirementVerdict
    word: str
    why: Sequence[str]
    failures: Sequence[Failure]
    told_above: Sequence[str]


@dataclass(frozen=True)
class Service:
    """What came of one service: its requirements, in order, and how many came to each verdict."""

    slug: str
    name: str
    lines: Sequence[Line]
    counts: Mapping[Verdict, int]


def page(record: Record) -> str:
    """The whole page. The more has failed, the less is shown of each call."""
    digest = record.digest
    for room in ROOMS:
        made = _page(record, room, digest)
        if len(made.encode()) <= LARGEST:
            break
    return made


def _page(record: Record, room: int, digest: str) -> str:
    from markupsafe import Markup

    services = [_service(slug, record) for slug in telling.services_of(record)]
    services = [each for each in services if each.lines]
    filled = (
        _templates()
        .get_template("page.html")
        .render(
            record=record,
            style=Markup((FOLDER / "page.css").read_text(encoding="utf-8")),
            standing=telling.standing(record).value,
            headline=telling.headline(record),
            subject=telling.what_was_tested(record),
            counts=telling.verdicts(record.requirements),
            services=services,
            not_met=list(_not_met(record, room)),
            loose=[_failure(each, room) for each in telling.unattached(record)],
            unshown=[_line(one, record) for one in telling.musts_not_shown(record)],
            known=[_failure(each, room) for each in telling.known(record)],
            remarks=telling.remarks(record),
            digest=digest,
        )
    )
    return filled.lstrip()


def _service(slug: str, record: Record) -> Service:
    those = [one for one in record.requirements if one.service == slug]
    lines = [_line(one, record) for one in those]
    return Service(slug, telling.service_named(slug), lines, telling.verdicts(those))


def _line(one: RequirementVerdict, record: Record) -> Line:
    return Line(one, telling.VERDICTS[one.verdict], _why_not_shown(one, record), (), ())


def _why_not_shown(one: RequirementVerdict, record: Record) -> Sequence[str]:
    if one.verdict not in (Verdict.NOT_SHOWN, Verdict.OMIT):
        return ()
    reasons = [each.reason for each in record.checks if each.id in one.checks and each.reason]
    return tuple(dict.fromkeys(map(telling.sentence, reasons))) or ("No check of this run looks at it.",)


def _not_met(record: Record, room: int) -> Iterator[Line]:
    """The requirements that are not met; a check that stands for several is told with the first."""
    told: set[str] = set()
    for one in record.requirements:
        if one.verdict is Verdict.FAIL:
            failing = telling.failing(one, record)
            fresh = [each for each in failing if each.id not in told]
            above = [each.title for each in failing if each.id in told]
            told.update(each.id for each in fresh)
            failures = [_failure(each, room) for each in fresh]
            yield Line(one, telling.VERDICTS[one.verdict], (), failures, above)


def _failure(result: CheckResult, room: int) -> Failure:
    shown = result.shown
    return Failure(
        id=harmless.line(result.id),
        title=result.title,
        reason=telling.sentence(result.reason),
        expected=_spelt_out(harmless.block(result.expected, room)),
        got=_spelt_out(harmless.block(result.got, room)),
        changes=_changes(result, room),
        remedy=telling.sentence(result.remedy),
        call=harmless.line(shown.curl, room) if shown else "",
        exchange=harmless.block(harmless.message(shown, room), 2 * room, 2 * harmless.MOST_LINES)
        if shown
        else "",
        baseline=telling.sentence(result.baseline),
    )


def _changes(result: CheckResult, room: int) -> str:
    """The lines that differ, where what was expected and what came are long and much alike."""
    if len(result.expected.splitlines()) <= 1 and len(result.got.splitlines()) <= 1:
        return ""
    changed = list(difference(result.expected, result.got))
    # The first two lines are the heads of a diff, which the page has a label for.
    return harmless.block("\n".join(changed[2:]), room)


def _spelt_out(said: str) -> str:
    """`409 (refused: it clashes with what is there)`: what a bare status means, for who never read one."""
    return f"{said} ({STATUSES[said]})" if said in STATUSES else said


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        moment=_moment,
        day=_day,
        harmless=harmless.line,
        counted=telling.counted,
        service_named=telling.service_named,
    )
    templates.globals.update(
        verdicts=telling.VERDICTS,
        meanings=telling.MEANINGS,
        levels=telling.LEVELS,
        outcomes=telling.OUTCOMES,
        kinds=KINDS,
        ended_well=(Outcome.PASS,),
    )
    return templates


def _moment(instant: datetime) -> str:
    """`24 November 2026, 23:40 UTC`"""
    return f"{_day(instant.date())}, {instant:%H:%M} {instant.tzname() or ''}".strip()


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
