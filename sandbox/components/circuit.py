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
        self._trying = False

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
        if self._trying or self.waits_seconds:
            return False
        self._trying = True
        return True

    def answered(self) -> bool:
        """A call was answered; says whether the circuit closed with it."""
        closed = self.opened_at is not None
        self.failures, self.opened_at, self._trying = 0, None, False
        return closed

    def failed(self) -> bool:
        """A call was not; says whether the circuit opened with it."""
        self.failures += 1
        self._trying = False
        if self.opened_at is not None:
            self.opened_at = machine.seconds()
            return False
        if self.failures >= FAILURES:
            self.opened_at = machine.seconds()
            return True
        return False
