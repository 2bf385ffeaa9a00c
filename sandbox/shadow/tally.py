"""The tally of many comparisons: counted, grouped by cause, and measured, as calls are compared."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

from sandbox import machine
from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.journal.masking import Masking
from sandbox.shadow.causes import Cause, Difference
from sandbox.shadow.comparing import worded_otherwise
from sandbox.shadow.examples import Example, example_of, example_of_event, nobody_chose, size_of
from sandbox.shadow.happenings import EVENTS
from sandbox.shadow.noise import Noise
from sandbox.shadow.summary import Group, LeftOut, NoiseSeen, Summary, sentence_of
from sandbox.shadow.telling_plainly import AFTERWARDS, Counts, clipped
from sandbox.shadow.versions import Versions

MOST_GROUPS = 100
"""So many groups are kept; differences beyond are only counted."""
MOST_TIMES = 20_000
"""The median is of the latest so many calls."""
MOST_REASONS = 20
MOST_SENTENCES = 20
SLOW_SECONDS = 1.0
"""An operation whose median is so much slower than the stub's is told as a group of its own."""
NOTED = frozenset((Cause.SLOW,))
"""Causes that are told, though what was answered is alike."""

_Key = tuple[str, str, Cause, str]


@dataclass(slots=True)
class _Gathered:
    """One group while it is gathered: its sentences with the amounts, and the smallest call that shows it."""

    plain: str
    sentences: Counter[str]
    count: int
    first: datetime
    last: datetime
    size: int
    example: Example


