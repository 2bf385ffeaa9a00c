"""Hearing: how the events that one service recorded reach the handlers of the others.

They are heard in order, each in work of its own that also moves the service's place in the outbox, until
nothing is left to hear: what a handler records is heard as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from sqlalchemy import select

from service_apis.kit.agenda import Lifecycle
from service_apis.kit.events import Event
from service_apis.kit.records import EventRecord, Hearing
from service_apis.kit.work import Work

Opening = Callable[[str], AbstractContextManager[Work]]
"""Opens work for one service (its URL name), which is kept, all of it or nothing, when it ends."""


def hear_all(lifecycles: Mapping[str, Lifecycle], reading: Opening, writing: Opening) -> None:
    """Let every service hear the events that it has not heard yet; ``lifecycles`` are by slug."""
    waiting = True
    while waiting:
        waiting = False
        for slug, lifecycle in lifecycles.items():
            waiting |= _hear(slug, lifecycle, reading, writing)


def _hear(slug: str, lifecycle: Lifecycle, reading: Opening, writing: Opening) -> bool:
    if not lifecycle.event_handlers:
        return False
    wanted, name = list(lifecycle.event_handlers), slug.replace("_", "-")
    with reading(name) as work:
        heard = work.session.scalar(select(Hearing.position).where(Hearing.service == slug)) or 0
        news = select(EventRecord).where(EventRecord.position > heard, EventRecord.type.in_(wanted))
        events = [Event.of(record) for record in work.session.scalars(news.order_by(EventRecord.position))]
    for event in events:
        with writing(name) as work:
            lifecycle.event_handlers[event.type](work, event)
            work.session.merge(Hearing(service=slug, position=event.position))
    return bool(events)
