"""The summary of many comparisons: how many were alike, and groups of differences with an example each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sandbox.shadow.causes import Cause
from sandbox.shadow.examples import Example
from sandbox.shadow.happenings import EVENTS
from sandbox.shadow.telling_plainly import Counts, summed_up


@dataclass(frozen=True, slots=True)
class Group:
    """Differences of one cause at one place of one operation: how many calls had it, and one of them."""

    operation: str
    place: str
    cause: Cause
    count: int
    sentence: str
    first_seen: datetime
    last_seen: datetime
    example: Example


@dataclass(frozen=True, slots=True)
class LeftOut:
    """So many calls that were not compared, or were not answered, and why."""

    count: int
    why: str


@dataclass(frozen=True, slots=True)
class NoiseSeen:
    """What was let pass because it means nothing, and why."""

    operation: str
    place: str
    why: str
    learnt: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What the comparing of many calls came to.

    Of ``calls`` those ``different`` include the ``unanswered``. ``left_out`` were not compared at all.
    ``events`` and ``events_different`` are of events told. Groups are the largest first;
    ``more_groups`` counts differences of causes that were one too many. Times are in milliseconds, null
    where nothing was measured.
    """

    sentence: str
    calls: int
    alike: int
    different: int
    unanswered: int
    worded_otherwise: int
    events: int
    events_different: int
    groups: tuple[Group, ...]
    more_groups: int
    left_out: tuple[LeftOut, ...]
    not_answered: tuple[LeftOut, ...]
    noise: tuple[NoiseSeen, ...]
    our_median_ms: float | None
    their_median_ms: float | None
    median_slower_ms: float

    def as_kept(self) -> dict[str, Any]:
        """As it is kept in the notebook: JSON."""
        kept = asdict(self)
        for group in kept["groups"]:
            group["first_seen"], group["last_seen"] = (
                group["first_seen"].isoformat(),
                group["last_seen"].isoformat(),
            )
        return kept

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> Summary:
        """As it was kept."""
        return cls(
            **{
                **kept,
                "groups": tuple(_group(each) for each in kept["groups"]),
                "left_out": tuple(LeftOut(**each) for each in kept["left_out"]),
                "not_answered": tuple(LeftOut(**each) for each in kept["not_answered"]),
                "noise": tuple(NoiseSeen(**each) for each in kept["noise"]),
            }
        )


def sentence_of(counts: Counts, groups: Sequence[Group], slower_ms: float | None) -> str:
    """The summary in one plain sentence."""
    told = [each for each in groups if each.cause is not Cause.UNANSWERED]
    of_events = [(each.count, each.sentence) for each in told if each.operation == EVENTS]
    of_calls: Counter[str] = Counter()
    for each in told:
        if each.operation != EVENTS:
            of_calls[each.sentence] += each.count
    by_sentence = [(count, sentence) for sentence, count in of_calls.most_common()]
    return summed_up(counts, by_sentence, of_events, slower_ms)


def _group(kept: Mapping[str, Any]) -> Group:
    seen = {name: datetime.fromisoformat(kept[name]) for name in ("first_seen", "last_seen")}
    return Group(
        **{**kept, **seen, "cause": Cause(kept["cause"]), "example": Example.of_kept(kept["example"])}
    )
