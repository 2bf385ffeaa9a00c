"""The behaviours that can be forced: their names, what may be said with each, and what becomes of a write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

LONGEST_DELAY = 60
"""Seconds that a forced delay lasts at most: longer than any client that is meant to work would wait."""
LONGEST_SILENCE = 600
"""Seconds after which a connection that is never answered is closed all the same."""

Value = float | str
Parameters = Mapping[str, Value]


class NotUnderstood(ValueError):
    """A behaviour or a parameter that there is not; the message lists those that there are.

    ``known`` are the right names, the nearest first.
    """

    def __init__(self, message: str, known: Iterable[str]) -> None:
        super().__init__(message)
        self.known = list(known)


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that may be said with a behaviour.

    A number from ``least`` to ``most``, or one of ``words``. Without it ``default`` holds; None is nothing.
    """

    name: str
    sentence: str
    default: Value | None
    least: float = 0
    most: float = 0
    words: tuple[str, ...] = ()

    def read(self, behaviour: str, said: Value) -> Value:
        """The value that was said. Raises NotUnderstood where it is none."""
        if self.words:
            word = said if isinstance(said, str) else f"{said:g}"
            if word not in self.words:
                choice = ", ".join(self.words)
                raise NotUnderstood(f"{self.name} of {behaviour} is one of {choice}; not {word}", self.words)
            return word
        try:
            number = float(said)
        except ValueError:
            number = float("nan")
        if not self.least <= number <= self.most:
            known = f"a number from {self.least:g} to {self.most:g}"
            raise NotUnderstood(f"{self.name} of {behaviour} is {known}; not {said}", [known])
        return int(number) if number == int(number) else number


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour that can be forced.

    ``sentence`` is what the caller meets, ``of_a_write`` whether what was sent is done all the same. ``of``
    says what it is done to: calls, those of them that only read, or events: by a rule those of its service,
    by a header those that the request causes. One that ``answers`` lets no call through.
    """

    name: str
    sentence: str
    of_a_write: str
    parameters: tuple[Parameter, ...] = ()
    of: Literal["calls", "reads", "events"] = "calls"
    answers: bool = False
    status: int = 0

    def read(self, said: Mapping[str, Value]) -> Parameters:
        """All parameters, with their defaults where nothing was said. Raises NotUnderstood."""
        known = [each.name for each in self.parameters]
        for name in said:
            if name not in known:
                there = f"it has {', '.join(known)}" if known else "it has none"
                raise NotUnderstood(f"{self.name} has no parameter {name}; {there}", nearest(name, known))
        given: dict[str, Value] = {}
        for each in self.parameters:
            value = each.read(self.name, said[each.name]) if each.name in said else each.default
            if value is not None:
                given[each.name] = value
        if "up_to" in given and float(given["up_to"]) < float(given["seconds"]):
            raise NotUnderstood(f"up_to of {self.name} is less than its seconds", ["up_to", "seconds"])
        return MappingProxyType(given)


NOT_DONE = "Nothing of it is done."
DONE = "It is done."
_RETRY_AFTER = Parameter("retry_after", "Seconds after which to try again.", 30, 1, 86_400)


def _refusal(name: str, status: int, sentence: str, *parameters: Parameter) -> Behaviour:
    return Behaviour(name, sentence, NOT_DONE, parameters, answers=True, status=status)


def _delay(default: float, most: float, what: str) -> tuple[Parameter, Parameter]:
    return (
        Parameter("seconds", f"How long {what}.", default, 0, most),
        Parameter("up_to", "If given, a time drawn between the two for each.", None, 0, most),
    )


_ALL = (
    Behaviour(
        "slow",
        "The answer is right, but comes late.",
        "It is done, once the time is over.",
        _delay(3, LONGEST_DELAY, "the call waits"),
    ),
    Behaviour(
        "timeout",
        "No answer comes until the caller gives up, or the time is over and the connection closes.",
        NOT_DONE,
        (Parameter("seconds", "How long the connection is held.", 120, 0, LONGEST_SILENCE),),
        answers=True,
    ),
    _refusal("too-many-requests", 429, "Refused with 429: the caller has called too often.", _RETRY_AFTER),
    _refusal("server-error", 500, "Refused with 500: the system has failed."),
    _refusal("bad-gateway", 502, "Refused with 502: what stands in front has no use for the answer."),
    _refusal("unavailable", 503, "Refused with 503: the system cannot answer just now.", _RETRY_AFTER),
    _refusal("gateway-timeout", 504, "Refused with 504: what stands in front has waited too long."),
    _refusal(
        "maintenance",
        503,
        "Refused with 503: the system is down for maintenance.",
        Parameter(
            "retry_after",
            "Seconds after which to try again; a rule between two hours says those up to its end.",
            None,
            1,
            86_400,
        ),
    ),
    _refusal(
        "expired-token", 401, "Refused with 401 and error invalid_token: the key has run out (RFC 6750)."
    ),
    Behaviour(
        "dropped",
        "The connection is closed without an answer.",
        "It is done, and only the answer is lost: to send it again is safe with an Idempotency-Key.",
    ),
    Behaviour(
        "half-sent",
        "The answer announces its whole length; the connection is closed after half of it.",
        "It is done, and only the answer is lost: to send it again is safe with an Idempotency-Key.",
    ),
    Behaviour(
        "stale",
        "Reads are answered from an older state of the council.",
        "It is done, and not seen at once.",
        (
            Parameter(
                "lag",
                "By a rule: for how many seconds what is written may not be seen. By header, reads show the "
                "council as it was made.",
                10,
                1,
                3600,
            ),
        ),
        of="reads",
    ),
    Behaviour(
        "error-in-200",
        "A refusal is answered with 200, and says only in its body that it is one.",
        "Always: nothing of it is done. Where refused: it is done, unless it would be refused anyway.",
        (
            Parameter(
                "when",
                "always: every call fails so; refused: those that would be refused anyway.",
                "always",
                words=("always", "refused"),
            ),
        ),
    ),
    Behaviour(
        "html-page",
        "A page of HTML comes in place of the answer, as from a proxy in front of the system.",
        NOT_DONE,
        (Parameter("status", "Its HTTP status.", "503", words=("200", "403", "500", "502", "503", "504")),),
        answers=True,
    ),
    Behaviour(
        "shifting-pages",
        "The list changes between one page and the next: from page 2 on, a page is off by one record.",
        "It is done; only lists are met.",
        (
            Parameter(
                "how",
                "repeated: a page begins with the last record of the page before; missed: it leaves out its "
                "first.",
                "repeated",
                words=("repeated", "missed"),
            ),
        ),
        of="reads",
    ),
    Behaviour(
        "events-twice",
        "Webhooks are sent each event more than once.",
        "It is done; only its event is met.",
        (Parameter("copies", "How often each event is sent.", 2, 2, 10),),
        of="events",
    ),
    Behaviour(
        "events-late",
        "Webhooks are sent each event late.",
        "It is done; only its event is met.",
        _delay(60, 86_400, "the event waits"),
        of="events",
    ),
)
BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType({each.name: each for each in _ALL})
"""Every behaviour by name."""


def behaviour_named(name: str) -> Behaviour:
    """The behaviour of that name. Raises NotUnderstood, which lists those known."""
    names = list(BEHAVIOURS)
    if name not in names:
        hint = did_you_mean(name, names)
        raise NotUnderstood(
            f"There is no behaviour called {name!r}. {hint}There are: {', '.join(names)}",
            nearest(name, names),
        )
    return BEHAVIOURS[name]


def asked_by_header(text: str) -> tuple[Behaviour, Parameters]:
    """What a header ``NAME; parameter=value; ...`` asks for. Raises NotUnderstood."""
    name, *said = (part.strip() for part in text.split(";"))
    behaviour = behaviour_named(name.lower())
    pairs = [part.partition("=") for part in said if part]
    return behaviour, behaviour.read({key.strip(): value.strip().strip('"') for key, _, value in pairs})


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known names, the nearest first."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    return [*near, *(each for each in names if each not in near)]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that names the nearest, with a space after it; nothing where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}? " if near else ""
