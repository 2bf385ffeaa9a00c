"""The operations of the slot, under the paths and names that the council publishes."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

import jobs
import lists
import shapes
from counter import Call, Route
from defects import broken
from fastapi import APIRouter, Header, Query, Response
from feed import calendar_feed
from refusals import PROBLEM, SCHEMA
from rounds import DAY

DAYS_SHOWN, FEED_BACK, FEED_AHEAD = 56, 28 * DAY, 380 * DAY
MEANINGS = {
    400: "Not JSON",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    412: "Stale version",
    413: "Body too large",
    415: "Media type not supported",
    422: "Unprocessable",
    429: "Too many requests: a sandbox in between was told to say so",
    503: "Unavailable: the council does not answer this program",
}
WRITES = (400, 413, 415)

Start = Annotated[date | None, Query(alias="from", description="The first day; today if not given.")]
End = Annotated[date | None, Query(alias="to", description="The last day.")]
On = Annotated[shapes.Day | None, Query(description="A day of collection.")]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Which page, from 1.")]
PageSize = Annotated[int, Query(ge=1, le=200, description="Records on a page.")]
IfMatch = Annotated[
    str | None, Header(max_length=255, description="The ETag that the change is meant for; 412 if it is old.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(max_length=255, description="Names this request: sent again, it gets the first answer."),
]
KeyInAddress = Annotated[
    str | None, Query(max_length=200, description="The key, for a program that cannot send a header.")
]

# Journeys know an operation by its id, which is its function's name.
operations = APIRouter(route_class=Route, generate_unique_id_function=lambda route: route.name)


def _says(shape: Any, *others: int, status: int = 200) -> dict[str, Any]:
    """What OpenAPI tells of an operation: the shape of its answer, and with what it can be refused."""
    told: dict[int, dict[str, Any]] = {}
    for each in (401, 403, 404, 422, 429, 503, *others):
        told[each] = {"description": MEANINGS[each], "content": {PROBLEM: {"schema": SCHEMA}}}
    told[429]["headers"] = told[503]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    fields = getattr(shape, "model_fields", {})
    header = "ETag" if "version" in fields else "Link" if "per_page" in fields else None
    told[status] = {"headers": {header: {"schema": {"type": "string"}}}} if header else {}
    return {"response_model": shape, "responses": told, "status_code": status}


@operations.get("/rounds", **_says(shapes.Listing[shapes.RoundEntry]))
async def list_rounds(call: Call, page: PageNumber = 1, per_page: PageSize = 50) -> Response:
    """The rounds: which day and which weeks each is on, and how many homes it serves."""
    return call.list(shapes.RoundEntry, lists.rounds(call.work, (page, per_page)))


@operations.get("/rounds/{reference}", **_says(shapes.RoundEntry))
async def show_round(call: Call, reference: shapes.Reference) -> Response:
    """One round."""
    return call.show(shapes.RoundEntry, jobs.crew(call.work, reference))


@operations.get("/properties/{uprn}", **_says(shapes.PropertyEntry))
async def show_property(call: Call, uprn: shapes.Uprn) -> Response:
    """One property: its round, its containers and who holds them."""
    home = jobs.home(call.work, uprn)
    home |= {"round": jobs.crew(call.work, home["crew"]), "containers": jobs.containers(home)}
    home["calendar_url"] = f"{call.base_url}/properties/{uprn}/calendar.ics"
    return call.show(shapes.PropertyEntry, home)


@operations.get("/properties/{uprn}/collections", **_says(shapes.PropertyCalendar))
async def show_collections(call: Call, uprn: shapes.Uprn, start: Start = None, end: End = None) -> Response:
    """A property's collection calendar: eight weeks from today, or the period asked for."""
    home = jobs.home(call.work, uprn)
    first, last = jobs.period(call.work, start, end, DAYS_SHOWN)
    home["collections"] = jobs.calendar(call.work, home, first, last)
    return call.show(shapes.PropertyCalendar, home)


_FEED = _says(None)
_FEED["responses"][200] = {"content": {"text/calendar": {"schema": {"type": "string"}}}}


@operations.get("/properties/{uprn}/calendar.ics", response_class=Response, **_FEED)
async def subscribe_to_calendar(call: Call, uprn: shapes.Uprn, key: KeyInAddress = None) -> Response:
    """The calendar as an iCalendar feed: the last four weeks and the year ahead."""
    home, today = jobs.home(call.work, uprn), call.work.today
    bins = jobs.calendar(call.work, home, today - FEED_BACK, today + FEED_AHEAD)
    return Response(calendar_feed(home, bins, call.work.moment.now), media_type="text/calendar")


