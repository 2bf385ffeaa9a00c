"""The shapes of comparisons: what comparing a component with the stub came to, by cause, with examples."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from sandbox.shadow.causes import Cause
from service_apis.kit.schemas import Schema


class ComparisonListed(Schema):
    """One comparison: what was run, how far it is, and what it came to in one sentence.

    `kind` is `replay` where calls were sent to both sides on forks, `watch` where live calls are compared.
    `done` is how many calls were made of those `planned`, null where nobody knows how many come.
    """

    number: int
    kind: Literal["replay", "watch"]
    what: str
    state: Literal["running", "done", "failed"]
    problem: str | None
    began_at: AwareDatetime
    written_at: AwareDatetime
    done: int
    planned: int | None
    sentence: str


class ComparisonList(Schema):
    """The comparisons of a component that are kept, the latest first."""

    items: list[ComparisonListed]


class SideShown(Schema):
    """What one side said: its value at the place, its status, its body, and a curl line that asks it again.

    All are null where there is none: of an event there is no call, and who did not answer has no status.
    """

    value: str | None
    status: int | None
    body: str | None
    curl: str | None


class ExampleShown(Schema):
    """A call that shows a difference. In a curl line the key is in `$KEY`.

    A call that names a case made during a replay finds it only there: the replay's forks are gone.
    """

    method: str | None
    path: str | None
    ours: SideShown
    theirs: SideShown


class GroupShown(Schema):
    """Differences of one cause at one place: in how many calls, in plain English, and one of them.

    `place` is a JSON pointer with `*` for a position in a list, or `status`, `media type`, `header etag` and
    the like. The operation `events` is of what was told and not answered.
    """

    operation: str
    place: str
    cause: Cause
    count: int
    sentence: str
    first_seen: AwareDatetime
    last_seen: AwareDatetime
    example: ExampleShown


class ReasonShown(Schema):
    """So many calls, and why."""

    count: int
    why: str


class NoiseShown(Schema):
    """What was let pass because it means nothing. The operation `*` is any."""

    operation: str
    place: str
    why: str
    learnt: bool


class SummaryShown(Schema):
    """What the comparing came to. Of the `calls`, those `different` include the `unanswered`.

    `worded_otherwise` counts refusals that mean the same in other words; they are alike. `more_groups`
    counts differences that are in none of the groups, as there were too many. Times are in milliseconds.
    """

    sentence: str
    calls: int
    alike: int
    different: int
    unanswered: int
    worded_otherwise: int
    events: int
    events_different: int
    groups: list[GroupShown]
    more_groups: int
    left_out: list[ReasonShown]
    not_answered: list[ReasonShown]
    noise: list[NoiseShown]
    our_median_ms: float | None
    their_median_ms: float | None
    median_slower_ms: float


class ComparisonShown(ComparisonListed):
    """One comparison with all that it came to; `summary` is null while nothing was compared."""

    summary: SummaryShown | None
