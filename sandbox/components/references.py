"""References: a case has the council's reference, whoever answers; a component's own is translated.

What the stub calls a case is what every caller is told, before a component fills the slot, while it does
and after. Where a component numbers cases otherwise, both references of a case are learned from the two
answers to the write that made it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sandbox.components.asking import Answered, Asked
from sandbox.components.tables import ReferenceRecord

LONGEST = 120
Pair = tuple[str, str]
"""What the council calls a case, and what the component calls it."""
_REFERENCE = re.compile(rf"^(?=.*[A-Za-z])(?=.*\d)[A-Za-z0-9][A-Za-z0-9_./:-]{{2,{LONGEST - 1}}}$")
_NUMBER = re.compile(r"^\d{4,18}$")
_NUMBER_ALONE = re.compile(r"""(?<=["/=>,])\d{4,18}(?=["/&?<,]|$)""")
"""A reference that is a plain number, where it stands by itself and not as a count or part of one."""
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d|$)")
_NAMED = re.compile(r"(?:^|_)(?:references?|refs?|ids?|token|number)$")
_OF_OTHERS = frozenset(("uprn", "address_id", "account_id", "device_id", "jurisdiction_id", "holder_id"))
"""Names of what is no case of the slot's: both sides have it from the council or from the caller."""
_WORD = re.compile(r"[A-Za-z0-9]+(?:[_-]+[A-Za-z0-9]+)*")
_WHOLE_WORD = re.compile(rf"^{_WORD.pattern}$")


class _Dictionary:
    """References of one side, each with the other's. Looking one up costs as much among few as among many."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._others: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def __contains__(self, reference: str) -> bool:
        return any(reference in each for each in (self._words, self._numbers, self._others))

    def get(self, reference: str) -> str:
        return (
            self._words.get(reference)
            or self._numbers.get(reference)
            or self._others.get(reference)
            or reference
        )

    def put(self, reference: str, other: str) -> None:
        if _NUMBER.match(reference):
            self._numbers[reference] = other
            return
        if _WHOLE_WORD.match(reference):
            self._words[reference] = other
            return
        self._others[reference] = other
        longest_first = sorted(self._others, key=len, reverse=True)
        alternatives = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(rf"(?<![A-Za-z0-9])({alternatives})(?![A-Za-z0-9])")

    def in_text(self, text: str, quoted: bool = False) -> str:
        def other(found: re.Match[str]) -> str:
            put = self.get(found[0])
            return quote(put, safe="") if quoted and put != found[0] else put

        if self._pattern is not None:
            text = self._pattern.sub(other, text)
        if self._numbers:
            text = _NUMBER_ALONE.sub(other, text)
        return _WORD.sub(other, text) if self._words else text

    def in_body(self, body: bytes, media_type: str) -> bytes:
        try:
            return self.in_text(body.decode(), media_type == "application/x-www-form-urlencoded").encode()
        except UnicodeDecodeError:
            return body


class References:
    """What a component calls the cases that it calls otherwise than the council."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._theirs, self._ours = _Dictionary(), _Dictionary()
        self._any = False
        for ours, theirs in pairs:
            self.learn(ours, theirs)

    @classmethod
    def read(cls, session: Session, component: str) -> References:
        """As the notebook keeps them."""
        query = select(ReferenceRecord).where(ReferenceRecord.component == component)
        return cls((each.ours, each.theirs) for each in session.scalars(query))

    def learn(self, ours: str, theirs: str) -> None:
        """From now on the one stands for the other."""
        self._any = True
        self._theirs.put(ours, theirs)
        self._ours.put(theirs, ours)

    def knows(self, theirs: str) -> bool:
        """Whether it was learned what the council calls a case of the component's."""
        return theirs in self._ours

    def to_component(self, asked: Asked) -> Asked:
        """A call as the component knows what it names."""
        if not self._any:
            return asked
        path, query = (self._theirs.in_text(each, quoted=True) for each in (asked.path, asked.query))
        kind = (asked.header("content-type") or "").partition(";")[0].strip().lower()
        return replace(asked, path=path, query=query, body=self._theirs.in_body(asked.body, kind))

    def to_caller(self, answered: Answered) -> Answered:
        """A component's answer as callers know what it names."""
        if not self._any:
            return answered
        headers = tuple(
            (name, value if name in _NOT_TRANSLATED else self._ours.in_text(value))
            for name, value in answered.headers
        )
        body = self._ours.in_body(answered.body, answered.media_type)
        return replace(answered, headers=headers, body=body)

    def ours(self, text: str) -> str:
        """A text of the component's with the council's references."""
        return self._ours.in_text(text) if self._any else text


_NOT_TRANSLATED = frozenset(("etag", "content-type", "content-length"))


def keep(session: Session, component: str, pairs: Iterable[Pair]) -> None:
    """Write pairs into the notebook."""
    for ours, theirs in pairs:
        session.merge(ReferenceRecord(component=component, theirs=theirs, ours=ours))


def forget(session: Session, component: str) -> None:
    """Forget what a component calls cases: it has taken the records over anew, with the council's."""
    session.execute(delete(ReferenceRecord).where(ReferenceRecord.component == component))


def pairs_in(ours: bytes, theirs: bytes, asked: bytes = b"") -> list[Pair]:
    """The references that two answers to one write give in the same place, where they differ.

    What the call itself named is no new reference, and what is no word of a name for one is none.
    """
    try:
        pairs = list(_pairs(json.loads(ours), json.loads(theirs), ""))
    except ValueError:
        pairs = list(_in_xml(ours, theirs))
    said = asked.decode("utf-8", "replace")
    return [pair for pair in dict.fromkeys(pairs) if not any(_is_said(each, said) for each in pair)]


def _is_said(reference: str, said: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(reference)}(?![A-Za-z0-9])", said) is not None


def _pairs(ours: Any, theirs: Any, name: str) -> Iterator[Pair]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for each in ours.keys() & theirs.keys():
            yield from _pairs(ours[each], theirs[each], each)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for one, other in zip(ours, theirs, strict=True):
            yield from _pairs(one, other, name)
    elif isinstance(ours, str) and isinstance(theirs, str) and _are_a_pair(name, ours, theirs):
        yield ours, theirs


def _are_a_pair(name: str, ours: str, theirs: str) -> bool:
    if ours == theirs or name in _OF_OTHERS or _INSTANT.match(ours) or _INSTANT.match(theirs):
        return False
    if not _REFERENCE.match(ours):
        return False
    if _NAMED.search(name.lower()):
        return bool(_REFERENCE.match(theirs) or _NUMBER.match(theirs))
    # In a bare list nothing says what it is; then both are written in one way.
    return not name and re.sub(r"\d+", "0", ours) == re.sub(r"\d+", "0", theirs)


def _in_xml(ours: bytes, theirs: bytes) -> Iterator[Pair]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        one, other = fromstring(ours), fromstring(theirs)
    except (ParseError, DefusedXmlException, ValueError):
        return
    yield from _in_elements(one, other)


def _in_elements(ours: Element, theirs: Element) -> Iterator[Pair]:
    if ours.tag != theirs.tag or len(ours) != len(theirs):
        # Elements that are empty may be left out; the others are found by their names.
        there = {each.tag: each for each in theirs}
        for each in ours:
            if each.tag in there:
                yield from _in_elements(each, there[each.tag])
        return
    texts = [(each.text or "").strip() for each in (ours, theirs)]
    if not len(ours) and _are_a_pair(str(ours.tag), *texts):
        yield texts[0], texts[1]
    for one, other in zip(ours, theirs, strict=True):
        yield from _in_elements(one, other)
