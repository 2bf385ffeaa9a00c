"""Comparing: whether an answer says the same as the recorded one, though names and instants differ.

Three things may differ and mean the same. The council's name, in addresses. An instant, where the clocks
stood apart: it may lie as much later as the clock did. A reference that the call itself gave out: the answer
to a write is where references are learned, as text in the same place with the same pattern of letters
and digits; from then on the one stands for the other, in what is sent and in what is compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

MOST_DIFFERENCES = 20
LONGEST_SHOWN = 120
_REFERENCE = re.compile(r"^(?=.*\d)[A-Za-z0-9][A-Za-z0-9_./:-]{2,79}$")
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d|$)")


class Counterparts:
    """What stands for what: the council's name, and the references given out, as the replay learns them."""

    def __init__(self, recorded: str, onto: str) -> None:
        self._names = (
            (f"/councils/{recorded}/", f"/councils/{onto}/"),
            (f".{recorded}.local", f".{onto}.local"),
        )
        self._name, self._onto = re.compile(rf"(?<![\w-]){re.escape(recorded)}(?![\w-])"), onto
        self._references: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, recorded: str, now: str) -> None:
        """From now on one reference stands for the other."""
        self._references[recorded] = now
        longest_first = sorted(self._references, key=len, reverse=True)
        self._pattern = re.compile(
            r"(?<![A-Za-z0-9])(" + "|".join(map(re.escape, longest_first)) + r")(?![A-Za-z0-9])"
        )

    def stands_for_another(self, recorded: str, now: str) -> bool:
        """Whether either of them is taken by another reference already."""
        return recorded in self._references or now in self._references.values()

    def translated(self, text: str) -> str:
        """A recorded text as the other council would have it."""
        for name, other in self._names:
            text = text.replace(name, other)
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._references[found[1]], text)
        return text

    def mean_the_same(self, was: str, is_: str) -> bool:
        """Whether a recorded text says what the other council's does."""
        translated = self.translated(was)
        return translated == is_ or self._name.sub(self._onto, translated) == is_


class Comparison:
    """The comparison of one answer with the recorded one.

    ``apart`` is how far the clock stood from where it stood then. ``learning`` says that references may be
    learned from this answer.
    """

    def __init__(self, counterparts: Counterparts, apart: timedelta, learning: bool) -> None:
        self._counterparts = counterparts
        self._apart = apart
        self._learning = learning

    def of_bodies(self, recorded: bytes, now: bytes) -> list[str]:
        """The differences between two bodies, each a line; none where they mean the same."""
        try:
            was, is_ = json.loads(recorded or b"null"), json.loads(now or b"null")
        except ValueError:
            return self._of_texts(recorded, now)
        differences = []
        for difference in self._between("", was, is_):
            differences.append(difference)
            if len(differences) == MOST_DIFFERENCES:
                differences.append("and more")
                break
        return differences

    def _of_texts(self, recorded: bytes, now: bytes) -> list[str]:
        was, is_ = recorded.decode("utf-8", "replace"), now.decode("utf-8", "replace")
        lines = zip(was.splitlines(), is_.splitlines(), strict=False)
        for number, (before, after) in enumerate(lines, 1):
            if not self._counterparts.mean_the_same(before, after):
                return [f"line {number}: was {_shown(before)}, is {_shown(after)}"]
        long, now_long = len(was.splitlines()), len(is_.splitlines())
        return [] if long == now_long else [f"was {long} lines long, is {now_long}"]

    def _between(self, place: str, was: Any, is_: Any) -> Iterator[str]:
        if isinstance(was, dict) and isinstance(is_, dict):
            for name in [*was, *(each for each in is_ if each not in was)]:
                where = f"{place}/{name}"
                if name not in is_:
                    yield f"{where}: was {_shown(was[name])}, is missing"
                elif name not in was:
                    yield f"{where}: was missing, is {_shown(is_[name])}"
                else:
                    yield from self._between(where, was[name], is_[name])
        elif isinstance(was, list) and isinstance(is_, list):
            if len(was) != len(is_):
                yield f"{place}: was {len(was)} long, is {len(is_)}"
            for number, (before, after) in enumerate(zip(was, is_, strict=False)):
                yield from self._between(f"{place}/{number}", before, after)
        elif was != is_ and not self._means_the_same(was, is_):
            yield f"{place or '/'}: was {_shown(was)}, is {_shown(is_)}"

    def _means_the_same(self, was: Any, is_: Any) -> bool:
        if not isinstance(was, str) or not isinstance(is_, str):
            return False
        if self._counterparts.mean_the_same(was, is_):
            return True
        if _INSTANT.match(was) and _INSTANT.match(is_):
            return self._is_as_much_later(was, is_)
        if self._learning and _alike(was, is_) and not self._counterparts.stands_for_another(was, is_):
            self._counterparts.learn(was, is_)
            return True
        return False

    def _is_as_much_later(self, was: str, is_: str) -> bool:
        try:
            return datetime.fromisoformat(is_) - datetime.fromisoformat(was) == self._apart
        except (ValueError, TypeError):
            return False


def _alike(was: str, is_: str) -> bool:
    """Whether two texts are references of one series: the same pattern of letters and digits."""
    if not (_REFERENCE.match(was) and _REFERENCE.match(is_)):
        return False
    return re.sub(r"\d+", "0", was) == re.sub(r"\d+", "0", is_)


def _shown(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= LONGEST_SHOWN else written[:LONGEST_SHOWN] + "..."
