"""Results are kept in the council's notebook, and shown by the control API and the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.shadow import results
from sandbox.shadow.comparing import compare
from sandbox.shadow.noise import Noise
from sandbox.shadow.results import Kind, State
from sandbox.shadow.tally import Tally
from tests.conftest import CouncilUnderTest
from tests.sandbox.shadow.answers import answer, call

BINS = "bins-r-us"


@pytest.fixture
def joined(council: CouncilUnderTest) -> CouncilUnderTest:
    """A council that a component has joined."""
    made = council.control("/components", name=BINS, slot="waste", url="http://127.0.0.1:9000")
    assert made.status_code == 201, made.text
    return council


def tallied(alike: int, different: int = 0) -> Tally:
    """So many calls alike, and so many with another day."""
    tally = Tally(Noise.usual())
    ours = answer({"return_by": "2026-06-05"})
    for number in range(alike + different):
        theirs = ours if number < alike else answer({"return_by": "2026-06-06"})
        asked = call("/missed-collections/MC-000001")
        tally.add("show_missed_collection", asked, ours, theirs, compare("x", ours, theirs, Noise()))
    return tally


def kept(
    council: CouncilUnderTest, tally: Tally | None, kind: Kind = Kind.REPLAY, state: State = State.DONE
) -> int:
    """Keep a result of the component, and give its number."""
    with council.sandbox.councils.notebook(council.name).writing() as session:
        number = results.begin(session, BINS, kind, "a day of traffic", 1000)
        results.write(session, BINS, number, tally.summary() if tally else None, state=state)
    return number


def shown(council: CouncilUnderTest, number: str = "latest") -> Any:
    """A result as the control API shows it."""
    return council.client.get(
        f"/sandbox/councils/{council.name}/components/{BINS}/comparisons/{number}"
    ).json()


def latest(council: CouncilUnderTest) -> int | None:
    """How many calls the result has that the gate goes by."""
    with council.sandbox.councils.notebook(council.name).reading() as session:
        found = results.latest(session, BINS)
    return None if found is None else found.calls


def typed(council: CouncilUnderTest, words: Sequence[str]) -> str:
    """What `council component compare` prints."""
    council.close()
    done = CliRunner().invoke(app, ["component", "compare", BINS, *words, "--data", str(council.folder.path)])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_result_is_shown_with_a_curl_line_for_each_side(joined: CouncilUnderTest) -> None:
    kept(joined, tallied(3, 2))
    told = shown(joined)
    assert told["sentence"] == (
        "Of 5 calls 3 were answered alike; 2 gave a later return by date (by 1 day); it was as quick."
    )
    (group,) = told["summary"]["groups"]
    assert (group["operation"], group["count"], group["cause"]) == ("show_missed_collection", 2, "later")
    example = group["example"]
    assert f"/councils/{joined.name}/waste/missed-collections/MC-000001" in example["ours"]["curl"]
    assert f"/components/{BINS}/at/missed-collections/MC-000001" in example["theirs"]["curl"]
    assert (example["ours"]["value"], example["theirs"]["value"]) == ("2026-06-05", "2026-06-06")


def test_how_far_a_run_is_can_be_asked_while_it_runs(joined: CouncilUnderTest) -> None:
    kept(joined, tallied(12), state=State.RUNNING)
    told = shown(joined)
    assert (told["state"], told["done"], told["planned"]) == ("running", 12, 1000)


def test_a_component_that_was_not_compared_is_told_how(joined: CouncilUnderTest) -> None:
    assert "council component shadow bins-r-us" in shown(joined)["detail"]
    kept(joined, tallied(1))
    assert shown(joined, "7")["status"] == 404


def test_the_latest_twenty_results_are_kept(joined: CouncilUnderTest) -> None:
    for _ in range(22):
        kept(joined, None)
    items = joined.client.get(f"/sandbox/councils/{joined.name}/components/{BINS}/comparisons").json()[
        "items"
    ]
    assert [each["number"] for each in items] == list(range(22, 2, -1))


def test_the_gate_goes_by_what_is_done_and_not_by_what_runs_or_failed(joined: CouncilUnderTest) -> None:
    assert latest(joined) is None
    kept(joined, tallied(5))
    kept(joined, tallied(6), state=State.RUNNING)
    kept(joined, tallied(7), state=State.FAILED)
    assert latest(joined) == 5


def test_a_short_watch_takes_no_results_place_until_something_differs(joined: CouncilUnderTest) -> None:
    kept(joined, tallied(4), Kind.WATCH, State.RUNNING)
    assert latest(joined) == 4
    kept(joined, tallied(50))
    kept(joined, tallied(3), Kind.WATCH, State.RUNNING)
    assert latest(joined) == 50
    kept(joined, tallied(2, 1), Kind.WATCH, State.RUNNING)
    assert latest(joined) == 3


def test_a_replay_that_a_kill_broke_off_is_said_to_have_failed(joined: CouncilUnderTest) -> None:
    replay, watch = kept(joined, None, state=State.RUNNING), kept(joined, None, Kind.WATCH, State.RUNNING)
    with joined.sandbox.councils.notebook(joined.name).writing() as session:
        results.break_off(session)
    assert (shown(joined, str(replay))["state"], shown(joined, str(watch))["state"]) == ("failed", "done")


def test_results_go_with_their_component(joined: CouncilUnderTest) -> None:
    number = kept(joined, tallied(1))
    joined.client.delete(f"/sandbox/councils/{joined.name}/components/{BINS}")
    with joined.sandbox.councils.notebook(joined.name).writing() as session:
        results.write(session, BINS, number, tallied(2).summary())
        assert results.listed(session, BINS) == []


def test_the_command_prints_the_sentence_the_groups_and_on_request_the_calls(
    joined: CouncilUnderTest,
) -> None:
    kept(joined, tallied(3, 2))
    told = typed(joined, ["--examples"])
    assert "Of 5 calls 3 were answered alike; 2 gave a later return by date (by 1 day)" in told
    assert 'missed-collections/MC-000001 -H "Authorization: Bearer $KEY"' in told
    assert "the component: 200" in told
    assert json.loads(typed(joined, ["--json"]))["summary"]["different"] == 2
    assert typed(joined, ["--list"]).split()[0] == "1"