class Tally:
    """What comparing came to so far. ``noise`` is what was let pass, for the summary to tell."""

    def __init__(self, noise: Noise | None = None, masking: Masking | None = None) -> None:
        self.noise = noise or Noise()
        self._masking = masking or nobody_chose()
        self._groups: dict[_Key, _Gathered] = {}
        self._versions = Versions()
        self._left_out: Counter[str] = Counter()
        self._not_answered: Counter[str] = Counter()
        self._times: deque[tuple[float, float]] = deque(maxlen=MOST_TIMES)
        self._times_of: dict[str, deque[tuple[float, float]]] = defaultdict(lambda: deque(maxlen=1_000))
        self._slow: dict[str, tuple[Asked, Answered, Answered]] = {}
        self.calls = self.alike = self.unanswered = self.worded_otherwise = 0
        self.events = self.events_different = self.more_groups = 0

    def add(
        self,
        operation: str,
        asked: Asked,
        ours: Answered,
        theirs: Answered | Unanswered,
        differences: Sequence[Difference],
        *,
        afterwards: bool = False,
    ) -> None:
        """Count one call and what set the component's answer apart, as ``compare`` found it.

        ``afterwards`` says that it only read back what earlier calls had left.
        """
        self.calls += 1
        if isinstance(theirs, Unanswered):
            self._not_answer(operation, asked, ours, theirs)
            return
        self._measure(operation, asked, ours, theirs)
        version = self._versions.compare(asked, ours, theirs)
        found = [*differences, version] if version is not None else differences
        if not found:
            self.alike += 1
            if worded_otherwise(ours, theirs):
                self.worded_otherwise += 1
            return
        size = size_of(asked, ours)
        for each in found:
            group = self._group(operation, each, afterwards, size)
            if group is not None and size < group.size:
                group.size, group.example = size, example_of(asked, ours, theirs, each, self._masking)

    def add_events(self, told: int, differences: Iterable[Difference]) -> None:
        """Count so many events that the stub told, and what set those of the component apart."""
        self.events += told
        for each in differences:
            self.events_different += 1
            group = self._group(EVENTS, each, False, 0)
            if group is not None and group.size:
                group.size, group.example = 0, example_of_event(each)

    def leave_out(self, why: str) -> None:
        """Count a call that was not compared."""
        self._count(self._left_out, why)

    def summary(self) -> Summary:
        """What it came to so far."""
        from statistics import median

        groups = (*self._told_groups(), *self._slow_groups())
        ours, theirs = ([times[side] * 1_000 for times in self._times] for side in (0, 1))
        medians = (median(ours), median(theirs)) if ours else (None, None)
        slower = None if medians[0] is None or medians[1] is None else medians[1] - medians[0]
        counts = Counts(self.calls, self.alike, self.unanswered, self.events_different)
        return Summary(
            sentence=sentence_of(counts, groups, slower),
            calls=self.calls,
            alike=self.alike,
            different=self.calls - self.alike,
            unanswered=self.unanswered,
            worded_otherwise=self.worded_otherwise,
            events=self.events,
            events_different=self.events_different,
            groups=groups,
            more_groups=self.more_groups,
            left_out=_reasons(self._left_out),
            not_answered=_reasons(self._not_answered),
            noise=tuple(NoiseSeen(each.operation, each.place, each.why, each.learnt) for each in self.noise),
            our_median_ms=medians[0],
            their_median_ms=medians[1],
            median_slower_ms=slower or 0.0,
        )

    def _not_answer(self, operation: str, asked: Asked, ours: Answered, unanswered: Unanswered) -> None:
        self.unanswered += 1
        why = clipped(str(unanswered), 240)
        self._count(self._not_answered, why)
        told = Difference("answer", None, None, Cause.UNANSWERED, f"did not answer ({why})", "did not answer")
        group = self._group(operation, told, False, 0)
        size = size_of(asked, ours)
        if group is not None and size < group.size:
            group.size, group.example = size, example_of(asked, ours, unanswered, None, self._masking)

    def _measure(self, operation: str, asked: Asked, ours: Answered, theirs: Answered) -> None:
        times = (ours.seconds, theirs.seconds)
        if isnan(theirs.seconds):
            return
        self._times.append(times)
        self._times_of[operation].append(times)
        if times[1] - times[0] > SLOW_SECONDS and operation not in self._slow:
            self._slow[operation] = (asked, ours, theirs)

    def _group(self, operation: str, found: Difference, afterwards: bool, size: int) -> _Gathered | None:
        """The group that a difference belongs to, counted up; None where there are too many."""
        before = AFTERWARDS if afterwards else ""
        key = (operation, found.place, found.cause, f"{before}{found.plain}")
        now = machine.now()
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                self.more_groups += 1
                return None
            largest = size + 1
            group = _Gathered(key[3], Counter(), 0, now, now, largest, example_of_event(found))
            self._groups[key] = group
        group.count += 1
        group.last = now
        sentence = f"{before}{found.sentence}"
        if sentence in group.sentences or len(group.sentences) < MOST_SENTENCES:
            group.sentences[sentence] += 1
        return group

    def _told_groups(self) -> list[Group]:
        groups = sorted(self._groups.items(), key=lambda each: -each[1].count)
        return [
            Group(operation, place, cause, each.count, _told(each), each.first, each.last, each.example)
            for (operation, place, cause, _), each in groups
        ]

    def _slow_groups(self) -> Iterable[Group]:
        from statistics import median

        for operation, (asked, ours, theirs) in self._slow.items():
            times = self._times_of[operation]
            our, their = (median(each[side] for each in times) for side in (0, 1))
            if their - our <= SLOW_SECONDS:
                continue
            told = f"took {their:.1f} seconds where the stub takes {our:.2f}"
            now, example = machine.now(), example_of(asked, ours, theirs, None, self._masking)
            count = sum(1 for each in times if each[1] - each[0] > SLOW_SECONDS)
            yield Group(operation, "time", Cause.SLOW, count, told, now, now, example)

    def _count(self, counter: Counter[str], why: str) -> None:
        counter[why if why in counter or len(counter) < MOST_REASONS else "for other reasons"] += 1


def _told(group: _Gathered) -> str:
    """What a group's calls had in common: the amount too, where it is always the same."""
    if len(group.sentences) == 1:
        return next(iter(group.sentences))
    (commonest, _count), *_others = group.sentences.most_common(1)
    amount = commonest.removeprefix(group.plain).strip().strip("()")
    return f"{group.plain} (most often {amount})" if amount else group.plain


def _reasons(counter: Counter[str]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(count, why) for why, count in counter.most_common())
