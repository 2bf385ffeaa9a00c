"""What must hold of a service has a check, for each service there is; and a hole is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.cli.conform import made_with
from sandbox.machine import now
from scenarios.conformance import coverage
from scenarios.conformance.coverage import Coverage
from scenarios.conformance.running import Prepared, Wanted, prepared
from scenarios.conformance.target import Target
from service_apis.kit.discovery import discover
from tests.conftest import KEY
from tests.scenarios.conforming import PACKS, Desk
from tests.scenarios.tampering import Tampered

SERVICES = tuple(discover())


@pytest.fixture(scope="module")
def ready(conformance_town: tuple[Tampered, str]) -> Prepared:
    """A run of every service and the journeys across them, about to begin."""
    wanted = Wanted(
        base_url=conformance_town[1],
        council="fairwater",
        key=KEY,
        targets=[Target(slug) for slug in SERVICES],
        packs=PACKS,
        made_with=made_with(),
        now=now,
        across=True,
    )
    with prepared(wanted) as ready:
        return ready


def of(ready: Prepared, service: str) -> Coverage:
    return next(one for one in coverage.of_run(ready) if one.service == service)


@pytest.mark.parametrize("service", [*SERVICES, "council"])
def test_all_that_must_hold_has_a_check(ready: Prepared, service: str) -> None:
    assert [f"{one.id} {one.sentence}" for one in of(ready, service).wanting] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_asked_by_some_check(ready: Prepared, service: str) -> None:
    assert [operation.id for operation in of(ready, service).untouched] == []


def test_a_filter_by_a_home_counts_for_the_requirement_on_other_homes_records_too(ready: Prepared) -> None:
    together = {check.id: check.verifies for check in ready.planned if ".filters-together-" in check.id}
    assert "COUNCIL-048" in together["waste.data.filters-together-list-missed-collections"]
    assert "COUNCIL-048" not in together["addresses.data.filters-together-list-streets"]


def test_a_requirement_without_a_check_and_an_operation_without_one_are_seen(ready: Prepared) -> None:
    service = SERVICES[-1]
    [lost] = [one for one in of(ready, service).verified if one.id.endswith("-003") and not one.each_service]
    kept = [
        replace(check, operations=(), verifies=tuple(each for each in check.verifies if each != lost.id))
        for check in ready.planned
        if check.service == service and check.kind != "journey"
    ]
    holed = replace(ready, planned=tuple(kept))
    found = of(holed, service)
    assert lost in found.wanting
    assert [one.id for one in found.untouched] == list(found.operations)
    told = "\n".join(coverage.told([found]))
    assert f"no check  must    {lost.id}" in told


def test_the_command_tells_of_one_service_and_its_exit_code_follows(desk: Desk) -> None:
    said = desk.conform(SERVICES[0], "--coverage")
    assert said.text.startswith(f"{SERVICES[0]}: ")
    assert (said.code == 0) is ("Every must has a check" in said.text)
