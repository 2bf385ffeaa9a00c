"""Draws: what a check picks out of many, the same for the same seed and name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """A stream of draws of its own for each seed and name, whatever others draw."""

    def __init__(self, seed: int, name: str) -> None:
        self._start = f"{seed} {name}"
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A number from 0 up to and without the limit."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._start} {self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def one(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]

    def some(self, among: Sequence[T], most: int) -> list[T]:
        """Some of them, each once, in their order; all, where there are no more than `most`."""
        places = list(range(len(among)))
        while len(places) > most:
            places.pop(self.below(len(places)))
        return [among[place] for place in places]
