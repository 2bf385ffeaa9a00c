"""Noise: what may differ between two answers and means nothing; declared in a file, or learnt.

It is learnt from the stub itself, asked the same twice on two forks: where it differs from itself, nobody
can be asked to be like it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox.failure import Failure
from sandbox.shadow.causes import ABSENT, Cause, Difference
from sandbox.shadow.values import apart

DEFAULT = Path(__file__).with_name("noise.yaml")
ANY = "*"
_MEMBERS = {"place", "why", "operation", "within_seconds", "presence"}
_NEVER = frozenset((Cause.STATUS, Cause.UNANSWERED, Cause.UNREADABLE))
_ABOUT_PRESENCE = frozenset((Cause.MISSING, Cause.EXTRA, Cause.LACKS, Cause.HAS_MORE))


class NotNoise(Failure):
    """A file of noise cannot be understood. The message says where and what is wrong."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One thing that is let pass: at a place of an operation, and why.

    ``within_seconds`` narrows it to instants no further apart; ``presence`` lets even what is not there pass.
    ``learnt`` says that it was not declared.
    """

    operation: str
    place: str
    why: str
    within_seconds: float | None = None
    presence: bool = False
    learnt: bool = False

    def covers(self, ours: Any, theirs: Any) -> bool:
        """Whether these two values may differ so."""
        if ours is ABSENT or theirs is ABSENT:
            return self.presence
        if self.within_seconds is None:
            return True
        length = apart(ours, theirs)
        return length is not None and length <= timedelta(seconds=self.within_seconds)


class Noise:
    """What is let pass. A status is never: whatever is declared or learnt, another status is a difference."""

    def __init__(self, declared: Iterable[Passed] = ()) -> None:
        self._declared = tuple(declared)
        self._learnt: dict[tuple[str, str, bool], Passed] = {}
        self._at: dict[tuple[str, str], tuple[Passed, ...]] = {}

    def __iter__(self) -> Iterator[Passed]:
        yield from self._declared
        yield from self._learnt.values()

    @classmethod
    def of_file(cls, path: Path) -> Noise:
        """As a YAML file declares it. Raises NotNoise."""
        import yaml

        try:
            written = yaml.safe_load(path.read_text())
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise NotNoise(f"{path} cannot be read as YAML: {error}") from error
        if not isinstance(written, list):
            raise NotNoise(f"{path} is to be a list of entries, each with a place and why")
        return cls(_entry(path, number, each) for number, each in enumerate(written, 1))

    @classmethod
    def usual(cls, *others: Path, declared: Iterable[Passed] = ()) -> Noise:
        """What is let pass everywhere, what further files declare, and what was declared beside them."""
        return cls([*(each for path in (DEFAULT, *others) for each in cls.of_file(path)), *declared])

    def covers(self, operation: str, place: str, ours: Any, theirs: Any) -> bool:
        """Whether these two values may differ at this place of an operation's answer."""
        if place == "status":
            return False
        at = self._at.get((operation, place))
        if at is None:
            at = self._at[operation, place] = tuple(
                each for each in self if each.operation in (ANY, operation) and _fits(each.place, place)
            )
        return any(each.covers(ours, theirs) for each in at)

    def learn(self, operation: str, differences: Iterable[Difference]) -> None:
        """Let pass from now on what differed when the stub was compared with itself; no status, though."""
        for each in differences:
            if each.cause in _NEVER or each.place == "status":
                continue
            presence = each.cause in _ABOUT_PRESENCE
            why = f"The stub, asked the same twice, gave {each.sentence}"
            passed = Passed(operation, each.place, why, presence=presence, learnt=True)
            self._learnt.setdefault((operation, each.place, presence), passed)
        self._at.clear()


@lru_cache(maxsize=512)
def _pattern(declared: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in declared.split("**")), re.DOTALL)


def _fits(declared: str, place: str) -> bool:
    return _pattern(declared).fullmatch(place) is not None


def _entry(path: Path, number: int, written: Any) -> Passed:
    where = f"{path}, entry {number}"
    if not isinstance(written, dict):
        raise NotNoise(f"{where} is to have a place and why")
    if unknown := set(map(str, written)) - _MEMBERS:
        raise NotNoise(f"{where} has {sorted(unknown)[0]}; there are: {', '.join(sorted(_MEMBERS))}")
    place, why = written.get("place"), written.get("why")
    if not (isinstance(place, str) and place and isinstance(why, str) and why.strip()):
        raise NotNoise(f"{where} needs a place, and why it means nothing")
    if place == "status":
        raise NotNoise(f"{where}: another status is never noise; name another place")
    within = written.get("within_seconds")
    if within is not None and (isinstance(within, bool) or not isinstance(within, int | float) or within < 0):
        raise NotNoise(f"{where}: within_seconds is a number of seconds, not {within}")
    operation, presence = written.get("operation", ANY), written.get("presence", False)
    if not isinstance(operation, str) or not isinstance(presence, bool):
        raise NotNoise(f"{where}: operation is an operationId, and presence is true or false")
    return Passed(operation, place, why.strip(), within, presence)
