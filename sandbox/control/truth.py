"""The truth about a council's records: whom each stands for, and which faults it was given."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Select, select

from sandbox.control.access import READ, ControlCaller, NamedCouncil
from sandbox.control.shapes import TruthFaultShown, TruthShown
from service_apis.kit.council import Council
from service_apis.kit.lists import MAX_PER_PAGE, Listing, Page, links
from service_apis.kit.problems import NotFound, Unprocessable
from service_apis.kit.records import Truth, TruthFault
from service_apis.kit.schemas import Schema

router = APIRouter()
S = TypeVar("S", bound=Schema)
LAST_PAGE = 10**9

OfService = Annotated[
    str | None, Query(max_length=60, description="Only records of this service, as it stands in addresses.")
]
OfPerson = Annotated[
    str | None, Query(max_length=9, description="Only records that stand for this person, such as R00000001.")
]
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE, description="Which page, from 1.")]
PerPage = Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="Records on a page.")]


class NoTruthKept(NotFound):
    """The council was built by a version that kept no truth. Build another to have it."""


class NoRecordsOf(Unprocessable):
    """The council has no service of that name. The detail lists those it has."""


@router.get("/councils/{council}/truth", operation_id="list_truth", responses=READ)
async def list_truth(
    request: Request,
    response: Response,
    council: NamedCouncil,
    caller: ControlCaller,
    service: OfService = None,
    person: OfPerson = None,
    page: PageNumber = 1,
    per_page: PerPage = 50,
) -> Listing[TruthShown]:
    """Whom each record stood for when the council was built: records of one person are the same person's.

    ``person`` is null where that is nobody who lives in the town, such as an owner from elsewhere. Records
    that were made since are not listed.
    """
    rows = select(Truth.__table__).order_by(Truth.service, Truth.record)
    if person is not None:
        rows = rows.where(Truth.person == person)
    if service is not None:
        rows = rows.where(Truth.service == _known(council, service))
    return _listed(council, TruthShown, rows, Page(page=page, per_page=per_page), request, response)


@router.get("/councils/{council}/truth/faults", operation_id="list_truth_faults", responses=READ)
async def list_truth_faults(
    request: Request,
    response: Response,
    council: NamedCouncil,
    caller: ControlCaller,
    service: OfService = None,
    person: OfPerson = None,
    page: PageNumber = 1,
    per_page: PerPage = 50,
) -> Listing[TruthFaultShown]:
    """The faults that records were given when the council was built, and what the clean value was."""
    is_its = (Truth.service == TruthFault.service) & (Truth.record == TruthFault.record)
    rows = select(TruthFault.__table__, Truth.person).join(Truth, is_its).order_by(TruthFault.id)
    if person is not None:
        rows = rows.where(Truth.person == person)
    if service is not None:
        rows = rows.where(TruthFault.service == _known(council, service))
    return _listed(council, TruthFaultShown, rows, Page(page=page, per_page=per_page), request, response)


def _known(council: Council, service: str) -> str:
    names = sorted(each.url_name for each in council.services.values())
    if service not in names:
        raise NoRecordsOf(f"{council.name} has no service called {service}; it has: {', '.join(names)}")
    return service


def _listed(
    council: Council,
    shape: type[S],
    rows: Select[tuple[Any, ...]],
    page: Page,
    request: Request,
    response: Response,
) -> Listing[S]:
    if "mess" not in council.facts:
        raise NoTruthKept(f"{council.name} was built by a version that kept no truth; build it again")
    with council.reading("sandbox") as work:
        listing = work.list(shape, rows, page)
    address = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    response.headers["Link"] = links(listing, address, request.query_params.multi_items())
    return listing
