"""The bells of councils: whoever waits for events is woken when some were recorded."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sandbox.streaming import Bell
from service_apis.kit.council import Council


class Bells:
    """A bell for each council, hung up when somebody first waits for that council's events.

    ``streams`` counts the live streams that are listened to.
    """

    def __init__(self) -> None:
        self.streams = 0
        self._bells: WeakKeyDictionary[Council, Bell] = WeakKeyDictionary()
        self.closed = False

    def of(self, council: Council) -> Bell:
        """The council's bell."""
        bell = self._bells.get(council)
        if bell is None:
            bell = self._bells[council] = Bell()
            bell.closed = self.closed
            council.listeners.append(bell.ring)
            council.when_rewound.append(bell.ring)
        return bell

    def ring(self, name: str) -> None:
        """Wake those who wait for the council of that name: it is gone."""
        for council, bell in list(self._bells.items()):
            if council.name == name:
                bell.ring()

    def close(self) -> None:
        """Wake everybody for good: the server is stopping."""
        self.closed = True
        for bell in list(self._bells.values()):
            bell.close()
