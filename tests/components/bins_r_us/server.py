"""The program behind its address: what it starts and stops with, and how it says what it refuses."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from council import Council, Membership, NotJoined
from counter import Office
from defects import broken
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from leaving import leaving
from operations import operations
from post import Post
from refusals import Refused
from starlette.exceptions import HTTPException
from starlette.routing import Match
from store import Store


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
    app = FastAPI(**about, lifespan=running, docs_url=None, redoc_url=None)
    app.include_router(operations)
    app.include_router(leaving)
    _refuse_with_problems(app)
    return app


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

    async def show_trace(_request: Request, error: Any) -> Response:
        return Response("".join(traceback.format_exception(error)), 500, media_type="text/plain")

    app.add_exception_handler(Refused, refuse)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_exception_handler(HTTPException, refuse_plainly)
    app.add_exception_handler(NotJoined, wait_for_council)
    app.add_exception_handler(Exception, apologise)
    if broken("trace-shown"):
        app.add_exception_handler(TypeError, show_trace)


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
        taken = (each for each in operations.routes if each.matches(request.scope)[0] is not Match.NONE)
        allowed = {"Allow": ", ".join(sorted(method for each in taken for method in each.methods))}
        return Refused(405, "method-not-allowed", f"{request.method} is not possible at {path}", allowed)
    if error.status_code == 404:
        return Refused(404, "not-found", f"There is nothing at {path}; openapi.json lists what there is")
    return Refused(400, "not-json", f"The body could not be read: {error.detail}")
