"""The results of journeys, told by whoever ran them and shown on the console."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil
from sandbox.control.shapes import JourneyShown, JourneyTold
from sandbox.journeys import JourneyResult, keep, last_results
from service_apis.kit.schemas import Schema

router = APIRouter()


class JourneyResults(Schema):
    """Results of journeys on one council."""

    items: Annotated[list[JourneyTold], Field(max_length=500)]


class JourneyList(Schema):
    """Each journey's last result on one council."""

    items: list[JourneyShown]


@router.get("/councils/{council}/journeys", operation_id="list_journey_results", responses=READ)
async def list_journey_results(council: NamedCouncil, caller: ControlCaller) -> JourneyList:
    """Each journey's last result on this council."""
    return JourneyList(items=[JourneyShown.model_validate(each) for each in last_results(council)])


@router.post(
    "/councils/{council}/journeys", operation_id="tell_journey_results", responses=WRITE, status_code=201
)
async def tell_journey_results(
    council: NamedCouncil, told: JourneyResults, caller: ControlCaller
) -> JourneyList:
    """Tell what journeys came to; each takes the place of that journey's last result."""
    results = [JourneyResult(**each.model_dump(), at=council.clock.now) for each in told.items]
    async with council.turn():
        keep(council, results)
    return JourneyList(items=[JourneyShown.model_validate(each) for each in last_results(council)])
