"""Expected failures, named for the situation and answered as RFC 9457 problem details.

A rule raises a :class:`Problem`; it is rendered once, at the door. The ``type`` of a problem is
``/problems/{name}``, where the sandbox serves a page that explains it from the class's docstring.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

MEDIA_TYPE = "application/problem+json"
_ABBREVIATIONS = frozenset({"json", "uprn", "usrn"})


class Problem(Exception):
    """A situation that the council refuses, with its HTTP status and what to do about it.

    ``detail`` names the thing and the remedy; ``more`` adds members to the problem's JSON.
    """

    status: ClassVar[int] = 400
    headers: Mapping[str, str]

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    @classmethod
    def name(cls) -> str:
        """The class's name in kebab case: ``AlreadyReported`` is ``already-reported``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The name as a few words: "Already reported", "Unknown UPRN"."""
        words = cls.name().split("-")
        written = [word.upper() if word in _ABBREVIATIONS else word for word in words]
        return " ".join([written[0][:1].upper() + written[0][1:], *written[1:]])

    @classmethod
    def explanation(cls) -> str:
        """What the situation is, from the docstring."""
        return " ".join((cls.__doc__ or cls.title()).split())

    def body(self) -> bytes:
        """The problem as JSON."""
        return json.dumps(
            {
                "type": f"/problems/{self.name()}",
                "title": self.title(),
                "status": self.status,
                "detail": self.detail,
                **self.more,
            }
        ).encode()


class NotFound(Problem):
    """There is nothing at this address. Check the address, or look for the thing in its list."""

    status = 404


class Conflict(Problem):
    """What was asked does not fit the present state of the thing. Read it again and decide anew."""

    status = 409


class Unprocessable(Problem):
    """The request is well formed, but a value in it cannot be accepted. The detail says which and why."""

    status = 422


class NotAuthenticated(Problem):
    """The call carries no key, or one that this sandbox does not know."""

    status = 401


class NotAllowed(Problem):
    """The key is known but may not do this: it lacks the scope, or the council is not one of its own."""

    status = 403


class NotJson(Problem):
    """The body could not be read as JSON."""

    status = 400


class MediaTypeNotSupported(Problem):
    """The body is of a kind that this operation does not take; its OpenAPI says which it does."""

    status = 415


class BodyTooLarge(Problem):
    """The body is larger than the sandbox accepts. Nothing of it was kept."""

    status = 413


class StaleVersion(Problem):
    """The thing has changed since it was read: the If-Match header names an older version.

    Read it again, decide whether the change still makes sense, and send it with the new ETag.
    """

    status = 412


class IdempotencyKeyReused(Problem):
    """An Idempotency-Key stands for one request. It was used before with another body."""

    status = 422


class MethodNotAllowed(Problem):
    """The address exists, but not for this HTTP method; the Allow header lists those that it takes."""

    status = 405


class TooManyRequests(Problem):
    """The sandbox was told to answer so: the caller has called too often. Wait as Retry-After says."""

    status = 429


class Unavailable(Problem):
    """The sandbox was told to answer so: the system cannot answer just now. Wait as Retry-After says."""

    status = 503


class UnexpectedFault(Problem):
    """Something went wrong inside the sandbox. It is our fault, and nothing was changed."""

    status = 500


def all_problems(root: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every kind of problem that has been declared, the general ones included."""
    for kind in root.__subclasses__():
        yield kind
        yield from all_problems(kind)
