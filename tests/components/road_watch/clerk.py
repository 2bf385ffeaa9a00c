"""What goes on while nobody calls: what falls due is worked through, and events are sent to the council."""

import logging
import threading

from door import Council
from refusals import CouncilSilent
from store import Store

POLL_SECONDS = 0.25


class Clerk(threading.Thread):
    """Asks the council's time a few times a second, and empties the outbox.

    Events leave in the order in which they were recorded, one at a time, and are struck out once they are
    taken. Killed in between, the program sends the one under way again, under the same id.
    """

    def __init__(self, council: Council, store: Store) -> None:
        super().__init__(daemon=True)
        self._council, self._store, self._called = council, store, threading.Event()

    def call(self) -> None:
        """There may be something to send."""
        self._called.set()

    def run(self) -> None:
        """Go on until the program ends. A council that is silent is asked again."""
        while True:
            if not self._called.wait(POLL_SECONDS):
                self._keep_up()
            self._called.clear()
            self._send()

    def _keep_up(self) -> None:
        try:
            with self._store.at(self._store.present(self._council)):
                pass
        except CouncilSilent as silence:
            logging.debug(silence)

    def _send(self) -> None:
        while untold := self._store.untold():
            number, event = untold
            if not self._council.tell(event):
                return
            self._store.strike(number)
