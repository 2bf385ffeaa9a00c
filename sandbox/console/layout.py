"""An answer laid out for a reader: records as lists of fields, lists of records as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from sandbox.console import words

MOST_ROWS = 25
MOST_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Words:
    """A single value, in words."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A value that is not there or not known."""

    kind: ClassVar[str] = "nothing"


@dataclass(frozen=True, slots=True)
class Record:
    """Fields with their values, in the order of the answer."""

    kind: ClassVar[str] = "record"
    fields: tuple[tuple[str, Shown], ...]


@dataclass(frozen=True, slots=True)
class Several:
    """A list of values that are no records."""

    kind: ClassVar[str] = "several"
    parts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Records below one another.

    Where there are too many columns, ``alike`` holds the fields that all the records share.
    ``more_columns`` names columns and ``more_rows`` counts rows that are left to the raw answer.
    """

    kind: ClassVar[str] = "table"
    alike: tuple[tuple[str, Shown], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Shown, ...], ...]
    more_columns: tuple[str, ...]
    more_rows: int


Shown = Words | Nothing | Record | Several | Table


def laid_out(told: Any, today: date, field: str = "") -> Shown:
    """The layout of a value read from JSON, XML or a calendar.

    ``today`` is the council's date, ``field`` what the value is called.
    """
    if told is None or told in ("", [], {}):
        return Nothing()
    if isinstance(told, Mapping):
        return Record(_fields(told, told, today))
    if isinstance(told, list):
        if all(isinstance(each, Mapping) for each in told):
            return laid_out(told[0], today) if len(told) == 1 else _table(told, today)
        return Several(tuple(laid_out(each, today, field) for each in told))
    return Words(words.value(field, told, today))


def _fields(record: Mapping[str, Any], names: Iterable[str], today: date) -> tuple[tuple[str, Shown], ...]:
    return tuple((words.label(name), laid_out(record.get(name), today, name)) for name in names)


def _table(records: Sequence[Mapping[str, Any]], today: date) -> Table:
    names = list(dict.fromkeys(name for record in records for name in record))
    differing = names if len(names) <= MOST_COLUMNS else _differing(records, names)
    alike = [name for name in names if name not in differing and records[0].get(name) is not None]
    shown = differing[:MOST_COLUMNS]
    return Table(
        _fields(records[0], alike, today),
        tuple(words.label(name) for name in shown),
        tuple(
            tuple(laid_out(record.get(name), today, name) for name in shown) for record in records[:MOST_ROWS]
        ),
        tuple(words.label(name) for name in differing[MOST_COLUMNS:]),
        max(0, len(records) - MOST_ROWS),
    )


def _differing(records: Sequence[Mapping[str, Any]], names: list[str]) -> list[str]:
    first = records[0]
    differing = [name for name in names if any(record.get(name) != first.get(name) for record in records)]
    # Records that are all alike keep one column, so that they can be counted.
    return differing or names[:1]
