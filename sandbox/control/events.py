"""A council's events, as a feed that can be read from any position."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from sandbox.control.access import READ, ControlCaller, NamedCouncil
from sandbox.control.shapes import EventFeed, EventShown
from service_apis.kit.events import Event
from service_apis.kit.records import EventRecord

router = APIRouter()
LARGEST_POSITION = 2**62


@router.get("/councils/{council}/events", operation_id="list_events", responses=READ)
async def list_events(
    council: NamedCouncil,
    caller: ControlCaller,
    after: Annotated[int, Query(ge=0, le=LARGEST_POSITION, description="The position to start after.")] = 0,
    subject: Annotated[str | None, Query(max_length=120, description="Only events on this subject.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
) -> EventFeed:
    """The council's events after a position, oldest first, as CloudEvents."""
    wanted = select(EventRecord).where(EventRecord.position > after)
    if subject is not None:
        wanted = wanted.where(EventRecord.subject == subject)
    with council.reading("sandbox") as work:
        records = work.session.scalars(wanted.order_by(EventRecord.position).limit(limit)).all()
        items = [EventShown.model_validate(Event.of(each).as_cloud_event(council.name)) for each in records]
    return EventFeed(items=items, next=items[-1].position if items else after)
