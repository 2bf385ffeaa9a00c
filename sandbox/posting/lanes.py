"""Lanes: what waits for one webhook, in order for each subject.

Of each subject only the earliest delivery is attempted; the next follows when it has arrived or was given
up. While one subject waits for its retry, the others go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush


@dataclass(slots=True)
class Delivery:
    """One event on its way to one webhook; ``next_at`` is the instant before which it is not attempted."""

    id: int
    webhook: str
    generation: int
    position: int
    event: str
    subject: str
    attempts: int
    copies: int
    next_at: datetime


class Lanes:
    """The deliveries of one webhook. Those in ``under_way`` are being attempted already."""

    def __init__(self, deliveries: Iterable[Delivery] = (), under_way: Collection[int] = ()) -> None:
        self._lanes: dict[str, dict[int, Delivery]] = {}
        self._heads: list[tuple[datetime, int, str]] = []
        self._under_way: set[str] = set()
        self._held_until: datetime | None = None
        self._count = 0
        for delivery in sorted(deliveries, key=lambda each: each.position):
            self._count += 1
            self._lanes.setdefault(delivery.subject, {})[delivery.id] = delivery
            if delivery.id in under_way:
                self._under_way.add(delivery.subject)
        for subject in self._lanes.keys() - self._under_way:
            self._show(subject)

    def __len__(self) -> int:
        return self._count

    def add(self, delivery: Delivery) -> None:
        """Put a delivery at the end of its subject's lane; it is later than all there."""
        lane = self._lanes.setdefault(delivery.subject, {})
        lane[delivery.id] = delivery
        self._count += 1
        if len(lane) == 1 and delivery.subject not in self._under_way:
            self._show(delivery.subject)

    def begin(self, now: datetime, most: int) -> list[Delivery]:
        """The deliveries to attempt now, so many that ``most`` are under way; each must come back."""
        begun: list[Delivery] = []
        if self._held_until is not None and now < self._held_until:
            return begun
        while self._heads and self._heads[0][0] <= now and len(self._under_way) < most:
            _, _, subject = heappop(self._heads)
            self._under_way.add(subject)
            begun.append(self._head(subject))
        return begun

    def next_at(self) -> datetime | None:
        """When the next delivery is to be attempted, or None if nothing waits that is not under way."""
        if not self._heads:
            return None
        earliest = self._heads[0][0]
        return max(earliest, self._held_until or earliest)

    def done(self, delivery: Delivery) -> None:
        """The delivery came back, and is no longer in the way of what follows it."""
        if self._lanes.get(delivery.subject, {}).pop(delivery.id, None) is not None:
            self._count -= 1
        self._back(delivery.subject)

    def again(self, delivery: Delivery) -> None:
        """The delivery came back, and is to be attempted again at its ``next_at``."""
        lane = self._lanes.get(delivery.subject, {})
        if delivery.id in lane:
            lane[delivery.id] = delivery
        self._back(delivery.subject)

    def hold(self, until: datetime) -> None:
        """Attempt nothing before an instant: the receiver asked for a pause."""
        self._held_until = until

    def _back(self, subject: str) -> None:
        was_under_way = subject in self._under_way
        self._under_way.discard(subject)
        if not self._lanes.get(subject):
            self._lanes.pop(subject, None)
        elif was_under_way:
            self._show(subject)

    def _head(self, subject: str) -> Delivery:
        return next(iter(self._lanes[subject].values()))

    def _show(self, subject: str) -> None:
        head = self._head(subject)
        heappush(self._heads, (head.next_at, head.position, subject))
