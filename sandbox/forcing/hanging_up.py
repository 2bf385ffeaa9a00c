"""Closing a caller's connection without an answer, or in the middle of one.

An ASGI application cannot do that by itself. The sandbox's server offers it as an extension of the ASGI scope
(``protocol``).
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope

EXTENSION = "virtual-council.hang-up"


class HungUp(ConnectionError):
    """The connection was to be closed without an answer, and this server does not know how."""


def hang_up(scope: Scope) -> None:
    """Close the caller's connection as it is. Raises HungUp under a server that cannot."""
    extension = _offered(scope)
    if extension is None:
        raise HungUp("This server cannot close a connection without an answer; serve with `council up`")
    extension["hang_up"]()


def hold(scope: Scope) -> None:
    """Say that no answer is going to come, so that a server that stops does not wait for it."""
    extension = _offered(scope)
    if extension is not None:
        extension["hold"]()


def _offered(scope: Scope) -> dict[str, Callable[[], None]] | None:
    offered: dict[str, Callable[[], None]] | None = scope.get("extensions", {}).get(EXTENSION)
    return offered
