"""Records of runs that never took place: plain ones to arrange a test with, and any whatever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from scenarios.conformance import verdicts
from scenarios.conformance.checks import Kind
from scenarios.conformance.record import (
    FORMAT,
    CheckResult,
    CouncilTold,
    Exchange,
    Made,
    Record,
    Tested,
)
from scenarios.packs import Packs
from scenarios.requirements import Requirement
from scenarios.results import Outcome

BEGAN = datetime(2026, 11, 24, 23, 40, 1, 250_000, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script> ]]> \x1b[2J\x1b[31m \x00 \u202e'\"`|*_[x](http://evil.example) &amp; "
    "{{ 7*7 }}\r\n#"
)
SENTENCES = (
    "A missed bin can be reported, and the report says by when the crew returns.",
    "A bin reported twice is one case.",
    "A request without a key that the council knows is answered 401 and changes nothing.",
    "Of what can be had once, many who ask at one moment get one.",
)
FAILED = (Outcome.FAIL, Outcome.ERROR)


def exchange(**changed: Any) -> Exchange:
    """A call that was answered."""
    said: dict[str, Any] = {
        "began": BEGAN,
        "seconds": 0.012,
        "method": "POST",
        "url": "http://127.0.0.1:9000/missed-collections?a=1&b=%20",
        "request_headers": (("Accept", "application/json"), ("Authorization", "Bearer $COUNCIL_KEY")),
        "request_body": '{"uprn": "990000000001"}',
        "status": 201,
        "headers": (("content-type", "application/json"), ("content-length", "16")),
        "body": '{"id": "MC-0001"}',
        "failure": "",
        "curl": "curl -sS -X POST 'http://127.0.0.1:9000/missed-collections'",
    }
    return Exchange(**said | changed)


def result(check_id: str, outcome: Outcome = Outcome.PASS, **changed: Any) -> CheckResult:
    """A check's result; `check_id` is `service.kind.name`."""
    service, kind, _ = check_id.split(".", 2)
    bad = outcome in FAILED
    said: dict[str, Any] = {
        "id": check_id,
        "service": service,
        "kind": Kind(kind),
        "title": "A bin reported twice is one case",
        "verifies": ("WASTE-001",),
        "outcome": outcome,
        "reason": "" if outcome is Outcome.PASS else "the second report was taken as a new case",
        "expected": "409" if bad else "",
        "got": "201" if bad else "",
        "remedy": "answer 409 with the reference of the case that is open" if bad else "",
        "calls": 3,
        "seconds": 0.25,
        "shown": exchange() if bad else None,
    }
    return CheckResult(**said | changed)


def requirement(number: int, level: str = "must") -> Requirement:
    """A requirement of waste."""
    sentence = SENTENCES[number % len(SENTENCES)]
    return Requirement.model_validate(
        {"id": f"WASTE-{number:03}", "sentence": sentence, "source": "RFC 9110 section 15", "level": level}
    )


def record(
    checks: Sequence[CheckResult],
    requirements: Sequence[Requirement] | None = None,
    *,
    notices: Sequence[str] = (),
    **changed: Any,
) -> Record:
    """The record of a run that came to these results: its verdicts are those that a run would give."""
    if requirements is None:
        names = dict.fromkeys(name for check in checks for name in check.verifies)
        requirements = [requirement(int(name.rpartition("-")[2])) for name in names]
    services = tuple(dict.fromkeys(check.service for check in checks)) or ("waste",)
    listed = {one.id: services[number % len(services)] for number, one in enumerate(requirements)}
    packs = Packs(Path("packs"), (), tuple(requirements), listed)
    told = verdicts.of_requirements(packs, services, checks, whole=True)
    said: dict[str, Any] = {
        "format": FORMAT,
        "began": BEGAN,
        "ended": BEGAN + timedelta(seconds=12.5),
        "command": "council conform waste --as-of 2026-06-01 --seed 1",
        "made_with": Made(virtual_council="0.1.0", python="3.11.9", schemathesis="4.22.4"),
        "seed": 1,
        "targets": [a_target(service) for service in services],
        "council": CouncilTold(
            name="fairwater",
            shaped_like="Hartlepool",
            residents=2_000,
            seed=7,
            as_of=date(2026, 6, 1),
            now=datetime(2026, 6, 1, 9, tzinfo=UTC),
        ),
        "checks": tuple(checks),
        "requirements": told,
        "notices": tuple(notices),
        "passed": verdicts.passed(told, checks) and not notices,
        "does_not_show": ("The council and its people are invented.",),
    }
    return Record(**said | changed)


