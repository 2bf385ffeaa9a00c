"""What the collection service is sent and what it answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from service_apis.kit.schemas import Schema, Uprn, VersionedSchema

MOST_THINGS = 8
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

StreamName = Literal["refuse", "recycling", "food", "garden"]
MissedStatus = Literal["reported", "collected", "not_justified", "withdrawn"]
BulkyStatus = Literal["booked", "collected", "cancelled"]
BulkyThing = Literal[
    "armchair", "bed_base", "bookcase", "cooker", "fridge_or_freezer", "mattress", "sofa", "wardrobe"
]
Things = Annotated[
    list[BulkyThing],
    Field(min_length=1, max_length=MOST_THINGS),
    BeforeValidator(lambda kept: kept.split(",") if isinstance(kept, str) else kept),
]
Weekday = Annotated[
    Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    BeforeValidator(lambda kept: WEEKDAYS[kept] if isinstance(kept, int) else kept),
]


class RoundEntry(Schema):
    """A crew's day. Refuse goes in weeks of the number ``refuse_week``, recycling in the others.

    Tonnes are those of one year.
    """

    reference: str
    weekday: Weekday
    refuse_week: Literal[1, 2]
    homes: int
    refuse_tonnes: float
    recycled_tonnes: float


class Holder(Schema):
    """The resident who answers for a property's containers."""

    id: str
    name: str


class ContainerEntry(Schema):
    """The container for one stream. ``paid_until`` ends a garden subscription and is null for the rest."""

    stream: StreamName
    litres: int
    shared: bool
    paid_until: date | None


class PropertyEntry(Schema):
    """A property, its round, its containers and who holds them.

    ``calendar_url`` is an iCalendar feed. A calendar program that cannot send a header adds
    ``?key=`` and a key that may only read.
    """

    uprn: str
    address: str
    round: RoundEntry
    holder: Holder | None
    containers: list[ContainerEntry]
    calendar_url: str


class CollectionEntry(Schema):
    """One bin emptied on one day; ``moved_for`` names the bank holiday that moved it from its usual day."""

    stream: StreamName
    title: str
    collection_date: date
    usual_date: date
    moved_for: str | None


class PropertyCalendar(Schema):
    """A property's collections from ``first_day`` to ``last_day``, in order."""

    uprn: str
    address: str
    first_day: date
    last_day: date
    collections: list[CollectionEntry]


class MissedReport(Schema):
    """Which bin was missed, and on which day it should have been emptied."""

    uprn: Uprn
    stream: StreamName
    collection_date: date


class BinOfTheDay(MissedReport):
    """A bin whose turn it is on a day; ``missed_collection`` is the case, if it was reported as missed."""

    address: str
    round: str
    missed_collection: str | None


class MissedCollectionEntry(VersionedSchema, MissedReport):
    """A missed bin's case. The crew returns no later than ``return_by``."""

    reference: str
    reported_at: datetime
    return_by: date
    status: MissedStatus


class MissedOutcome(Schema):
    """How a case ended: the crew's finding, or that the reporter takes the report back."""

    status: Literal["collected", "not_justified", "withdrawn"]


class BulkySlot(Schema):
    """A day on which large things are fetched, and how many more bookings it takes."""

    collection_date: date
    capacity: int
    free: int


class BulkySlotList(Schema):
    """The days that can be booked now."""

    items: list[BulkySlot]


class BulkyBooking(Schema):
    """What is to be fetched from where, on which day."""

    uprn: Uprn
    collection_date: date
    things: Things


class BulkyCollectionEntry(VersionedSchema, BulkyBooking):
    """A bulky collection, what it costs and what was given back."""

    reference: str
    charge_pence: int
    refunded_pence: int
    booked_on: date
    status: BulkyStatus
