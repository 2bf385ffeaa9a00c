"""What is refused, as RFC 9457 problem details; the types are part of the slot's contract."""

from __future__ import annotations

import json
from typing import Any

from defects import broken

PROBLEM = "application/problem+json"
_TEXT = {"type": "string"}
_FAULT = {"type": "object", "required": ["where", "what"], "properties": {"where": _TEXT, "what": _TEXT}}
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": True,
    "properties": {
        **{"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT},
        "errors": {"type": "array", "items": _FAULT, "description": "Each fault, with its place."},
    },
}
"""What a refusal looks like, for OpenAPI; some have members of their own."""


class Refused(Exception):
    """A refusal: its HTTP status, the name of its type, and a sentence on what is wrong and what helps.

    ``more`` are members of its own, such as the ``reference`` of a case that there is already.
    """

    def __init__(
        self, status: int, name: str, detail: str, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.name, self.detail = status, name, detail
        self.headers, self.more = headers or {}, more

    @property
    def status_sent(self) -> int:
        """The status of the answer."""
        return 200 if broken("ok-on-failure") and self.status == 409 else self.status

    @property
    def media_type(self) -> str:
        """The kind of the body."""
        return "application/json" if broken("wrong-problem-type") else PROBLEM

    def body(self) -> bytes:
        """The problem as JSON."""
        title = self.name.replace("-", " ").replace("uprn", "UPRN").replace("json", "JSON")
        told = {
            "type": f"/problems/{self.name}",
            "title": title[0].upper() + title[1:],
            "status": self.status,
        }
        return json.dumps({**told, "detail": self.detail, **self.more}).encode()
