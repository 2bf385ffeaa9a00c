"""Comparing: what sets the component's answer to a call apart from the stub's, by what both mean."""

from __future__ import annotations

import json
from typing import Any

from sandbox.components.asking import Answered
from sandbox.shadow.bodies import CannotBeRead, mean_equal, read
from sandbox.shadow.causes import ABSENT, Cause, Difference
from sandbox.shadow.headers import compare_headers, meant
from sandbox.shadow.meaning import Found
from sandbox.shadow.noise import Noise
from sandbox.shadow.telling_plainly import clipped, of_statuses

PROBLEM = "application/problem+json"


def compare(operation: str, ours: Answered, theirs: Answered, noise: Noise) -> list[Difference]:
    """What sets the component's answer apart; nothing where both mean the same, or differ by noise alone.

    ``theirs`` is as the caller would see it: with the council's references and addresses. How a refusal is
    worded means nothing, its status and type do.
    """
    our_headers, their_headers = meant(ours), meant(theirs)
    if ours.status == theirs.status and ours.body == theirs.body and our_headers == their_headers:
        return []
    found = Found(operation, noise)
    bodies = bool(ours.body or theirs.body)
    if ours.status != theirs.status:
        told = of_statuses(ours.status, theirs.status, title_of(ours), title_of(theirs))
        found.say("status", Cause.STATUS, told, "", ours.status, theirs.status)
        if not (ours.was_done and theirs.was_done):
            return list(found)
    compare_headers(found, our_headers, their_headers, bodies=bodies)
    if ours.body != theirs.body:
        _bodies(found, ours, theirs)
    return list(found)


def title_of(answered: Answered) -> str:
    """What a refusal is called by its problem; empty where it names none."""
    if answered.status < 400 or not answered.media_type.endswith("json"):
        return ""
    try:
        told = json.loads(answered.body)
    except (ValueError, RecursionError):
        return ""
    title = told.get("title") if isinstance(told, dict) else None
    return clipped(title) if isinstance(title, str) else ""


def worded_otherwise(ours: Answered, theirs: Answered) -> bool:
    """Whether two refusals that mean the same say it in other words."""
    if not ours.status == theirs.status >= 400 or ours.body == theirs.body:
        return False
    try:
        return bool(read(ours.media_type, ours.body) != read(ours.media_type, theirs.body))
    except CannotBeRead:
        return True


def _bodies(found: Found, ours: Answered, theirs: Answered) -> None:
    media_type = ours.media_type or theirs.media_type
    try:
        our_told = read(media_type, ours.body) if ours.body else None
    except CannotBeRead:
        media_type = "text/plain"
        our_told = read(media_type, ours.body)
    try:
        their_told = read(media_type, theirs.body) if theirs.body else None
    except CannotBeRead as unreadable:
        told = f"a body that is not {unreadable}"
        found.say("body", Cause.UNREADABLE, told, "", None, theirs.body[:200].decode("utf-8", "replace"))
        return
    if not theirs.body or not ours.body:
        told = "no body where the stub gives one" if ours.body else "a body where the stub gives none"
        one, other = (our_told, ABSENT) if ours.body else (ABSENT, their_told)
        found.say("body", Cause.MISSING if ours.body else Cause.EXTRA, told, "", one, other)
    elif mean_equal(our_told, their_told, ours.body, theirs.body):
        return
    elif ours.status >= 400:
        _refusals(found, our_told, their_told)
    elif isinstance(our_told, bytes) or isinstance(their_told, bytes):
        told = f"{len(theirs.body):,} bytes instead of {len(ours.body):,}"
        found.say("body", Cause.VALUE, "another body", told, None, None)
    else:
        found.walk("", our_told, their_told)


def _refusals(found: Found, ours: Any, theirs: Any) -> None:
    """Compare two refusals of one status: by their type, and by what they are made of, not by their words."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        if type(ours) is not type(theirs):
            found.walk("", ours, theirs)
        return
    for name in ours:
        if name not in theirs:
            told = f"a refusal without its {clipped(str(name))}"
            found.say(f"/{name}", Cause.MISSING, told, "", ours[name], ABSENT)
    one, other = ours.get("type"), theirs.get("type")
    if one != other and isinstance(one, str) and isinstance(other, str):
        amount = f"{_last(other)} instead of {_last(one)}"
        found.say("/type", Cause.REFUSAL, "refused for another reason", amount, one, other)
    status = theirs.get("status")
    if "status" in ours and "status" in theirs and ours["status"] != status:
        told = "a refusal that names another status than it has"
        found.say("/status", Cause.REFUSAL, told, "", ours["status"], status)


def _last(address: str) -> str:
    return clipped(address.rstrip("/").rpartition("/")[2].replace("-", " ") or address)
