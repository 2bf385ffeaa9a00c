"""What the citizen index is sent and what it answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from service_apis.kit.schemas import Schema, Uprn, VersionedSchema


class ResidentEntry(VersionedSchema):
    """A resident of the council.

    ``ethnic_group`` is one of the nineteen of Census 2021; ``household`` is null in communal
    establishments and where nobody entered one, ``moved_in`` where it is not known.
    """

    id: str
    forename: str
    surname: str
    sex: Literal["F", "M"]
    born: date
    ethnic_group: str
    email: str | None
    mobile: str | None
    uprn: str
    address: str
    postcode: str
    household: str | None
    moved_in: date | None


class HouseholdEntry(Schema):
    """Those who live together, the eldest first."""

    household: str
    uprn: str
    address: str
    members: list[ResidentEntry]


class Move(Schema):
    """A change of address: where to, on which day, and whether all of the household go."""

    uprn: Uprn
    moved_on: date
    whole_household: Annotated[bool, Field(description="False: this resident alone moves.")]


class MoveRecorded(Schema):
    """What was recorded of a move."""

    residents: list[str]
    from_uprn: str
    to_uprn: str
    moved_on: date
    household: str
