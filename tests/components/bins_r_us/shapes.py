"""What the slot is sent and what it answers: the contract that the council publishes for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Generic, Literal, TypeVar

from defects import broken
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WrapValidator

T = TypeVar("T")
Uprn = Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
Reference = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


def _rolled_over(sent: Any) -> Any:
    """A day that does not exist as the days after its month's end, as some languages' dates have it."""
    parts = str(sent).split("-")
    if broken("impossible-date-accepted") and len(parts) == 3 and all(part.isdigit() for part in parts):
        year, month, day = map(int, parts)
        return date(year, month, 1) + timedelta(days=day - 1)
    return sent


Day = Annotated[date, BeforeValidator(_rolled_over)]


def _any_word(sent: Any, checked: Callable[[Any], Any]) -> Any:
    return sent if broken("unknown-stream-accepted") else checked(sent)


Stream = Annotated[Literal["refuse", "recycling", "food", "garden"], WrapValidator(_any_word)]
MissedStatus = Literal["reported", "collected", "not_justified", "withdrawn"]
BulkyStatus = Literal["booked", "collected", "cancelled"]
Thing = Literal["armchair", "bed", "bookcase", "cooker", "fridge", "mattress", "sofa", "wardrobe"]
Things = Annotated[list[Thing], Field(min_length=1, max_length=8)]


class Sent(BaseModel):
    """A body that comes in; a member that is not known is a mistake of the sender's."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What is answered; of a row only what the contract names. An answer has no other member."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})


class MissedReport(Sent):
    """Which bin was missed, and on which day it should have been emptied."""

    uprn: Uprn
    stream: Stream
    collection_date: Day


class Outcome(Sent):
    """How a case ended: the crew's finding, or that the reporter takes the report back."""

    status: Literal["collected", "not_justified", "withdrawn"]


class BulkyBooking(Sent):
    """What is to be fetched from where, on which day."""

    uprn: Uprn
    collection_date: Day
    things: Things


class RoundEntry(Shown):
    """A crew's day. Refuse goes in every other week, recycling in those between. Tonnes are a year's."""

    reference: str
    weekday: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    refuse_week: Literal[1, 2]
    homes: int
    refuse_tonnes: float
    recycled_tonnes: float


class ContainerEntry(Shown):
    """The container for one stream: a home's own, or shared by a building."""

    stream: Stream
    litres: int
    shared: bool


class PropertyEntry(Shown):
    """A home, its round, and who holds its containers; a garden subscription ends after ``garden_until``."""

    uprn: str
    address: str
    round: RoundEntry
    holder_id: str | None
    holder_name: str | None
    containers: list[ContainerEntry]
    garden_until: date | None
    calendar_url: str


class CollectionEntry(Shown):
    """One bin emptied on one day; ``moved_for`` names the bank holiday that moved it from its usual day."""

    stream: Stream
    title: str
    collection_date: date
    usual_date: date
    moved_for: str | None


class PropertyCalendar(Shown):
    """A home's collections over a period, in order."""

    uprn: str
    address: str
    collections: list[CollectionEntry]


class BinOfTheDay(Shown):
    """A bin whose turn it is on a day; ``missed_collection`` is the case, if it was reported as missed."""

    uprn: Uprn
    stream: Stream
    collection_date: date
    address: str
    round: str
    missed_collection: str | None


class MissedEntry(Shown):
    """A missed bin's case. The crew returns no later than ``return_by``."""

    uprn: Uprn
    stream: Stream
    collection_date: date
    version: int
    reference: str
    reported_at: datetime
    return_by: date
    status: MissedStatus


class BulkySlot(Shown):
    """A day on which large things are fetched, and how many more bookings it takes."""

    collection_date: date
    capacity: int
    free: int


class BulkySlotList(Shown):
    """The days that can be booked now."""

    items: list[BulkySlot]


class BulkyEntry(Shown):
    """A bulky collection, what it costs and what was given back."""

    uprn: Uprn
    collection_date: date
    things: Things
    version: int
    reference: str
    charge_pence: int
    refunded_pence: int
    booked_on: date
    status: BulkyStatus


class Listing(Shown, Generic[T]):
    """One page of a list. ``total`` counts the records on all pages."""

    items: list[T]
    page: int
    per_page: int
    total: int
