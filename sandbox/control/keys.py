"""Keys with fewer rights than the first: for suppliers, and for tests of access."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request

from sandbox import machine
from sandbox.control.access import WRITE, ControlCaller, NamedCouncil
from sandbox.control.shapes import KeyMade, KeyWanted
from sandbox.keys import EVERYTHING, Key, Keyring
from service_apis.kit.council import Council
from service_apis.kit.problems import Unprocessable

router = APIRouter()


class UnknownScope(Unprocessable):
    """A key was asked for with a scope that no service has. The detail lists the scopes there are."""


@router.post("/councils/{council}/keys", operation_id="make_key", status_code=201, responses=WRITE)
async def make_key(
    request: Request, council: NamedCouncil, wanted: KeyWanted, caller: ControlCaller
) -> KeyMade:
    """Make a key for this council alone, with the scopes that it is to have and no others."""
    keyring: Keyring = request.app.state.keyring
    refuse_unknown_scopes(council, wanted.scopes)
    key = Key(wanted.name, machine.new_key(), tuple(wanted.scopes), (council.name,))
    keyring.add(key)
    return KeyMade(name=key.name, key=key.secret, scopes=wanted.scopes, council=council.name)


def refuse_unknown_scopes(council: Council, scopes: Sequence[str]) -> None:
    """Raise UnknownScope for one that no service of the council has."""
    known = {f"{slug}:{right}" for slug in council.services for right in ("read", "write")}
    known.update(EVERYTHING)
    unknown = sorted(set(scopes) - known)
    if unknown:
        raise UnknownScope(f"There is no scope {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
