"""The citizen index over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query

from service_apis.kit.lists import Listing
from service_apis.kit.routes import AskedPage, Routes
from service_apis.kit.schemas import Reference, Uprn
from service_apis.kit.work import Work
from service_apis.residents import rules
from service_apis.residents.schemas import HouseholdEntry, Move, MoveRecorded, ResidentEntry

routes = Routes("residents")

Name = Annotated[
    str | None,
    Query(max_length=80, pattern=r"\w", description="Names, or their beginnings, in any order."),
]
Postcode = Annotated[str | None, Query(max_length=10, description="A postcode, spaced or not.")]


@routes.get("/residents")
def list_residents(
    work: Work,
    page: AskedPage,
    name: Name = None,
    born: Annotated[date | None, Query(description="Date of birth.")] = None,
    postcode: Postcode = None,
    uprn: Annotated[Uprn | None, Query()] = None,
) -> Listing[ResidentEntry]:
    """Residents by name, date of birth, postcode or UPRN."""
    return work.list(
        ResidentEntry, rules.find_residents(name=name, born=born, postcode=postcode, uprn=uprn), page
    )


@routes.get("/residents/{resident_id}", problems=(rules.NoSuchResident,))
def show_resident(work: Work, resident_id: Reference) -> ResidentEntry:
    """One resident by id."""
    return work.show(ResidentEntry, rules.find_resident(work, resident_id))


@routes.get("/residents/{resident_id}/household", problems=(rules.NoSuchResident, rules.NoHousehold))
def show_household(work: Work, resident_id: Reference) -> HouseholdEntry:
    """Everybody in the resident's household, the eldest first."""
    members = [ResidentEntry.model_validate(row) for row in rules.household_of(work, resident_id)]
    first = members[0]
    return HouseholdEntry(
        household=first.household or "", uprn=first.uprn, address=first.address, members=members
    )


@routes.post(
    "/residents/{resident_id}/moves",
    changes=True,
    problems=(
        rules.NoSuchResident,
        rules.UnknownUprn,
        rules.MoveDateRefused,
        rules.AlreadyLivesThere,
    ),
)
def move_resident(work: Work, resident_id: Reference, body: Move) -> MoveRecorded:
    """Record that a resident, or all of their household, has moved to another address of the council.

    Other services hear of it: council tax closes and opens accounts, waste moves the containers' owner.
    """
    moved, left = rules.move(work, resident_id, body.uprn, body.moved_on, body.whole_household)
    return MoveRecorded(
        residents=[each.id for each in moved],
        from_uprn=left,
        to_uprn=body.uprn,
        moved_on=body.moved_on,
        household=moved[0].household or "",
    )
