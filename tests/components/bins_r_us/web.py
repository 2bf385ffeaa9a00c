"""The operations of the slot, under the paths and names that the council publishes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import Annotated, Any

import jobs
import lists
import shapes
from council import Council, Membership, NotJoined
from counter import Call, Office, Route
from defects import broken
from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from feed import calendar_feed
from post import Post
from refusals import PROBLEM, SCHEMA, Refused
from rounds import DAY
from starlette.exceptions import HTTPException
from starlette.routing import Match
from store import Store

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


def application(membership: Membership, store: Store) -> FastAPI:
    """The whole program behind its address."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        council = Council(membership)
        post = Post(store, council)
        app.state.office = Office(council, store, post)
        rounds = asyncio.create_task(post.go_round())
        yield
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds
        await council.close()
        store.close()

    about = {
        "title": "Bins R Us",
        "summary": "A collection service that fills a council's slot.",
        "version": "1",
    }
    app = FastAPI(**about, lifespan=running, docs_url=None, redoc_url=None, debug=broken("trace-shown"))
    app.router.route_class = Route
    # Journeys know an operation by its id.
    app.router.generate_unique_id_function = lambda route: route.name
    _rounds_and_homes(app)
    _missed_bins(app)
    _bulky_collections(app)
    _refuse_with_problems(app)
    return app


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


def _rounds_and_homes(app: FastAPI) -> None:
    @app.get("/rounds", **_says(shapes.Listing[shapes.RoundEntry]))
    async def list_rounds(call: Call, page: PageNumber = 1, per_page: PageSize = 50) -> Response:
        """The rounds: which day and which weeks each is on, and how many homes it serves."""
        return call.list(shapes.RoundEntry, lists.rounds(call.work, (page, per_page)))

    @app.get("/rounds/{reference}", **_says(shapes.RoundEntry))
    async def show_round(call: Call, reference: shapes.Reference) -> Response:
        """One round."""
        return call.show(shapes.RoundEntry, jobs.crew(call.work, reference))

    @app.get("/properties/{uprn}", **_says(shapes.PropertyEntry))
    async def show_property(call: Call, uprn: shapes.Uprn) -> Response:
        """One property: its round, its containers and who holds them."""
        home = jobs.home(call.work, uprn)
        home |= {"round": jobs.crew(call.work, home["crew"]), "containers": jobs.containers(home)}
        home["calendar_url"] = f"{call.base_url}/properties/{uprn}/calendar.ics"
        return call.show(shapes.PropertyEntry, home)

    @app.get("/properties/{uprn}/collections", **_says(shapes.PropertyCalendar))
    async def show_collections(
        call: Call, uprn: shapes.Uprn, start: Start = None, end: End = None
    ) -> Response:
        """A property's collection calendar: eight weeks from today, or the period asked for."""
        home = jobs.home(call.work, uprn)
        first, last = jobs.period(call.work, start, end, DAYS_SHOWN)
        home["collections"] = jobs.calendar(call.work, home, first, last)
        return call.show(shapes.PropertyCalendar, home)

    says = _says(None)
    says["responses"][200] = {"content": {"text/calendar": {"schema": {"type": "string"}}}}

    @app.get("/properties/{uprn}/calendar.ics", response_class=Response, **says)
    async def subscribe_to_calendar(call: Call, uprn: shapes.Uprn, key: KeyInAddress = None) -> Response:
        """The calendar as an iCalendar feed: the last four weeks and the year ahead."""
        home, today = jobs.home(call.work, uprn), call.work.today
        bins = jobs.calendar(call.work, home, today - FEED_BACK, today + FEED_AHEAD)
        return Response(calendar_feed(home, bins, call.work.moment.now), media_type="text/calendar")

    @app.get("/collections", **_says(shapes.Listing[shapes.BinOfTheDay]))
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


