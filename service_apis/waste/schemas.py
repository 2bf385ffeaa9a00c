"""What the collection service is sent and what it answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from service_apis.kit.schemas import Day, Schema, Uprn, VersionedSchema

StreamName = Literal["refuse", "recycling", "food", "garden"]
MissedStatus = Literal["reported", "collected", "not_justified", "withdrawn"]
BulkyStatus = Literal["booked", "collected", "cancelled"]
BulkyThing = Literal["armchair", "bed", "bookcase", "cooker", "fridge", "mattress", "sofa", "wardrobe"]
Things = Annotated[list[BulkyThing], Field(min_length=1, max_length=8)]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


class RoundEntry(Schema):
    """A crew's day. Refuse goes in every other week, recycling in those between. Tonnes are a year's."""

    reference: str
    weekday: Weekday
    refuse_week: Literal[1, 2]
    homes: int
    refuse_tonnes: float
    recycled_tonnes: float


class ContainerEntry(Schema):
    """The container for one stream: a home's own, or shared by a building."""

    stream: StreamName
    litres: int
    shared: bool


class PropertyEntry(Schema):
    """A property, its round, and who holds its containers; ``garden_until`` ends a garden subscription."""

    uprn: str
    address: str
    round: RoundEntry
    holder_id: str | None
    holder_name: str | None
    containers: list[ContainerEntry]
    garden_until: date | None
    calendar_url: str


class CollectionEntry(Schema):
    """One bin emptied on one day; ``moved_for`` names the bank holiday that moved it from its usual day."""

    stream: StreamName
    title: str
    collection_date: date
    usual_date: date
    moved_for: str | None


class PropertyCalendar(Schema):
    """A property's collections over the period asked for, in order."""

    uprn: str
    address: str
    collections: list[CollectionEntry]


class MissedReport(Schema):
    """Which bin was missed, and on which day it should have been emptied."""

    uprn: Uprn
    stream: StreamName
    collection_date: Day


class BinOfTheDay(MissedReport):
    """A bin whose turn it is on a day; ``missed_collection`` is the case, if it was reported as missed."""

    address: str
    round: str
    missed_collection: str | None


class MissedEntry(VersionedSchema, MissedReport):
    """A missed bin's case. The crew returns no later than ``return_by``."""

    reference: str
    reported_at: datetime
    return_by: date
    status: MissedStatus


class Outcome(Schema):
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
    collection_date: Day
    things: Things


class BulkyEntry(VersionedSchema, BulkyBooking):
    """A bulky collection, what it costs and what was given back."""

    reference: str
    things: Annotated[Things, BeforeValidator(lambda kept: kept.split(","))]
    charge_pence: int
    refunded_pence: int
    booked_on: date
    status: BulkyStatus
