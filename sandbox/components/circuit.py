"""A circuit: a component that fails again and again is left alone for a while."""

from __future__ import annotations

from sandbox import machine

FAILURES = 5
"""So many failures one after another open it."""
OPEN_SECONDS = 10.0


class Circuit:
    """The circuit of one component: closed while it answers, open for some seconds once it failed so often.

    After that one call is let through; it decides.
    """

    def __init__(self) -> None:
        self.failures = 0
        self.opened_at: float | None = None
        self._trying_since: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are kept from the component."""
        return self.opened_at is not None

    @property
    def waits_seconds(self) -> float:
        """How long it stays open yet; 0 once a call may try."""
        return 0.0 if self.opened_at is None else max(0.0, self.opened_at + OPEN_SECONDS - machine.seconds())

    def lets_through(self) -> bool:
        """Whether a call may go to the component now."""
        if self.opened_at is None:
            return True
        if self.waits_seconds or self._is_tried:
            return False
        self._trying_since = machine.seconds()
        return True

    @property
    def _is_tried(self) -> bool:
        """Whether a call is on its way that decides. One that never said how it went is forgotten."""
        return self._trying_since is not None and machine.seconds() < self._trying_since + OPEN_SECONDS

    def answered(self) -> bool:
        """A call was answered; says whether the circuit closed with it."""
        closed = self.opened_at is not None
        self.failures, self.opened_at, self._trying_since = 0, None, None
        return closed

    def failed(self) -> bool:
        """A call was not; says whether the circuit opened with it."""
        self.failures += 1
        opens = self.opened_at is None and self.failures >= FAILURES
        if opens or self._trying_since is not None:
            # Those that were on their way when it opened, and fail too, do not make the wait longer.
            self.opened_at = machine.seconds()
        self._trying_since = None
        return opens
