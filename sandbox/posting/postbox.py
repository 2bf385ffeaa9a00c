"""The postbox of one council: what is to be delivered for each of its webhooks, and what came of it.

A webhook's place in the outbox and its pending deliveries stand in the notebook, and move in one
transaction: an event is taken up once. A delivery leaves only when its receiver has answered; so after a
kill all that was pending still is, and what was under way is attempted again, under the same event id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from sandbox.notebook import Notebook
from sandbox.posting.attempt import Outcome
from sandbox.posting.feed import (
    Cursor,
    PositionGone,
    Told,
    Wanted,
    end_of_feed,
    read_feed,
    restart_of,
    told_at,
)
from sandbox.posting.lanes import Delivery, Lanes
from sandbox.posting.schedule import LONGEST_RETRY_AFTER, wait_after
from sandbox.posting.tables import AttemptRecord, DeliveryRecord, DeliveryState, WebhookRecord, WebhookState
from sandbox.posting.treatment import Treat, plainly
from sandbox.posting.webhooks import count_by_state
from service_apis.kit.council import Council

MOST_PENDING = 1_000
"""How many deliveries are taken up for a webhook at a time; the rest waits in the outbox."""
MOST_AT_ONCE = 8
"""How many deliveries of a webhook are under way at once, each of another subject."""
MOST_DEAD = 1_000
"""After so many dead letters a webhook is paused: nobody is there, and nothing is to be lost."""
KEPT = 1_000
"""How many deliveries that arrived, and how many attempts, are kept of each webhook."""
PRUNED_EVERY = 50
"""With each so-manieth delivery, what is no longer to be kept is deleted."""
TROUBLED_WAIT_SECONDS = 5.0
"""How long is waited where the notebook cannot be written, its disk being full for example."""

_log = logging.getLogger("virtual_council")
_SETTLE = (
    update(DeliveryRecord)
    .where(DeliveryRecord.id == bindparam("its"), DeliveryRecord.state == DeliveryState.PENDING)
    .values({name: bindparam(name) for name in ("state", "attempts", "copies", "next_at")})
)
_ATTEMPTED = insert(AttemptRecord)


def _unheard() -> None:
    """Nobody waits."""


class Slot:
    """One webhook that is sent events: its registration, its place in the outbox, and its lanes.

    ``behind`` says that the outbox may hold more for it.
    """

    def __init__(self, webhook: WebhookRecord, lanes: Lanes) -> None:
        self.webhook = webhook
        self.lanes = lanes
        self.wanted = Wanted(webhook.types, webhook.subjects)
        self.place = Cursor(webhook.generation, webhook.position)
        self.behind = True


class Postbox:
    """The webhooks of one council, and their deliveries.

    ``treat`` says how an event is to be delivered; ``ring`` is called, from any thread, when there may be
    something to take up. Whoever takes a delivery with ``begin`` brings it back with ``settle``. All is done
    on the event loop, in short transactions.
    """

    def __init__(
        self,
        council: Council,
        notebook: Notebook,
        treat: Treat = plainly,
        ring: Callable[[], None] = _unheard,
    ) -> None:
        self.council = council
        self.notebook = notebook
        self._treat = treat
        self._ring = ring
        self._slots: dict[str, Slot] = {}
        self._under_way: set[int] = set()
        self._news = True
        self._listens = False
        self._closed = False
        self._generation = council.generation
        with notebook.reading() as session:
            ids = session.scalars(select(WebhookRecord.id)).all()
        if ids:
            self._undo()
        for each in ids:
            self.look_again(each)

    def close(self) -> None:
        """No longer listen to the council, and write nothing more down."""
        self._closed = True
        self._slots.clear()
        self._listen()

    def look_again(self, webhook_id: str) -> None:
        """Read a webhook and what it waits for anew: it was made, changed or removed."""
        with self.notebook.reading() as session:
            webhook = session.get(WebhookRecord, webhook_id)
            if webhook is None or webhook.state != WebhookState.ACTIVE:
                self._slots.pop(webhook_id, None)
            else:
                waiting = select(DeliveryRecord).where(
                    DeliveryRecord.webhook == webhook_id, DeliveryRecord.state == DeliveryState.PENDING
                )
                lanes = Lanes(map(_on_its_way, session.scalars(waiting)), self._under_way)
                session.expunge(webhook)
                self._slots[webhook_id] = Slot(webhook, lanes)
        self._listen()
        self._ring()

    def begin(self, now: datetime) -> list[Delivery]:
        """Take up what has happened, and give what is to be attempted now."""
        if not self._slots:
            return []
        if self._generation != self.council.generation:
            self._generation = self.council.generation
            self._undo()
            for webhook_id in list(self._slots):
                self.look_again(webhook_id)
        if self._news:
            self._news = False
            for slot in self._slots.values():
                slot.behind = True
        begun: list[Delivery] = []
        for slot in self._slots.values():
            if slot.behind and len(slot.lanes) < MOST_PENDING:
                self._take_up(slot, now)
            begun += slot.lanes.begin(now, MOST_AT_ONCE)
        self._under_way.update(each.id for each in begun)
        return begun

    def next_at(self) -> datetime | None:
        """When something is next to be attempted that is not under way; None if nothing waits."""
        instants = [each for slot in self._slots.values() if (each := slot.lanes.next_at()) is not None]
        return min(instants, default=None)

    def parcel(self, delivery: Delivery) -> tuple[WebhookRecord, Told] | None:
        """What is to be sent, and the webhook that it is for; None where it is no longer to be sent."""
        slot = self._slots.get(delivery.webhook)
        told = told_at(self.council, delivery.position)
        if slot is None or told is None or told.cursor.generation != delivery.generation:
            return None
        return slot.webhook, told

    def settle(self, delivery: Delivery, outcome: Outcome | None, now: datetime) -> None:
        """A delivery comes back with what came of the attempt, or None if there was none after all."""
        self._under_way.discard(delivery.id)
        if self._closed:
            return
        waits = outcome is not None
        try:
            waits = outcome is not None and self._write_down(delivery, outcome, now)
        except SQLAlchemyError as fault:
            # The disk is full, perhaps. It stands as it stood, and is attempted again.
            _log.error("A delivery of %s could not be written down: %s", self.council.name, fault)
            delivery.next_at = now + timedelta(seconds=TROUBLED_WAIT_SECONDS)
        slot = self._slots.get(delivery.webhook)
        if slot is None:
            return
        if waits:
            if outcome is not None and outcome.retry_after is not None and not outcome.arrived:
                slot.lanes.hold(delivery.next_at)
            slot.lanes.again(delivery)
        else:
            slot.lanes.done(delivery)

    def _write_down(self, delivery: Delivery, outcome: Outcome, now: datetime) -> bool:
        """Keep what came of an attempt; whether there is to be another."""
        slot = self._slots.get(delivery.webhook)
        with self.notebook.writing() as session:
            webhook = slot.webhook if slot else session.get(WebhookRecord, delivery.webhook)
            if webhook is None:
                return False  # removed meanwhile
            state = _conclude(delivery, webhook, outcome, now)
            values = {
                "its": delivery.id,
                "state": state,
                "attempts": delivery.attempts,
                "copies": delivery.copies,
                "next_at": delivery.next_at,
            }
            if session.connection().execute(_SETTLE, values).rowcount == 0:
                return False  # undone meanwhile
            session.connection().execute(_ATTEMPTED, _attempted(delivery, outcome, now))
            stopped = self._stop_if_nobody_is_there(session, webhook.id, state, outcome)
            if delivery.id % PRUNED_EVERY == 0:
                _prune(session, webhook.id)
        if stopped:
            self.look_again(webhook.id)
        return state == DeliveryState.PENDING

    def _stop_if_nobody_is_there(
        self, session: Session, webhook_id: str, state: DeliveryState, outcome: Outcome
    ) -> bool:
        """Send a webhook no more whose receiver said so, or has not been there for very long."""
        if outcome.gone:
            values = {"state": WebhookState.ENDED, "reason": "The receiver answered 410 Gone"}
        elif state == DeliveryState.DEAD and _count_of_dead(session, webhook_id) >= MOST_DEAD:
            values = {"state": WebhookState.PAUSED, "reason": f"There are {MOST_DEAD:,} dead letters"}
        else:
            return False
        session.execute(update(WebhookRecord).where(WebhookRecord.id == webhook_id), values)
        return True

    def _take_up(self, slot: Slot, now: datetime) -> None:
        """Move on in the outbox, writing down what is to be delivered."""
        room = MOST_PENDING - len(slot.lanes)
        try:
            news = read_feed(self.council, slot.place, slot.wanted, room)
        except PositionGone:
            return  # taken back this instant; the next round undoes it
        if news.told:
            # Outside the transaction: what is forced on events is counted in the same notebook.
            rows = [self._taken(slot.webhook.id, told, now) for told in news.told]
            with self.notebook.writing() as session:
                session.add_all(rows)
                place = {"generation": news.next.generation, "position": news.next.position}
                session.execute(update(WebhookRecord).where(WebhookRecord.id == slot.webhook.id), place)
                session.flush()
                taken = [_on_its_way(row) for row in rows]
            for delivery in taken:
                slot.lanes.add(delivery)
        slot.behind = len(news.told) == room
        slot.place = news.next

    def _taken(self, webhook_id: str, told: Told, now: datetime) -> DeliveryRecord:
        treatment = self._treat(self.council.name, told.event)
        return DeliveryRecord(
            webhook=webhook_id,
            generation=told.cursor.generation,
            position=told.cursor.position,
            event=told.cloud_event["id"],
            type=told.event.type,
            subject=told.event.subject,
            state=DeliveryState.PENDING,
            attempts=0,
            copies=treatment.copies,
            next_at=now + timedelta(seconds=treatment.delay_seconds),
        )

    def _undo(self) -> None:
        """Set aside what was to be told of a past that the council was taken back from."""
        end = end_of_feed(self.council).position
        restart = restart_of(self.council)
        open_states = (DeliveryState.PENDING, DeliveryState.DEAD)
        with self.notebook.writing() as session:
            for row in session.scalars(select(DeliveryRecord).where(DeliveryRecord.state.in_(open_states))):
                if not Cursor(row.generation, row.position).still_holds(self.council, end):
                    row.state = DeliveryState.UNDONE
            for webhook in session.scalars(select(WebhookRecord)):
                if not Cursor(webhook.generation, webhook.position).still_holds(self.council, end):
                    webhook.generation, webhook.position = restart.generation, restart.position

    def _listen(self) -> None:
        """Listen to the council while some webhook is to be sent something; else its writes cost nothing."""
        if bool(self._slots) != self._listens:
            self._listens = not self._listens
            mine = [self._heard] if self._listens else []
            # New lists: another thread may be going through the old ones.
            others = [each for each in self.council.listeners if each != self._heard]
            self.council.listeners = others + mine
            others = [each for each in self.council.when_rewound if each != self._heard]
            self.council.when_rewound = others + mine

    def _heard(self) -> None:
        self._news = True
        self._ring()


def _on_its_way(row: DeliveryRecord) -> Delivery:
    return Delivery(
        id=row.id,
        webhook=row.webhook,
        generation=row.generation,
        position=row.position,
        event=row.event,
        subject=row.subject,
        attempts=row.attempts,
        copies=row.copies,
        next_at=row.next_at,
    )


def _attempted(delivery: Delivery, outcome: Outcome, now: datetime) -> dict[str, object]:
    return {
        "webhook": delivery.webhook,
        "delivery": delivery.id,
        "at": now,
        "took_ms": outcome.took_ms,
        "status": outcome.status,
        "answer": outcome.answer,
    }


def _conclude(delivery: Delivery, webhook: WebhookRecord, outcome: Outcome, now: datetime) -> DeliveryState:
    """What becomes of a delivery after an attempt."""
    delivery.attempts += 1
    delivery.next_at = now
    if outcome.arrived:
        delivery.copies -= 1
        if delivery.copies <= 0:
            return DeliveryState.DELIVERED
        delivery.attempts = 0
    elif outcome.gone:
        return DeliveryState.PENDING
    elif delivery.attempts >= webhook.most_attempts:
        return DeliveryState.DEAD
    else:
        wait = wait_after(delivery.attempts, webhook.first_retry_seconds)
        asked = min(outcome.retry_after or 0.0, LONGEST_RETRY_AFTER)
        delivery.next_at = now + timedelta(seconds=max(wait, asked))
    return DeliveryState.PENDING


def _count_of_dead(session: Session, webhook_id: str) -> int:
    return count_by_state(session, webhook_id)[DeliveryState.DEAD]


def _prune(session: Session, webhook_id: str) -> None:
    """Delete the oldest attempts, and the oldest of what was delivered or undone."""
    settled = (DeliveryState.DELIVERED, DeliveryState.UNDONE)
    for table, more in ((AttemptRecord, []), (DeliveryRecord, [DeliveryRecord.state.in_(settled)])):
        mine = (table.webhook == webhook_id, *more)
        oldest = select(table.id).where(*mine).order_by(table.id.desc()).offset(KEPT).limit(1)
        if (bound := session.scalar(oldest)) is not None:
            session.execute(delete(table).where(*mine, table.id <= bound))
