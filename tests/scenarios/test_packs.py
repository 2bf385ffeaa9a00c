"""The packs as they are written: everything is proved, and nothing holds for one council alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenarios import Journey, openapi, packs
from scenarios.conformance import plan
from service_apis.kit.discovery import discover
from tests.conftest import CouncilUnderTest

PACKS = packs.load()
DOCUMENTS = sorted({journey.file for journey in PACKS.journeys})
FINDING = {making.finds for said in PACKS.records.values() for making in said.makings}
"""The workflows that prove nothing: they find what a record needs that a check makes."""
STANDARD = "http://wiki.open311.org/GeoReport_v2"
"""The name of a standard, which looks like an address."""
NOBODYS = ("http://127.0.0.1:9/", "http://169.254.169.254/")
"""Receivers where nobody answers, or none may be called, wherever the council is."""


@pytest.mark.parametrize("pack", sorted(PACKS.records))
def test_a_file_of_records_stands_with_its_service(pack: str) -> None:
    assert pack in discover()
    assert PACKS.records[pack].makings or PACKS.records[pack].lists


def test_every_requirement_is_proved_by_a_journey_or_verified_by_a_check(council: CouncilUnderTest) -> None:
    services = {
        slug: openapi.service(
            slug, "http://127.0.0.1/openapi.json", council.get(slug, "/openapi.json").json()
        )
        for slug in discover()
    }
    checks = plan.planned(services, [*services, "council"], PACKS)
    verified = {requirement for check in checks for requirement in check.verifies}
    assert [requirement.id for requirement in PACKS.unproved() if requirement.id not in verified] == []


def test_every_requirement_stands_with_its_service_and_is_numbered_without_gaps() -> None:
    for file in PACKS.folder.rglob("requirements.yaml"):
        prefix = "COUNCIL" if file.parent.name == "journeys" else file.parent.name.upper()
        ids = re.findall(r"id: (\S+)", file.read_text(encoding="utf-8"))
        assert ids == [f"{prefix}-{number:03d}" for number in range(1, len(ids) + 1)], file


def test_every_service_has_a_pack_of_its_own() -> None:
    assert {journey.pack for journey in PACKS.journeys} == {*discover(), "journeys"}


@pytest.mark.parametrize("journey", PACKS.journeys, ids=lambda journey: journey.id)
def test_every_journey_looks_at_the_status_of_every_answer(journey: Journey) -> None:
    for step in journey.workflow.steps:
        assert any("$statusCode" in each.condition for each in step.success_criteria), step.step_id
        assert step.description, step.step_id


@pytest.mark.parametrize("journey", PACKS.journeys, ids=lambda journey: journey.id)
def test_every_journey_asks_its_own_service_and_proves_or_finds_something(journey: Journey) -> None:
    assert bool(journey.proves) != (journey.id in FINDING)
    assert journey.pack == "journeys" or journey.pack in journey.services


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_no_document_names_an_address_a_property_or_a_council(document: Path) -> None:
    text = document.read_text(encoding="utf-8").replace(STANDARD, "")
    for nobodys in NOBODYS:
        text = text.replace(nobodys, "")
    for forbidden in (r"https?://", r"\b(127\.0\.0\.1|localhost)\b", r"\b[0-9]{6,}\b", r"(?i)fairwater"):
        assert not re.search(forbidden, text), forbidden
    assert not re.search(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b", text), "a postcode"
    assert not re.search(r"\b(R|H|CT|CTB|SR|MC-|BC-)[0-9]{4,}\b", text), "the reference of a case"
