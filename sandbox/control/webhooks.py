"""Webhooks: register a receiver, test it, turn its secret over, and see what became of each delivery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.webhook_shapes import (
    AttemptShown,
    DeliveryList,
    DeliveryShown,
    Replayed,
    Rotated,
    Rotation,
    Tested,
    WebhookList,
    WebhookMade,
    WebhookShown,
    WebhookWanted,
)
from sandbox.posting import webhooks
from sandbox.posting.attempt import attempt
from sandbox.posting.deliverer import Deliverer
from sandbox.posting.feed import Cursor, Wanted, count_after, end_of_feed
from sandbox.posting.postbox import Postbox
from sandbox.posting.tables import AttemptRecord, DeliveryRecord, DeliveryState, WebhookRecord, WebhookState
from sandbox.posting.webhooks import Manner
from service_apis.kit.council import Council
from service_apis.kit.events import Event
from service_apis.kit.problems import Unprocessable

router = APIRouter(prefix="/councils/{council}/webhooks")
LARGEST_ID = 2**53

WebhookId = Annotated[str, Path(max_length=40, pattern=r"^wh_[0-9a-f]+$", description="The webhook's id.")]


class NoSuchEventType(Unprocessable):
    """No service of the council records events of such a type. The detail lists how their types begin."""


def _deliverer(request: Request) -> Deliverer:
    deliverer: Deliverer = request.app.state.deliverer
    return deliverer


@router.post("", operation_id="register_webhook", status_code=201, responses=WRITE | refusals(409))
async def register_webhook(
    request: Request, council: NamedCouncil, wanted: WebhookWanted, caller: ControlCaller
) -> WebhookMade:
    """Register a receiver for what happens from now on. The answer shows its signing secret, this once.

    Deliveries are POSTs of the CloudEvent as JSON, signed by Standard Webhooks: in order for each subject,
    and at least once; a repeated one has the same `webhook-id`.
    """
    deliverer = _deliverer(request)
    _refuse_unknown(council, wanted.types)
    await deliverer.outward.destination(wanted.url)
    box = deliverer.postbox(council)
    manner = Manner(wanted.first_retry_seconds, wanted.attempts, wanted.time_limit_seconds)
    with box.notebook.writing() as session:
        made = webhooks.register(
            session, wanted.url, wanted.types, wanted.subjects, manner, end_of_feed(council)
        )
        session.flush()
        shown = _shown(council, session, made)
    box.look_again(made.id)
    return WebhookMade(**shown.model_dump(), secret=made.secret)


@router.get("", operation_id="list_webhooks", responses=READ)
async def list_webhooks(request: Request, council: NamedCouncil, caller: ControlCaller) -> WebhookList:
    """The council's webhooks, without their secrets."""
    with _deliverer(request).postbox(council).notebook.reading() as session:
        found = session.scalars(select(WebhookRecord).order_by(WebhookRecord.made_at, WebhookRecord.id))
        return WebhookList(items=[_shown(council, session, each) for each in found.all()])


@router.get("/{webhook}", operation_id="show_webhook", responses=READ)
async def show_webhook(
    request: Request, council: NamedCouncil, webhook: WebhookId, caller: ControlCaller
) -> WebhookShown:
    """One webhook, without its secret."""
    with _deliverer(request).postbox(council).notebook.reading() as session:
        return _shown(council, session, webhooks.find(session, webhook))


@router.delete("/{webhook}", operation_id="remove_webhook", status_code=204, responses=READ)
async def remove_webhook(
    request: Request, council: NamedCouncil, webhook: WebhookId, caller: ControlCaller
) -> None:
    """Remove a webhook, with its dead letters and its history."""
    box = _deliverer(request).postbox(council)
    with box.notebook.writing() as session:
        webhooks.remove(session, webhooks.find(session, webhook))
    box.look_again(webhook)


@router.post("/{webhook}/pause", operation_id="pause_webhook", responses=READ)
async def pause_webhook(
    request: Request, council: NamedCouncil, webhook: WebhookId, caller: ControlCaller
) -> WebhookShown:
    """Stop sending for a while. What happens meanwhile waits, and is sent when the webhook is resumed."""
    return _change(_deliverer(request).postbox(council), webhook, webhooks.pause)


@router.post("/{webhook}/resume", operation_id="resume_webhook", responses=READ)
async def resume_webhook(
    request: Request, council: NamedCouncil, webhook: WebhookId, caller: ControlCaller
) -> WebhookShown:
    """Send again, beginning with what waits; also to a receiver that had answered 410 Gone."""
    return _change(_deliverer(request).postbox(council), webhook, webhooks.resume)


def _change(box: Postbox, webhook: str, change: Callable[[WebhookRecord], None]) -> WebhookShown:
    with box.notebook.writing() as session:
        found = webhooks.find(session, webhook)
        change(found)
        shown = _shown(box.council, session, found)
    box.look_again(webhook)
    return shown


@router.post("/{webhook}/test", operation_id="test_webhook", responses=READ)
async def test_webhook(
    request: Request, council: NamedCouncil, webhook: WebhookId, caller: ControlCaller
) -> Tested:
    """Send a test event, once and whatever the webhook's state, and tell what was answered.

    Its type is `virtual-council.sandbox.webhook.tested`; it is in no feed and is not tried again.
    """
    deliverer = _deliverer(request)
    with deliverer.postbox(council).notebook.reading() as session:
        found = webhooks.find(session, webhook)
        now = deliverer.now()
        secrets = found.secrets(now)
    what = "virtual-council.sandbox.webhook.tested"
    event = Event(0, what, "sandbox", found.id, council.clock.now, {"webhook": found.id})
    told = event.as_cloud_event(council.name)
    told["id"] = str(uuid5(NAMESPACE_URL, f"{told['source']}/tests/{machine.request_id()}"))
    outcome = await attempt(deliverer.outward, found.url, secrets, told, found.time_limit_seconds, now)
    return Tested(
        event=told["id"],
        arrived=outcome.arrived,
        status=outcome.status,
        answer=outcome.answer,
        took_ms=outcome.took_ms,
    )


