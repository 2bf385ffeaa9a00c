"""Matching: which entry of one list is which of the other, so that one that is lost is told as one lost.

Entries are known by a reference where they have one; else by being equal; what is left goes by position.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_NAMES = frozenset(("reference", "id", "uprn", "usrn", "code", "slug", "uid", "key", "event"))
_ENDINGS = ("_id", "_reference", "_code", "_number")


@dataclass(frozen=True, slots=True)
class Matched:
    """Two lists side by side: pairs of entries, what only one side has, and whether the order is the same."""

    pairs: list[tuple[Any, Any]]
    lacking: list[Any]
    beside: list[Any]
    in_order: bool


def matched(ours: list[Any], theirs: list[Any]) -> Matched:
    """Which entry is which."""
    name = _name_of_entries(ours, theirs)
    if name is not None:
        return _by_name(name, ours, theirs)
    return _by_value(ours, theirs)


def _name_of_entries(ours: list[Any], theirs: list[Any]) -> str | None:
    """The field by which the entries of both lists are known, if there is one."""
    if not ours or not theirs or not all(isinstance(each, dict) for each in (*ours, *theirs)):
        return None
    for name in ours[0]:
        if name not in _NAMES and not name.endswith(_ENDINGS):
            continue
        one, other = _keys(name, ours), _keys(name, theirs)
        if one and other and len(one & other) * 2 >= min(len(one), len(other)):
            return str(name)
    return None


def _keys(name: str, entries: list[dict[str, Any]]) -> set[Any]:
    """What the entries are called; nothing where that is not one each."""
    values = [each.get(name) for each in entries]
    if not all(isinstance(value, str | int) for value in values):
        return set()
    keys = set(values)
    return keys if len(keys) == len(entries) else set()


def _by_name(name: str, ours: list[Any], theirs: list[Any]) -> Matched:
    one, other = ({each[name]: each for each in side} for side in (ours, theirs))
    both = [key for key in one if key in other]
    return Matched(
        [(one[key], other[key]) for key in both],
        [each for key, each in one.items() if key not in other],
        [each for key, each in other.items() if key not in one],
        both == [key for key in other if key in one],
    )


def _by_value(ours: list[Any], theirs: list[Any]) -> Matched:
    written, their_written = ([_written(each) for each in side] for side in (ours, theirs))
    if len(ours) == len(theirs) and Counter(written) != Counter(their_written):
        return Matched(list(zip(ours, theirs, strict=True)), [], [], True)
    lacking, beside = _left(ours, written, their_written), _left(theirs, their_written, written)
    pairs = list(zip(lacking, beside, strict=False))
    kept, their_kept = _common(written, their_written), _common(their_written, written)
    return Matched(pairs, lacking[len(pairs) :], beside[len(pairs) :], kept == their_kept)


def _left(entries: list[Any], written: list[str], others: Iterable[str]) -> list[Any]:
    there, left = Counter(others), []
    for entry, text in zip(entries, written, strict=True):
        if there[text]:
            there[text] -= 1
        else:
            left.append(entry)
    return left


def _common(written: list[str], others: Iterable[str]) -> list[str]:
    there, common = Counter(others), []
    for text in written:
        if there[text]:
            there[text] -= 1
            common.append(text)
    return common


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
