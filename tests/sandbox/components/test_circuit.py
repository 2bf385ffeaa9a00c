"""A component that fails again and again is left alone for a while, and taken up again once it answers."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sandbox import machine
from sandbox.components.circuit import FAILURES, OPEN_SECONDS, Circuit


class Time:
    """A clock that a test moves."""

    now = 1000.0


class Calls(RuleBasedStateMachine):
    """Calls that come, go and pass in any order, and what must hold of the circuit whatever they do."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(machine, "seconds", lambda: Time.now)
        self.circuit = Circuit()
        self.on_their_way = 0
        self.in_a_row = 0
        self.opened: float | None = None
        self.let_through_while_open: list[float] = []

    def teardown(self) -> None:
        self.patch.undo()

    @rule()
    def a_call_comes(self) -> None:
        was_open = self.circuit.is_open
        if not self.circuit.lets_through():
            assert was_open, "a closed circuit keeps no call back"
            return
        self.on_their_way += 1
        if was_open:
            assert self.opened is not None
            assert Time.now >= self.opened + OPEN_SECONDS, "not before the time has passed"
            recent = [at for at in self.let_through_while_open if at > Time.now - OPEN_SECONDS]
            assert not recent, "one at a time"
            self.let_through_while_open.append(Time.now)

    @precondition(lambda self: self.on_their_way)
    @rule()
    def one_is_answered(self) -> None:
        self.on_their_way -= 1
        assert self.circuit.answered() is (self.opened is not None)
        self.in_a_row, self.opened = 0, None
        self.let_through_while_open.clear()

    @precondition(lambda self: self.on_their_way)
    @rule()
    def one_fails(self) -> None:
        self.on_their_way -= 1
        self.in_a_row += 1
        opens = self.opened is None and self.in_a_row >= FAILURES
        assert self.circuit.failed() is opens
        if opens or self.let_through_while_open:
            self.opened = Time.now
            self.let_through_while_open.clear()

    @precondition(lambda self: self.on_their_way)
    @rule()
    def one_is_never_heard_of_again(self) -> None:
        self.on_their_way -= 1

    @rule(seconds=st.sampled_from([0.5, OPEN_SECONDS / 2, OPEN_SECONDS]))
    def time_passes(self, seconds: float) -> None:
        Time.now += seconds

    @invariant()
    def it_is_open_exactly_while_so_many_have_failed(self) -> None:
        assert self.circuit.is_open is (self.opened is not None)
        assert self.circuit.failures == self.in_a_row
        assert 0 <= self.circuit.waits_seconds <= OPEN_SECONDS


TestCalls = Calls.TestCase


def test_a_call_that_tries_and_is_never_heard_of_again_does_not_keep_it_open_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "seconds", lambda: Time.now)
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit.failed()
    Time.now += OPEN_SECONDS
    assert circuit.lets_through()
    assert not circuit.lets_through()
    Time.now += OPEN_SECONDS
    assert circuit.lets_through()
