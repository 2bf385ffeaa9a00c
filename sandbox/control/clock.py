"""A council's clock: read it, advance it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil
from sandbox.control.shapes import Advance, Advanced, ClockShown, HappeningShown
from service_apis.kit.council import Council

router = APIRouter()
MOST_SHOWN = 1000


@router.get("/councils/{council}/clock", operation_id="read_clock", responses=READ)
async def read_clock(council: NamedCouncil, caller: ControlCaller) -> ClockShown:
    """What the council's clock shows, and when the next thing falls due."""
    return ClockShown(
        now=council.clock.now, today=council.clock.today, frozen=True, next_due=council.next_due()
    )


@router.post("/councils/{council}/clock", operation_id="advance_clock", responses=WRITE)
async def advance_clock(council: NamedCouncil, advance: Advance, caller: ControlCaller) -> Advanced:
    """Advance the council's clock, working through everything that falls due, in order."""
    async with council.turn():
        was = council.clock.now
        # In a thread of its own: a year of due things must not hold up everybody's reads.
        happened = await asyncio.to_thread(council.advance, _target(council, advance))
    return Advanced(
        was=was,
        now=council.clock.now,
        today=council.clock.today,
        happened=[HappeningShown.model_validate(each) for each in happened[:MOST_SHOWN]],
        happened_in_all=len(happened),
    )


def _target(council: Council, advance: Advance) -> datetime:
    if advance.to is not None:
        return advance.to.astimezone(UTC)
    if advance.by is not None:
        return council.clock.now + advance.by
    return max(council.next_due() or council.clock.now, council.clock.now)
