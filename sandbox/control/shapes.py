"""The shapes of the control API: what it is sent and what it answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from service_apis.kit.schemas import Schema

Lifetime = Annotated[timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=366))]
"""From a second to a year, as an ISO 8601 duration (``PT1H``)."""


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
    """A new key: a name to know it by and the scopes it is to have on this council.

    With a ``lifetime``, an ISO 8601 duration by the machine's clock, it ends by itself.
    """

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
    scopes: Annotated[list[str], Field(max_length=100)]
    lifetime: Lifetime | None = None


class KeyMade(Schema):
    """A key, shown this once. From ``expires_at`` on it opens nothing; null: it stays until it is revoked."""

    name: str
    key: str
    scopes: list[str]
    council: str
    expires_at: AwareDatetime | None


class KeyShown(Schema):
    """A key that there is, without its secret; ``expires_at`` as it was told when it was made."""

    name: str
    scopes: list[str]
    expires_at: AwareDatetime | None


class KeyList(Schema):
    """The keys to one council alone, in the order they were made in."""

    items: list[KeyShown]


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
