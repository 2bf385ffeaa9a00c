"""A council's clock: read it, advance it, let it run and freeze it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select

from sandbox.components.passage import Filling
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.clock_shapes import (
    FARTHEST,
    Advance,
    Advanced,
    ClockShown,
    DayCount,
    HappeningShown,
    KindCount,
    Run,
)
from sandbox.running_clock import RunningClocks
from service_apis.kit.advancing import ClockGoesForward, Happening
from service_apis.kit.clock import LAST_INSTANT, LONDON, Clock, at
from service_apis.kit.council import Council
from service_apis.kit.problems import Conflict, Unprocessable
from service_apis.kit.records import DueEntry
from service_apis.kit.working_days import add_working_days

router = APIRouter()
MOST_SHOWN, COMING_SHOWN = 1000, 10


class TooFarAhead(Unprocessable):
    """A clock is advanced by ten years at most at a time, and no farther than to the end of 2099."""


class NothingOfThatKind(Unprocessable):
    """No such kind of thing ever falls due in this council. The detail lists the kinds that do."""


class NothingDue(Conflict):
    """Nothing of that kind is on the council's agenda now. Reading the clock shows what comes next."""


def _running_clocks(request: Request) -> RunningClocks:
    clocks: RunningClocks = request.app.state.running_clocks
    return clocks


Clocks = Annotated[RunningClocks, Depends(_running_clocks)]


@router.get("/councils/{council}/clock", operation_id="read_clock", responses=READ)
async def read_clock(council: NamedCouncil, caller: ControlCaller, clocks: Clocks) -> ClockShown:
    """What the council's clock shows, whether it runs, and the next things that fall due."""
    return _shown(council, clocks)


@router.post("/councils/{council}/clock", operation_id="advance_clock", responses={**WRITE, **refusals(409)})
async def advance_clock(
    request: Request, council: NamedCouncil, advance: Advance, caller: ControlCaller
) -> Advanced:
    """Advance the council's clock, working through everything that falls due, in order."""
    # Whoever asked may hang up; the turn is kept until the thread that writes has come to its end.
    filling: Filling = request.app.state.filling
    await filling.catch_up(council)
    advanced = await asyncio.shield(asyncio.create_task(_advanced(council, advance)))
    await filling.keep_up(council)
    return advanced


async def _advanced(council: Council, advance: Advance) -> Advanced:
    async with council.turn():
        was = council.clock.now
        wanted = _kind_wanted(council, advance)
        target = _target(council, advance)
        # In a thread of its own: a year of due things must not hold up everybody's reads.
        happened = await asyncio.to_thread(council.advance, target, wanted)
        reached = council.kept
    return _told(was, reached, happened)


@router.post("/councils/{council}/clock/run", operation_id="run_clock", responses=WRITE)
async def run_clock(council: NamedCouncil, run: Run, caller: ControlCaller, clocks: Clocks) -> ClockShown:
    """Let the clock run: so many seconds of council time in one second, while the sandbox serves.

    What falls due on the way is worked through, in turns with those who write. It runs on after a restart,
    from where it stood; a reset or a restore freezes it.
    """
    async with council.turn():
        clocks.run(council, run.speed)
    return _shown(council, clocks)


@router.post("/councils/{council}/clock/freeze", operation_id="freeze_clock", responses=READ)
async def freeze_clock(council: NamedCouncil, caller: ControlCaller, clocks: Clocks) -> ClockShown:
    """Let the clock stand still. Frozen already, it stays so."""
    async with council.turn():
        await clocks.freeze(council)
    return _shown(council, clocks)


def _shown(council: Council, clocks: RunningClocks) -> ClockShown:
    table = DueEntry.__table__.c
    coming = select(table.at, table.service, table.kind, table.subject).order_by(table.at, table.id)
    clock = council.clock
    with council.reading("clock") as work:
        entries = [
            HappeningShown.model_validate(each) for each in work.execute(coming.limit(COMING_SHOWN)).all()
        ]
    return ClockShown(
        now=clock.now,
        today=clock.today,
        frozen=council.pace is None,
        speed=clocks.speed_of(council),
        next_due=entries[0].at if entries else None,
        coming=entries,
    )


