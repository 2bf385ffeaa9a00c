"""Nothing acknowledged is lost and nothing doubled, however a component fails and whoever fills the slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.components import circuit, following
from sandbox.components.asking import Unanswered
from sandbox.components.falling_back import may_answer
from sandbox.components.settings import Filler, Mode, Setting, Share
from tests.sandbox.components.twin import Twins, twins

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pair(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """A council and a component for its waste that is given up and tried again at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(circuit, "OPEN_SECONDS", 0.05)
        patched.setattr(following, "FIRST_PAUSE", 0.02)
        patched.setattr(following, "LONGEST_PAUSE", 0.05)
        with twins(built_folder, tmp_path_factory.mktemp("twins")) as pair:
            yield pair


@pytest.mark.parametrize(
    ("fallback", "is_read", "may_be_done", "has_key", "may"),
    [
        (False, True, False, True, False),
        (True, True, True, False, True),
        (True, False, False, False, True),
        (True, False, True, True, True),
        (True, False, True, False, False),
    ],
)
def test_the_stub_answers_where_it_was_chosen_and_nothing_is_done_twice(
    fallback: bool, is_read: bool, may_be_done: bool, has_key: bool, may: bool
) -> None:
    setting = Setting(
        "waste", "*", Mode.LIVE, Filler("bins", "waste", "http://127.0.0.1:9"), Share(), fallback, 5, AT
    )
    unanswered = Unanswered("It broke off", may_be_done=may_be_done)
    assert may_answer(setting, is_read, unanswered, has_key) is may


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.integers(0, 3)),
        st.tuples(st.just("end"), st.integers(0, 3)),
        st.tuples(st.just("fill"), st.sampled_from(["shadow", "share", "live", "no-fallback"])),
        st.tuples(st.just("break"), st.sampled_from(["early", "late", "busy", "slow", ""])),
        st.just(("tell", 0)),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=STEPS)
def test_whatever_fails_each_acknowledged_write_is_there_once_on_both_sides_and_told_once(
    pair: Twins, steps: list[tuple[str, Any]]
) -> None:
    play = Play(pair)
    for what, how in steps:
        getattr(play, f"do_{what}")(how)
    play.come_to_an_end()

    cases = pair.cases()
    for bin_, status in play.acknowledged.items():
        for side, rows in cases.items():
            there = [row for row in rows if row[:3] == bin_]
            assert there == [(*bin_, status)], side
    expected = Counter(
        (f"missed-collection.{what}", reference)
        for bin_, reference in play.references.items()
        for what in ("reported", "withdrawn")[: 1 + (play.acknowledged[bin_] == "withdrawn")]
    )
    mine = set(play.references.values())
    assert Counter(each for each in pair.told() if each[1] in mine) == expected


class Play:
    """What is done, and what callers were told was done."""

    def __init__(self, pair: Twins) -> None:
        self.pair = pair
        pair.wall.breaks = ""
        pair.fill("stub")
        self.bins = [each for each in pair.bins() if tuple(each.values()) not in _spoilt]
        self.acknowledged: dict[tuple[str, ...], str] = {}
        self.references: dict[tuple[str, ...], str] = {}
        pair.fill("shadow")

    def do_report(self, home: int) -> None:
        wanted = self.bins[home]
        if tuple(wanted.values()) in self.acknowledged:
            return
        answer = self.pair.ask("POST", "/missed-collections", json=wanted)
        if answer.status_code == 201:
            self.acknowledged[tuple(wanted.values())] = "reported"
            _spoilt.add(tuple(wanted.values()))
            self.references[tuple(wanted.values())] = answer.json()["reference"]
        else:
            assert answer.status_code in (409, 503), answer.text
            _spoilt.add(tuple(wanted.values()))

    def do_end(self, home: int) -> None:
        bin_ = tuple(self.bins[home].values())
        if bin_ not in self.references or self.acknowledged[bin_] != "reported":
            return
        path = f"/missed-collections/{self.references[bin_]}"
        answer = self.pair.ask("PATCH", path, json={"status": "withdrawn"})
        if answer.is_success:
            self.acknowledged[bin_] = "withdrawn"
        else:
            assert answer.status_code == 503, answer.text
            if "may have been done" in answer.text:
                # Nobody knows, and nobody was told.
                del self.acknowledged[bin_], self.references[bin_]

    def do_fill(self, mode: str) -> None:
        fallback = mode != "no-fallback"
        self.pair.fill("live" if not fallback else mode, percent=50, fallback=fallback, seconds=0.3)

    def do_break(self, how: str) -> None:
        self.pair.wall.breaks = how

    def do_tell(self, _: int) -> None:
        self.pair.tell()

    def come_to_an_end(self) -> None:
        self.pair.wall.breaks = ""
        self.pair.fill("live", fallback=True)
        self.pair.until(lambda: self.pair.pending == 0)
        self.pair.tell()


_spoilt: set[tuple[str, ...]] = set()
"""Bins that were reported, or of which nobody knows: they are not tried again."""
