"""Meaning: two answers' bodies side by side, as what they say and not as how they are written."""

from __future__ import annotations

from typing import Any

from sandbox.shadow.causes import ABSENT, Cause, Difference
from sandbox.shadow.matching import matched
from sandbox.shadow.noise import Noise
from sandbox.shadow.telling_plainly import clipped, named_list
from sandbox.shadow.values import differ

MOST_DIFFERENCES = 50
"""So many differences of one answer are told; one that has more is another answer altogether."""
DEEPEST = 60
_SHOWN_OF_LIST = 5


class Found:
    """The differences of one answer as they are found; each kind at each place once, and no noise."""

    def __init__(self, operation: str, noise: Noise) -> None:
        self._operation, self._noise = operation, noise
        self._found: dict[tuple[str, str], Difference] = {}

    def __iter__(self) -> Any:
        return iter(self._found.values())

    def say(self, place: str, cause: Cause, plain: str, amount: str, ours: Any, theirs: Any) -> None:
        """Add a difference."""
        if (place, plain) in self._found or len(self._found) >= MOST_DIFFERENCES:
            return
        if cause is not Cause.STATUS and self._noise.covers(self._operation, place, ours, theirs):
            return
        sentence = f"{plain} ({amount})" if amount else plain
        self._found[place, plain] = Difference(place, ours, theirs, cause, sentence, plain)

    def walk(self, place: str, ours: Any, theirs: Any, deep: int = 0) -> None:
        """Add what sets two parts of the bodies apart."""
        if deep > DEEPEST:
            return
        if isinstance(ours, dict) and isinstance(theirs, dict):
            self._objects(place, ours, theirs, deep)
        elif isinstance(ours, list) and isinstance(theirs, list):
            self._lists(place, ours, theirs, deep)
        elif (told := differ(place, ours, theirs)) is not None:
            self.say(place, *told, ours, theirs)

    def _objects(self, place: str, ours: dict[str, Any], theirs: dict[str, Any], deep: int) -> None:
        for name, value in ours.items():
            there = f"{place}/{_step(name)}"
            if name in theirs:
                self.walk(there, value, theirs[name], deep + 1)
            else:
                self.say(there, Cause.MISSING, f"a field is missing: {clipped(name)}", "", value, ABSENT)
        for name, value in theirs.items():
            if name not in ours:
                told = f"a field that the stub does not give: {clipped(name)}"
                self.say(f"{place}/{_step(name)}", Cause.EXTRA, told, "", ABSENT, value)

    def _lists(self, place: str, ours: list[Any], theirs: list[Any], deep: int) -> None:
        found = matched(ours, theirs)
        name, whole = named_list(place), f"{place}/*"
        if found.lacking:
            amount = f"{len(found.lacking):,} of {len(ours):,}"
            self.say(whole, Cause.LACKS, f"{name} lacks some", amount, found.lacking[:_SHOWN_OF_LIST], ABSENT)
        if found.beside:
            amount = f"{len(found.beside):,} of {len(theirs):,}"
            told = f"{name} has some that the stub's has not"
            self.say(whole, Cause.HAS_MORE, told, amount, ABSENT, found.beside[:_SHOWN_OF_LIST])
        if not found.in_order:
            self.say(f"order of {place or '/'}", Cause.ORDER, f"{name} in another order", "", None, None)
        for one, other in found.pairs:
            self.walk(whole, one, other, deep + 1)


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
