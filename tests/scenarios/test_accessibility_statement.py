"""Whether the pages of a council say how accessible they are is looked for as a reader would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any

import pytest

from sandbox.serving import served_aside
from scenarios import packs
from scenarios.conformance import running
from scenarios.conformance.checks import Missed, Omitted
from scenarios.conformance.keys import Keys
from scenarios.conformance.probe import Place, Probe
from scenarios.conformance.record import Made
from scenarios.conformance.running import Prepared, Wanted
from scenarios.conformance.target import Target
from tests.conftest import KEY
from tests.scenarios.reports.records import BEGAN
from tests.scenarios.serving import sandbox_of
from tests.scenarios.tampering import Tampered

STATEMENT, FIRST = "GET /accessibility$", "GET /$"


@pytest.fixture(scope="module")
def pages(
    built_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Prepared, Tampered]]:
    """A run that could be made on a served sandbox, whose pages can be changed on their way."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("pages") / "council-data") as sandbox:
        tampered = Tampered(sandbox.gateway)
        with served_aside(tampered) as address:
            wanted = Wanted(
                base_url=address,
                council="fairwater",
                key=KEY,
                targets=(),
                packs=packs.load(),
                made_with=Made(virtual_council="", python="", schemathesis=""),
                now=lambda: BEGAN,
                across=True,
                only=["COUNCIL-055"],
            )
            with running.prepared(wanted) as ready:
                yield ready, tampered


def look(ready: Prepared) -> None:
    """Do the one check that is of this requirement; raises as a check ends."""
    [check] = ready.checks
    target = Target(check.service)
    check.run(
        Probe(
            Place(
                council=ready.council,
                target=target,
                keys=Keys(ready.council, target),
                packs=ready.packs,
                seed=1,
                until=inf,
                began=BEGAN,
                began_at=0.0,
            )
        )
    )


def without(text: str) -> Callable[[int, Any], tuple[int, Any]]:
    """The page without a text that it has."""

    def change(status: int, page: str) -> tuple[int, str]:
        assert text in page
        return status, page.replace(text, "")

    return change


def test_the_sandbox_has_a_whole_statement(pages: tuple[Prepared, Tampered]) -> None:
    ready, tampered = pages
    tampered.tamper("GET /", lambda status, page: (status, page))
    look(ready)
    assert tampered.changed == 2


@pytest.mark.parametrize(
    ("where", "change", "reason"),
    [
        (FIRST, without("Accessibility statement"), "leads to no accessibility statement"),
        (STATEMENT, lambda _, page: (404, page), "cannot be read"),
        (STATEMENT, without("partially compliant"), "does not say how far it complies"),
        (STATEMENT, without("Equality and Human Rights Commission"), "does not say how it is enforced"),
        (STATEMENT, without("prepared on"), "does not say when and how it was prepared"),
    ],
)
def test_a_statement_that_is_not_there_or_not_whole_is_missed(
    pages: tuple[Prepared, Tampered], where: str, change: Any, reason: str
) -> None:
    ready, tampered = pages
    tampered.tamper(where, change)
    with pytest.raises(Missed, match=reason):
        look(ready)
    assert tampered.changed


def test_who_shows_no_pages_need_not_say_how_accessible_they_are(pages: tuple[Prepared, Tampered]) -> None:
    ready, tampered = pages
    tampered.tamper(FIRST, lambda _, page: (404, page))
    with pytest.raises(Omitted):
        look(ready)
