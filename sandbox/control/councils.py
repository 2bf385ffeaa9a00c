"""What there is: the services of the sandbox, and its councils."""

from __future__ import annotations

from fastapi import APIRouter, Request

from sandbox.control.access import NamedCouncil, refusals
from sandbox.control.shapes import CouncilEntry, CouncilList, ServiceEntry, ServiceList
from sandbox.councils import Councils
from service_apis.kit.council import Council

router = APIRouter()


@router.get("/services", operation_id="list_services")
async def list_services(request: Request) -> ServiceList:
    """Every line of business that this sandbox runs. Needs no key."""
    councils: Councils = request.app.state.councils
    return ServiceList(items=[ServiceEntry.model_validate(each) for each in councils.services.values()])


@router.get("/councils", operation_id="list_councils")
async def list_councils(request: Request) -> CouncilList:
    """Every council of this sandbox, with the addresses of its services. Needs no key."""
    councils: Councils = request.app.state.councils
    return CouncilList(items=[_entry(council, request) for council in councils])


@router.get("/councils/{council}", operation_id="show_council", responses=refusals(404, 422))
async def show_council(request: Request, council: NamedCouncil) -> CouncilEntry:
    """One council of this sandbox. Needs no key."""
    return _entry(council, request)


def _entry(council: Council, request: Request) -> CouncilEntry:
    root = f"{request.url.scheme}://{request.url.netloc}/councils/{council.name}"
    facts = {name: council.facts[name] for name in CouncilEntry.model_fields if name in council.facts}
    addresses = {slug: f"{root}/{service.url_name}" for slug, service in council.services.items()}
    return CouncilEntry.model_validate({**facts, "now": council.clock.now, "services": addresses})
