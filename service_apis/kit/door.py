"""The door of a service: who is calling, on which council, and by which address.

The sandbox's gateway finds the council and the caller and leaves them in the ASGI scope as a
:class:`Door`; the kit lets them in or refuses. The kit does not know how keys are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service_apis.kit.council import Council
from service_apis.kit.problems import NotAllowed, NotAuthenticated

SCOPE_KEY = "virtual_council.door"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key: its ``name``, and the scopes it may use on this council."""

    name: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """Whether the scope (``waste:write``) was given, by itself or as ``*:write``."""
        return scope in self.scopes or f"*:{scope.rpartition(':')[2]}" in self.scopes


@dataclass(frozen=True, slots=True)
class Door:
    """One request's way in.

    ``base_url`` is the service's address as this client wrote it, without a trailing slash;
    ``caller`` is None without a known key, and then ``refusal`` says why. ``caller_of_key``
    finds the caller of a key that came by another way than the Authorization header.
    """

    council: Council
    base_url: str
    caller: Caller | None
    refusal: str
    caller_of_key: Callable[[str], Caller | None]

    def admit(self, scope: str) -> Caller:
        """The caller, if it may use ``scope``; raises NotAuthenticated or NotAllowed."""
        if self.caller is None:
            raise NotAuthenticated(self.refusal, headers={"WWW-Authenticate": "Bearer"})
        if not self.caller.may(scope):
            raise NotAllowed(
                f"The key {self.caller.name!r} lacks the scope {scope}; it has "
                f"{', '.join(sorted(self.caller.scopes)) or 'none'} on {self.council.name}"
            )
        return self.caller
