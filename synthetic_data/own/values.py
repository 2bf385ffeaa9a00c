"""How one cell of a CSV file is read: what it says, or why it says nothing usable."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np

Read = Callable[[str], Any]
"""Gives what a cell that is not empty says. Raises Unfit."""

EARLIEST = date(1900, 1, 1)
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_BRITISH = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})")
_PHONE = re.compile(r"(?:\+|00?)?[\d ()-]+")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MANY_WORDS = 9


class Unfit(Exception):
    """A cell says nothing usable: what is wrong with it, and what to write instead."""

    def __init__(self, wrong: str, remedy: str) -> None:
        self.wrong = wrong
        self.remedy = remedy
        super().__init__(f"{wrong}. {remedy}")


def nearest(word: str, words: Sequence[str]) -> str | None:
    """The word that was probably meant."""
    tidy = re.sub(r"\W+", "_", word.strip().lower())
    by_tidy = {each.lower(): each for each in words}
    starting = [each for each in by_tidy if tidy and each.startswith(tidy)]
    found = starting or difflib.get_close_matches(tidy, by_tidy, 1, 0.55)
    return by_tidy[found[0]] if found else None


def text(most: int) -> Read:
    """Text of up to so many characters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise Unfit(f"has {len(cell)} characters", f"Shorten it to {most}")
        if not cell.isprintable():
            raise Unfit("holds a line break or another sign that cannot be printed", "Take it out")
        return cell

    return read


def reference(cell: str) -> str:
    """An id, as it is to stand in addresses of pages."""
    if not _REFERENCE.fullmatch(cell):
        raise Unfit("cannot be an id", "Use letters, digits, hyphens and underscores, 40 at most")
    return cell


def uprn(cell: str) -> int:
    """A UPRN: up to twelve digits."""
    if re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", cell):
        raise Unfit("was shortened by a spreadsheet", "Format the column as text and write all its digits")
    if not re.fullmatch(r"[0-9]{1,12}", cell) or not int(cell):
        raise Unfit("is no UPRN", "Write up to twelve digits, such as 999900000001")
    return int(cell)


def postcode(cell: str) -> str:
    """A postcode, written with its space."""
    found = _POSTCODE.fullmatch(re.sub(r"\s+", " ", cell.upper()))
    if not found:
        raise Unfit("is no postcode", "Write it such as ZZ90 1AA")
    return f"{found[1]} {found[2]}"


def day(cell: str) -> np.datetime64:
    """A date, from 1900 on."""
    if british := _BRITISH.fullmatch(cell):
        try:
            meant = date(int(british[3]), int(british[2]), int(british[1]))
        except ValueError:
            raise Unfit("is no date", "Write year, month and day, such as 1980-12-31") from None
        raise Unfit("is a date with the day first", f"Write {meant.isoformat()}")
    try:
        found = date.fromisoformat(cell) if _ISO.fullmatch(cell) else None
    except ValueError:
        raise Unfit("is a day that the calendar has not", "Check the month and the day") from None
    if found is None:
        raise Unfit("is no date", "Write year, month and day, such as 1980-12-31")
    if found < EARLIEST:
        raise Unfit("is before 1900", "Check the year")
    return np.datetime64(found, "D")


def word(vocabulary: Sequence[str]) -> Read:
    """One of the words of a vocabulary; reads as its row."""
    rows = {each: row for row, each in enumerate(vocabulary)}
    listed = (
        f"The words are {', '.join(vocabulary)}"
        if len(vocabulary) <= _MANY_WORDS
        else "The guide that --template writes lists the words"
    )

    def read(cell: str) -> int:
        row = rows.get(cell)
        if row is None:
            meant = nearest(cell, vocabulary)
            raise Unfit(
                "is not a word of this column", (f"Perhaps {meant!r} is meant. " if meant else "") + listed
            )
        return row

    return read


def flag(cell: str) -> bool:
    """Yes or no."""
    found = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}.get(cell.lower())
    if found is None:
        raise Unfit("is neither yes nor no", "Write yes or no")
    return found


def whole(least: int, most: int) -> Read:
    """A whole number."""

    def read(cell: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", cell) or not least <= int(cell) <= most:
            raise Unfit(f"is no whole number from {least} to {most}", "Write digits alone")
        return int(cell)

    return read


def decimal(least: float, most: float) -> Read:
    """A number with or without decimals."""

    def read(cell: str) -> float:
        if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,12})?", cell) or not least <= float(cell) <= most:
            raise Unfit(f"is no number from {least:g} to {most:g}", "Write digits and a decimal point")
        return float(cell)

    return read


def phone(cell: str) -> str:
    """A telephone number, as it is written."""
    if not _PHONE.fullmatch(cell) or not 10 <= len(re.sub(r"\D", "", cell)) <= 15:
        raise Unfit("is no telephone number", "Write all its digits, such as 07700 900123")
    return cell


def email(cell: str) -> str:
    """An e-mail address."""
    if len(cell) > 254 or not _EMAIL.fullmatch(cell):
        raise Unfit("is no e-mail address", "Write it such as mary.smith@example.org")
    return cell