@router.post("/{webhook}/rotate", operation_id="rotate_webhook_secret", responses=WRITE)
async def rotate_webhook_secret(
    request: Request, council: NamedCouncil, webhook: WebhookId, rotation: Rotation, caller: ControlCaller
) -> Rotated:
    """Give the webhook a new signing secret, shown this once.

    For the time of the overlap deliveries carry both signatures, so that the receiver can change over
    without missing one. A secret that was seen by others is turned over with no overlap: `PT0S`.
    """
    deliverer = _deliverer(request)
    box = deliverer.postbox(council)
    with box.notebook.writing() as session:
        found = webhooks.find(session, webhook)
        webhooks.rotate(found, rotation.overlap, deliverer.now())
    box.look_again(webhook)
    assert found.former_secret_until is not None
    return Rotated(id=found.id, secret=found.secret, former_secret_ends_at=found.former_secret_until)


@router.get("/{webhook}/deliveries", operation_id="list_deliveries", responses=READ)
async def list_deliveries(
    request: Request,
    council: NamedCouncil,
    webhook: WebhookId,
    caller: ControlCaller,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    page: Annotated[int, Query(ge=1, le=100_000, description="Which page.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=200, description="How many to a page.")] = 50,
) -> DeliveryList:
    """The webhook's deliveries, the latest first: pending, dead, and the last thousand that arrived."""
    with _deliverer(request).postbox(council).notebook.reading() as session:
        webhooks.find(session, webhook)
        rows, total = webhooks.deliveries(session, webhook, state, page, per_page)
        items = _with_attempts(session, rows)
    return DeliveryList(items=items, page=page, per_page=per_page, total=total)


@router.post(
    "/{webhook}/deliveries/{delivery}/replay", operation_id="replay_delivery", responses=READ | refusals(409)
)
async def replay_delivery(
    request: Request,
    council: NamedCouncil,
    webhook: WebhookId,
    delivery: Annotated[int, Path(ge=1, le=LARGEST_ID, description="The delivery's number.")],
    caller: ControlCaller,
) -> DeliveryShown:
    """Deliver a dead letter again, with all its attempts before it. Its event id is what it was."""
    deliverer = _deliverer(request)
    box = deliverer.postbox(council)
    with box.notebook.writing() as session:
        webhooks.find(session, webhook)
        row = webhooks.replay(session, webhook, delivery, deliverer.now())
        (shown,) = _with_attempts(session, [row])
    box.look_again(webhook)
    return shown


@router.post("/{webhook}/deliveries/replay", operation_id="replay_dead_letters", responses=READ)
async def replay_dead_letters(
    request: Request, council: NamedCouncil, webhook: WebhookId, caller: ControlCaller
) -> Replayed:
    """Deliver all the webhook's dead letters again, in order for each subject."""
    deliverer = _deliverer(request)
    box = deliverer.postbox(council)
    with box.notebook.writing() as session:
        webhooks.find(session, webhook)
        count = webhooks.replay_all(session, webhook, deliverer.now())
    box.look_again(webhook)
    return Replayed(replayed=count)


def _refuse_unknown(council: Council, patterns: Sequence[str]) -> None:
    begins = [f"virtual-council.{service.url_name}." for service in council.services.values()]
    for pattern in patterns:
        fixed, star, _ = pattern.partition("*")
        if any(fixed.startswith(each) or (star and each.startswith(fixed)) for each in begins):
            continue
        raise NoSuchEventType(
            f"No event of {council.name} is of type {pattern}; types begin with one of {', '.join(begins)}"
        )


def _shown(council: Council, session: Session, webhook: WebhookRecord) -> WebhookShown:
    counts = webhooks.count_by_state(session, webhook.id)
    # While a webhook is paused, what happens is not taken up yet.
    place = Cursor(webhook.generation, webhook.position)
    not_taken_up = count_after(council, place, Wanted(webhook.types, webhook.subjects))
    until = webhook.former_secret_until
    return WebhookShown(
        id=webhook.id,
        url=webhook.url,
        types=webhook.types,
        subjects=webhook.subjects,
        state=WebhookState(webhook.state),
        reason=webhook.reason,
        made_at=webhook.made_at,
        first_retry_seconds=webhook.first_retry_seconds,
        attempts=webhook.most_attempts,
        time_limit_seconds=webhook.time_limit_seconds,
        former_secret_ends_at=until if until is not None and until > machine.now() else None,
        pending=counts.get(DeliveryState.PENDING, 0) + not_taken_up,
        delivered=counts.get(DeliveryState.DELIVERED, 0),
        dead=counts.get(DeliveryState.DEAD, 0),
    )


def _with_attempts(session: Session, rows: Sequence[DeliveryRecord]) -> list[DeliveryShown]:
    attempts = webhooks.attempts_at(session, [row.id for row in rows])
    return [_delivery(row, attempts[row.id]) for row in rows]


def _delivery(row: DeliveryRecord, attempts: Sequence[AttemptRecord]) -> DeliveryShown:
    return DeliveryShown(
        id=row.id,
        event=row.event,
        type=row.type,
        subject=row.subject,
        position=row.position,
        state=DeliveryState(row.state),
        next_attempt_at=row.next_at if row.state == DeliveryState.PENDING else None,
        attempts=[AttemptShown.model_validate(each) for each in attempts],
    )
