"""Uvicorn's HTTP protocol, which can also hang up on a caller."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.forcing.hanging_up import EXTENSION


class HangingUp(HttpToolsProtocol):
    """One connection of a caller, which the application can close as it is (``hanging_up``)."""

    def on_message_begin(self) -> None:
        """Let the application of the next request know that it can."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"hang_up": self.hang_up}}

    def hang_up(self) -> None:
        """Close the connection once what was sent is on its way; nobody is waiting for the rest any more."""
        self.cycle.disconnected = True
        self.transport.close()
