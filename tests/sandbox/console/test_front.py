"""The first page tells an officer which council it is, how large, what it does and how it fares."""

from __future__ import annotations

import pytest

from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from tests.conftest import CouncilUnderTest
from tests.sandbox.console.every_page import words


def test_it_says_which_council_it_is_and_how_large(council: CouncilUnderTest) -> None:
    facts = council.sandbox.councils.first.facts
    said = words(council.client.get("/"))
    assert "Fairwater Council" in said
    assert "shaped like Hartlepool (census 2021)" in said
    assert f"people{facts['residents']:,}" in said.replace(" ", "")
    assert f"homes{facts['homes']:,}" in said.replace(" ", "")


def test_it_says_what_the_clock_shows_and_follows_it(council: CouncilUnderTest) -> None:
    said = words(council.client.get("/"))
    assert "Monday 1 June 2026, 9:00 in the morning Time stands still until you move it." in said
    council.advance(to="2026-06-04T14:05:00+01:00")
    assert "Thursday 4 June 2026, 2:05 in the afternoon" in words(council.client.get("/"))


def test_it_says_what_each_service_does_and_how_many_cases_are_open(council: CouncilUnderTest) -> None:
    said = words(council.client.get("/"))
    total = 0
    for service in discover().values():
        assert f"{service.title} {service.summary}" in said
        if service.open_cases is not None:
            with council.sandbox.councils.first.reading(service.url_name) as work:
                here = service.open_cases(work.session)
            total += here
            assert f"{service.summary} {here:,} open case" in said
    if any(service.open_cases for service in discover().values()):
        assert f"open cases {total:,} Its clock" in said


def test_before_any_run_it_says_that_no_journey_has_been_run(council: CouncilUnderTest) -> None:
    said = words(council.client.get("/"))
    assert "No journey has been run on this council yet." in said
    assert "council scenarios run --url http://127.0.0.1:8000" in said


@pytest.mark.parametrize(
    ("verdict", "word"),
    [("pass", "✓ Passed"), ("fail", "✗ Failed"), ("skip", "- Skipped"), ("error", "! Could not run")],
)
def test_a_journeys_last_result_is_a_sign_and_a_word(
    council: CouncilUnderTest, verdict: str, word: str
) -> None:
    _tell(council, verdict, detail="Step 2: expected 201, got 404")
    said = words(council.client.get("/"))
    assert f"{word} A bin is missed 7 steps" in said
    assert ("Step 2: expected 201, got 404" in said) is (verdict != "pass")
    assert "No journey has been run" not in said


def test_what_a_journey_was_told_is_text_and_never_markup(council: CouncilUnderTest) -> None:
    _tell(council, "fail", detail="<script>alert(1)</script>")
    assert "<script" not in council.client.get("/").text
    assert "<script>alert(1)</script>" in words(council.client.get("/"))


def test_journeys_that_went_wrong_come_first(council: CouncilUnderTest) -> None:
    _tell(council, "pass", journey="a", title="A passes")
    _tell(council, "fail", journey="z", title="Z fails")
    said = words(council.client.get("/"))
    assert said.index("Z fails") < said.index("A passes")
    assert "1 of 2 passed when last run" in said


def test_several_councils_can_be_switched_between(
    council: CouncilUnderTest, second: CouncilUnderTest
) -> None:
    page = second.client.get("/").text
    assert '<a href="/?council=fairwater" aria-current="page">' in page
    assert '<a href="/?council=otherby">' in page
    other = second.client.get("/?council=otherby").text
    assert '<a href="/?council=otherby" aria-current="page">' in other
    assert "council scenarios run --url http://127.0.0.1:8000 --council otherby" in other
    assert "Councils in this sandbox" not in words(council.client.get("/"))


def test_a_council_that_cannot_be_opened_is_named_with_the_reason(council: CouncilUnderTest) -> None:
    (council.folder.councils / "damaged.sqlite").write_bytes(b"no database")
    (council.folder.councils / "unfinished.building").write_bytes(b"")
    council.close()
    again = CouncilUnderTest(DataFolder(council.folder.path))
    try:
        said = words(again.client.get("/"))
        assert "damaged cannot be shown." in said
        assert "is not a council's file, or is damaged" in said
        assert "unfinished cannot be shown. half-built" in said
        assert "council delete unfinished" in said
    finally:
        again.close()


def test_an_unknown_council_is_said_plainly_and_the_known_are_offered(council: CouncilUnderTest) -> None:
    answer = council.client.get("/?council=<b>atlantis</b>")
    assert answer.status_code == 404
    assert "There is no council called <b>atlantis</b>" in words(answer)
    assert '<a href="/?council=fairwater">Fairwater Council</a>' in answer.text


def _tell(
    council: CouncilUnderTest,
    verdict: str,
    *,
    journey: str = "missed-bin",
    title: str = "A bin is missed",
    detail: str = "",
) -> None:
    told = {
        "journey": journey,
        "title": title,
        "verdict": verdict,
        "steps": 7,
        "seconds": 0.5,
        "detail": detail,
    }
    assert council.control("/journeys", items=[told]).status_code == 201
