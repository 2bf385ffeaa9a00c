"""An answer as a whole, where one has to be looked at before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was made and not sent yet."""

    status: int
    headers: Headers
    body: bytes

    def headers_for_all(self) -> list[tuple[bytes, bytes]]:
        """The headers with the length of the whole body."""
        kept = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        return [*kept, (b"content-length", str(len(self.body)).encode())]

    async def send(self, send: Send) -> None:
        """Send it."""
        headers = self.headers_for_all()
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


async def whole_answer(application: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """What the application answers, once all is done."""
    status, headers, parts = 500, [], []

    async def keep(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", []))
        else:
            parts.append(message.get("body", b""))

    await application(scope, receive, keep)
    return Answer(status, headers, b"".join(parts))