def _target(council: Council, advance: Advance) -> datetime:
    """The instant to advance to. Raises ClockGoesForward, TooFarAhead or NothingDue."""
    now = council.clock.now
    if advance.to is not None:
        target = advance.to.astimezone(UTC)
        if target < now:
            raise ClockGoesForward(
                f"It is {now.isoformat()} in {council.name}; it cannot be taken back to "
                f"{target.isoformat()}. Name a later instant."
            )
    elif advance.by is not None:
        target = now + advance.by
    elif advance.by_working_days is not None:
        # The same time of day by London's clocks, whatever summer time does on the way.
        here = now.astimezone(LONDON)
        target = at(add_working_days(here.date(), advance.by_working_days), here.time())
    else:
        target = max(_next_due(council, advance), now)
    if target > min(now + FARTHEST, LAST_INSTANT):
        raise TooFarAhead(
            f"{target.isoformat()} is too far ahead of {now.isoformat()}: at most ten years at a time, and "
            f"not beyond {LAST_INSTANT.date()}"
        )
    return target


def _next_due(council: Council, advance: Advance) -> datetime:
    table = DueEntry.__table__.c
    query = select(table.at).order_by(table.at, table.id).limit(1)
    if advance.service is not None:
        query = query.where(table.service == _slug(advance.service))
    if advance.kind is not None:
        query = query.where(table.kind == _slug(advance.kind))
    with council.reading("clock") as work:
        due: datetime | None = work.execute(query).scalar()
    if due is None:
        what = " ".join(each for each in (advance.service, advance.kind) if each) or "whatever kind"
        raise NothingDue(f"Nothing of {what} is on the agenda of {council.name}; advance to another time")
    return due


def _kind_wanted(council: Council, advance: Advance) -> Callable[[Happening], bool] | None:
    """Whether a happening is what is to be advanced to. Raises NothingOfThatKind for what can be none."""
    if advance.service is None and advance.kind is None:
        return None
    service, kind = _slug(advance.service), _slug(advance.kind)
    known = [
        (slug, each) for slug, lifecycle in council.lifecycles.items() for each in lifecycle.due_handlers
    ]
    if not any(service in (None, slug) and kind in (None, each) for slug, each in known):
        there = ", ".join(f"{slug} {each}" for slug, each in sorted(known))
        asked = " ".join(each for each in (advance.service, advance.kind) if each)
        raise NothingOfThatKind(f"Nothing of {asked} ever falls due in {council.name}; there are: {there}")
    return lambda each: service in (None, each.service) and kind in (None, each.kind)


def _slug(name: str | None) -> str | None:
    return None if name is None else name.replace("-", "_")


def _told(was: datetime, reached: Clock, happened: Sequence[Happening]) -> Advanced:
    days = Counter((Clock(each.at).today, each.service, each.kind) for each in happened)
    return Advanced(
        was=was,
        now=reached.now,
        today=reached.today,
        happened=[HappeningShown.model_validate(each) for each in happened[:MOST_SHOWN]],
        happened_in_all=len(happened),
        by_kind=_by_kind(happened),
        by_day=[
            DayCount(day=day, service=service, kind=kind, count=count)
            for (day, service, kind), count in list(days.items())[:MOST_SHOWN]
        ],
        days_in_all=len(days),
    )


def _by_kind(happened: Sequence[Happening]) -> list[KindCount]:
    counts = Counter((each.service, each.kind) for each in happened)
    last = {(each.service, each.kind): each.at for each in happened}
    first = {(each.service, each.kind): each.at for each in reversed(happened)}
    return [
        KindCount(service=kind[0], kind=kind[1], count=count, first=first[kind], last=last[kind])
        for kind, count in counts.most_common()
    ]
