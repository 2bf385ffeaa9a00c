"""Versions: whether a thing's ETag changes with the component when it changes with the stub."""

from __future__ import annotations

from sandbox.components.asking import Answered, Asked
from sandbox.shadow.causes import Cause, Difference

MOST_FOLLOWED = 5_000
"""The ETags of so many things are followed."""


class Versions:
    """The ETags that both sides last gave for each thing that was read."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str]] = {}

    def compare(self, asked: Asked, ours: Answered, theirs: Answered) -> Difference | None:
        """What is wrong with the component's ETag: not its text, but whether it changes with the thing."""
        if asked.method not in ("GET", "HEAD") or ours.status != 200 or theirs.status != 200:
            return None
        one, other = ours.header("etag"), theirs.header("etag")
        if one is None or other is None:
            return None
        thing = f"{asked.path}?{asked.query}"
        last = self._last.pop(thing, None)
        self._last[thing] = (one, other)
        if len(self._last) > MOST_FOLLOWED:
            del self._last[next(iter(self._last))]
        if last is None or (last[0] != one) == (last[1] != other):
            return None
        told = (
            "an ETag that stands still while the thing changes"
            if last[0] != one
            else "an ETag that changes though the thing does not"
        )
        return Difference("header etag", one, other, Cause.VERSION, told, told)
