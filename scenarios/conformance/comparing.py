"""Two runs beside one another: what the later one shows that the earlier one did not, check by check.

Worse is: a check that fails, is skipped, not claimed or gone and was better before; a requirement likewise; a
run that no longer passes. That something took much longer is told and does not count: a busy machine would
fail a build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scenarios.conformance.record import CheckResult, Record, Verdict
from scenarios.conformance.reports import harmless
from scenarios.results import Outcome

SLOWER = 2.0
"""How many times as long a check has to take to be called much slower."""
SLOWER_BY = 0.5
"""Seconds that it has to take longer, too."""

_WORSENING: Mapping[str, int] = {
    Outcome.PASS: 0,
    Outcome.OMIT: 1,
    Outcome.SKIP: 2,
    "known": 3,
    Outcome.FAIL: 4,
    Outcome.ERROR: 5,
}
_WORSENING_VERDICTS: Mapping[str, int] = {
    Verdict.PASS: 0,
    Verdict.OMIT: 1,
    Verdict.NOT_SHOWN: 2,
    Verdict.EXPECTED_FAIL: 3,
    Verdict.FAIL: 4,
}


@dataclass(frozen=True)
class Change:
    """One thing that came to something else. `before` or `after` is empty where it was not there."""

    name: str
    before: str
    after: str
    worse: bool

    def __str__(self) -> str:
        return f"{self.name}: {self.before or 'not there'} -> {self.after or 'gone'}"


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs. `circumstances` are not results: versions, seeds, councils, targets."""

    circumstances: Sequence[Change]
    requirements: Sequence[Change]
    checks: Sequence[Change]
    slower: Sequence[Change]
    verdict: Change | None

    @property
    def worse(self) -> bool:
        """True where anything got worse."""
        changes = [*self.requirements, *self.checks, *([self.verdict] if self.verdict else [])]
        return any(change.worse for change in changes)


def compared(earlier: Record, later: Record) -> Comparison:
    """Hold a later run beside an earlier one."""
    verdict = None
    if earlier.passed != later.passed:
        said = {True: "passed", False: "not passed"}
        verdict = Change("the run", said[earlier.passed], said[later.passed], earlier.passed)
    return Comparison(
        circumstances=tuple(_differing(_circumstances(earlier), _circumstances(later), lambda *_: False)),
        requirements=tuple(_differing(_verdicts(earlier), _verdicts(later), _by(_WORSENING_VERDICTS))),
        checks=tuple(_differing(_outcomes(earlier), _outcomes(later), _by(_WORSENING))),
        slower=tuple(_slower(earlier, later)),
        verdict=verdict,
    )


def told(found: Comparison) -> Iterator[str]:
    """The comparison in plain lines, what got worse first."""
    changes = [*([found.verdict] if found.verdict else []), *found.requirements, *found.checks]
    yield from _list("Worse", [each for each in changes if each.worse])
    yield from _list("Better, or new", [each for each in changes if not each.worse])
    yield from _list("Much slower (which does not count)", found.slower)
    yield from _list("Other circumstances", found.circumstances)
    if not any((changes, found.slower, found.circumstances)):
        yield "The two runs came to the same in everything."
    yield "WORSE" if found.worse else "NOTHING GOT WORSE"


def _list(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield f"{title}:"
        yield from (f"  {harmless.line(str(each))}" for each in changes)


def _differing(
    before: Mapping[str, str], after: Mapping[str, str], worse: Callable[[str, str], bool]
) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        was, became = before.get(name, ""), after.get(name, "")
        if was != became:
            yield Change(name, was, became, worse(was, became))


def _by(ranks: Mapping[str, int]) -> Callable[[str, str], bool]:
    """Whether one result is worse than the one before; to be gone is as bad as to be skipped."""
    gone = ranks.get(Outcome.SKIP, ranks.get(Verdict.NOT_SHOWN, 0))

    def worse(was: str, became: str) -> bool:
        # What was not there before was no better: it is worse only where it fails.
        return ranks.get(became, gone) > (ranks[was] if was else ranks_known)

    ranks_known = max(ranks.get("known", 0), ranks.get(Verdict.EXPECTED_FAIL, 0))
    return worse


def _verdicts(record: Record) -> Mapping[str, str]:
    return {f"{one.service}: {one.id}": one.verdict.value for one in record.requirements}


def _outcomes(record: Record) -> Mapping[str, str]:
    return {check.id: _outcome(check) for check in record.checks}


def _outcome(check: CheckResult) -> str:
    return "known" if check.baseline else check.outcome.value


def _slower(earlier: Record, later: Record) -> Iterator[Change]:
    took = {check.id: check.seconds for check in earlier.checks if check.outcome is Outcome.PASS}
    for check in later.checks:
        before = took.get(check.id)
        if before is None or check.outcome is not Outcome.PASS:
            continue
        if check.seconds > before * SLOWER and check.seconds > before + SLOWER_BY:
            yield Change(check.id, f"{before:.1f} s", f"{check.seconds:.1f} s", False)


def _circumstances(record: Record) -> Mapping[str, str]:
    """What a reader has to know before the results are laid beside one another."""
    made, council = record.made_with, record.council
    told = {
        "Virtual Council": made.virtual_council,
        "Python": made.python,
        "Schemathesis": made.schemathesis,
        "seed of the checks": str(record.seed),
        "council": f"{council.name}, shaped like {council.shaped_like}, {council.residents:,} residents",
        "seed of the council": str(council.seed),
        "council's time": council.now.isoformat(),
    }
    for target in record.targets:
        about = {"title": target.title, "version": target.version, "component": target.component}
        # The sandbox's own service is at another port in each run.
        about |= {} if target.incumbent else {"address": target.address}
        about |= {"OpenAPI": target.openapi[:16], "image": target.image[:24]}
        told |= {f"{target.service}'s {name}": value for name, value in about.items()}
    return told
