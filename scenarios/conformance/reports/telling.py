"""What every report says alike: how a run stands, in a sentence, and the words for verdicts and levels.

A run *passed* or did not; one that did not *failed* where something was wrong, and is *unshown* where nothing
was wrong but too little was looked at. The exit code, the badge and every report follow `Record.passed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scenarios.conformance.plan import ACROSS
from scenarios.conformance.record import CheckResult, Record, RequirementVerdict, Verdict
from scenarios.conformance.reports import harmless
from scenarios.results import Outcome


class Standing(StrEnum):
    """How a run stands."""

    PASSED = "passed"
    FAILED = "failed"
    UNSHOWN = "unshown"


VERDICTS: Mapping[Verdict, str] = {
    Verdict.PASS: "Met",
    Verdict.FAIL: "Not met",
    Verdict.NOT_SHOWN: "Not shown",
    Verdict.EXPECTED_FAIL: "Known failure",
    Verdict.OMIT: "Not claimed",
}
MEANINGS: Mapping[Verdict, str] = {
    Verdict.PASS: "a check that looks at it passed, and none failed",
    Verdict.FAIL: "a check that looks at it failed, or could not judge what came",
    Verdict.NOT_SHOWN: "nothing that would show it was tried; the check says why",
    Verdict.EXPECTED_FAIL: "it fails, somebody has said that they know and until when, and it does not count",
    Verdict.OMIT: "it concerns an optional part that the product does not claim to have",
}
LEVELS: Mapping[str, str] = {
    "must": "a duty in law, what a standard demands, or what this sandbox asks of everyone: see its source",
    "should": "good practice",
    "may": "an option",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.ERROR: "in error",
    Outcome.SKIP: "skipped",
    Outcome.OMIT: "not claimed",
}


@dataclass(frozen=True)
class Tally:
    """How many requirements there are, but for those of parts that are not claimed, and how many are met.

    Where a run concerned no requirement it counts checks instead; `noun` says which.
    """

    met: int
    of: int
    noun: str

    def __str__(self) -> str:
        return f"{self.met} of {self.of} {plural(self.noun, self.of)}"


def standing(record: Record) -> Standing:
    """How the run stands."""
    if record.passed:
        return Standing.PASSED
    return Standing.FAILED if record.missed or record.notices else Standing.UNSHOWN


def tally(record: Record) -> Tally:
    """How many requirements are met."""
    counts = verdicts(record.requirements)
    of = sum(counts.values()) - counts[Verdict.OMIT]
    if of:
        return Tally(counts[Verdict.PASS], of, "requirement")
    outcomes = record.counts
    return Tally(outcomes[Outcome.PASS], len(record.checks) - outcomes[Outcome.OMIT], "check")


def verdicts(requirements: Iterable[RequirementVerdict]) -> Counter[Verdict]:
    """How many requirements came to each verdict."""
    return Counter(one.verdict for one in requirements)


def headline(record: Record) -> str:
    """The verdict in a sentence or two."""
    counts = verdicts(record.requirements)
    whole = tally(record)
    failed, unshown = counts[Verdict.FAIL], musts_not_shown(record)
    what = what_was_tested(record)
    if record.passed:
        rest = _rest(counts)
        met = str(whole) if whole.met != whole.of else f"all {whole.of} {whole.noun}s"
        met = f"the one {whole.noun}" if whole.met == whole.of == 1 else met
        return f"{what} passed: it meets {met} that it was held to{rest}."
    if failed:
        return f"{what} did not pass: {failed} of {whole.of} requirements {is_or_are(failed)} not met."
    if record.missed:
        return f"{what} did not pass: {counted(len(record.missed), 'check')} failed."
    if record.notices:
        return f"{what} did not pass: its list of known failures is no longer right."
    if unshown:
        return (
            f"{what} did not pass: nothing failed, but {counted(len(unshown), 'requirement')} that must be "
            f"met {'was' if len(unshown) == 1 else 'were'} not shown."
        )
    return f"{what} did not pass: nothing was shown."


def _rest(counts: Mapping[Verdict, int]) -> str:
    known, unshown = counts[Verdict.EXPECTED_FAIL], counts[Verdict.NOT_SHOWN]
    parts = [f"{known} {is_or_are(known)} known to fail"] if known else []
    parts += [f"{unshown} {'was' if unshown == 1 else 'were'} not shown"] if unshown else []
    return f"; {' and '.join(parts)}" if parts else ""


def what_was_tested(record: Record) -> str:
    """`Waste`, `Waste of bins-r-us`, `A council of five services`, as the beginning of a sentence."""
    services = record.services
    if len(services) == 1 and record.targets[0].component:
        return f"{harmless.line(record.targets[0].component, 60)} ({service_named(services[0])})"
    if len(services) == 1:
        return service_named(services[0])
    return f"The council with its {len(services)} services"


def service_named(slug: str) -> str:
    """`Street reports`; what is across services is `The council as a whole`."""
    return "The council as a whole" if slug == ACROSS else slug.replace("_", " ").capitalize()


def sentence(text: str) -> str:
    """A reason as a sentence: a capital letter and a full stop, where it begins with a word."""
    said = harmless.line(text)
    first = said.split(" ", 1)[0]
    if first.isalpha() and first.islower():
        said = said[0].upper() + said[1:]
    return said if not said or said[-1] in ".!?:…)" else f"{said}."


def services_of(record: Record) -> tuple[str, ...]:
    """The services that anything is said of, the council as a whole among them, in order."""
    told = [*record.services, *(one.service for one in record.requirements)]
    return tuple(dict.fromkeys([*told, *(check.service for check in record.checks)]))


def musts_not_shown(record: Record) -> tuple[RequirementVerdict, ...]:
    """What must be met and was not looked at; it keeps a run from passing."""
    return tuple(
        one for one in record.requirements if one.level == "must" and one.verdict is Verdict.NOT_SHOWN
    )


def failing(one: RequirementVerdict, record: Record) -> tuple[CheckResult, ...]:
    """The checks of a requirement that failed and count."""
    return tuple(check for check in record.missed if check.id in one.checks)


def unattached(record: Record) -> tuple[CheckResult, ...]:
    """The failures of checks that verify no requirement of the run."""
    told = {check for one in record.requirements for check in one.checks}
    return tuple(result for result in record.missed if result.id not in told)


def known(record: Record) -> tuple[CheckResult, ...]:
    """The failures that are known and do not count."""
    return tuple(check for check in record.checks if check.baseline)


def remarks(record: Record) -> Sequence[str]:
    """What the run does not show beyond the requirements that it did not try, which reports list anyway."""
    listed = {f"{one.id}: " for one in record.requirements if one.verdict is Verdict.NOT_SHOWN}
    return [said for said in record.does_not_show if not any(said.startswith(each) for each in listed)]


def counted(number: int, noun: str) -> str:
    """`1 check`, `2 checks`"""
    return f"{number:,} {plural(noun, number)}"


def plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"


def is_or_are(number: int) -> str:
    return "is" if number == 1 else "are"
