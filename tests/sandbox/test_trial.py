"""The client that a test drives a sandbox with, against one that is served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sandbox.serving import served_aside
from sandbox.trial import Council, NotReached, NotStarted, Refused, Sandbox, Shape, started
from sandbox.trial.council import duration
from tests.conftest import KEY, CouncilUnderTest


@pytest.fixture
def sandbox(council: CouncilUnderTest) -> Iterator[Sandbox]:
    with served_aside(council.sandbox.gateway) as url, Sandbox(url, KEY) as sandbox:
        yield sandbox


@pytest.fixture
def fork(sandbox: Sandbox) -> Iterator[Council]:
    with sandbox.fork() as fork:
        yield fork


def report_of_a_bin(council: Council) -> dict[str, Any]:
    a_bin = council.get("waste", "/collections", reportable=True)["items"][0]
    return {name: a_bin[name] for name in ("uprn", "stream", "collection_date")}


def test_a_fork_is_one_council_more_until_its_block_ends(sandbox: Sandbox) -> None:
    assert sandbox.councils() == ["fairwater"]
    with sandbox.fork() as unnamed, sandbox.fork("fairwater", name="otherby") as named:
        assert named.name == "otherby"
        assert sorted(sandbox.councils()) == sorted(["fairwater", "otherby", unnamed.name])
    assert sandbox.councils() == ["fairwater"]


def test_a_fork_that_nobody_ends_has_an_end_all_the_same(sandbox: Sandbox) -> None:
    with sandbox.fork(), sandbox.fork(lifetime=timedelta(minutes=5)):
        with sandbox.council("fairwater") as council:
            forks = council.control("GET", "/forks")["items"]
        assert len(forks) == 2
        assert None not in [each["ends_at"] for each in forks]


def test_ending_a_fork_that_has_ended_is_no_fault(sandbox: Sandbox) -> None:
    with sandbox.fork() as fork:
        fork.control("DELETE")
    with sandbox.fork(scopes=["waste:read"]) as fork:
        fork.control("DELETE")


def test_a_council_that_was_there_before_stays(sandbox: Sandbox) -> None:
    with sandbox.council("fairwater") as council:
        assert council.get("waste", "/rounds")["total"] > 0
    assert sandbox.councils() == ["fairwater"]


def test_a_refusal_carries_the_problems_own_words(fork: Council) -> None:
    report = report_of_a_bin(fork)
    case = fork.post("waste", "/missed-collections", report)
    with pytest.raises(Refused, match="409 Already reported") as refusal:
        fork.post("waste", "/missed-collections", report)
    assert (refusal.value.status, refusal.value.title) == (409, "Already reported")
    assert refusal.value.type == "/problems/already-reported"
    assert case["reference"] in refusal.value.detail
    assert refusal.value.answer.json()["detail"] == refusal.value.detail


def test_a_refusal_in_a_standards_own_form_is_told_as_it_is(fork: Council) -> None:
    with pytest.raises(Refused, match="service_request_id") as refusal:
        fork.get("street-reports", "/requests/none.json")
    assert (refusal.value.status, refusal.value.type) == (404, "")


def test_a_service_is_found_by_either_of_its_names(fork: Council) -> None:
    assert fork.url("council_tax", "/bands") == fork.url("council-tax", "/bands")
    with pytest.raises(KeyError, match="no service called tax; it has: addresses"):
        fork.url("tax")


def test_a_service_can_be_read_changed_and_asked_for_what_is_not_json(fork: Council) -> None:
    report = report_of_a_bin(fork)
    case = fork.post("waste", "/missed-collections", report)
    changed = fork.patch("waste", f"/missed-collections/{case['reference']}", {"status": "withdrawn"})
    assert changed["status"] == "withdrawn"
    assert fork.get("waste", f"/properties/{report['uprn']}/calendar.ics").startswith("BEGIN:VCALENDAR")
    assert fork.http.get(fork.url("waste", "/rounds")).headers["X-Virtual-Council"] == "true"


@pytest.mark.parametrize(
    "wanted",
    [
        {"by": "P3D"},
        {"by": timedelta(days=3)},
        {"to": "2026-06-04T08:00:00Z"},
        {"to": datetime(2026, 6, 4, 8, tzinfo=UTC)},
    ],
    ids=str,
)
def test_the_clock_is_advanced_in_any_way_of_saying_it(fork: Council, wanted: dict[str, Any]) -> None:
    assert fork.advance(**wanted)["now"] == "2026-06-04T08:00:00Z"
    assert fork.clock()["today"] == "2026-06-04"


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3660)))
def test_a_duration_is_written_so_that_it_is_read_as_the_same(by: timedelta) -> None:
    assert TypeAdapter(timedelta).validate_python(duration(by)) == by


def test_the_clock_is_advanced_to_what_is_due_next(fork: Council) -> None:
    due = fork.clock()["next_due"]
    assert fork.advance(to_next_due=True)["now"] == due
    with pytest.raises(Refused, match="422"):
        fork.advance()


def test_every_event_is_found_whatever_its_page(fork: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.trial.council.EVENTS_AT_ONCE", 20)
    fork.advance("P60D")
    events = fork.events()
    assert len(events) > 40, "more than two pages, or this shows nothing"
    assert [event["position"] for event in events] == sorted({event["position"] for event in events})
    case = fork.post("waste", "/missed-collections", report_of_a_bin(fork))
    [reported] = fork.events(subject=case["reference"], type="missed-collection.reported")
    assert fork.events(after=reported["position"] - 1)[0] == reported
    assert fork.events(after=reported["position"]) == []
    assert fork.events(subject=case["reference"], type="collection.reported") == []


def test_the_calls_of_a_council_are_told_oldest_first(fork: Council) -> None:
    fork.get("waste", "/rounds")
    fork.post("waste", "/missed-collections", report_of_a_bin(fork))
    asked = [(call["method"], call["address"].rpartition("/")[2]) for call in fork.calls()]
    assert [each for each in asked if each[1] in ("rounds", "missed-collections")] == [
        ("GET", "rounds"),
        ("POST", "missed-collections"),
    ]
    [post] = fork.calls(method="POST", service="waste")
    assert (post["status"], post["events"]) == (201, 1)
    assert post["rows"] >= 1


def test_people_are_found_by_their_traits(fork: Council) -> None:
    found = fork.find("over:75", "council-tenant", most=3)
    assert 0 < len(found) <= 3
    assert all(person["born"] < "1951-06-01" and person["references"]["residents"] for person in found)
    with pytest.raises(Refused, match="422"):
        fork.find("left-handed")


def test_a_persona_is_made_once(fork: Council) -> None:
    made = fork.persona("widow-living-alone")
    assert made["references"]["residents"]
    assert fork.persona("widow-living-alone") == made
    with pytest.raises(Refused, match="404"):
        fork.persona("nobody")


def test_a_council_goes_back_to_a_snapshot_and_to_how_it_was_made(fork: Council) -> None:
    report = report_of_a_bin(fork)
    fork.advance("PT1H")
    fork.snapshot("before")
    fork.post("waste", "/missed-collections", report)
    fork.advance("P1D")
    assert fork.snapshots() == ["before"]
    fork.restore("before")
    assert fork.clock()["now"] == "2026-06-01T09:00:00Z"
    fork.post("waste", "/missed-collections", report)
    fork.reset()
    assert fork.clock()["now"] == "2026-06-01T08:00:00Z"
    fork.post("waste", "/missed-collections", report)


def test_a_fork_may_begin_with_a_snapshot(sandbox: Sandbox) -> None:
    with sandbox.council("fairwater") as council:
        council.snapshot("rehearsed")
        council.advance("P1D")
    with sandbox.fork(snapshot="rehearsed") as fork:
        assert fork.clock()["now"] == "2026-06-01T08:00:00Z"


def test_a_products_key_has_the_rights_that_it_was_made_with(fork: Council) -> None:
    key = fork.key_with("waste:read")
    as_product = {"Authorization": f"Bearer {key}"}
    assert httpx.get(fork.url("waste", "/rounds"), headers=as_product).status_code == 200
    assert httpx.get(fork.url("addresses", "/wards"), headers=as_product).status_code == 403


def test_a_fork_whose_key_may_little_is_still_driven(sandbox: Sandbox) -> None:
    with sandbox.fork(scopes=["waste:read"]) as fork:
        report = report_of_a_bin(fork)
        with pytest.raises(Refused, match="waste:write"):
            fork.post("waste", "/missed-collections", report)
        assert fork.advance("P1D")["today"] == "2026-06-02"
    assert sandbox.councils() == ["fairwater"]


def test_nothing_at_the_address_and_something_else_there_are_told_apart(sandbox: Sandbox) -> None:
    with Sandbox("http://127.0.0.1:9", KEY) as nowhere, pytest.raises(NotReached, match="had no answer"):
        nowhere.councils()
    with (
        Sandbox(f"{sandbox.url}/healthz?", KEY) as other,
        pytest.raises(NotReached, match="is not a sandbox"),
    ):
        other.councils()


def test_a_sandbox_is_started_without_pytest_and_leaves_nothing(tmp_path: Path) -> None:
    with started(Shape(residents="300"), tmp_path) as sandbox:
        url = sandbox.url
        with sandbox.fork() as fork:
            assert fork.get("addresses", "/properties")["total"] > 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir()) == ["built", "lock"]


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (Shape(like="Atlantis"), "Atlantis"),
        (Shape(residents="7"), "100 or more"),
        (Shape(as_of="yesterday"), "yesterday"),
    ],
    ids=["like", "residents", "as-of"],
)
def test_what_cannot_be_built_is_told_and_leaves_nothing(shape: Shape, says: str, tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match=says), started(shape, tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("built")] == []


def test_only_the_councils_used_last_are_kept(tmp_path: Path) -> None:
    from sandbox.trial.starting import copy_as_built

    for number in range(3):
        (tmp_path / f"built-{number}").mkdir()
    copy_as_built(Shape(residents="300"), tmp_path, tmp_path / "data")
    kept = {path.name for path in tmp_path.glob("built-*")}
    assert len(kept) == 3
    assert len(kept & {"built-0", "built-1", "built-2"}) == 2
