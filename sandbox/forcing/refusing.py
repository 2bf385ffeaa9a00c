"""Refusals that are forced, said as the service itself would say them."""

from __future__ import annotations

import inspect

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from service_apis.kit.application import rendered
from service_apis.kit.problems import (
    NotAuthenticated,
    Problem,
    TooManyRequests,
    Unavailable,
    UnexpectedFault,
)
from service_apis.kit.service import Service


class UnknownScenario(Problem):
    """The Virtual-Council-Scenario header names a behaviour or a parameter that there is not.

    /sandbox/behaviours lists them all. Nothing of the request was done.
    """

    status = 400


class ServerFailed(UnexpectedFault):
    """The sandbox was told to answer so: the system has failed. Nothing of the request was done."""

    status = 500


class BadGateway(Problem):
    """The sandbox was told to answer so: what stands in front of the system had no use for its answer."""

    status = 502


class UnderMaintenance(Unavailable):
    """The sandbox was told to answer so: the system is down for maintenance. Wait as Retry-After says."""


class GatewayTimedOut(Problem):
    """The sandbox was told to answer so: what stands in front of the system has waited too long for it."""

    status = 504


class TokenExpired(NotAuthenticated):
    """The sandbox was told to answer so: the key that was good has run out. Get a new one (RFC 6750)."""


def refused(name: str, retry_after: int) -> Problem:
    """The refusal of the behaviour of that name, to be tried again after so many seconds."""
    wait = {"Retry-After": str(retry_after)}
    later = f"Try again in {retry_after} seconds"
    if name == "too-many-requests":
        return TooManyRequests(f"Too many requests. {later}", headers=wait)
    if name == "unavailable":
        return Unavailable(f"The system cannot answer just now. {later}", headers=wait)
    if name == "maintenance":
        return UnderMaintenance(f"The system is down for maintenance. {later}", headers=wait)
    if name == "bad-gateway":
        return BadGateway("The system gave an answer that cannot be passed on. Try again later")
    if name == "gateway-timeout":
        return GatewayTimedOut("The system has not answered in time. Try again later")
    if name == "expired-token":
        said = 'Bearer error="invalid_token", error_description="The access token expired"'
        return TokenExpired("The access token expired. Get a new one", headers={"WWW-Authenticate": said})
    return ServerFailed("The system has failed. Nothing was changed")


async def answer_of(service: Service, problem: Problem, scope: Scope) -> Response:
    """The problem as the service answers it.

    A service in the house's style answers problem details. One that follows a standard declares in
    ``Routes.refusals`` how it refuses: what the standard knows (keys that are not good) it says by the
    standard's own status, and everything else as it says a plain HTTP status.
    """
    if service.wire == "native":
        return rendered(problem)
    error: Exception = problem
    if not isinstance(problem, NotAuthenticated):
        error = HTTPException(problem.status, problem.detail, dict(problem.headers))
    ways = service.routes.refusals
    way = next((ways[kind] for kind in type(error).__mro__ if kind in ways), None)
    if way is None:
        return rendered(problem)
    answer = way(Request(scope), error)
    assert inspect.isawaitable(answer)
    return await answer


HTML_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{title}</title></head>
<body><h1>{title}</h1><p>{said}</p><hr><p>gateway.internal</p></body></html>
"""
_SAID = {
    200: ("Sign in", "Your session has ended. Sign in to go on."),
    403: ("Request blocked", "The request was rejected. Quote the support id 0000000000000000."),
}


def html_page(status: int) -> Response:
    """A page as a proxy in front of a council's system sends it."""
    title, said = _SAID.get(status, (f"{status} Error", "The server is temporarily unable to help you."))
    return Response(HTML_PAGE.format(title=title, said=said), status, media_type="text/html")
