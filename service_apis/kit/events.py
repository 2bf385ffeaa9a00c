"""Events: how one service hears of another.

A rule records an event in the transaction of its change (the outbox). Right after the commit,
and before the answer is sent, each service that declared a handler hears it, in order, in a
transaction of its own that also moves the service's place in the outbox: after a crash the
hearing resumes from that place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from service_apis.kit.records import EventRecord


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with the attributes of CloudEvents 1.0 and its position in the council's outbox."""

    position: int
    type: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, record: EventRecord) -> Event:
        """The event as it was recorded."""
        return cls(record.position, record.type, record.source, record.subject, record.time, record.data)

    def as_cloud_event(self, council: str, generation: int = 0) -> dict[str, Any]:
        """The event in CloudEvents 1.0 JSON. The same event of the same council has the same id.

        A council that was taken back gives its positions out again: ``generation`` is the one that the event
        was recorded in, so that no receiver takes it for the undone one at the same position.
        """
        source = f"/councils/{council}/{self.source}"
        past = f"/generations/{generation}" if generation else ""
        return {
            "specversion": "1.0",
            "id": str(uuid5(NAMESPACE_URL, f"{source}{past}/events/{self.position}")),
            "source": source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "position": self.position,
            "data": self.data,
        }
