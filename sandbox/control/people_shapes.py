"""The shapes of finding people: the traits there are, and those who were found."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from service_apis.kit.schemas import Schema


class TraitShown(Schema):
    """A trait: how it is asked for (``over:YEARS``), what it says, and what it takes, null if nothing.

    ``usual`` is what is meant where the value is left out, null where it must be given; ``of`` says whether
    the trait is a resident's own or that of everybody in a home.
    """

    name: str
    written: str
    sentence: str
    service: str
    of: str
    takes: str | None
    usual: int | str | None


class TraitList(Schema):
    """Every trait that people of the council can be found by."""

    items: list[TraitShown]


class PersonFound(Schema):
    """Somebody who fits: who and where they are, and the references by which each service knows them.

    ``references`` are by service and kind; a kind of which there are none is left out. ``because`` names, for
    each trait asked for, the records that say so.
    """

    resident: str
    name: str
    born: date
    uprn: str
    address: str
    references: dict[str, dict[str, list[str]]]
    because: dict[str, list[str]]


class PeopleFound(Schema):
    """One page of those who fit, by id; ``said`` puts what was asked for, and how many fit, into words."""

    items: list[PersonFound]
    page: int
    per_page: int
    total: int
    said: str


AskedTrait = Annotated[str, Field(min_length=1, max_length=400)]
