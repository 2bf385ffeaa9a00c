"""How an event is to be delivered where it was forced to come twice, or late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from service_apis.kit.events import Event


class Treatment(Protocol):
    """How often an event is delivered, and how many seconds late."""

    @property
    def copies(self) -> int:
        """How often; 1 is as it should be."""
        ...

    @property
    def delay_seconds(self) -> float:
        """How late; 0 is as it should be."""
        ...


Treat = Callable[[str, Event], Treatment]
"""The treatment of an event of the council of a name."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Once, and at once."""

    copies: int = 1
    delay_seconds: float = 0.0


PLAIN = Plain()


def plainly(council: str, event: Event) -> Treatment:
    """Nothing is forced: each event once, and at once."""
    return PLAIN
