"""However a clock is moved on, and whatever interrupts it, the council is right for the time it shows."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sandbox.digests import digests
from sandbox.stores import CouncilFile
from service_apis.kit import advancing
from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.council import Council
from service_apis.kit.discovery import discover
from service_apis.kit.events import Event
from service_apis.kit.records import DueEntry, EventRecord, Hearing
from service_apis.kit.work import Work

DAYS = 70
"""Long enough for every kind of thing but the year's bills."""

Opener = Callable[[], Council]


@pytest.fixture
def opened(built_folder: Path, tmp_path: Path) -> Iterator[Opener]:
    """Opens copies of one council, each as it was built."""
    councils: list[Council] = []

    def another() -> Council:
        file = tmp_path / f"copy-{len(councils)}" / "fairwater.sqlite"
        file.parent.mkdir()
        shutil.copy(built_folder / "councils" / "fairwater.sqlite", file)
        councils.append(Council("fairwater", file, discover()))
        return councils[-1]

    yield another
    for council in councils:
        council.close()


def tables_of(council: Council) -> dict[str, str]:
    with CouncilFile(council.file).reading() as contents:
        return digests(contents).tables


@pytest.fixture
def in_one_step(opened: Opener) -> dict[str, str]:
    """The digests of a council that was advanced by so many days at once."""
    council = opened()
    council.advance(council.clock.now + timedelta(days=DAYS))
    return tables_of(council)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(1, DAYS * 24 * 60 - 1), max_size=6).map(sorted), runs=st.booleans())
def test_any_partition_of_an_advance_gives_the_same_council(
    opened: Opener, in_one_step: dict[str, str], stops: list[int], runs: bool
) -> None:
    council = opened()
    begin = council.clock.now
    seconds = 0.0
    if runs:  # at a minute a second, by a clock that the test sets
        council.run(60, lambda: seconds)
    for stop in [*stops, DAYS * 24 * 60]:
        if runs:
            seconds = float(stop)
            council.catch_up()
        else:
            council.advance(begin + timedelta(minutes=stop))
    council.freeze()
    assert tables_of(council) == in_one_step


def test_a_year_worked_through_many_at_a_time_is_the_same_as_one_by_one(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, alone = opened(), opened()
    year = together.clock.now + timedelta(days=365)
    happened = together.advance(year)
    monkeypatch.setattr(advancing, "MOST_ENTRIES", 1)
    assert alone.advance(year) == happened
    assert tables_of(alone) == tables_of(together)


def test_many_rows_end_a_transaction_early(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    together, early = opened(), opened()
    until = together.clock.now + timedelta(days=30)
    together.advance(until)
    monkeypatch.setattr(advancing, "MOST_ROWS", 0)
    early.advance(until)
    assert tables_of(early) == tables_of(together)


ADVANCE_SLOWLY = """
import sys
from datetime import timedelta
from pathlib import Path
from service_apis.kit import advancing
from service_apis.kit.council import Council
from service_apis.kit.discovery import discover

advancing.MOST_ENTRIES = 5
council = Council("fairwater", Path(sys.argv[1]), discover())
show = council.show


def show_and_say(clock):
    show(clock)
    print(clock.now.isoformat(), flush=True)


council.show = show_and_say
council.advance(council.clock.now + timedelta(days=365))
"""


def test_an_advance_killed_on_the_way_is_right_for_its_time_and_can_be_finished(opened: Opener) -> None:
    killed, whole = opened(), opened()
    begin = killed.clock.now
    killed.close()
    command = [sys.executable, "-c", ADVANCE_SLOWLY, str(killed.file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for said in child.stdout:
            if datetime.fromisoformat(said.strip()) > begin + timedelta(days=20):
                break
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    with Held(killed.file) as found:
        now = found.clock.now
        assert begin < now < begin + timedelta(days=365)
        with found.reading("clock") as work:
            assert all(at >= now for at in work.session.scalars(select(DueEntry.at)))
            assert all(told <= now for told in work.session.scalars(select(EventRecord.time)))
        found.advance(begin + timedelta(days=365))
        whole.advance(begin + timedelta(days=365))
        assert tables_of(found) == tables_of(whole)


class Held:
    """A council's file, opened for a while."""

    def __init__(self, file: Path) -> None:
        self._council = Council("fairwater", file, discover())

    def __enter__(self) -> Council:
        return self._council

    def __exit__(self, *exception: object) -> None:
        self._council.close()


class Failed(Exception):
    """A handler's failure."""


def with_a_bell(council: Council, rings: list[datetime]) -> Lifecycle:
    """Let a service have a bell: it is due each day, tells the others, and fails on the fourth."""
    bell = Lifecycle()

    @bell.due("bell")
    def ring(work: Work, due: Due) -> None:
        work.record("bell.rung", due.subject)
        if due.subject == "4":
            raise Failed

    @bell.on("virtual-council.waste.bell.rung")
    def hear(work: Work, event: Event) -> None:
        rings.append(event.time)
        work.record("bell.heard", event.subject)

    council.lifecycles["waste"] = bell
    council._heard_types = set(bell.event_handlers)
    with council.writing("waste") as work:
        for day in range(1, 8):
            work.schedule(council.clock.now + timedelta(days=day), "bell", str(day))
    return bell


def test_what_came_before_a_failure_is_kept_and_nothing_of_what_failed(opened: Opener) -> None:
    council = opened()
    begin, rings = council.clock.now, list[datetime]()
    with council.writing("clock") as work:
        for entry in work.session.scalars(select(DueEntry)).all():
            work.session.delete(entry)
    with_a_bell(council, rings)
    with pytest.raises(Failed):
        council.advance(begin + timedelta(days=7))
    assert council.clock.now == begin + timedelta(days=3)
    with council.reading("waste") as work:
        told = select(EventRecord.type, EventRecord.subject).order_by(EventRecord.position)
        found = [(each.type.rpartition(".")[2], each.subject) for each in work.execute(told)]
        left = list(work.session.scalars(select(DueEntry.subject).order_by(DueEntry.at)))
    assert found == [(what, str(day)) for day in (1, 2, 3) for what in ("rung", "heard")]
    assert left == ["4", "5", "6", "7"]


def test_others_hear_of_a_thing_before_the_next_one_happens(opened: Opener) -> None:
    council = opened()
    begin, rings = council.clock.now, list[datetime]()
    with_a_bell(council, rings)
    with council.writing("clock") as work:
        for entry in work.session.scalars(select(DueEntry).where(DueEntry.kind != "bell")).all():
            work.session.delete(entry)
    council.advance(begin + timedelta(days=3))
    assert rings == [begin + timedelta(days=day) for day in (1, 2, 3)]
    with council.reading("waste") as work:
        heard = work.session.get(Hearing, "waste")
        assert heard is not None
        last = select(EventRecord.position).where(EventRecord.type.endswith("rung"))
        assert heard.position == max(work.session.scalars(last))
