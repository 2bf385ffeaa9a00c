"""What falls due on the rounds, and what a house move means for a home's containers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.events import Event
from service_apis.kit.work import Work
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, Container, MissedCollection, Property

lifecycle = Lifecycle()


@lifecycle.due("return_visits")
def return_to_missed_bins(work: Work, due: Due) -> None:
    """The crews have been to every bin whose two working days end on the day."""
    today = MissedCollection.return_by == date.fromisoformat(due.subject)
    for missed in work.session.scalars(select(MissedCollection).where(today)).all():
        if missed.status == "reported":
            rules.close_missed(work, missed, rules.finding_on_return(missed.reference))


@lifecycle.due("bulky_round")
def fetch_bulky_things(work: Work, due: Due) -> None:
    """The crew has made all the bulky collections of the day."""
    today = BulkyCollection.collection_date == date.fromisoformat(due.subject)
    for booking in work.session.scalars(select(BulkyCollection).where(today)).all():
        if booking.status == "booked":
            booking.status = "collected"
            work.record("bulky-collection.collected", booking.reference, uprn=booking.uprn)


@lifecycle.on("virtual-council.residents.resident.moved")
def follow_a_move(work: Work, event: Event) -> None:
    """The containers left behind lose their holder, those at the new home get one.

    An event may be heard twice: one that an address has acted on, or that is older than the last
    it acted on, changes nothing there.
    """
    move = event.data
    left, reached = (work.session.get(Property, move[each]) for each in ("from_uprn", "to_uprn"))
    if left is not None and left.heard < event.position:
        left.heard = event.position
        if left.holder_id in {each["id"] for each in move["residents"]}:
            _take_garden_subscription(work, left, reached)
            _hand_over(work, left, None)
    if reached is not None and reached.heard < event.position:
        reached.heard = event.position
        holder = next((each for each in move["residents"] if each["adult"]), None)
        if holder and (reached.holder_id is None or move["adults_there_already"] == 0):
            _hand_over(work, reached, holder)


def _hand_over(work: Work, home: Property, holder: dict[str, Any] | None) -> None:
    before = home.holder_id
    home.holder_id, home.holder_name = (holder["id"], holder["name"]) if holder else (None, None)
    work.record("container-holder.changed", home.uprn, holder_before=before, holder=home.holder_id)


def _take_garden_subscription(work: Work, left: Property, reached: Property | None) -> None:
    """A garden subscription goes with its holder, or ends where the new home has one already."""
    garden = work.session.get(Container, (left.uprn, "garden"))
    if garden is None:
        return
    if reached is None or work.session.get(Container, (reached.uprn, "garden")) is not None:
        work.session.delete(garden)
        work.record("garden-subscription.ended", left.uprn, holder=left.holder_id)
    else:
        garden.uprn = reached.uprn
        work.record("garden-subscription.moved", left.uprn, holder=left.holder_id, to_uprn=reached.uprn)
