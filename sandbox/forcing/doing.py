"""How each behaviour is done to a call: what stands between the caller and the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.forcing.forced import ASKED_OF_EVENTS, Forced
from sandbox.forcing.hanging_up import hang_up, hold
from sandbox.forcing.paging import shift_pages
from sandbox.forcing.refusing import ServerFailed, answer_of, html_page, refused
from sandbox.forcing.rule import READS
from sandbox.forcing.whole import whole_answer
from service_apis.kit.door import SCOPE_KEY, Door
from service_apis.kit.problems import MEDIA_TYPE

Do = Callable[[Forced, ASGIApp, Scope, Receive, Send], Awaitable[None]]


async def _wait(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    forced.mark()
    try:
        await asyncio.sleep(forced.seconds())
    except asyncio.CancelledError:
        # The server stops, and has waited long enough for this one.
        hang_up(scope)
        return
    await onward(scope, receive, send)


async def _never_answer(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    forced.mark()
    hold(scope)
    with suppress(TimeoutError):
        async with asyncio.timeout(forced.number("seconds")):
            await _caller_gone(receive)
            return
    hang_up(scope)


async def _caller_gone(receive: Receive) -> None:
    """Wait until the caller has given up."""
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    except HTTPException:
        # The body is larger than is read: then nothing tells that the caller has gone.
        await asyncio.Event().wait()


async def _refuse(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    forced.mark()
    problem = refused(forced.behaviour.name, forced.retry_after())
    answer = await answer_of(forced.service, problem, scope)
    await answer(scope, receive, send)


async def _answer_with_page(
    forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    forced.mark()
    await html_page(int(forced.number("status")))(scope, receive, send)


async def _drop(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    forced.mark()
    await whole_answer(onward, scope, receive)
    hang_up(scope)


async def _send_half(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    forced.mark()
    answer = await whole_answer(onward, scope, receive)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers_for_all()})
    half = answer.body[: len(answer.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    hang_up(scope)


async def _read_earlier(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["method"] in READS:
        forced.mark()
        door: Door = scope[SCOPE_KEY]
        scope[SCOPE_KEY] = replace(door, council=await forced.earlier())
    await onward(scope, receive, send)


async def _hide_errors(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if forced.parameters["when"] == "always":
        forced.mark()
        problem = ServerFailed("The system has failed. Nothing was changed")
        answer = await answer_of(forced.service, problem, scope)
        answer.status_code = 200
        answer.headers["content-type"] = _said_to_be_fine(answer.headers["content-type"])
        await answer(scope, receive, send)
        return

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 400:
            forced.mark()
            headers = [
                (name, _said_to_be_fine(value.decode()).encode() if name == b"content-type" else value)
                for name, value in message.get("headers", [])
            ]
            message = {**message, "status": 200, "headers": headers}
        await send(message)

    await onward(scope, receive, sent)


async def _treat_events(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    before = ASKED_OF_EVENTS.set(forced)
    try:
        await onward(scope, receive, send)
    finally:
        ASKED_OF_EVENTS.reset(before)


def _said_to_be_fine(media_type: str) -> str:
    return media_type.replace(MEDIA_TYPE, "application/json")


DOING: Mapping[str, Do] = {
    "slow": _wait,
    "timeout": _never_answer,
    "too-many-requests": _refuse,
    "server-error": _refuse,
    "bad-gateway": _refuse,
    "unavailable": _refuse,
    "gateway-timeout": _refuse,
    "maintenance": _refuse,
    "expired-token": _refuse,
    "dropped": _drop,
    "half-sent": _send_half,
    "stale": _read_earlier,
    "error-in-200": _hide_errors,
    "html-page": _answer_with_page,
    "shifting-pages": shift_pages,
    "events-twice": _treat_events,
    "events-late": _treat_events,
}
"""What does each behaviour to a call, by its name."""
