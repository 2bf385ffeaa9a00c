"""Refusals for people: a browser that goes astray gets a page, an API's client problem details."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sandbox.console.rendering import page

Refusal = Callable[[Request, Exception], Awaitable[Response]]


def show_faults_as_pages(house: FastAPI) -> None:
    """Answer browsers with pages where the house has, until now, answered all with problem details."""
    for kind, told in ((HTTPException, _astray), (Exception, _our_fault)):
        before: Any = house.exception_handlers[kind]
        house.add_exception_handler(kind, _negotiated(before, told))


def for_people(request: Request) -> bool:
    """Whether a browser asks, which says that it takes HTML; programs do not."""
    return "text/html" in request.headers.get("accept", "")


def _negotiated(before: Refusal, told: Callable[[Request, Exception], Response]) -> Refusal:
    async def refuse(request: Request, error: Exception) -> Response:
        if for_people(request):
            return told(request, error)
        return await before(request, error)

    return refuse


def _astray(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return no_page(f"There is nothing at {request.url.path}.", status=error.status_code)


def _our_fault(_request: Request, _error: Exception) -> Response:
    return page("fault.html", status=500)


def no_page(sentence: str, *, status: int = 404) -> Response:
    """The page that says there is no such page, and where to go instead."""
    return page("astray.html", status=status, sentence=sentence)
