"""A clock that was told to run: time passes by itself, in order, and stops when it is told to."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from service_apis.kit.agenda import Due
from service_apis.kit.work import Work
from tests.conftest import CouncilUnderTest

PATIENCE = 20
AN_HOUR_A_SECOND, A_DAY_A_SECOND = 3_600, 86_400


@pytest.fixture
def served(council: CouncilUnderTest) -> Iterator[CouncilUnderTest]:
    """The council while its sandbox serves, so that what it does by itself goes on."""
    with council.client:
        yield council


def clock(council: CouncilUnderTest) -> dict[str, Any]:
    shown: dict[str, Any] = council.client.get("/sandbox/councils/fairwater/clock").json()
    return shown


def events(council: CouncilUnderTest) -> list[dict[str, Any]]:
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"limit": 200}).json()
    found: list[dict[str, Any]] = feed["items"]
    return found


def wait_until(comes: Callable[[], bool]) -> None:
    for _ in range(PATIENCE * 20):
        if comes():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_time_passes_and_what_falls_due_is_done(served: CouncilUnderTest) -> None:
    shown = served.control("/clock/run", speed=A_DAY_A_SECOND).json()
    assert (shown["frozen"], shown["speed"]) == (False, A_DAY_A_SECOND)
    wait_until(lambda: clock(served)["now"] > "2026-06-04")
    told = events(served)
    assert told
    assert [each["time"] for each in told] == sorted(each["time"] for each in told)
    assert all(each["at"] > "2026-06-03" for each in clock(served)["coming"])


def test_frozen_it_stands_still_where_it_was(served: CouncilUnderTest) -> None:
    served.control("/clock/run", speed=AN_HOUR_A_SECOND)
    wait_until(lambda: clock(served)["now"] > "2026-06-01T09")
    shown = served.client.post("/sandbox/councils/fairwater/clock/freeze").json()
    assert (shown["frozen"], shown["speed"]) == (True, None)
    time.sleep(0.3)
    assert clock(served)["now"] == shown["now"]
    assert served.client.post("/sandbox/councils/fairwater/clock/freeze").json()["now"] == shown["now"]


def test_a_write_meanwhile_is_dated_by_the_clock_that_runs(served: CouncilUnderTest) -> None:
    account = served.get("council_tax", "/accounts", status="open", per_page=1).json()["items"][0]
    served.control("/clock/run", speed=AN_HOUR_A_SECOND)
    dates = []
    for _ in range(5):
        before = clock(served)["now"]
        served.post(
            "council_tax",
            f"/accounts/{account['reference']}/payments",
            json={"amount_pence": 1, "method": "card"},
        ).raise_for_status()
        after = clock(served)["now"]
        dates.append((before, events(served)[-1]["time"], after))
        time.sleep(0.1)
    assert all(before <= during <= after for before, during, after in dates)
    assert len({during for _, during, _ in dates}) == 5


def test_what_was_written_is_never_later_than_the_clock_after_a_kill(served: CouncilUnderTest) -> None:
    account = served.get("council_tax", "/accounts", status="open", per_page=1).json()["items"][0]
    served.control("/clock/run", speed=AN_HOUR_A_SECOND)
    payment = {"amount_pence": 1, "method": "card"}
    served.post("council_tax", f"/accounts/{account['reference']}/payments", json=payment)
    kept = served.sandbox.councils.first.kept.now.isoformat()
    assert events(served)[-1]["time"].replace("Z", "+00:00") <= kept


def test_it_can_be_advanced_while_it_runs_and_runs_on(served: CouncilUnderTest) -> None:
    served.control("/clock/run", speed=60)
    advanced = served.advance(days=7)
    assert advanced["now"] >= "2026-06-08T08:00:00Z"
    wait_until(lambda: clock(served)["now"] > advanced["now"])
    assert served.control("/clock", to=advanced["was"]).status_code == 422


def test_it_runs_on_after_a_restart_from_where_it_stood(council: CouncilUnderTest) -> None:
    with council.client:
        council.control("/clock/run", speed=AN_HOUR_A_SECOND)
        wait_until(lambda: clock(council)["now"] > "2026-06-01T09")
    stood = council.sandbox.councils.first.clock.now
    council.reopen()
    assert council.sandbox.councils.first.clock.now == stood
    assert clock(council)["frozen"]
    with council.client:
        wait_until(lambda: not clock(council)["frozen"])
        wait_until(lambda: council.sandbox.councils.first.clock.now > stood)


def test_taken_back_to_an_earlier_state_it_stands_still(served: CouncilUnderTest) -> None:
    served.control("/clock/run", speed=AN_HOUR_A_SECOND)
    wait_until(lambda: clock(served)["now"] > "2026-06-01T09")
    council = served.sandbox.councils.first
    assert served.client.portal is not None
    served.client.portal.call(council.rewind_to, council.as_made)
    shown = clock(served)
    assert (shown["now"], shown["frozen"], shown["speed"]) == ("2026-06-01T08:00:00Z", True, None)


def test_a_failure_of_what_falls_due_stops_the_clock_there_and_no_other(
    served: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    council = served.sandbox.councils.first

    def fail(work: Work, due: Due) -> None:
        raise RuntimeError("the crew's lorry broke down")

    for kind in ("return_visit", "bulky_visit"):
        monkeypatch.setitem(council.lifecycles["waste"].due_handlers, kind, fail)
    first = next(each for each in clock(served)["coming"] if each["service"] == "waste")
    with caplog.at_level(logging.ERROR, "virtual_council"):
        served.control("/clock/run", speed=A_DAY_A_SECOND)
        wait_until(lambda: clock(served)["frozen"])
    assert clock(served)["now"] <= first["at"]
    assert "fairwater" in caplog.text


@pytest.mark.parametrize("speed", [0, 0.5, -60, 604_801, "fast", None])
def test_a_speed_that_is_none_is_refused(council: CouncilUnderTest, speed: object) -> None:
    assert council.control("/clock/run", speed=speed).status_code == 422


def test_told_to_run_by_a_command_alone_it_stands_still_until_it_is_served(council: CouncilUnderTest) -> None:
    shown = council.control("/clock/run", speed=60).json()
    assert (shown["frozen"], shown["speed"]) == (True, 60)
    assert not asyncio.run(_still_moving(council))


async def _still_moving(council: CouncilUnderTest) -> bool:
    before = clock(council)["now"]
    await asyncio.sleep(0.2)
    return bool(clock(council)["now"] != before)


def test_a_way_back_that_is_refused_does_not_stop_a_clock_that_runs(served: CouncilUnderTest) -> None:
    served.control("/snapshots", name="before")
    served.control("/clock/run", speed=AN_HOUR_A_SECOND)
    wait_until(lambda: clock(served)["now"] > "2026-06-01T09")
    with closing(sqlite3.connect(served.folder.file("fairwater"), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM council_events").fetchone()
        served.control("/journeys", items=[])
        served.advance(days=1)
        refused = served.control("/snapshots/before/restore")
        assert refused.json()["type"] == "/problems/still-read"
    shown = clock(served)
    assert (shown["frozen"], shown["speed"]) == (False, AN_HOUR_A_SECOND)
    wait_until(lambda: clock(served)["now"] > shown["now"])
