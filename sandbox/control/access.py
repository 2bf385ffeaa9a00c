"""Who may call the control API, and which council a call is about."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from sandbox.components.registering import key_name
from sandbox.councils import Councils
from sandbox.gateway import NoSuchCouncil, stood_in
from sandbox.keys import CONTROL, Keyring
from service_apis.kit.council import Council
from service_apis.kit.door import Caller
from service_apis.kit.problems import NotAllowed, NotAuthenticated
from service_apis.kit.schemas import InvalidRequestDetails


class ControlKey(SecurityBase):
    """The demand for a key with the scope ``sandbox:control``."""

    def __init__(self) -> None:
        self.scheme_name = "key"
        self.model = HTTPBearerModel(description="An API key with the scope sandbox:control.")

    async def __call__(self, request: Request) -> Caller:
        """The caller; raises NotAuthenticated or NotAllowed."""
        return _caller(request, request.path_params.get("council", "*"))


class DoorKey(SecurityBase):
    """The demand for a component's own key, or one with the scope ``sandbox:control``."""

    def __init__(self) -> None:
        self.scheme_name = "door"
        self.model = HTTPBearerModel(
            description="The component's own key, or an API key with the scope sandbox:control."
        )

    async def __call__(self, request: Request) -> Caller:
        """The caller; raises NotAuthenticated or NotAllowed."""
        component = request.path_params["component"]
        caller = _known(request, request.path_params["council"])
        # A key that is not this council's has no scopes on it, whatever it is called.
        own = caller.name == key_name(component) and caller.scopes
        if not own and not caller.may(CONTROL):
            raise NotAllowed(
                f"The key {caller.name!r} is neither that of {component} nor has it the scope {CONTROL}"
            )
        return caller


def _known(request: Request, council: str) -> Caller:
    keyring: Keyring = request.app.state.keyring
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    caller = None
    if kind.lower() == "bearer":
        caller = stood_in(request.scope, secret) or keyring.caller(secret.strip(), council)
    if caller is None:
        raise NotAuthenticated(
            "Send a key of this sandbox as `Authorization: Bearer KEY`",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return caller


def _caller(request: Request, council: str) -> Caller:
    caller = _known(request, council)
    if not caller.may(CONTROL):
        where = "" if council == "*" else f" on {council}"
        raise NotAllowed(f"The key {caller.name!r} lacks the scope {CONTROL}{where}")
    return caller


def controlled(request: Request, name: str) -> Council:
    """Another council that a call names, which its key must control too.

    Raises NoSuchCouncil, NotAuthenticated or NotAllowed.
    """
    councils: Councils = request.app.state.councils
    found = councils.get(name)
    if found is None:
        raise NoSuchCouncil(councils.no_such(name))
    _caller(request, name)
    return found


async def _named(
    request: Request,
    council: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$", description="The council's name.")],
) -> Council:
    councils: Councils = request.app.state.councils
    found = councils.get(council)
    if found is None:
        raise NoSuchCouncil(councils.no_such(council))
    return found


ControlCaller = Annotated[Caller, Depends(ControlKey())]
"""The caller, who holds a key with the scope ``sandbox:control``."""

DoorCaller = Annotated[Caller, Depends(DoorKey())]
"""The caller at a component's door, who holds the component's own key or one to control."""

NamedCouncil = Annotated[Council, Depends(_named)]
"""The council named in the path."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an operation says in its OpenAPI that it can refuse with these statuses."""
    return {
        status: {
            "model": InvalidRequestDetails,
            "description": _MEANINGS[status],
            "content": {"application/problem+json": {}},
        }
        for status in statuses
    }


_MEANINGS = {
    400: "Not JSON",
    401: "Not authenticated",
    403: "Not allowed",
    404: "No such council",
    409: "It does not fit the present state",
    410: "Position gone",
    413: "Body too large",
    415: "Media type not supported",
    422: "Invalid request",
    503: "Too much at once",
}
READ = refusals(401, 403, 404, 422)
WRITE = refusals(400, 401, 403, 404, 413, 415, 422)
