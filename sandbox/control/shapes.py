"""The shapes of the control API: what it is sent and what it answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from service_apis.kit.schemas import Schema


class ServiceEntry(Schema):
    """One line of business: its slug, the name in its addresses, and what it does."""

    slug: str
    url_name: str
    title: str
    summary: str
    standard: str | None


class ServiceList(Schema):
    """Every service of the sandbox."""

    items: list[ServiceEntry]


class CouncilEntry(Schema):
    """One council: what it is shaped like, how large it is, and what its clock shows."""

    name: str
    title: str
    shaped_like: str
    gss_code: str
    residents: int
    homes: int
    seed: int
    as_of: date
    now: AwareDatetime
    services: dict[str, str]


class CouncilList(Schema):
    """Every council of the sandbox."""

    items: list[CouncilEntry]


class ClockShown(Schema):
    """A council's clock, which stands still until advanced. ``next_due`` is the next thing on the agenda."""

    now: AwareDatetime
    today: date
    frozen: bool
    next_due: AwareDatetime | None


class Advance(Schema):
    """How far to advance the clock: exactly one of the three.

    ``to`` an instant, ``by`` an ISO 8601 duration (``P3D``), or ``to_next_due``.
    """

    to: AwareDatetime | None = None
    by: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=3660))] | None = None
    to_next_due: bool = False

    @model_validator(mode="after")
    def exactly_one(self) -> Advance:
        """Refuse none, or more than one, of the three ways to say how far."""
        if (self.to is not None) + (self.by is not None) + self.to_next_due != 1:
            raise ValueError("name exactly one of to, by and to_next_due")
        return self


class HappeningShown(Schema):
    """One thing that fell due on the way."""

    at: AwareDatetime
    service: str
    kind: str
    subject: str


class Advanced(Schema):
    """What the clock showed, what it shows now, and what fell due on the way, in order.

    ``happened`` lists at most the first 1,000; ``happened_in_all`` counts them.
    """

    was: AwareDatetime
    now: AwareDatetime
    today: date
    happened: list[HappeningShown]
    happened_in_all: int


class EventShown(Schema):
    """One event in CloudEvents 1.0 form, with its position in the council's feed."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: AwareDatetime
    datacontenttype: str
    position: int
    data: dict[str, Any]


class EventFeed(Schema):
    """Events after a place in the feed; ``next`` is the cursor to send as ``after`` next time.

    It has moved past what was looked at, also where no event was wanted.
    """

    items: list[EventShown]
    next: str


class KeyWanted(Schema):
    """A new key: a name to know it by and the scopes it is to have on this council."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9 ._-]+$")]
    scopes: Annotated[list[str], Field(max_length=100)]


class KeyMade(Schema):
    """A key, shown this once."""

    name: str
    key: str
    scopes: list[str]
    council: str


class JourneyTold(Schema):
    """What a journey came to: its verdict, how many steps it has, how long it took, and what went wrong."""

    journey: Annotated[str, Field(min_length=1, max_length=120)]
    title: Annotated[str, Field(max_length=200)]
    verdict: Literal["pass", "fail", "skip", "error"]
    steps: Annotated[int, Field(ge=0, le=10_000)]
    seconds: Annotated[float, Field(ge=0, le=86_400)]
    detail: Annotated[str, Field(max_length=2_000)]


class JourneyShown(JourneyTold):
    """A journey's last result; ``at`` is the council time of the run."""

    at: AwareDatetime


class TruthShown(Schema):
    """Whom a record stands for: the id of one of the town's residents, null where that is none of them."""

    service: str
    record: str
    person: str | None


class TruthFaultShown(TruthShown):
    """A fault that a record was given: in which field, of which kind, what the clean value was (or none)."""

    field: str
    kind: str
    clean: str | None
