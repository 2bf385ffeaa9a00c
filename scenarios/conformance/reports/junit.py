"""A run as JUnit XML: a test suite for each kind of check of a service, a test case for each check.

What keeps a run from passing though no check failed (a *must* that nothing tried, a known failure that has
ended) is a failed case of the suite `verdict`, so that who reads this alone comes to the same end as the exit
code.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios import junit
from scenarios.conformance.checks import MEANINGS
from scenarios.conformance.record import CheckResult, Record
from scenarios.conformance.reports import harmless, telling
from scenarios.conformance.reports.text import details
from scenarios.junit import Case, Suite
from scenarios.results import Outcome


def xml(record: Record) -> bytes:
    """The report's bytes."""
    name = f"Virtual Council: {', '.join(telling.service_named(each) for each in record.services)}"
    return junit.document(name, [*_suites(record), _verdict(record)])


def _suites(record: Record) -> Iterator[Suite]:
    described = _described(record)
    grouped: dict[tuple[str, str], list[CheckResult]] = {}
    for result in record.checks:
        grouped.setdefault((result.service, result.kind), []).append(result)
    for (service, _), results in grouped.items():
        kind = results[0].kind
        yield Suite(
            f"{service}.{kind}",
            [_case(result) for result in results],
            [("kind", MEANINGS[kind]), *described],
            record.began.isoformat(),
        )


def _described(record: Record) -> list[tuple[str, str]]:
    council = record.council
    return [
        ("command", record.command),
        ("seed", str(record.seed)),
        ("council", f"{council.name}, seed {council.seed}, as of {council.as_of}"),
        ("virtual-council", record.made_with.virtual_council),
        *(
            (f"target.{each.service}", f"{each.address} {each.title} {each.version}")
            for each in record.targets
        ),
    ]


def _case(result: CheckResult) -> Case:
    outcome, message = result.outcome, harmless.line(result.reason)
    if result.baseline:
        outcome, message = Outcome.SKIP, f"known failure: {harmless.line(result.baseline)}: {message}"
    elif outcome is Outcome.OMIT:
        message = f"not claimed: {message}"
    told = [message, *(line.strip() for line in details(result))]
    if result.shown is not None:
        told += ["", harmless.message(result.shown)]
    return Case(
        classname=f"{result.service}.{result.kind}",
        name=f"{result.id.removeprefix(f'{result.service}.{result.kind}.')}: {result.title}",
        seconds=result.seconds,
        outcome=outcome,
        message=message or result.title,
        told="\n".join(told),
        properties=[("requirement", each) for each in result.verifies],
    )


def _verdict(record: Record) -> Suite:
    """What the run as a whole came to, beyond its checks."""
    wanting = [
        (
            f"{one.service}: {one.id}",
            f"{one.sentence} It must be met, and nothing that verifies it was tried.",
        )
        for one in telling.musts_not_shown(record)
    ]
    wanting += [(f"note {number}", said) for number, said in enumerate(record.notices, start=1)]
    if not record.passed and not wanting and not record.missed:
        wanting = [("anything", "Nothing was shown.")]
    cases = [
        Case("verdict", name, 0.0, Outcome.FAIL, harmless.line(said), harmless.block(said))
        for name, said in wanting
    ]
    overall = Case("verdict", telling.headline(record), 0.0, Outcome.PASS)
    if not record.passed:
        # The other cases say why; to count it again would tell of one failure too many.
        overall = Case("verdict", "the run", 0.0, Outcome.SKIP, telling.headline(record))
    return Suite("verdict", [*cases, overall], _described(record), record.began.isoformat())
