"""The shapes of webhooks and their deliveries. Instants are the machine's, not the council's."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from sandbox.outward import LONGEST_URL
from sandbox.posting.feed import TYPE_PATTERN
from sandbox.posting.schedule import FIRST_RETRY_SECONDS, MOST_ATTEMPTS
from sandbox.posting.tables import DeliveryState, WebhookState
from service_apis.kit.schemas import Schema

SHORTEST_RETRY_SECONDS = 0.01
LONGEST_RETRY_SECONDS = 60.0
LONGEST_ATTEMPT_SECONDS = 30.0
LONGEST_OVERLAP = timedelta(days=7)


class WebhookWanted(Schema):
    """A webhook to register: where to send, what, and how to try again.

    ``types`` are event types or patterns of them (``virtual-council.waste.*``), ``subjects`` what the events
    are on; empty means all. ``first_retry_seconds`` scales the whole schedule of retries, and ``attempts``
    says after how many an event is a dead letter: both small, a test sees all of it in a second.
    """

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
    types: Annotated[
        list[Annotated[str, StringConstraints(pattern=TYPE_PATTERN, min_length=1, max_length=120)]],
        Field(max_length=50, default_factory=list),
    ]
    subjects: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=120)]],
        Field(max_length=100, default_factory=list),
    ]
    first_retry_seconds: Annotated[float, Field(ge=SHORTEST_RETRY_SECONDS, le=LONGEST_RETRY_SECONDS)] = (
        FIRST_RETRY_SECONDS
    )
    attempts: Annotated[int, Field(ge=1, le=MOST_ATTEMPTS)] = MOST_ATTEMPTS
    time_limit_seconds: Annotated[float, Field(ge=0.1, le=LONGEST_ATTEMPT_SECONDS)] = 15.0


class WebhookShown(Schema):
    """A webhook; ``reason`` says why it is not active.

    ``pending``, ``delivered`` and ``dead`` count its deliveries, as far as they are kept. Until
    ``former_secret_ends_at`` deliveries are signed with the secret before the present one as well.
    """

    id: str
    url: str
    types: list[str]
    subjects: list[str]
    state: WebhookState
    reason: str | None
    made_at: AwareDatetime
    first_retry_seconds: float
    attempts: int
    time_limit_seconds: float
    former_secret_ends_at: AwareDatetime | None
    pending: int
    delivered: int
    dead: int


class WebhookMade(WebhookShown):
    """A webhook with its signing secret, which is shown this once."""

    secret: str


class WebhookList(Schema):
    """The webhooks of a council, the oldest first."""

    items: list[WebhookShown]


class Rotation(Schema):
    """A new secret is wanted; ``overlap`` says for how long the old one goes on signing too (ISO 8601)."""

    overlap: Annotated[timedelta, Field(ge=timedelta(0), le=LONGEST_OVERLAP)] = timedelta(days=1)


class Rotated(Schema):
    """The new secret, shown this once, and until when deliveries are signed with the old one as well."""

    id: str
    secret: str
    former_secret_ends_at: AwareDatetime


class Tested(Schema):
    """What came of a test event: whether it arrived, and what the receiver answered, or why it did not."""

    event: str
    arrived: bool
    status: int | None
    answer: str
    took_ms: int


class AttemptShown(Schema):
    """One attempt. ``answer`` is the beginning of what was answered, or why there was no answer."""

    at: AwareDatetime
    took_ms: int
    status: int | None
    answer: str


class DeliveryShown(Schema):
    """One event for one webhook: what became of it, and its attempts as far as they are kept.

    ``event`` is the event's id and the ``webhook-id`` that was sent; ``next_attempt_at`` is null unless it is
    pending.
    """

    id: int
    event: str
    type: str
    subject: str
    position: int
    state: DeliveryState
    next_attempt_at: AwareDatetime | None
    attempts: list[AttemptShown]


class DeliveryList(Schema):
    """One page of a webhook's deliveries, the latest first."""

    items: list[DeliveryShown]
    page: int
    per_page: int
    total: int


class Replayed(Schema):
    """How many dead letters are to be delivered again."""

    replayed: int
