"""The citizen index over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service_apis.kit.lists import Listing
from service_apis.kit.routes import AskedPage, Routes
from service_apis.kit.schemas import Day, Reference, Uprn
from service_apis.kit.work import Work
from service_apis.residents import rules
from service_apis.residents.models import Departure
from service_apis.residents.schemas import (
    Arrival,
    ArrivalRecorded,
    Death,
    DepartureEntry,
    DepartureRecorded,
    HouseholdEntry,
    Move,
    MoveAway,
    MoveRecorded,
    Reason,
    ResidentEntry,
)

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
    born: Annotated[Day | None, Query(description="Date of birth.")] = None,
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


@routes.post("/arrivals", problems=(rules.UnknownUprn, rules.MoveDateRefused, rules.NotYetBorn))
def record_arrival(work: Work, body: Arrival) -> ArrivalRecorded:
    """Enter a household that has come to live at an address of the council, and give each member an id.

    Other services hear of it as they hear of moves. Whoever lives there already stays, in a household of
    their own.
    """
    arrived = rules.arrive(work, body.uprn, body.arrived_on, body.members)
    return ArrivalRecorded(
        residents=[each.id for each in arrived],
        household=arrived[0].household or "",
        uprn=body.uprn,
        arrived_on=body.arrived_on,
    )


_LEAVING = (rules.NoSuchResident, rules.MoveDateRefused, rules.NotYetBorn)


@routes.post("/residents/{resident_id}/departures", changes=True, problems=_LEAVING)
def record_departure(work: Work, resident_id: Reference, body: MoveAway) -> DepartureRecorded:
    """Record that a resident, or all of their household, has moved out of the council's area."""
    return _left(rules.leave(work, resident_id, body.left_on, "moved_away", body.whole_household))


@routes.post("/residents/{resident_id}/death", changes=True, problems=_LEAVING)
def record_death(work: Work, resident_id: Reference, body: Death) -> DepartureRecorded:
    """Record that a resident has died."""
    return _left(rules.leave(work, resident_id, body.died_on, "died", False))


def _left(gone: list[Departure]) -> DepartureRecorded:
    first = gone[0]
    return DepartureRecorded.model_validate(
        {
            "residents": [each.resident_id for each in gone],
            "uprn": first.uprn,
            "left_on": first.left_on,
            "reason": first.reason,
        }
    )


@routes.get("/departures")
def list_departures(
    work: Work,
    page: AskedPage,
    resident_id: Annotated[Reference | None, Query()] = None,
    uprn: Annotated[Uprn | None, Query(description="Where they lived last.")] = None,
    reason: Annotated[Reason | None, Query()] = None,
) -> Listing[DepartureEntry]:
    """Those who were residents and have moved away or died, with the address where they lived last."""
    return work.list(
        DepartureEntry, rules.departures(resident_id=resident_id, uprn=uprn, reason=reason), page
    )
