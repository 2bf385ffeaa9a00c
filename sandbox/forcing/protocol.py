"""Uvicorn's HTTP protocol, which can also hang up on a caller."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.forcing.hanging_up import EXTENSION


class HangingUp(HttpToolsProtocol):
    """One connection of a caller, which the application can close as it is (``hanging_up``)."""

    held = False
    """Whether the application has no intention to answer."""

    def on_message_begin(self) -> None:
        """Let the application of the next request know that it can."""
        super().on_message_begin()
        self.held = False
        self.scope["extensions"] = {EXTENSION: {"hang_up": self.hang_up, "hold": self.hold}}

    def hold(self) -> None:
        """Have no regard for this request when the server stops: no answer is going to come."""
        self.held = True

    def shutdown(self) -> None:
        """Stop with the server, once the request that is being answered has its answer."""
        super().shutdown()
        if self.held:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection once what was sent is on its way; nobody is waiting for the rest any more."""
        self.cycle.disconnected = True
        self.transport.close()
