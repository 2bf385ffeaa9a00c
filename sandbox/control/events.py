"""A council's events: a feed that can be read from any place in it, and a stream that goes on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from sandbox import machine
from sandbox.control.access import READ, ControlCaller, NamedCouncil, refusals
from sandbox.control.shapes import EventFeed, EventShown
from sandbox.posting.bell import Bells
from sandbox.posting.feed import CURSOR, TYPE_PATTERN, Cursor, News, Wanted, read_feed
from sandbox.posting.stream import MOST_STREAMS, Stream, TooManyStreams, announced
from sandbox.streaming import rung_within
from service_apis.kit.council import Council

router = APIRouter()
LONGEST_WAIT_SECONDS = 30
LONGEST_STREAM_SECONDS = 86_400

After = Annotated[
    str,
    Query(pattern=CURSOR, description="Where to start after: `next` of an earlier answer, or a position."),
]
Subject = Annotated[str | None, Query(max_length=120, description="Only events on this subject.")]
Type = Annotated[
    str | None,
    Query(
        max_length=120,
        pattern=TYPE_PATTERN,
        description="Only events of this type; `*` stands for any characters: `virtual-council.waste.*`.",
    ),
]


Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Wait = Annotated[
    float, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait for one, if there is none.")
]


@router.get("/councils/{council}/events", operation_id="list_events", responses=READ | refusals(410))
async def list_events(
    request: Request,
    council: NamedCouncil,
    caller: ControlCaller,
    after: After = "0",
    subject: Subject = None,
    type: Type = None,
    limit: Limit = 50,
    wait: Wait = 0,
) -> EventFeed:
    """The council's events after a place in the feed, oldest first, as CloudEvents.

    Positions are counted from 1 in the order of the changes, without gaps, and do not move. Keep `next` and
    send it as `after`: it also says which past was seen, so that a council that was reset or restored in
    between answers 410 and names where to read on, and never tells of an undone event as if it stood.
    """
    return await fed(request.app.state.bells, council, after, wanted(type, subject), limit, wait)


async def fed(
    bells: Bells, council: Council, after: str, asked: Wanted, limit: int, wait: float
) -> EventFeed:
    """The council's events after a cursor, waited for where there are none. Raises PositionGone."""
    news = read_feed(council, Cursor.read(after, council), asked, limit)
    if not news.told and wait:
        news = await _awaited(council, bells, news, asked, limit, wait)
    items = [EventShown.model_validate(told.cloud_event) for told in news.told]
    return EventFeed(items=items, next=str(news.next))


async def _awaited(
    council: Council, bells: Bells, news: News, wanted: Wanted, limit: int, seconds: float
) -> News:
    """What comes within some seconds; nothing, if nothing does."""
    bell = bells.of(council)
    ends = machine.seconds() + seconds
    while not bell.closed and (left := ends - machine.seconds()) > 0:
        with bell.heard() as rung:
            news = read_feed(council, news.next, wanted, limit)
            if news.told:
                break
            await rung_within(rung, left)
    return news


@router.get(
    "/councils/{council}/events/stream",
    operation_id="stream_events",
    response_class=StreamingResponse,
    responses=READ
    | refusals(410, 503)
    | {
        200: {
            "description": "Events as they happen, one CloudEvent in each `data`, until the caller leaves.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def stream_events(
    request: Request,
    council: NamedCouncil,
    caller: ControlCaller,
    after: Annotated[
        str | None,
        Query(pattern=CURSOR, description="Where to start after; without it, with what happens from now on."),
    ] = None,
    last_event_id: Annotated[
        str | None, Header(pattern=CURSOR, description="The `id` of the last event that was received.")
    ] = None,
    subject: Subject = None,
    type: Type = None,
    seconds: Annotated[
        float, Query(ge=0, le=LONGEST_STREAM_SECONDS, description="After how many seconds to end the stream.")
    ] = LONGEST_STREAM_SECONDS,
) -> StreamingResponse:
    """The council's events as they happen: Server-Sent Events, each with its cursor as `id`.

    Who was cut off sends the last `id` as `Last-Event-ID` and misses nothing. A comment comes every 15
    seconds when nothing else does. When the council is reset or restored, an event called `rewound` says
    from where on what was told no longer stands.
    """
    bells: Bells = request.app.state.bells
    if bells.streams >= MOST_STREAMS:
        raise TooManyStreams(
            f"There are {MOST_STREAMS} streams already, the most there can be; end one first"
        )
    start = announced(council, last_event_id or after)
    return Stream(council, bells, start, wanted(type, subject), seconds)


def wanted(type: str | None, subject: str | None) -> Wanted:
    """Which events are asked for."""
    return Wanted([type] if type else [], [subject] if subject is not None else [])
