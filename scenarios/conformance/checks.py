"""A check: one thing that is looked at in a target, and the ways in which it can end.

A check that returns has passed. Otherwise it raises `Missed` (the target answered, and was wrong), `Skipped`
(it could not be tried here, and why), `Omitted` (an optional part that the target does not claim) or
`Unjudged` (there was nothing to judge: no answer, no value to ask with). Nothing else is raised on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe
    from scenarios.conformance.record import Exchange
    from scenarios.exchange import Answer


class Kind(StrEnum):
    """The kinds of check, in the order in which a report tells of them."""

    CONTRACT = "contract"
    JOURNEY = "journey"
    EVENTS = "events"
    DATA = "data"
    ACCESS = "access"
    CONDUCT = "conduct"


MEANINGS: Mapping[Kind, str] = {
    Kind.CONTRACT: "It keeps to its OpenAPI, whatever it is sent",
    Kind.JOURNEY: "A resident or officer gets done what they set out to do",
    Kind.EVENTS: "What happened is told: all of it, once, in order and signed",
    Kind.DATA: "What was written comes back; lists and filters tell the truth",
    Kind.ACCESS: "Only who may, sees and changes",
    Kind.CONDUCT: "It behaves when repeated, hurried, interrupted or sent nonsense",
}


@dataclass(frozen=True)
class Check:
    """One check. Its `name` stays the same from version to version, and so does its id.

    `title` is a claim about the target (`A list's pages hold each entry once`). `verifies` names
    requirements. `operations` are those of the contract that it cannot do without: a target that does not
    claim one of them is not tried.
    """

    service: str
    kind: Kind
    name: str
    title: str
    verifies: tuple[str, ...]
    run: Callable[[Probe], None] = field(repr=False, compare=False)
    operations: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`<service>.<kind>.<name>`"""
        return f"{self.service}.{self.kind}.{self.name}"

    @property
    def lane(self) -> str:
        """The state that it shares with others: checks of one lane run in order, on one council."""
        return f"{self.service}.{self.kind}"


class Ended(Exception):
    """A check came to an end otherwise than by passing. The message is a sentence."""


class Missed(Ended):
    """The target answered and was wrong. `expected` and `got` are shown as a small diff.

    `answer` is the answer that shows it, or `shown` the exchange; the last one that the check had, where
    none is given. `remedy` says what to try.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: str = "",
        got: str = "",
        remedy: str = "",
        answer: Answer | None = None,
        shown: Exchange | None = None,
    ) -> None:
        super().__init__(message)
        self.expected = expected
        self.got = got
        self.remedy = remedy
        self.answer = answer
        self.shown = shown


class Skipped(Ended):
    """It was not tried here; the message is the reason."""


class Omitted(Ended):
    """It concerns an optional part that the target does not claim to have."""


class Unjudged(Ended):
    """There was nothing to judge; the message says what was wanting."""


def expect(
    holds: bool,
    message: str,
    *,
    expected: object = "",
    got: object = "",
    remedy: str = "",
    answer: Answer | None = None,
) -> None:
    """Raise Missed with this message unless it holds."""
    if not holds:
        raise Missed(message, expected=str(expected), got=str(got), remedy=remedy, answer=answer)


def named(names: Sequence[str]) -> str:
    """`a`, `b` and `c`"""
    quoted = [f"`{name}`" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