@operations.get("/collections", **_says(shapes.Listing[shapes.BinOfTheDay]))
async def list_collections(
    call: Call,
    page: PageNumber = 1,
    per_page: PageSize = 50,
    on: On = None,
    uprn: shapes.Uprn | None = None,
    stream: shapes.Stream | None = None,
    missed: bool | None = None,
    reportable: bool = False,
) -> Response:
    """The bins whose turn it is on a day (today if none is given), or was on reportable days."""
    days = [jobs.period(call.work, on, None, 0)[0]]
    if reportable:
        days = [day for day in jobs.reportable_days(call.work) if on in (None, day)]
    found = lists.bins(call.work, days, stream, missed, uprn, (page, per_page))
    return call.list(shapes.BinOfTheDay, found)


@operations.get("/missed-collections", **_says(shapes.Listing[shapes.MissedEntry]))
async def list_missed_collections(
    call: Call,
    page: PageNumber = 1,
    per_page: PageSize = 50,
    uprn: shapes.Uprn | None = None,
    status: shapes.MissedStatus | None = None,
) -> Response:
    """Missed bins by property and status."""
    found = lists.jobs(call.work, "missed", uprn, status, (page, per_page))
    return call.list(shapes.MissedEntry, found)


@operations.post("/missed-collections", **_says(shapes.MissedEntry, 409, *WRITES, status=201))
async def report_missed_collection(
    call: Call, body: shapes.MissedReport, idempotency_key: IdempotencyKey = None
) -> Response:
    """Report that a bin was not emptied: after the crews finish at 15:00, and within two working days."""
    asked = (body.uprn, body.stream, body.collection_date)
    return call.change(shapes.MissedEntry, 201, idempotency_key, jobs.report_missed, *asked)


@operations.get("/missed-collections/{reference}", **_says(shapes.MissedEntry))
async def show_missed_collection(call: Call, reference: shapes.Reference) -> Response:
    """One missed bin's case."""
    return call.show(shapes.MissedEntry, jobs.job(call.work, "missed", reference))


@operations.patch("/missed-collections/{reference}", **_says(shapes.MissedEntry, 409, 412, *WRITES))
async def close_missed_collection(
    call: Call, reference: shapes.Reference, body: shapes.Outcome, if_match: IfMatch = None
) -> Response:
    """End a case: the crew has been there, or the reporter takes the report back."""
    asked = (reference, body.status, if_match)
    return call.change(shapes.MissedEntry, 200, None, jobs.close_missed, *asked)


@operations.get("/bulky-slots", **_says(shapes.BulkySlotList))
async def list_bulky_slots(call: Call, start: Start = None, end: End = None) -> Response:
    """The days on which large things can be fetched: working days, for four weeks."""
    if broken("slow-slots"):
        await asyncio.sleep(2.5)
    first, last = jobs.period(call.work, start, end, jobs.BULKY_DAYS_AHEAD)
    return call.show(shapes.BulkySlotList, {"items": jobs.slots(call.work, first, last)})


@operations.get("/bulky-collections", **_says(shapes.Listing[shapes.BulkyEntry]))
async def list_bulky_collections(
    call: Call,
    page: PageNumber = 1,
    per_page: PageSize = 50,
    uprn: shapes.Uprn | None = None,
    status: shapes.BulkyStatus | None = None,
) -> Response:
    """Bulky collections by property and status."""
    return call.list(shapes.BulkyEntry, lists.jobs(call.work, "bulky", uprn, status, (page, per_page)))


@operations.post("/bulky-collections", **_says(shapes.BulkyEntry, 409, *WRITES, status=201))
async def book_bulky_collection(
    call: Call, body: shapes.BulkyBooking, idempotency_key: IdempotencyKey = None
) -> Response:
    """Book large things to be fetched on a day, for a charge that goes by their number."""
    if broken("double-booking"):
        jobs.refuse_full_day(call.work, body.collection_date)
        await asyncio.sleep(0.1)
    asked = (body.uprn, body.collection_date, list(body.things))
    return call.change(shapes.BulkyEntry, 201, idempotency_key, jobs.book_bulky, *asked)


@operations.get("/bulky-collections/{reference}", **_says(shapes.BulkyEntry))
async def show_bulky_collection(call: Call, reference: shapes.Reference) -> Response:
    """One bulky collection."""
    return call.show(shapes.BulkyEntry, jobs.job(call.work, "bulky", reference))


@operations.post("/bulky-collections/{reference}/cancellation", **_says(shapes.BulkyEntry, 409, 412, *WRITES))
async def cancel_bulky_collection(
    call: Call,
    reference: shapes.Reference,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> Response:
    """Cancel a bulky collection before its day; the charge is given back."""
    return call.change(shapes.BulkyEntry, 200, idempotency_key, jobs.cancel_bulky, reference, if_match)
