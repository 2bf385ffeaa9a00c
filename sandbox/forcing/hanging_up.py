"""Closing a caller's connection without an answer, or in the middle of one.

An ASGI application cannot do that by itself. The sandbox's server offers it as an extension of the ASGI scope
(``protocol``).
"""

from __future__ import annotations

from starlette.types import Scope

EXTENSION = "virtual-council.hang-up"


class HungUp(ConnectionError):
    """The connection was to be closed without an answer, and this server does not know how."""


def hang_up(scope: Scope) -> None:
    """Close the caller's connection as it is. Raises HungUp under a server that cannot."""
    extension = (scope.get("extensions") or {}).get(EXTENSION)
    if extension is None:
        raise HungUp("This server cannot close a connection without an answer; serve with `council up`")
    extension["hang_up"]()
