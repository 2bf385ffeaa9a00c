"""Tricks: what in the path or headers of a call could mean one thing here and another to a component.

A call is matched, shared out and translated by its path as it is read here. A component behind it may
decode it once more, fold ``..`` away or take a backslash for a slash, and would then answer for another
address than the one that was let through. No path of a service needs any of that, so it is refused.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from sandbox.components.asking import Asked
from service_apis.kit.problems import NotFound, Problem

LONGEST_PATH = 2_000
LONGEST_QUERY = 8_000
LARGEST_HEADERS_BYTES = 32_768
MOST_HEADERS = 200
_DECODINGS = 4
_PLAIN = re.compile(r"(?:/(?!\.{1,2}(?:[/;]|$))[A-Za-z0-9_~@:!$&'()*+,;=.-]+)*/?")
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")


class NotPassedOn(NotFound):
    """There is nothing at the address of the call, which could be read in more ways than one.

    Write the path plainly: without `.` or `..` as a step, an empty step, a backslash, or an encoded slash.
    """


class HeadersTooLarge(Problem):
    """The headers of the call are larger, or more, than are passed on. Nothing was done; send fewer."""

    status = 431


def trick_in(asked: Asked) -> Problem | None:
    """The refusal of a call for its address or its headers; None where both are plain."""
    if len(asked.headers) > MOST_HEADERS:
        return HeadersTooLarge(f"The call has more than {MOST_HEADERS} headers; send fewer")
    if sum(len(name) + len(value) for name, value in asked.headers) > LARGEST_HEADERS_BYTES:
        return HeadersTooLarge(f"The headers are larger than {LARGEST_HEADERS_BYTES:,} bytes; send less")
    path = asked.path
    if len(path) > LONGEST_PATH or len(asked.query) > LONGEST_QUERY:
        trick: str | None = "it is too long"
    else:
        trick = None if _PLAIN.fullmatch(path) else _in_path(path)
    return NotPassedOn(f"There is nothing at this address: {trick}") if trick else None


def _in_path(path: str) -> str | None:
    if not path.startswith("/") and path:
        return "its path does not begin with a slash"
    if "//" in path:
        return "its path has an empty step"
    if not all(" " < letter < "\x7f" for letter in path):
        return "its path has characters that must be encoded"
    if _MALFORMED.search(path):
        return "its path has a percent sign that encodes nothing"
    return next((trick for step in path.split("/") if (trick := _in_step(step))), None)


def _in_step(step: str) -> str | None:
    for _ in range(_DECODINGS):
        if trick := _in_reading(step):
            return trick
        try:
            decoded = unquote_to_bytes(step).decode()
        except UnicodeDecodeError:
            return "its path is not UTF-8"
        if decoded == step:
            return None
        step = decoded
    return _in_reading(step) or ("its path is encoded again and again" if "%" in step else None)


def _in_reading(step: str) -> str | None:
    """What is wrong with a step as one reader may read it."""
    meant = unicodedata.normalize("NFKC", step)
    if "/" in meant or "\\" in meant:
        return "its path has an encoded slash, or a backslash"
    if meant.partition(";")[0] in (".", ".."):
        return "its path has a step that leads elsewhere"
    if any(unicodedata.category(letter) == "Cc" for letter in meant):
        return "its path has a control character"
    return None
