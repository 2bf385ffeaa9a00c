"""What a pack says of the rules of its service that have to be reckoned: dates by working days, charges by
number, days of a calendar.

They stand under `rules` in `records.yaml`. Bank holidays and working days are the council's own, as its
control API tells them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """Any object of a rule; a field that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """A rule by its name, the claim that it makes and the requirements that it verifies."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    claim: str = Field(min_length=10)
    verifies: tuple[str, ...] = Field(min_length=1)


class WorkingDaysAfter(Rule):
    """A field of a new record is so many working days after the council's date.

    Where `days` is not the same for all, `told_in` is the field whose text tells it, by the pattern's group.
    It is tried today, on the last working day before a bank holiday and on the bank holiday.
    """

    is_: Literal["working-days-after"] = Field(alias="is")
    making: str
    field: str
    days: int | None = Field(default=None, ge=0, le=400)
    told_in: str | None = None
    pattern: str = r"([0-9]+)"


class ByNumber(Rule):
    """A field of a new record goes by how many `things` are sent: `base` for `base_number` of them, and
    `further` for each one more. `values` are things that can be sent.
    """

    is_: Literal["by-number"] = Field(alias="is")
    making: str
    field: str
    things: str
    values: tuple[Any, ...] = Field(min_length=2)
    base: int
    base_number: int = Field(ge=1)
    further: int


class WorkingDaysListed(Rule):
    """The days of a list are working days, and none that lies between its first and last is missing."""

    is_: Literal["working-days-listed"] = Field(alias="is")
    list: str
    field: str


class RoundsInOrder(Rule):
    """The days of a weekly calendar: rounds keep their order, one weekday's rounds a day, never on a Sunday
    or a bank holiday, and on a Saturday only to catch up. `reason` names the bank holiday of what was moved.
    `every` gives, by the value of the field `of`, after how many days its usual day comes again.
    """

    is_: Literal["rounds-in-order"] = Field(alias="is")
    list: str
    field: str
    usual: str
    reason: str
    of: str = ""
    every: dict[str, int] = Field(default_factory=dict)


class CouncilTime(Rule):
    """A field of a new record is the council's time when it was made, or its date."""

    is_: Literal["council-time"] = Field(alias="is")
    making: str
    field: str


class SameAsFeed(Rule):
    """An iCalendar feed has an event for each entry of a list over the same days, and no other."""

    is_: Literal["same-as-feed"] = Field(alias="is")
    list: str
    field: str
    title: str
    feed: str


AnyRule = Annotated[
    WorkingDaysAfter | ByNumber | WorkingDaysListed | RoundsInOrder | SameAsFeed | CouncilTime,
    Field(discriminator="is_"),
]
KINDS = (
    "working-days-after",
    "by-number",
    "working-days-listed",
    "rounds-in-order",
    "same-as-feed",
    "council-time",
)
"""What the kinds of rule are called, in the field `is`."""
