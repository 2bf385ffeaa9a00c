"""The feed is read from a place that is never mistaken for another, and a reader may wait for what comes."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import httpx
import pytest

from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.posting.conftest import Served, record

FEED = "/sandbox/councils/fairwater/events"


def feed(council: CouncilUnderTest, **params: Any) -> dict[str, Any]:
    answer = council.client.get(FEED, params=params)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def take_back(council: CouncilUnderTest) -> None:
    """Return to what the council was built as."""
    first = council.sandbox.councils.first
    asyncio.run(first.rewind_to(first.as_made))


def test_next_reads_on_where_it_was_left(council: CouncilUnderTest) -> None:
    for number in range(5):
        record(council, f"R{number}")
    read, after = [], "0"
    while (page := feed(council, after=after, limit=2))["items"]:
        read += [each["subject"] for each in page["items"]]
        after = page["next"]
    assert read == ["R0", "R1", "R2", "R3", "R4"]


def test_the_feed_can_be_narrowed_to_types(council: CouncilUnderTest) -> None:
    record(council, "R1", "resident.moved")
    record(council, "R2", "resident.died")
    assert [each["subject"] for each in feed(council, type="*.died")["items"]] == ["R2"]
    one = "virtual-council.residents.resident.moved"
    assert [each["subject"] for each in feed(council, type=one)["items"]] == ["R1"]
    assert len(feed(council, type="virtual-council.residents.*")["items"]) == 2
    nothing = feed(council, type="virtual-council.waste.*")
    assert nothing["items"] == []
    assert nothing["next"] == feed(council)["next"]


def test_a_reader_who_waits_is_answered_when_something_happens(served: Served) -> None:
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(served.control("GET", "/events", params={"wait": 30}))
    )
    waiting.start()
    time.sleep(0.2)
    assert answers == []
    served.happen("R00000009")
    waiting.join(timeout=10)
    assert [each["subject"] for each in answers[0]["items"]] == ["R00000009"]


def test_a_reader_who_waits_in_vain_is_answered_with_nothing(council: CouncilUnderTest) -> None:
    assert feed(council, wait=0.05) == {"items": [], "next": "0-0"}


def test_the_events_of_an_undone_past_are_never_taken_for_those_that_followed(
    council: CouncilUnderTest,
) -> None:
    record(council, "R1")
    undone = feed(council)
    take_back(council)
    record(council, "R2")
    answer = council.client.get(FEED, params={"after": undone["next"]})
    assert answer.status_code == 410
    assert answer.json()["type"] == "/problems/position-gone"
    again = feed(council, after=answer.json()["restart"])
    assert [each["subject"] for each in again["items"]] == ["R2"]
    assert again["items"][0]["position"] == undone["items"][0]["position"]
    assert again["items"][0]["id"] != undone["items"][0]["id"]


def test_what_was_not_undone_keeps_its_place_and_its_id(council: CouncilUnderTest) -> None:
    first = council.sandbox.councils.first
    record(council, "R1")
    kept = feed(council)
    saved = council.folder.path / "saved.sqlite"
    asyncio.run(first.copy_to(saved))
    record(council, "R2")
    later = feed(council)
    asyncio.run(first.rewind_to(saved))
    assert feed(council)["items"] == kept["items"]
    assert feed(council, after=kept["next"])["items"] == []
    record(council, "R3")
    asyncio.run(first.copy_to(council.folder.path / "saved-later.sqlite"))
    take_back(council)
    assert feed(council)["items"] == []
    asyncio.run(first.rewind_to(council.folder.path / "saved-later.sqlite"))
    assert [each["subject"] for each in feed(council)["items"]] == ["R1", "R3"]
    assert council.client.get(FEED, params={"after": later["next"]}).status_code == 410
    assert [each["subject"] for each in feed(council, after=kept["next"])["items"]] == ["R3"]


def test_a_position_beyond_the_end_is_refused(council: CouncilUnderTest) -> None:
    record(council, "R1")
    answer = council.client.get(FEED, params={"after": "7"})
    assert answer.status_code == 410
    assert "ends at position 1" in answer.json()["detail"]
    assert answer.json()["restart"] == "0-1"


@pytest.mark.parametrize(
    "params", [{"after": "x"}, {"after": "-1"}, {"wait": 31}, {"type": "WASTE"}, {"limit": 0}]
)
def test_what_the_feed_cannot_read_is_refused(council: CouncilUnderTest, params: dict[str, Any]) -> None:
    assert council.client.get(FEED, params=params).status_code == 422


def test_a_key_without_the_control_scope_hears_nothing(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="reader", scopes=["residents:read"]).json()
    for path in ("", "/stream"):
        answer = council.client.get(FEED + path, headers={"Authorization": f"Bearer {made['key']}"})
        assert answer.status_code == 403


def test_a_sandbox_that_stops_lets_go_of_who_waits(council: CouncilUnderTest) -> None:
    from sandbox.serving import served_aside

    said: list[str] = []

    def listen(url: str, path: str) -> None:
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.stream("GET", url + FEED + path, headers=headers, timeout=40) as answer:
            said.extend(answer.iter_lines())

    with served_aside(council.sandbox.gateway) as url:
        waiting = [threading.Thread(target=listen, args=(url, path)) for path in ("/stream", "?wait=30")]
        for each in waiting:
            each.start()
        time.sleep(0.5)
    # Leaving the context would wait for ever if the stream did.
    for each in waiting:
        each.join(timeout=10)
    assert any("retry" in line for line in said)
    assert '{"items":[],"next":"0-0"}' in said
