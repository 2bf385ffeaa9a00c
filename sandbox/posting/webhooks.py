"""Webhooks as they are registered: made, read, paused, given a new secret, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.posting.feed import Cursor
from sandbox.posting.signing import new_secret
from sandbox.posting.tables import AttemptRecord, DeliveryRecord, DeliveryState, WebhookRecord, WebhookState
from service_apis.kit.problems import Conflict, NotFound

MOST_WEBHOOKS = 50
"""How many webhooks a council may have."""


class NoSuchWebhook(NotFound):
    """The council has no webhook of that id. Its webhooks are listed at .../webhooks."""


class NoSuchDelivery(NotFound):
    """The webhook has no delivery of that number, or no longer: only the latest are kept, and the dead."""


class TooManyWebhooks(Conflict):
    """The council has as many webhooks as it may have. Remove one that is no longer needed."""


class NotDead(Conflict):
    """Only a dead letter can be replayed: one that was given up after its last attempt."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How deliveries are attempted: the first wait, how often at most, and how long each may take."""

    first_retry_seconds: float
    most_attempts: int
    time_limit_seconds: float


def register(
    session: Session, url: str, types: Sequence[str], subjects: Sequence[str], manner: Manner, after: Cursor
) -> WebhookRecord:
    """A new webhook with a secret of its own, told of what follows a cursor. Raises TooManyWebhooks."""
    if (session.scalar(select(func.count()).select_from(WebhookRecord)) or 0) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(
            f"There are {MOST_WEBHOOKS} webhooks already, the most there can be; remove one"
        )
    webhook = WebhookRecord(
        id=f"wh_{machine.random_bytes(9).hex()}",
        url=url,
        types=list(types),
        subjects=list(subjects),
        state=WebhookState.ACTIVE,
        reason=None,
        made_at=machine.now(),
        first_retry_seconds=manner.first_retry_seconds,
        most_attempts=manner.most_attempts,
        time_limit_seconds=manner.time_limit_seconds,
        secret=new_secret(),
        former_secret=None,
        former_secret_until=None,
        generation=after.generation,
        position=after.position,
    )
    session.add(webhook)
    return webhook


def find(session: Session, webhook_id: str) -> WebhookRecord:
    """The webhook of an id. Raises NoSuchWebhook."""
    webhook = session.get(WebhookRecord, webhook_id)
    if webhook is None:
        raise NoSuchWebhook(f"There is no webhook {webhook_id}; list those there are at .../webhooks")
    return webhook


def rotate(webhook: WebhookRecord, overlap: timedelta, at: datetime) -> None:
    """Give a webhook a new secret; until ``overlap`` has passed, the old one signs as well."""
    webhook.former_secret, webhook.former_secret_until = webhook.secret, at + overlap
    webhook.secret = new_secret()


def pause(webhook: WebhookRecord) -> None:
    """Stop sending. What happens meanwhile waits."""
    if webhook.state == WebhookState.ACTIVE:
        webhook.state, webhook.reason = WebhookState.PAUSED, "Paused by its owner"


def resume(webhook: WebhookRecord) -> None:
    """Send again, beginning with what waits."""
    webhook.state, webhook.reason = WebhookState.ACTIVE, None


def remove(session: Session, webhook: WebhookRecord) -> None:
    """Remove a webhook with its deliveries, dead letters and history."""
    session.delete(webhook)


def count_by_state(session: Session, webhook_id: str) -> dict[str, int]:
    """How many of the webhook's deliveries are in each state."""
    query = select(DeliveryRecord.state, func.count()).where(DeliveryRecord.webhook == webhook_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(DeliveryRecord.state))}


def deliveries(
    session: Session, webhook_id: str, state: str | None, page: int, per_page: int
) -> tuple[Sequence[DeliveryRecord], int]:
    """One page of the webhook's deliveries, the latest first, and how many there are."""
    query = select(DeliveryRecord).where(DeliveryRecord.webhook == webhook_id)
    if state is not None:
        query = query.where(DeliveryRecord.state == state)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(DeliveryRecord.id.desc()).limit(per_page).offset((page - 1) * per_page)
    return session.scalars(rows).all(), total


def attempts_at(session: Session, delivery_ids: Sequence[int]) -> dict[int, list[AttemptRecord]]:
    """The attempts at each of some deliveries that are still kept, in order."""
    found: dict[int, list[AttemptRecord]] = {each: [] for each in delivery_ids}
    query = select(AttemptRecord).where(AttemptRecord.delivery.in_(delivery_ids)).order_by(AttemptRecord.id)
    for each in session.scalars(query):
        found[each.delivery].append(each)
    return found


def replay(session: Session, webhook_id: str, delivery_id: int, at: datetime) -> DeliveryRecord:
    """Put a dead letter back among what is to be delivered. Raises NoSuchDelivery or NotDead."""
    delivery = session.get(DeliveryRecord, delivery_id)
    if delivery is None or delivery.webhook != webhook_id:
        raise NoSuchDelivery(f"The webhook {webhook_id} has no delivery {delivery_id}")
    if delivery.state != DeliveryState.DEAD:
        raise NotDead(f"Delivery {delivery_id} is {delivery.state}; only a dead letter can be replayed")
    _revive(delivery, at)
    return delivery


def replay_all(session: Session, webhook_id: str, at: datetime) -> int:
    """Put all the webhook's dead letters back among what is to be delivered; how many there were."""
    query = select(DeliveryRecord).where(DeliveryRecord.webhook == webhook_id)
    dead = session.scalars(query.where(DeliveryRecord.state == DeliveryState.DEAD)).all()
    for delivery in dead:
        _revive(delivery, at)
    return len(dead)


def _revive(delivery: DeliveryRecord, at: datetime) -> None:
    delivery.state, delivery.attempts, delivery.next_at = DeliveryState.PENDING, 0, at
