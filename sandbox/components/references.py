"""References: a case has the council's reference, whoever answers; a component's own is translated.

What the stub calls a case is what every caller is told, before a component fills the slot, while it does
and after. Where a component numbers cases otherwise, both references of a case are learned from the two
answers to the write that made it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sandbox.components.asking import Answered, Asked
from sandbox.components.tables import ReferenceRecord

_REFERENCE = re.compile(r"^(?=.*\d)[A-Za-z0-9][A-Za-z0-9_./:-]{2,79}$")
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d|$)")


class References:
    """What a component calls the cases that it calls otherwise than the council."""

    def __init__(self, pairs: Iterator[tuple[str, str]] | None = None) -> None:
        self._theirs: dict[str, str] = {}
        self._ours: dict[str, str] = {}
        self._patterns: dict[int, re.Pattern[str]] = {}
        for ours, theirs in pairs or ():
            self.learn(ours, theirs)

    @classmethod
    def read(cls, session: Session, component: str) -> References:
        """As the notebook keeps them."""
        query = select(ReferenceRecord).where(ReferenceRecord.component == component)
        return cls((each.ours, each.theirs) for each in session.scalars(query))

    def learn(self, ours: str, theirs: str) -> None:
        """From now on the one stands for the other."""
        self._theirs[ours], self._ours[theirs] = theirs, ours
        self._patterns.clear()

    def to_component(self, asked: Asked) -> Asked:
        """A call as the component knows what it names."""
        if not self._theirs:
            return asked
        path, query = (self._in_text(each, self._theirs) for each in (asked.path, asked.query))
        body = self._in_bytes(asked.body, self._theirs)
        return replace(asked, path=path, query=query, body=body)

    def to_caller(self, answered: Answered) -> Answered:
        """A component's answer as callers know what it names."""
        if not self._ours:
            return answered
        headers = tuple((name, self._in_text(value, self._ours)) for name, value in answered.headers)
        return replace(answered, headers=headers, body=self._in_bytes(answered.body, self._ours))

    def ours(self, text: str) -> str:
        """A text of the component's with the council's references."""
        return self._in_text(text, self._ours) if self._ours else text

    def _in_bytes(self, body: bytes, by: dict[str, str]) -> bytes:
        try:
            return self._in_text(body.decode(), by).encode()
        except UnicodeDecodeError:
            return body

    def _in_text(self, text: str, by: dict[str, str]) -> str:
        pattern = self._patterns.get(id(by))
        if pattern is None:
            longest_first = sorted(by, key=len, reverse=True)
            alternatives = "|".join(map(re.escape, longest_first))
            pattern = re.compile(rf"(?<![A-Za-z0-9])({alternatives})(?![A-Za-z0-9])")
            self._patterns[id(by)] = pattern
        return pattern.sub(lambda found: by[found[1]], text)


def pairs_in(ours: bytes, theirs: bytes) -> list[tuple[str, str]]:
    """The references that two answers to one write give in the same place, where they differ."""
    try:
        return list(_pairs(json.loads(ours), json.loads(theirs)))
    except ValueError:
        return []


def _pairs(ours: Any, theirs: Any) -> Iterator[tuple[str, str]]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in ours.keys() & theirs.keys():
            yield from _pairs(ours[name], theirs[name])
    elif isinstance(ours, list) and isinstance(theirs, list):
        for one, other in zip(ours, theirs, strict=False):
            yield from _pairs(one, other)
    elif isinstance(ours, str) and isinstance(theirs, str) and ours != theirs and _alike(ours, theirs):
        yield ours, theirs


def _alike(ours: str, theirs: str) -> bool:
    if not (_REFERENCE.match(ours) and _REFERENCE.match(theirs)) or _INSTANT.match(ours):
        return False
    return re.sub(r"\d+", "0", ours) == re.sub(r"\d+", "0", theirs)
