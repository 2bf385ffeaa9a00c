"""Keys with fewer rights than the first: for suppliers, and for tests of access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from sandbox import machine
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil
from sandbox.control.shapes import KeyList, KeyMade, KeyShown, KeyWanted
from sandbox.keys import EVERYTHING, Key, Keyring
from service_apis.kit.council import Council
from service_apis.kit.problems import NotFound, Unprocessable

router = APIRouter(prefix="/councils/{council}/keys")


class UnknownScope(Unprocessable):
    """A key was asked for with a scope that no service has. The detail lists the scopes there are."""


class NoSuchKey(NotFound):
    """The council has no key of that name to itself, or no longer. Its keys are listed at .../keys."""


@router.post("", operation_id="make_key", status_code=201, responses=WRITE)
async def make_key(
    request: Request, council: NamedCouncil, wanted: KeyWanted, caller: ControlCaller
) -> KeyMade:
    """Make a key for this council alone, with the scopes that it is to have and no others.

    With a `lifetime` it ends by itself, and is then answered as one that nobody gave.
    """
    refuse_unknown_scopes(council, wanted.scopes)
    end = machine.now() + wanted.lifetime if wanted.lifetime is not None else None
    key = Key(wanted.name, machine.new_key(), tuple(wanted.scopes), (council.name,), end)
    _keyring(request).add(key)
    return KeyMade(name=key.name, key=key.secret, scopes=wanted.scopes, council=council.name, expires_at=end)


@router.get("", operation_id="list_keys", responses=READ)
async def list_keys(request: Request, council: NamedCouncil, caller: ControlCaller) -> KeyList:
    """The keys to this council alone, without their secrets. Those that have ended are not among them."""
    return KeyList(
        items=[
            KeyShown(name=key.name, scopes=list(key.scopes), expires_at=key.expires_at)
            for key in _keyring(request).of(council.name)
        ]
    )


@router.delete("/{name}", operation_id="revoke_key", status_code=204, responses=READ)
async def revoke_key(
    request: Request,
    council: NamedCouncil,
    name: Annotated[
        str, Path(max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:-]*$", description="The key's name.")
    ],
    caller: ControlCaller,
) -> Response:
    """Revoke every key of that name to this council alone: from now on they open nothing."""
    if not _keyring(request).revoke(council.name, name):
        raise NoSuchKey(f"There is no key called {name} to {council.name} alone; list them at .../keys")
    return Response(status_code=204)


def refuse_unknown_scopes(council: Council, scopes: Sequence[str]) -> None:
    """Raise UnknownScope for one that no service of the council has."""
    known = {f"{slug}:{right}" for slug in council.services for right in ("read", "write")}
    known.update(EVERYTHING)
    unknown = sorted(set(scopes) - known)
    if unknown:
        raise UnknownScope(f"There is no scope {', '.join(unknown)}; there are: {', '.join(sorted(known))}")


def _keyring(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.keyring
    return keyring
