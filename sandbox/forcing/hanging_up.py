"""Closing a caller's connection without an answer, or in the middle of one.

An ASGI application cannot do that by itself. The sandbox's server offers it as an extension of the
ASGI scope.
"""

from __future__ import annotations

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "virtual-council.hang-up"


class HungUp(ConnectionError):
    """The connection was to be closed without an answer, and this server does not know how."""


class HangingUp(HttpToolsProtocol):
    """Uvicorn's HTTP protocol, which can also hang up."""

    def on_message_begin(self) -> None:
        """Let the application of the next request know that it can."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"hang_up": self.hang_up}}

    def hang_up(self) -> None:
        """Close the connection once what was sent is on its way; nobody is waiting for the rest any more."""
        self.cycle.disconnected = True
        self.transport.close()


def hang_up(scope: Scope) -> None:
    """Close the caller's connection as it is. Raises HungUp under a server that cannot."""
    extension = (scope.get("extensions") or {}).get(EXTENSION)
    if extension is None:
        raise HungUp("This server cannot close a connection without an answer; serve with `council up`")
    extension["hang_up"]()
