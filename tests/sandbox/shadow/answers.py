"""Answers and calls as they are compared, written briefly."""

from __future__ import annotations

import json
from typing import Any

from sandbox.components.asking import Answered, Asked
from sandbox.shadow.causes import Difference
from sandbox.shadow.comparing import compare
from sandbox.shadow.noise import Noise

JSON = "application/json"
PROBLEM = "application/problem+json"
XML = "text/xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
BASE = "http://127.0.0.1:8000/councils/fairwater/waste"


def answer(
    said: Any = None, status: int = 200, kind: str = JSON, *, seconds: float = 0.01, **headers: str
) -> Answered:
    """An answer: of bytes or a text as it is, of anything else as JSON."""
    body = b"" if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
    if isinstance(said, str):
        body = said.encode()
    told = [("content-type", kind)] if body else []
    told += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answered(status, tuple(told), body, seconds)


def refusal(status: int, name: str, detail: str = "No.", kind: str = PROBLEM) -> Answered:
    """A refusal by its problem."""
    title = name.replace("-", " ").capitalize()
    told = {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail}
    return answer(told, status, kind)


def call(path: str, method: str = "GET", body: bytes = b"", query: str = "", **headers: str) -> Asked:
    """A call with a key."""
    told = {"authorization": "Bearer vc_a_key_that_nobody_may_see", **headers}
    return Asked(
        method, path, query, tuple((name.replace("_", "-"), each) for name, each in told.items()), body, BASE
    )


def differences(ours: Answered, theirs: Answered, noise: Noise | None = None) -> list[Difference]:
    """What sets two answers apart, with the noise that is declared for all."""
    return compare("show_case", ours, theirs, noise or Noise.usual())


def sentences(ours: Answered, theirs: Answered, noise: Noise | None = None) -> list[str]:
    """The same as sentences."""
    return [each.sentence for each in differences(ours, theirs, noise)]
