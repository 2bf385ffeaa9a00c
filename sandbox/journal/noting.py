"""Noting: how a call is taken down while it passes, at the least cost to the caller.

What passes is kept as it is, by reference; it is masked, cut and written later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import machine
from sandbox.gateway import Call
from sandbox.journal.masking import Headers
from sandbox.journal.ring import LONGEST_BODY
from service_apis.kit.causes import Causes, current
from service_apis.kit.clock import Clock

MARGIN = 512
"""So much more is held until it is masked: no half of a secret is to stand at the cut."""
HELD = LONGEST_BODY + MARGIN
REFUSED = (401, 403)
"""How a caller is answered who may not ask."""


class Noted(Causes):
    """One call as it passed: references to what was asked and answered, with its causes."""

    __slots__ = (
        "_onward",
        "_receive",
        "answer",
        "answer_bytes",
        "asked",
        "asked_headers",
        "call",
        "client",
        "clock",
        "headers",
        "http_version",
        "method",
        "operation",
        "path",
        "query",
        "request_bytes",
        "scheme",
        "seconds",
        "status",
    )

    def __init__(self, call: Call, receive: Receive, send: Send) -> None:
        self.call = call
        self.clock: Clock = call.council.clock
        self.rows = []
        self.counts = {}
        self.generation = None
        self.status = self.request_bytes = self.answer_bytes = 0
        self.asked = self.answer = b""
        self.headers: Headers = ()
        self.seconds = 0.0
        self._receive: Receive | None = receive
        self._onward: Send | None = send

    def finish(self, scope: Scope) -> None:
        """Note how the call was asked, and let go of everything else.

        Much hangs on a scope, and would be held until the call is written.
        """
        self.seconds = machine.seconds() - self.call.started
        self.method: str = scope["method"]
        self.scheme: str = scope["scheme"]
        self.http_version: str = scope.get("http_version", "1.1")
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.asked_headers: Headers = scope["headers"]
        self.client: tuple[str, int] | None = scope.get("client")
        self.operation: str = getattr(scope.get("route"), "operation_id", None) or self.call.operation
        self._receive = self._onward = None

    async def receive(self) -> Message:
        """Receive, noting the body of the request."""
        assert self._receive is not None
        message = await self._receive()
        body: bytes = message.get("body", b"")
        if body:
            if self.request_bytes < HELD:
                self.asked += body
            self.request_bytes += len(body)
        return message

    async def send(self, message: Message) -> None:
        """Send, noting the answer."""
        if message["type"] == "http.response.body":
            body: bytes = message.get("body", b"")
            if body:
                if self.answer_bytes < HELD:
                    self.answer = self.answer + body[:HELD] if self.answer else body[:HELD]
                self.answer_bytes += len(body)
        elif message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = message["headers"]
        assert self._onward is not None
        await self._onward(message)


def kept_of(held: bytes, mask: Callable[[bytes], bytes]) -> bytes:
    """What is kept of a body: masked, then cut. The end of a long one goes, where half a secret may stand."""
    if len(held) < HELD:
        return mask(held)[:LONGEST_BODY]
    return mask(held[:HELD])[:-MARGIN][:LONGEST_BODY]


class Keeper(Protocol):
    """Who takes a noted call."""

    def note(self, noted: Noted) -> None:
        """Take a call that is over."""
        ...


class Noting:
    """The passage through which every call goes to be noted; ``keeper`` finds who keeps a council's."""

    def __init__(self, keeper: Callable[[str], Keeper | None]) -> None:
        self._keeper = keeper

    async def __call__(self, call: Call, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """See sandbox.gateway.Passage."""
        keeper = self._keeper(call.council.name)
        is_of_control = call.service == "sandbox"
        if keeper is None or (is_of_control and _is_passed_over(scope)):
            await onward(scope, receive, send)
            return
        is_routine = is_of_control and _asks_the_time(scope)
        noted = Noted(call, receive, send)
        token = current.set(noted)
        try:
            await onward(scope, receive if scope["method"] == "GET" else noted.receive, noted.send)
        finally:
            current.reset(token)
            if not is_routine or noted.status in REFUSED:
                noted.finish(scope)
                keeper.note(noted)


def _is_passed_over(scope: Scope) -> bool:
    """Whether a call of the control API is not noted: one that reads the journal or works on it."""
    return _concerned(scope)[:1] == ["journal"]


def _asks_the_time(scope: Scope) -> bool:
    """Whether a component asks what time it is, as it does several times a second, pushing out all else.

    So it is noted only where it was refused: a component that asks at another council's door is to be seen.
    """
    concerned = _concerned(scope)
    return scope["method"] == "GET" and concerned[:1] == ["components"] and len(concerned) == 2


def _concerned(scope: Scope) -> list[str]:
    """What of a council a call of the control API is about: the steps of its path after the name."""
    path: str = scope["path"]
    return path.split("/")[4:]
