"""The shapes of slots: who fills them, how they are to be filled, and their history."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from sandbox.components.tables import LONGEST_NAME
from sandbox.control.components_shapes import NAME_PATTERN
from service_apis.kit.schemas import Schema

By = Annotated[str, Field(min_length=1, max_length=120, description="Who does it.")]
Why = Annotated[str, Field(max_length=500, description="Why it is done; it stands in the history.")]


class SharedWith(Schema):
    """Whose calls the component answers: of a percentage of homes, and of those that are named."""

    percent: Annotated[int, Field(ge=0, le=100)] = 0
    homes: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    residents: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    wards: Annotated[tuple[str, ...], Field(max_length=100)] = ()


class FillingWanted(Schema):
    """How a component is to fill a slot from now on, or only the operations that are named."""

    component: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NAME_PATTERN)]
    mode: Literal["shadow", "share", "live"]
    operations: Annotated[list[str], Field(max_length=200)] | None = None
    share: SharedWith | None = None
    fallback: bool = False
    seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    by: By = "somebody"
    why: Why = ""


class GivingBack(Schema):
    """By whom a slot is given back to the stub, and why."""

    by: By = "somebody"
    why: Why = ""


class FillingShown(Schema):
    """How a slot, or the operation that is named, is filled by a component."""

    operation: str | None
    component: str
    mode: Literal["shadow", "share", "live"]
    share: SharedWith | None
    fallback: bool
    seconds: float
    since: AwareDatetime


class SlotShown(Schema):
    """A slot: its slug and title, and who fills it. Where nobody is named, our stub answers."""

    slot: str
    title: str
    fillings: list[FillingShown]


class SlotList(Schema):
    """The slots of a council."""

    items: list[SlotShown]


class ChangeShown(Schema):
    """One thing that was done to a slot, or befell it."""

    number: int
    at: AwareDatetime
    council_time: AwareDatetime
    slot: str
    component: str | None
    what: str
    by: str
    why: str
    overriding: str | None


class ChangeList(Schema):
    """The history of a council's slots, the first thing first."""

    items: list[ChangeShown]
