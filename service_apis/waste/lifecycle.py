"""What falls due on the rounds, and what a house move means for a home's containers."""

from __future__ import annotations

from typing import Any

from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.events import Event
from service_apis.kit.work import Work
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, MissedCollection, Property

lifecycle = Lifecycle()
lifecycle.resumes("return_visit", MissedCollection, "return_by", rules.CREWS_RETURN, status="reported")
lifecycle.resumes("bulky_visit", BulkyCollection, "collection_date", rules.CREWS_FINISH, status="booked")


@lifecycle.due("return_visit")
def return_to_missed_bin(work: Work, due: Due) -> None:
    """The crew has been back to a missed bin, unless its case ended before."""
    missed = rules.find(work, MissedCollection, due.subject)
    if missed.status == "reported":
        rules.close_missed(work, missed, "collected")


@lifecycle.due("bulky_visit")
def fetch_bulky_things(work: Work, due: Due) -> None:
    """The crew has fetched what was booked for the day, unless it was cancelled."""
    booking = rules.find(work, BulkyCollection, due.subject)
    if booking.status == "booked":
        booking.status = "collected"
        work.record("bulky-collection.collected", booking.reference, uprn=booking.uprn)


@lifecycle.on(*(f"virtual-council.residents.resident.{did}" for did in ("moved", "arrived", "left", "died")))
def follow_a_move(work: Work, event: Event) -> None:
    """Containers change hands at both homes; a move heard twice, or after a later one, changes nothing."""
    move = event.data
    left, reached = (work.session.get(Property, move[which] or "") for which in ("from_uprn", "to_uprn"))
    if left is not None and left.heard < event.position:
        left.heard = event.position
        # A holder who is not matched to the citizen index is known by name alone.
        which = "id" if left.holder_id else "name"
        if (left.holder_id or left.holder_name) in {each[which] for each in move["residents"]}:
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
    until, left.garden_until = left.garden_until, None
    if until is not None and reached is not None and reached.garden_until is None and not reached.shared:
        reached.garden_until = until
        work.record("garden-subscription.moved", left.uprn, holder=left.holder_id, to_uprn=reached.uprn)
    elif until is not None:
        work.record("garden-subscription.ended", left.uprn, holder=left.holder_id)
