"""Finding an authority by its code or by its name as people write it."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from functools import lru_cache

from synthetic_data.profiles.figures_table import FIGURES
from synthetic_data.profiles.loader import load_profile
from synthetic_data.profiles.profile import Profile

_TITLES = re.compile(
    r"\b(?:london borough|royal borough|metropolitan borough|county borough|borough|metropolitan district"
    r"|district|city and county|city|county|unitary authority|council|corporation|the|of|and)\b"
)
"""Words that councils add to a place's name, and small words that people leave out."""

_ALSO_KNOWN_AS = {
    "hull": "E06000010",
    "scilly": "E06000053",
    "scilly isles": "E06000053",
    "wight": "E06000046",
    "anglesey": "W06000001",
    "ynys mon": "W06000001",
    "sir ddinbych": "W06000004",
    "sir y fflint": "W06000005",
    "wrecsam": "W06000006",
    "sir benfro": "W06000009",
    "abertawe": "W06000011",
    "castell nedd port talbot": "W06000012",
    "pen y bont ar ogwr": "W06000013",
    "bro morgannwg": "W06000014",
    "caerdydd": "W06000015",
    "caerffili": "W06000018",
    "casnewydd": "W06000022",
    "merthyr tudful": "W06000024",
}


class UnknownAuthority(ValueError):
    """No authority of England or Wales has this name or code."""

    def __init__(self, text: str, suggestions: list[str]) -> None:
        self.text = text
        self.suggestions = suggestions
        names = " or ".join(suggestions)
        remedy = (
            f"Did you mean {names}?"
            if names
            else "Use the name or GSS code of a district or unitary council."
        )
        super().__init__(f"No authority in England or Wales is called {text!r}. {remedy}")


def plain_name(text: str) -> str:
    """A name without case, accents, punctuation and councils' titles: for comparing only."""
    letters = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    letters = re.sub(r"['\u2019.\u0300-\u036f]", "", letters)
    spaced = re.sub(r"[^a-z0-9]+", " ", letters)
    return " ".join(_TITLES.sub(" ", spaced).split()) or spaced.strip()


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str], ...]:
    with (FIGURES / "authorities.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return tuple((row[0], row[1]) for row in rows)


def profile_names() -> list[tuple[str, str]]:
    """GSS code and name of each of the 318 authorities, in order of their codes."""
    return list(_names())


def other_names() -> dict[str, str]:
    """Plain forms of other names that some authorities go by, each with its code."""
    return dict(_ALSO_KNOWN_AS)


def find_profile(text: str) -> Profile:
    """The profile of the authority with this GSS code or name.

    Case, punctuation, accents and titles ("Borough Council", "City of") do not matter.

    Raises:
        UnknownAuthority: there is none; its ``suggestions`` are the nearest names.
    """
    return load_profile(_find_code(text))


def _find_code(text: str) -> str:
    code = text.strip().upper()
    if any(code == known for known, _ in _names()):
        return code
    plain = plain_name(text)
    by_name = {plain_name(name): known for known, name in _names()}
    found = by_name.get(plain) or _ALSO_KNOWN_AS.get(plain)
    if found is None:
        raise UnknownAuthority(text, _nearest(plain))
    return found


def _nearest(plain: str) -> list[str]:
    by_name = {plain_name(name): name for _, name in _names()}
    nearest = difflib.get_close_matches(plain, by_name, n=3, cutoff=0.8)
    words = set(plain.split())
    sharing = [key for key in by_name if words & set(key.split()) or (plain and plain in key)]
    resembling = difflib.get_close_matches(plain, by_name, n=2, cutoff=0.6)
    return [by_name[key] for key in dict.fromkeys([*nearest, *sharing, *resembling])][:4]
