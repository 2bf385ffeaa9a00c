"""Stale reads are answered from an older state of the council, and writes are done all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.conftest import CouncilUnderTest
from tests.sandbox.forcing.calls import FAULT, a_move, move, read, rules, set_rule


def uprn(council: CouncilUnderTest, scenario: str | None = None) -> str:
    found: str = read(council, scenario).json()["uprn"]
    return found


def copies(council: CouncilUnderTest) -> list[Path]:
    return sorted(council.folder.control.glob("*.earlier-*"))


def test_a_header_asks_for_the_council_as_it_was_made(council: CouncilUnderTest) -> None:
    before = uprn(council)
    assert uprn(council, "stale") == before
    body = a_move(council)
    assert move(council, body).status_code == 201
    assert uprn(council) == body["uprn"] != before
    assert uprn(council, "stale") == before
    assert uprn(council) == body["uprn"]


def test_what_was_written_is_not_seen_while_a_rule_lags(council: CouncilUnderTest) -> None:
    before = uprn(council)
    set_rule(council, "stale", parameters={"lag": 3600})
    body = a_move(council)
    answer = move(council, body)
    assert answer.status_code == 201
    assert FAULT not in answer.headers
    assert uprn(council) == before
    assert read(council).headers[FAULT].startswith("stale; rule=")
    council.client.delete("/sandbox/councils/fairwater/rules")
    assert uprn(council) == body["uprn"]


def test_what_was_written_before_the_rule_is_seen(council: CouncilUnderTest) -> None:
    body = a_move(council)
    move(council, body)
    set_rule(council, "stale", parameters={"lag": 3600})
    assert uprn(council) == body["uprn"]


def test_what_was_written_is_seen_when_the_lag_is_over(council: CouncilUnderTest) -> None:
    set_rule(council, "stale", parameters={"lag": 1})
    body, before = a_move(council), uprn(council)
    move(council, body)
    assert uprn(council) == before
    # The state that is shown is brought up to the present once it is older than the lag.
    lagging = next(iter(council.sandbox.forcing.book(council.sandbox.councils.first).lagging.values()))
    lagging.taken -= 1
    assert uprn(council) == body["uprn"]


def test_a_write_long_after_the_rule_was_set_is_hidden_all_the_same(council: CouncilUnderTest) -> None:
    set_rule(council, "stale", parameters={"lag": 60})
    lagging = next(iter(council.sandbox.forcing.book(council.sandbox.councils.first).lagging.values()))
    lagging.taken -= 1000
    before = uprn(council)
    lagging.taken -= 1000
    move(council, a_move(council))
    assert uprn(council) == before


def test_a_rule_lags_after_a_restart_too(council: CouncilUnderTest) -> None:
    set_rule(council, "stale", parameters={"lag": 3600})
    council.reopen()
    before = uprn(council)
    move(council, a_move(council))
    assert uprn(council) == before


def test_the_copies_go_with_the_sandbox(council: CouncilUnderTest) -> None:
    set_rule(council, "stale", parameters={"lag": 3600})
    move(council, a_move(council))
    read(council, "stale")
    assert len([each for each in copies(council) if "-wal" not in each.name and "-shm" not in each.name]) == 2
    council.close()
    assert copies(council) == []
    left = council.folder.control / "fairwater.earlier-99"
    left.write_bytes(b"what a kill leaves")
    council.reopen()
    assert copies(council) == []
    assert len(rules(council)) == 1


def test_a_council_that_was_taken_back_does_not_remember_what_never_happened(
    council: CouncilUnderTest,
) -> None:
    before = uprn(council)
    move(council, a_move(council))
    set_rule(council, "stale", parameters={"lag": 3600})
    assert uprn(council) != before
    present = council.sandbox.councils.first
    asyncio.run(present.rewind_to(present.as_made))
    assert uprn(council) == before
