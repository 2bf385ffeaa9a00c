"""Real authorities' names, and the refusal to give one to a pretend council. Loads no NumPy."""

from __future__ import annotations

import difflib
import re
from functools import cache

from synthetic_data.profiles import profile_names
from synthetic_data.profiles.finder import other_names, plain_name

_TOO_NEAR = 0.86
_SHORT = 4


class RealPlaceName(ValueError):
    """A pretend council was given the name of a real authority, or one nearly like it."""

    def __init__(self, slug: str, authority: str) -> None:
        self.slug = slug
        self.authority = authority
        super().__init__(
            f"{slug!r} could be taken for {authority}, which is a real authority. "
            "Give the pretend council an invented name, such as 'fairwater'."
        )


class UnusableName(ValueError):
    """A council's name is not a slug: lower-case words of letters and digits joined by hyphens."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"{slug!r} cannot name a council. Use lower-case letters and digits, words joined by single "
            "hyphens, beginning with a letter, at most 40 characters: 'fairwater', 'north-fairwater'."
        )


def display_name(slug: str) -> str:
    """The name as people write it: "north-fairwater" is North Fairwater."""
    return " ".join(word.capitalize() for word in slug.split("-"))


@cache
def _real_names() -> tuple[tuple[str, str, str], ...]:
    """Plain form, the same run together, and name as it is written, of every authority."""
    codes = dict(profile_names())
    others = [(plain, codes[code]) for plain, code in other_names().items()]
    names = [(plain_name(name), name) for name in codes.values()] + others
    return tuple((plain, plain.replace(" ", ""), name) for plain, name in names)


def check_invented_name(slug: str) -> None:
    """Refuse a name that is, contains as whole words, or nearly is a real authority's.

    Raises:
        UnusableName: not a slug.
        RealPlaceName: too like one of the 318 authorities.
    """
    if len(slug) > 40 or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
        raise UnusableName(slug)
    given = slug.replace("-", " ")
    for form in dict.fromkeys((given, plain_name(given))):
        # What is given is the matcher's second text, which it keeps its index of.
        together = form.replace(" ", "")
        matcher = difflib.SequenceMatcher(None, "", together, autojunk=False)
        for plain, run_together, name in _real_names():
            if f" {plain} " in f" {form} " or _nearly(run_together, together, matcher):
                raise RealPlaceName(slug, name)


def _nearly(real: str, given: str, matcher: difflib.SequenceMatcher[str]) -> bool:
    if real == given:
        return True
    if min(len(real), len(given)) <= _SHORT or abs(len(real) - len(given)) > 2:
        return False
    matcher.set_seq1(real)
    return (
        matcher.real_quick_ratio() > _TOO_NEAR
        and matcher.quick_ratio() > _TOO_NEAR
        and matcher.ratio() > _TOO_NEAR
    )
