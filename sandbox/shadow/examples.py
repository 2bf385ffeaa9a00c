"""Examples: one call that shows a difference, kept so that anybody can make it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.journal.masking import Masking
from sandbox.shadow.causes import ABSENT, Difference
from sandbox.shadow.telling_plainly import clipped

LONGEST_BODY = 4_000
"""So many characters of a body are kept of an example."""
LONGEST_SHOWN = 200
_SENT_ALONG = ("accept", "content-type", "if-match", "if-none-match", "idempotency-key", "accept-language")
_KEYS_IN_QUERY = ("api_key", "key")


@dataclass(frozen=True, slots=True)
class Example:
    """A call that was answered differently, with what either side said; keys are masked.

    ``path`` is below the service's address. ``ours`` and ``theirs`` are the two values as texts, null where
    there is none; ``theirs_body`` is null where the component did not answer.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    with_key: bool
    body: str
    ours: str | None
    theirs: str | None
    our_status: int | None
    their_status: int | None
    our_body: str | None
    their_body: str | None

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> Example:
        """As it is kept in the notebook."""
        headers = tuple((name, value) for name, value in kept["headers"])
        return cls(**{**kept, "headers": headers})

    def as_kept(self) -> dict[str, Any]:
        """As it is kept in the notebook."""
        return asdict(self)

    @property
    def is_call(self) -> bool:
        """Whether it is a call, and not an event."""
        return bool(self.method)

    def curl(self, address: str) -> str:
        """The call as a line for a shell, to a service at this address; the key is in $KEY."""
        if not self.is_call:
            return ""
        url = f"{address}{self.path}{'?' if self.query else ''}{self.query}"
        parts = ["curl -sS"]
        if self.method == "HEAD":
            parts.append("-I")
        elif self.method != "GET":
            parts.append(f"-X {self.method}")
        parts.append(shlex.quote(url).replace("KEY-IN-QUERY", "'\"$KEY\"'"))
        if self.with_key:
            parts.append('-H "Authorization: Bearer $KEY"')
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers]
        if self.body:
            parts.append(f"--data-binary {shlex.quote(self.body)}")
        return " ".join(parts)


def example_of(
    asked: Asked,
    ours: Answered,
    theirs: Answered | Unanswered,
    difference: Difference | None,
    masking: Masking,
) -> Example:
    """An example of a difference, bounded, and with nobody's key in it."""
    masking.begin()
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in asked.headers]
    answered = theirs if isinstance(theirs, Answered) else None
    masked = masking.query(asked.query.encode("latin-1")).decode("latin-1")
    return Example(
        method=asked.method,
        path=asked.path[:2_000],
        query=_with_key(masked)[:2_000],
        headers=tuple(
            (name, value[:500])
            for name, value in asked.headers
            if name in _SENT_ALONG and (name, value) != ("accept", "*/*")
        ),
        with_key=asked.header("authorization") is not None,
        body=_text(masking.body(asked.body, raw)) or "",
        ours=None if difference is None else _value(difference.ours),
        theirs=None if difference is None else _value(difference.theirs),
        our_status=ours.status,
        their_status=answered.status if answered else None,
        our_body=_text(masking.body(ours.body, ())),
        their_body=_text(masking.body(answered.body, ())) if answered else None,
    )


def example_of_event(difference: Difference) -> Example:
    """An example of a difference between events: there is no call to show."""
    values = _value(difference.ours), _value(difference.theirs)
    return Example("", "", "", (), False, "", *values, None, None, None, None)


def size_of(asked: Asked, ours: Answered) -> int:
    """How large a call is as an example: the smallest is the easiest to understand."""
    return len(asked.path) + len(asked.query) + len(asked.body) + len(ours.body) // 4


def nobody_chose() -> Masking:
    """Masking where no key was chosen by anybody: keys are known by how they begin."""
    return Masking(lambda: ())


def _with_key(query: str) -> str:
    for name in _KEYS_IN_QUERY:
        query = query.replace(f"{name}=***", f"{name}=KEY-IN-QUERY")
    return query


def _text(body: bytes) -> str | None:
    text = body[: LONGEST_BODY * 4].decode("utf-8", "replace")
    return text if len(text) <= LONGEST_BODY else f"{text[: LONGEST_BODY - 1]}…"


def _value(value: Any) -> str | None:
    if value is ABSENT:
        return None
    return clipped(value if isinstance(value, str) else _written(value), LONGEST_SHOWN)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
