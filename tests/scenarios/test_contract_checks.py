"""Contract checks: what they catch, how they show it, and that they are the same each time."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from scenarios.conformance.checks import Missed, Skipped
from scenarios.conformance.probe import Probe
from scenarios.conformance.record import Exchange
from tests.scenarios.depot import ended, probing

CHECKS = [
    "every-operation",
    *(f"list_things.{phase}" for phase in ("coverage", "fuzzing")),
    *(f"hand_in.{phase}" for phase in ("examples", "coverage", "fuzzing", "fuzzing-bad")),
    *(f"show_thing.{phase}" for phase in ("coverage", "fuzzing", "fuzzing-bad")),
    "links",
]


def test_there_is_a_check_for_each_phase_that_an_operation_gives_cause_for() -> None:
    with probing() as (_, checks):
        assert [check.id.removeprefix("depot.contract.") for check in checks] == CHECKS


def test_what_makes_the_cases_is_not_loaded_to_list_the_checks() -> None:
    said = (
        "import scenarios.conformance.running, sys; print({'schemathesis', 'hypothesis'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_good_service_passes_them_all() -> None:
    with probing() as (probe, checks):
        assert {name: ended(probe, checks, name) for name in CHECKS} == dict.fromkeys(CHECKS)


@pytest.mark.parametrize(
    ("fault", "check", "said"),
    [
        ("breaks at 137", "hand_in.coverage", "server error"),
        ("says more", "hand_in.examples", "'owner' was unexpected"),
        ("accepts nonsense", "hand_in.coverage", "schema-violating request accepted"),
        ("accepts nonsense", "hand_in.fuzzing-bad", "schema-violating request accepted"),
        ("any method", "list_things.coverage", "Unsupported method"),
        ("forgets", "links", "for a resource that was just created"),
        ("wrong type", "links", "violates schema"),
    ],
)
def test_a_fault_is_missed_and_shown(fault: str, check: str, said: str) -> None:
    with probing(fault) as (probe, checks):
        missed = ended(probe, checks, check)
    assert isinstance(missed, Missed)
    assert said in str(missed)
    assert all((missed.expected, missed.got, missed.remedy))
    assert missed.shown is not None
    assert missed.shown.curl.startswith("curl ")


def size_of(exchange: Exchange) -> tuple[int, int]:
    """How large what was handed in is: the letters of its name, and its weight."""
    sent = json.loads(exchange.request_body or "")
    return len(sent["name"]), sent["weight"]


def test_what_is_shown_is_the_smallest_case_found() -> None:
    with probing("breaks at 137") as (probe, checks):
        missed = ended(probe, checks, "hand_in.fuzzing")
    assert isinstance(missed, Missed)
    assert missed.shown is not None
    assert missed.shown.status == 500
    failing = [size_of(one) for one in probe.exchanges if one.status == 500]
    assert size_of(missed.shown) == min(failing)


def test_the_same_seed_gives_the_same_cases_whatever_else_runs() -> None:
    names = ["hand_in.coverage", "hand_in.fuzzing", "hand_in.fuzzing-bad", "show_thing.fuzzing"]

    def cases(seed: int) -> dict[str, list[tuple[str, str, str | None]]]:
        sent = {}
        with probing(seed=seed) as (probe, checks):
            for name in names:
                own = Probe(probe.place)
                ended(own, checks, name)
                address = own.service.server
                sent[name] = [
                    (one.method, one.url.removeprefix(address), one.request_body) for one in own.exchanges
                ]
        return sent

    alone = cases(1)
    with ThreadPoolExecutor(3) as pool:
        beside, again, other = pool.map(cases, [1, 1, 2])
    assert alone == beside == again
    assert alone["hand_in.fuzzing"] != other["hand_in.fuzzing"]


def test_a_check_stops_when_the_time_of_the_run_is_over() -> None:
    with probing(seconds=0.0) as (probe, checks):
        assert isinstance(ended(probe, checks, "hand_in.fuzzing"), Skipped)
        assert probe.exchanges == []


def test_every_exchange_is_kept_with_its_key_masked() -> None:
    with probing() as (probe, checks):
        ended(probe, checks, "hand_in.fuzzing")
    assert probe.exchanges
    told = [
        value for one in probe.exchanges for name, value in one.request_headers if name == "Authorization"
    ]
    assert set(told) == {"Bearer $COUNCIL_KEY"}
    assert all("a-key" not in one.curl for one in probe.exchanges)
    assert "'Authorization: Bearer '\"$COUNCIL_KEY\"''" in probe.exchanges[0].curl