def a_target(service: str, **changed: Any) -> Tested:
    """A target: a supplier's component that joined the council."""
    said: dict[str, Any] = {
        "service": service,
        "address": "http://127.0.0.1:9000",
        "title": "Bins R Us",
        "version": "2.4.1",
        "openapi": "3f" * 32,
        "component": "bins-r-us",
        "image": "",
        "incumbent": False,
    }
    return Tested(**said | changed)


def hostile() -> Record:
    """A run against a target that answers with all that could trip a reader up."""
    worst = exchange(
        status=200,
        url=f"http://127.0.0.1:9000/{HOSTILE}",
        headers=(("x-evil", HOSTILE), ("content-type", HOSTILE)),
        body=HOSTILE * 20 + "x" * 1_000_000,
        failure=HOSTILE,
        curl=f"curl -sS 'http://127.0.0.1:9000/' -d '{HOSTILE}'",
    )
    bad: dict[str, Any] = {"reason": HOSTILE, "expected": HOSTILE, "got": HOSTILE + "y" * 1_000_000}
    bad |= {"shown": worst}
    return record(
        [
            result("waste.data.one", Outcome.FAIL, **bad),
            result("waste.data.two", Outcome.ERROR, **bad, baseline=HOSTILE),
            result("waste.data.three", Outcome.SKIP, reason=HOSTILE, verifies=("WASTE-002",)),
            result("waste.data.four", Outcome.FAIL, **bad, verifies=()),
        ],
        notices=[HOSTILE],
        targets=(a_target("waste", title=HOSTILE, version=HOSTILE, component=HOSTILE),),
    )


def large(checks: int = 450, *, failing: int = 0) -> Record:
    """A run of all of five services."""
    slugs = ("addresses", "council_tax", "residents", "street_reports", "waste")
    body = "\n".join(['"<b>&' * 100] * 100)
    headers = (("content-type", "<" * 300),) * 40
    long: dict[str, Any] = {
        "expected": body,
        "got": f"{body}x",
        "shown": exchange(body=body, headers=headers),
    }
    results = [
        result(
            f"{slugs[number % 5]}.{list(Kind)[number % 6]}.check-{number}",
            Outcome.FAIL if number < failing else Outcome.PASS,
            verifies=(f"WASTE-{number // 9:03}",),
            **(long if number < failing else {}),
        )
        for number in range(checks)
    ]
    return record(results)


_LETTERS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from([HOSTILE, "", "a\nb"])


@st.composite
def results(draw: st.DrawFn, number: int = 0) -> CheckResult:
    """Any result of a check."""
    outcome = draw(st.sampled_from(Outcome))
    bad = outcome in FAILED
    service = draw(st.sampled_from(["waste", "street_reports", "council"]))
    calls = st.sampled_from([None, exchange(), exchange(status=None, failure=HOSTILE)])
    return result(
        f"{service}.{draw(st.sampled_from(Kind))}.check-{number}",
        outcome,
        reason=draw(_LETTERS),
        expected=draw(_LETTERS),
        got=draw(_LETTERS),
        verifies=tuple(draw(st.sets(st.sampled_from([f"WASTE-{n:03}" for n in range(4)]), max_size=3))),
        baseline=draw(st.sampled_from(["", "", "known until 1 January 2027 (A. Person)"])) if bad else "",
        shown=draw(calls) if bad else None,
        seconds=draw(st.floats(0, 100)),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record that a run could have made."""
    checks = [draw(results(number)) for number in range(draw(st.integers(0, 6)))]
    levels = draw(st.lists(st.sampled_from(["must", "should", "may"]), max_size=4))
    return record(
        checks,
        [requirement(number, level) for number, level in enumerate(levels)],
        notices=draw(st.lists(_LETTERS.filter(bool), max_size=1)),
    )