def _missed_bins(app: FastAPI) -> None:
    @app.get("/missed-collections", **_says(shapes.Listing[shapes.MissedEntry]))
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

    @app.post("/missed-collections", **_says(shapes.MissedEntry, 409, *WRITES, status=201))
    async def report_missed_collection(
        call: Call, body: shapes.MissedReport, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Report that a bin was not emptied: after the crews finish at 15:00, and within two working days."""
        asked = (body.uprn, body.stream, body.collection_date)
        return call.change(shapes.MissedEntry, 201, idempotency_key, jobs.report_missed, *asked)

    @app.get("/missed-collections/{reference}", **_says(shapes.MissedEntry))
    async def show_missed_collection(call: Call, reference: shapes.Reference) -> Response:
        """One missed bin's case."""
        return call.show(shapes.MissedEntry, jobs.job(call.work, "missed", reference))

    @app.patch("/missed-collections/{reference}", **_says(shapes.MissedEntry, 409, 412, *WRITES))
    async def close_missed_collection(
        call: Call, reference: shapes.Reference, body: shapes.Outcome, if_match: IfMatch = None
    ) -> Response:
        """End a case: the crew has been there, or the reporter takes the report back."""
        asked = (reference, body.status, if_match)
        return call.change(shapes.MissedEntry, 200, None, jobs.close_missed, *asked)


def _bulky_collections(app: FastAPI) -> None:
    @app.get("/bulky-slots", **_says(shapes.BulkySlotList))
    async def list_bulky_slots(call: Call, start: Start = None, end: End = None) -> Response:
        """The days on which large things can be fetched: working days, for four weeks."""
        if broken("slow-slots"):
            await asyncio.sleep(2.5)
        first, last = jobs.period(call.work, start, end, jobs.BULKY_DAYS_AHEAD)
        return call.show(shapes.BulkySlotList, {"items": jobs.slots(call.work, first, last)})

    @app.get("/bulky-collections", **_says(shapes.Listing[shapes.BulkyEntry]))
    async def list_bulky_collections(
        call: Call,
        page: PageNumber = 1,
        per_page: PageSize = 50,
        uprn: shapes.Uprn | None = None,
        status: shapes.BulkyStatus | None = None,
    ) -> Response:
        """Bulky collections by property and status."""
        return call.list(shapes.BulkyEntry, lists.jobs(call.work, "bulky", uprn, status, (page, per_page)))

    @app.post("/bulky-collections", **_says(shapes.BulkyEntry, 409, *WRITES, status=201))
    async def book_bulky_collection(
        call: Call, body: shapes.BulkyBooking, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Book large things to be fetched on a day, for a charge that goes by their number."""
        if broken("double-booking"):
            jobs.refuse_full_day(call.work, body.collection_date)
            await asyncio.sleep(0.1)
        asked = (body.uprn, body.collection_date, list(body.things))
        return call.change(shapes.BulkyEntry, 201, idempotency_key, jobs.book_bulky, *asked)

    @app.get("/bulky-collections/{reference}", **_says(shapes.BulkyEntry))
    async def show_bulky_collection(call: Call, reference: shapes.Reference) -> Response:
        """One bulky collection."""
        return call.show(shapes.BulkyEntry, jobs.job(call.work, "bulky", reference))

    @app.post("/bulky-collections/{reference}/cancellation", **_says(shapes.BulkyEntry, 409, 412, *WRITES))
    async def cancel_bulky_collection(
        call: Call,
        reference: shapes.Reference,
        idempotency_key: IdempotencyKey = None,
        if_match: IfMatch = None,
    ) -> Response:
        """Cancel a bulky collection before its day; the charge is given back."""
        return call.change(shapes.BulkyEntry, 200, idempotency_key, jobs.cancel_bulky, reference, if_match)


def _refuse_with_problems(app: FastAPI) -> None:
    """Answer everything that is refused as problem details; never a stack trace."""

    def rendered(refused: Refused) -> Response:
        return Response(refused.body(), refused.status_sent, refused.headers, refused.media_type)

    async def refuse(_request: Request, refused: Any) -> Response:
        return rendered(refused)

    async def refuse_invalid(_request: Request, error: Any) -> Response:
        return rendered(_invalid(error))

    async def refuse_plainly(request: Request, error: Any) -> Response:
        return rendered(_plain(request, error))

    async def wait_for_council(_request: Request, error: Any) -> Response:
        return rendered(Refused(503, "unavailable", f"{error}; try again", {"Retry-After": "1"}))

    async def apologise(_request: Request, _error: Any) -> Response:
        return rendered(Refused(500, "unexpected-fault", "Something went wrong here; nothing was changed"))

    app.add_exception_handler(Refused, refuse)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_exception_handler(HTTPException, refuse_plainly)
    app.add_exception_handler(NotJoined, wait_for_council)
    app.add_exception_handler(Exception, apologise)


def _invalid(error: RequestValidationError) -> Refused:
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Refused(400, "not-json", f"The body is not JSON: {faults[0]['ctx']['error']}")
    errors = [{"where": ".".join(map(str, fault["loc"])), "what": fault["msg"]} for fault in faults]
    detail = f"{errors[0]['where']}: {errors[0]['what']}"
    return Refused(422, "invalid-request", detail, errors=errors)


def _plain(request: Request, error: HTTPException) -> Refused:
    path = request.url.path
    if error.status_code == 405:
        taken = (each for each in request.app.routes if each.matches(request.scope)[0] is not Match.NONE)
        allowed = {"Allow": ", ".join(sorted(method for each in taken for method in each.methods))}
        return Refused(405, "method-not-allowed", f"{request.method} is not possible at {path}", allowed)
    if error.status_code == 404:
        return Refused(404, "not-found", f"There is nothing at {path}; openapi.json lists what there is")
    return Refused(400, "not-json", f"The body could not be read: {error.detail}")
