"""What the citizen index is sent and what it answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from service_apis.kit.schemas import Day, Schema, Uprn, VersionedSchema

Sex = Literal["F", "M"]
Reason = Literal["moved_away", "died"]
EthnicGroup = Literal[
    "bangladeshi",
    "chinese",
    "indian",
    "other_asian",
    "pakistani",
    "black_african",
    "black_caribbean",
    "other_black",
    "other_mixed",
    "white_and_asian",
    "white_and_black_african",
    "white_and_black_caribbean",
    "other",
    "arab",
    "white_british",
    "gypsy_or_irish_traveller",
    "white_irish",
    "other_white",
    "roma",
    "not_stated",
]
"""The groups of Census 2021, and what is entered for those who did not say."""
PersonalName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\W\d_][^\d_<>]*$"),
]


class ResidentEntry(VersionedSchema):
    """A resident of the council.

    ``ethnic_group`` is one of the nineteen of Census 2021, or ``not_stated``; ``household`` is null in
    communal establishments and where nobody entered one, ``moved_in`` where it is not known.
    """

    id: str
    forename: str
    surname: str
    sex: Sex
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
    moved_on: Day
    whole_household: Annotated[bool, Field(description="False: this resident alone moves.")]


class MoveRecorded(Schema):
    """What was recorded of a move."""

    residents: list[str]
    from_uprn: str
    to_uprn: str
    moved_on: date
    household: str


class NewResident(Schema):
    """Somebody who comes to live in the council's area, as they say who they are."""

    forename: PersonalName
    surname: PersonalName
    sex: Sex
    born: Day
    ethnic_group: EthnicGroup = "not_stated"
    email: Annotated[str | None, Field(max_length=120, pattern=r"^[^@\s]+@[^@\s]+$")] = None
    mobile: Annotated[str | None, Field(max_length=20, pattern=r"^\+?[0-9][0-9 ]{5,18}$")] = None


class Arrival(Schema):
    """A household that has come from elsewhere: where to, on which day, and who they are."""

    uprn: Uprn
    arrived_on: Day
    members: Annotated[list[NewResident], Field(min_length=1, max_length=12)]


class ArrivalRecorded(Schema):
    """What was recorded of an arrival: the new residents' ids, in the order in which they were named."""

    residents: list[str]
    household: str
    uprn: str
    arrived_on: date


class MoveAway(Schema):
    """A departure from the council's area: on which day, and whether all of the household go."""

    left_on: Day
    whole_household: Annotated[bool, Field(description="False: this resident alone leaves.")]


class Death(Schema):
    """The day on which a resident died."""

    died_on: Day


class DepartureEntry(Schema):
    """Somebody who was a resident, and where they lived last."""

    resident_id: str
    name: str
    born: date
    uprn: str
    household: str | None
    reason: Reason
    left_on: date


class DepartureRecorded(Schema):
    """What was recorded of a departure or a death: who has gone, and where they lived last."""

    residents: list[str]
    uprn: str
    left_on: date
    reason: Reason
