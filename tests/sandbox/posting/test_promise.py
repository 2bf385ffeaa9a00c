"""In order for each subject and at least once: whatever receivers, kills and rewinds do.

The postbox is driven by hand, with a model of a receiver in place of the network and a clock that is set,
so that any interleaving can be had and none depends on how quick the machine is.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from sandbox.notebook import Notebook
from sandbox.posting import postbox
from sandbox.posting.attempt import Outcome
from sandbox.posting.feed import end_of_feed
from sandbox.posting.lanes import Delivery
from sandbox.posting.postbox import Postbox
from sandbox.posting.tables import AttemptRecord
from sandbox.posting.treatment import Plain, plainly
from sandbox.posting.webhooks import Manner, count_by_state, find, pause, register, replay_all, resume
from service_apis.kit.council import Council
from tests.conftest import CouncilUnderTest
from tests.sandbox.posting.conftest import record

UNLIMITED = 1_000_000
SUBJECTS = ("A", "B", "C")
ARRIVED = Outcome(200, "", 1)
FAILED = Outcome(500, "", 1)
GONE = Outcome(410, "", 1)
_folders = count()

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(SUBJECTS)),
        st.tuples(st.just("begin"), st.just(0)),
        st.tuples(st.just("arrives"), st.integers(0, 7)),
        st.tuples(st.just("fails"), st.integers(0, 7)),
        st.tuples(st.just("is gone"), st.integers(0, 7)),
        st.tuples(st.just("time passes"), st.integers(1, 100_000)),
        st.tuples(st.just("kill"), st.integers(0, 255)),
        st.tuples(st.just("pause"), st.just(0)),
        st.tuples(st.just("resume"), st.just(0)),
    ),
    min_size=15,
    max_size=60,
)


class Model:
    """A council with one webhook, its receiver, and what should be true of them."""

    def __init__(
        self, council: CouncilUnderTest, folder: Path, attempts: int, treat: object = plainly
    ) -> None:
        self.under_test = council
        self.council: Council = council.sandbox.councils.first
        self.file = folder / f"notebook-{next(_folders)}.sqlite"
        self.treat = treat
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.recorded: dict[str, list[int]] = defaultdict(list)
        self.received: list[Delivery] = []
        self.under_way: list[Delivery] = []
        self.start()
        with self.notebook.writing() as session:
            made = register(
                session, "http://127.0.0.1/", [], [], Manner(1.0, attempts, 1.0), end_of_feed(self.council)
            )
        self.webhook = made.id
        self.box.look_again(self.webhook)

    def start(self) -> None:
        """Open the notebook and the postbox, as a process does when it starts."""
        self.notebook = Notebook(self.file)
        self.box = Postbox(self.council, self.notebook, self.treat)  # type: ignore[arg-type]

    def stop(self) -> None:
        """Forget everything but the file, as a process does that is killed."""
        self.box.close()
        self.notebook.close()
        self.under_way = []

    def take(self, step: str, number: int | str) -> None:
        """Take one step."""
        match step, number:
            case "record", str():
                record(self.under_test, number)
                self.recorded[number].append(end_of_feed(self.council).position)
            case "begin", _:
                self.under_way += self.box.begin(self.now)
            case "arrives" | "fails" | "is gone", int():
                if self.under_way:
                    delivery = self.under_way.pop(number % len(self.under_way))
                    if step == "arrives":
                        self.received.append(delivery)
                    outcome = {"arrives": ARRIVED, "fails": FAILED, "is gone": GONE}[step]
                    self.box.settle(delivery, outcome, self.now)
            case "time passes", int():
                self.now += timedelta(seconds=number)
            case "kill", int():
                # Of what was under way the receiver has had some, and nobody wrote that down.
                self.received += [each for bit, each in enumerate(self.under_way) if number >> bit & 1]
                self.stop()
                self.start()
            case "pause" | "resume", _:
                self.change(pause if step == "pause" else resume)

    def change(self, how: Callable[..., None]) -> None:
        """Pause or resume the webhook."""
        with self.notebook.writing() as session:
            how(find(session, self.webhook))
        self.box.look_again(self.webhook)

    def recover(self) -> None:
        """From now on the receiver takes everything, until nothing waits."""
        self.change(resume)
        for _ in range(UNLIMITED):
            self.under_way += self.box.begin(self.now)
            while self.under_way:
                self.take("arrives", 0)
            if (soonest := self.box.next_at()) is None:
                break
            self.now = max(self.now, soonest)

    def first_received(self) -> dict[str, list[int]]:
        """The positions that were received of each subject, in order, repeats left out."""
        found: dict[str, dict[int, None]] = defaultdict(dict)
        for each in self.received:
            if each.generation == self.council.generation:
                found[each.subject][each.position] = None
        return {subject: list(positions) for subject, positions in found.items()}


def slowly(examples: int) -> settings:
    suppressed = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=suppressed)


@slowly(40)
@given(steps=STEPS)
def test_each_subjects_events_arrive_in_order_and_at_least_once(
    council: CouncilUnderTest, tmp_path: Path, steps: list[tuple[str, int | str]]
) -> None:
    model = Model(council, tmp_path, UNLIMITED)
    for step in steps:
        model.take(*step)
    model.recover()
    assert model.first_received() == model.recorded
    model.stop()


@slowly(25)
@given(steps=STEPS)
def test_what_was_given_up_is_kept_and_arrives_when_it_is_replayed(
    council: CouncilUnderTest, tmp_path: Path, steps: list[tuple[str, int | str]]
) -> None:
    model = Model(council, tmp_path, attempts=2)
    for step in steps:
        model.take(*step)
    model.recover()
    with model.notebook.writing() as session:
        replay_all(session, model.webhook, model.now)
    model.box.look_again(model.webhook)
    model.recover()
    arrived = {subject: sorted(positions) for subject, positions in model.first_received().items()}
    assert arrived == model.recorded
    model.stop()


@slowly(8)
@given(before=STEPS, between=STEPS, after=STEPS)
def test_what_was_undone_is_dropped_and_what_follows_arrives_in_order(
    council: CouncilUnderTest,
    tmp_path: Path,
    before: list[tuple[str, int | str]],
    between: list[tuple[str, int | str]],
    after: list[tuple[str, int | str]],
) -> None:
    model = Model(council, tmp_path, UNLIMITED)
    for steps in (before, between, after):
        for step in steps:
            model.take(*step)
        if steps is after:
            break
        model.council.listeners, listening = [], model.council.listeners
        record(council, "A")  # so that there is a state to return to
        model.council.listeners = listening
        asyncio.run(model.council.rewind_to(model.council.as_made))
        model.recorded.clear()
        begun = model.box.begin(model.now)
        assert [each for each in begun if each.generation != model.council.generation] == []
        model.under_way += begun
    model.recover()
    assert model.first_received() == model.recorded
    model.stop()


def test_a_subject_that_waits_for_its_retry_holds_up_no_other(
    council: CouncilUnderTest, tmp_path: Path
) -> None:
    model = Model(council, tmp_path, UNLIMITED)
    for subject in ("A", "A", "B", "B"):
        model.take("record", subject)
    model.take("begin", 0)
    model.take("fails", 0)
    model.take("arrives", 0)
    model.take("begin", 0)
    assert [each.subject for each in model.under_way] == ["B"]
    model.take("time passes", 1)
    model.take("begin", 0)
    assert [(each.subject, each.attempts) for each in model.under_way] == [("B", 0), ("A", 1)]
    model.stop()


def test_an_event_that_is_forced_to_come_twice_and_late_does(
    council: CouncilUnderTest, tmp_path: Path
) -> None:
    model = Model(council, tmp_path, UNLIMITED, lambda name, event: Plain(copies=2, delay_seconds=60))
    model.take("record", "A")
    model.take("begin", 0)
    assert model.under_way == []
    model.take("time passes", 60)
    model.recover()
    assert [each.event for each in model.received] == [model.received[0].event] * 2
    model.stop()


def test_a_council_without_webhooks_is_not_listened_to(council: CouncilUnderTest, tmp_path: Path) -> None:
    first = council.sandbox.councils.first
    others = list(first.listeners), list(first.when_rewound)
    model = Model(council, tmp_path, UNLIMITED)
    assert len(first.listeners) > len(others[0])
    model.change(pause)
    assert (first.listeners, first.when_rewound) == others
    model.stop()


def test_a_notebook_that_cannot_be_written_for_a_while_costs_no_event(
    council: CouncilUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model(council, tmp_path, UNLIMITED)
    model.take("record", "A")
    with monkeypatch.context() as full:
        full.setattr(model.notebook, "writing", _disk_full)
        with pytest.raises(OperationalError):
            model.box.begin(model.now)
    model.take("begin", 0)
    with monkeypatch.context() as full:
        full.setattr(model.notebook, "writing", _disk_full)
        model.take("arrives", 0)
    assert model.box.next_at() == model.now + timedelta(seconds=5)
    model.recover()
    assert [each.position for each in model.received] == model.recorded["A"] * 2
    model.stop()


def test_only_so_many_settled_deliveries_and_dead_letters_are_kept(
    council: CouncilUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postbox, "KEPT", 10)
    monkeypatch.setattr(postbox, "PRUNED_EVERY", 1)
    monkeypatch.setattr(postbox, "MOST_DEAD", 3)
    model = Model(council, tmp_path, attempts=1)
    for _ in range(15):
        model.take("record", "A")
    model.recover()
    for _ in range(5):
        model.take("record", "A")
        model.take("begin", 0)
        model.take("fails", 0)
    with model.notebook.reading() as session:
        assert count_by_state(session, model.webhook) == {"delivered": 10, "dead": 3}
        assert find(session, model.webhook).state == "paused"
        assert session.scalar(select(func.count()).select_from(AttemptRecord)) == 10
    model.recover()
    assert model.first_received()["A"] == model.recorded["A"][:15] + model.recorded["A"][18:]
    model.stop()


@contextmanager
def _disk_full() -> Iterator[None]:
    raise OperationalError("INSERT", {}, Exception("database or disk is full"))
    yield
