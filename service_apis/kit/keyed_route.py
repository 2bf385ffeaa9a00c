"""The route of an operation: the key first, and the short way where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

KEY_SCHEME = "key"
KEY_SCHEME_MODEL = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key of this sandbox, as `Authorization: Bearer KEY`.",
}
"""The security scheme as OpenAPI names it."""


class KeyedRoute(APIRoute):
    """A route that asks for the key before it reads anything else of the request."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; raises the problems of the operation, which the application renders."""
        if scope["method"] not in (self.methods or ()):
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(_methods_at(scope)))})
        operation = getattr(self.endpoint, "operation", None)
        if operation is None:
            await super().handle(scope, receive, send)
            return
        operation.admit(scope)
        answer = operation.answer_at_once(scope)
        if answer is None:
            await super().handle(scope, receive, send)
        else:
            await answer(scope, receive, send)


def _methods_at(scope: Scope) -> Iterator[str]:
    """Every method that the address takes, of all the operations that share it."""
    for route in scope["app"].router.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
            yield from route.methods or ()
