"""Postcodes as people type them, and as councils keep them."""

from __future__ import annotations


def tidied(postcode: str) -> str:
    """A postcode in capitals with one space before its inward part: ``zz901ab`` is ``ZZ90 1AB``."""
    letters = "".join(postcode.split()).upper()
    return f"{letters[:-3]} {letters[-3:]}" if len(letters) > 3 else letters
