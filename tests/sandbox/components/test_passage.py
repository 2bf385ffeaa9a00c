"""Both sides of a slot: what one answered the other holds too, under the council's reference, told once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.components import following
from tests.sandbox.components.twin import COUNCIL, NAME, Twins, twins


@pytest.fixture(scope="module")
def pair(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """A council and a component for its waste, for the tests of this module together."""
    with twins(built_folder, tmp_path_factory.mktemp("twins")) as pair:
        yield pair


@pytest.fixture
def bins(pair: Twins) -> list[dict[str, str]]:
    """Bins that nobody has reported; the component is well, and fills nothing."""
    pair.wall.breaks = ""
    pair.until(lambda: pair.pending == 0)
    pair.fill("stub")
    return pair.bins()


def test_what_a_component_answered_the_stub_holds_too(pair: Twins, bins: list[dict[str, str]]) -> None:
    pair.fill("live")

    made = pair.ask("POST", "/missed-collections", json=bins[0])

    assert made.status_code == 201, made.text
    pair.fill("stub")
    shown = pair.ask("GET", f"/missed-collections/{made.json()['reference']}")
    assert shown.json() == made.json()


def test_what_the_stub_answered_the_component_holds_before_it_is_asked(
    pair: Twins, bins: list[dict[str, str]]
) -> None:
    pair.fill("shadow")
    made = [pair.ask("POST", "/missed-collections", json=each).json() for each in bins[:5]]
    pair.fill("live")

    shown = [pair.ask("GET", f"/missed-collections/{each['reference']}").json() for each in made]

    assert shown == made


def test_who_joined_for_a_slot_that_another_fills_tells_nothing(
    pair: Twins, bins: list[dict[str, str]]
) -> None:
    idle = pair.control("POST", "/components", name="idle", slot="waste", url="http://127.0.0.1:9")
    pair.fill("live")
    made = pair.ask("POST", "/missed-collections", json=bins[0]).json()
    reported = ("missed-collection.reported", made["reference"])

    pair.tell("idle", idle["events_secret"])
    before = pair.told().count(reported)
    pair.tell()

    assert (before, pair.told().count(reported)) == (0, 1)
    pair.control("DELETE", "/components/idle")


def test_nothing_is_sent_to_a_component_that_is_among_the_records_it_has_yet_to_take_over(
    pair: Twins, bins: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOKING_SECONDS", 0.05)
    pair.fill("live")  # from here on it is known to take the records over when it is told to
    pair.fill("stub")
    shadowed = {"component": NAME, "mode": "shadow", "by": "test", "why": "test"}
    pair.control("PUT", "/slots/waste", **shadowed)
    pair.control("GET", f"/components/{NAME}")
    writes = pair.wall.writes

    pair.ask("POST", "/missed-collections", json=bins[0])
    time.sleep(0.5)
    waited = (pair.pending, pair.wall.writes - writes)
    pair.client.get(f"{pair.url}/sandbox{COUNCIL}/components/{NAME}/records").raise_for_status()

    assert waited == (1, 0)
    pair.until(lambda: pair.pending == 0)
    assert pair.wall.writes == writes


def test_a_case_has_the_councils_reference_whoever_answers(pair: Twins, bins: list[dict[str, str]]) -> None:
    # The component numbers on from a case that the council never had.
    own = pair.twin.councils.first
    with own.writing("waste") as work:
        work.next_number("waste.missed_collections")
    pair.fill("live")
    made = pair.ask("POST", "/missed-collections", json=bins[0]).json()
    closed = pair.ask("PATCH", f"/missed-collections/{made['reference']}", json={"status": "withdrawn"})
    pair.tell()

    assert closed.json()["reference"] == made["reference"]
    assert [what for what, subject in pair.told() if subject == made["reference"]] == [
        "missed-collection.reported",
        "missed-collection.withdrawn",
    ]
    pair.fill("stub")
    assert pair.ask("GET", f"/missed-collections/{made['reference']}").json()["status"] == "withdrawn"


def test_what_a_component_owes_is_told_when_the_slot_is_given_back(
    pair: Twins, bins: list[dict[str, str]]
) -> None:
    pair.fill("live")
    made = pair.ask("POST", "/missed-collections", json=bins[0]).json()["reference"]
    assert ("missed-collection.reported", made) not in pair.told()

    pair.fill("stub")
    pair.tell()  # too late: it was told in its place
    pair.until(lambda: ("missed-collection.reported", made) in pair.told())

    assert pair.told().count(("missed-collection.reported", made)) == 1


def test_a_component_that_was_down_is_told_what_it_missed_before_it_is_called(
    pair: Twins, bins: list[dict[str, str]]
) -> None:
    pair.fill("live", fallback=True, seconds=0.5)
    pair.wall.breaks = "early"
    made = pair.ask("POST", "/missed-collections", json=bins[0])
    assert made.status_code == 201, made.text
    pair.wall.breaks = ""
    pair.until(lambda: pair.pending == 0)
    before = pair.wall.writes

    assert pair.ask("GET", f"/missed-collections/{made.json()['reference']}").json() == made.json()
    assert pair.wall.writes == before
    assert sum(row[:3] == tuple(bins[0].values()) for row in pair.cases()["component"]) == 1


def test_without_a_fallback_a_caller_is_told_that_it_may_have_been_done(
    pair: Twins, bins: list[dict[str, str]]
) -> None:
    pair.fill("live")
    pair.wall.breaks = "late"

    answer = pair.ask("POST", "/missed-collections", json=bins[0])

    assert answer.status_code == 503
    assert "may have been done" in answer.json()["detail"]
    assert answer.headers["retry-after"]


def test_a_write_that_the_stub_refuses_is_kept_and_named(pair: Twins, bins: list[dict[str, str]]) -> None:
    with pair.sandbox.councils.first.writing("waste") as work:
        work.connection.exec_driver_sql(
            "INSERT INTO waste_missed_collections (reference, uprn, stream, collection_date, reported_at, "
            "return_by, status, version) VALUES ('MC-900000', ?, ?, ?, '2026-06-01 08:00:00.000000', "
            "'2026-06-03', 'reported', 1)",
            (bins[-1]["uprn"], bins[-1]["stream"], bins[-1]["collection_date"]),
        )
    pair.fill("live")

    made = pair.ask("POST", "/missed-collections", json=bins[-1])

    assert made.status_code == 201
    [told] = [
        each["what"]
        for each in pair.control("GET", "/slots/waste/changes")["items"]
        if each["what"].startswith("Out of step")
    ]
    assert made.json()["reference"] in told
    assert "409" in told
