"""The record of a run: what was run, on what, with what result, and what it does not show.

Every report is made from it, and it is what is signed as evidence. It holds no secret: keys are masked before
anything is written into it. Times of the machine are UTC; `seconds` are wall-clock.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from scenarios.conformance.checks import Kind
from scenarios.results import Outcome

Format = Literal["virtual-council/conformance/1"]
FORMAT: Format = "virtual-council/conformance/1"


class Part(BaseModel):
    """Any part of a record. A field that it does not know is an error, so that nothing is smuggled in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Verdict(StrEnum):
    """What a requirement came to. not shown: nothing that verifies it was tried."""

    PASS = "pass"
    FAIL = "fail"
    NOT_SHOWN = "not shown"
    OMIT = "omit"
    EXPECTED_FAIL = "known failure"


class Exchange(Part):
    """One call and its answer, keys masked. `status` is None where nothing came; `failure` says why."""

    began: datetime
    seconds: float
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: str | None
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: str
    failure: str
    curl: str


class CheckResult(Part):
    """One check's result. `shown` is the exchange that shows a failure or an error, where there is one."""

    id: str
    service: str
    kind: Kind
    title: str
    verifies: tuple[str, ...]
    outcome: Outcome
    reason: str
    expected: str
    got: str
    remedy: str
    calls: int
    seconds: float
    shown: Exchange | None
    baseline: str = ""
    """Why this failure is known and does not count, with its owner and end; empty where it does count."""


class RequirementVerdict(Part):
    """One requirement, what it came to and the ids of the checks that verify it."""

    id: str
    service: str
    sentence: str
    source: str
    level: Literal["must", "should", "may"]
    verdict: Verdict
    checks: tuple[str, ...]


class Tested(Part):
    """One target: the address asked for a service. `openapi` is the digest of the document that it publishes.

    `image` is the digest of the image that it runs from, where that is known; `component` its name with the
    council, where it has joined one.
    """

    service: str
    address: str
    title: str
    version: str
    openapi: str
    component: str
    image: str
    incumbent: bool


class CouncilTold(Part):
    """The council that the run took place on, and its time at the start."""

    name: str
    shaped_like: str
    residents: int
    seed: int
    as_of: date
    now: datetime


class Made(Part):
    """What the run was made with: version of each piece of software that decides the result."""

    virtual_council: str
    python: str
    schemathesis: str


class Record(Part):
    """The whole record of one run."""

    format: Format
    began: datetime
    ended: datetime
    command: str
    made_with: Made
    seed: int
    targets: tuple[Tested, ...]
    council: CouncilTold
    checks: tuple[CheckResult, ...]
    requirements: tuple[RequirementVerdict, ...]
    notices: tuple[str, ...]
    """What a reader has to know of the result: baseline entries that expired or that pass again."""
    passed: bool
    does_not_show: tuple[str, ...]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many checks had each outcome."""
        counted = Counter(check.outcome for check in self.checks)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(target.service for target in self.targets))

    @property
    def missed(self) -> tuple[CheckResult, ...]:
        """The checks that failed or could not judge, and are not known to."""
        counted = (Outcome.FAIL, Outcome.ERROR)
        return tuple(check for check in self.checks if check.outcome in counted and not check.baseline)

    def requirement(self, requirement_id: str) -> RequirementVerdict | None:
        return next((one for one in self.requirements if one.id == requirement_id), None)
