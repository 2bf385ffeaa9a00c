"""What happened in a run: an outcome for each step and each journey, with the evidence beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """pass: it does what it should. fail: it answered and was wrong. skip: it was not tried.

    omit: it concerns an optional part that is not claimed. error: there was nothing to judge, for want of an
    answer or of a value to ask with. A journey is never omitted; a check of conformance may be.
    """

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"
    OMIT = "omit"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at in an answer: a criterion of the journey, or the service's own contract."""

    name: str
    passed: bool
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step's result.

    `name` is the step's id, after its parent's and a slash where a journey calls another. `request` is a curl
    line with the key masked. `seconds` is the time of the last attempt's exchange, of `attempts` in all.
    """

    journey: str
    name: str
    title: str
    outcome: Outcome
    seconds: float = 0.0
    reason: str = ""
    request: str = ""
    status: int | None = None
    answer: str = ""
    checks: tuple[Check, ...] = ()
    attempts: int = 1

    @property
    def missed(self) -> tuple[Check, ...]:
        """The checks that did not hold."""
        return tuple(check for check in self.checks if not check.passed)


@dataclass(frozen=True, slots=True)
class JourneyResult:
    """One journey's result, with the requirements that it proves where it passes."""

    journey: str
    pack: str
    file: str
    title: str
    proves: tuple[str, ...]
    steps: tuple[StepResult, ...]
    outcome: Outcome
    reason: str = ""

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of journeys against one council."""

    base_url: str
    council: str
    journeys: tuple[JourneyResult, ...]

    @property
    def passed(self) -> bool:
        """True where something was tried and nothing failed or erred."""
        outcomes = {journey.outcome for journey in self.journeys}
        return Outcome.PASS in outcomes and not outcomes & {Outcome.FAIL, Outcome.ERROR}

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many journeys had each outcome."""
        counted = Counter(journey.outcome for journey in self.journeys)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def seconds(self) -> float:
        return sum(journey.seconds for journey in self.journeys)

    @property
    def requirements(self) -> dict[str, Outcome]:
        """Each requirement that a journey of this run names, with the worst outcome of those that name it."""
        worst: dict[str, Outcome] = {}
        for journey in self.journeys:
            for requirement in journey.proves:
                worst[requirement] = worse(journey.outcome, worst.get(requirement, journey.outcome))
        return dict(sorted(worst.items()))


_SEVERITY = (Outcome.PASS, Outcome.OMIT, Outcome.SKIP, Outcome.FAIL, Outcome.ERROR)


def worse(one: Outcome, other: Outcome) -> Outcome:
    """The graver of two outcomes: error, then fail, skip, omit and pass."""
    return max(one, other, key=_SEVERITY.index)
