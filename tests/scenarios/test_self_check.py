"""The sandbox checks itself as it would check anybody's component."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox import running
from sandbox.cli.conform import made_with
from scenarios import load
from scenarios.conformance.record import Record
from scenarios.conformance.running import Wanted, run
from scenarios.conformance.target import Target
from scenarios.results import Outcome

FEW = 5
"""Generated requests of each kind for an operation; `council conform --all` makes more."""
ENOUGH = 250


def self_check() -> Record:
    """The record of `council conform --all --examples 5`."""
    with running.temporary() as there:
        wanted = Wanted(
            base_url=there.url,
            council=there.council,
            key=there.key,
            targets=[Target(slug) for slug in running.services_of(there)],
            packs=load(),
            made_with=made_with(),
            now=lambda: datetime(2026, 6, 1, tzinfo=UTC),
            across=True,
            examples=FEW,
        )
        return run(wanted).record


def test_the_sandbox_passes_every_check_and_each_requirement_is_shown() -> None:
    record = self_check()
    assert [(each.id, each.reason, each.got) for each in record.missed] == []
    told = (Outcome.SKIP, Outcome.OMIT)
    assert [each.id for each in record.checks if each.outcome in told and not each.reason] == []
    assert len(record.checks) >= ENOUGH
    assert record.passed, [(one.service, one.id) for one in record.requirements if one.verdict == "not shown"]
