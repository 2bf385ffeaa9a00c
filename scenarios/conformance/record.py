"""The record of a run: what was run, on what, with what result, and what it does not show.

Every report is made from it, and it is what is signed as evidence. It holds no secret: keys are masked before
anything is written into it. Times of the machine are UTC; `seconds` are wall-clock.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from scenarios.conformance.checks import Kind
from scenarios.results import Outcome

Format = Literal["virtual-council/conformance/1"]
FORMAT: Format = "virtual-council/conformance/1"


LONGEST_TOLD = 10_000
"""Characters that are kept of what a check says: a target can answer with a megabyte where a word was due."""


class Part(BaseModel):
    """Any part of a record. A field that it does not know is an error, so that nothing is smuggled in.

    Halves of UTF-16 pairs, which a target can answer with and no file can hold, become replacement
    characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _whole_characters(cls, values: Any) -> Any:
        return _writable(values)


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return (
            value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _halved(value) else value
        )
    if isinstance(value, (tuple, list)):
        return type(value)(_writable(each) for each in value)
    if isinstance(value, dict):
        return {name: _writable(each) for name, each in value.items()}
    return value


def _halved(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def _bounded(text: Any) -> Any:
    if not isinstance(text, str) or len(text) <= LONGEST_TOLD:
        return text
    return f"{text[: LONGEST_TOLD - 50]} ... (cut: {len(text):,} characters)"


Told = Annotated[str, BeforeValidator(_bounded)]
"""What a check says of a target, in its words or ours; a long one is cut."""


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


def _brief(shown: Exchange | None) -> Exchange | None:
    """A call as it stands in a record: of long bodies the beginning. The archive of calls has more."""
    if shown is None or max(map(len, (shown.request_body or "", shown.body, shown.curl))) <= LONGEST_TOLD:
        return shown
    brief = {
        "request_body": _bounded(shown.request_body),
        "body": _bounded(shown.body),
        "curl": _bounded(shown.curl),
    }
    return shown.model_copy(update=brief)


class CheckResult(Part):
    """One check's result. `shown` is the exchange that shows a failure or an error, where there is one."""

    id: str
    service: str
    kind: Kind
    title: str
    verifies: tuple[str, ...]
    outcome: Outcome
    reason: Told
    expected: Told
    got: Told
    remedy: Told
    calls: int
    seconds: float
    shown: Annotated[Exchange | None, AfterValidator(_brief)]
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
    only: tuple[str, ...] = ()
    """What the run was limited to, where only some checks were asked for."""
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
    def canonical(self) -> bytes:
        """The record as the bytes that are signed: JSON by RFC 8785, alike wherever it is written."""
        return canonical(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """What tells this record from every other: SHA-256 of its canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def missed(self) -> tuple[CheckResult, ...]:
        """The checks that failed or could not judge, and are not known to."""
        counted = (Outcome.FAIL, Outcome.ERROR)
        return tuple(check for check in self.checks if check.outcome in counted and not check.baseline)

    def requirement(self, requirement_id: str) -> RequirementVerdict | None:
        return next((one for one in self.requirements if one.id == requirement_id), None)


def canonical(record: Any) -> bytes:
    """A record's JSON value as RFC 8785 writes it; raises ValueError where JSON cannot hold it."""
    import rfc8785

    return rfc8785.dumps(record)
