"""What a component gives back is compared record by record, and nonsense is called so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.components.tables import ReferenceRecord
from sandbox.folder import DataFolder
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.giving import NAME, Giving, giving

MISSED, BULKY, HOMES = "waste_missed_collections", "waste_bulky_collections", "waste_properties"
REPORTS, UPDATES = "street_reports_reports", "street_reports_updates"


@pytest.fixture(scope="module")
def standing(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CouncilUnderTest]:
    """A council that stands still, for all the tests here that change nothing in it."""
    path = tmp_path_factory.mktemp("returning") / "council-data"
    shutil.copytree(built_folder, path)
    under_test = CouncilUnderTest(DataFolder(path))
    yield under_test
    under_test.close()


@pytest.fixture
def giver(standing: CouncilUnderTest) -> Iterator[Giving]:
    """A component for waste that gives back what it took over, unless a test has it do otherwise."""
    with giving(standing) as there:
        yield there
    there.leave()


def _table(came: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in came["tables"] if each["table"] == name]
    return dict(found)


def test_all_that_went_over_came_back_and_only_the_council_was_told(giver: Giving) -> None:
    came = giver.came()
    held = sum(giver.lines[0]["tables"].values())
    assert came["sentence"] == f"Of {held:,} records all came back as the council knows them"
    assert (came["is_whole"], came["fault"], came["differences"], came["taken_back"]) == (
        True,
        None,
        [],
        None,
    )
    assert all(each["same"] == each["held"] == each["came"] for each in came["tables"])
    assert giver.shown == [f"/council-records Bearer {giver.key}"]


def test_a_value_is_the_same_however_it_is_written(giver: Giving) -> None:
    case = giver.records(MISSED)[0]
    case["reported_at"] = case["reported_at"].replace("Z", "+00:00")
    giver.records("waste_rounds")[0]["refuse_tonnes"] *= 1.0
    for home in giver.records(HOMES):
        del home["heard"]
    came = giver.came()
    assert came["is_whole"], came["differences"]
    assert _table(came, HOMES)["left_out"] == ["heard"]


@pytest.mark.parametrize(
    ("change", "sentence", "what"),
    [
        (lambda giver: giver.leave_out(giver.records(MISSED)[3]), "1 did not come back", "missing"),
        (lambda giver: giver.records(MISSED)[3].update(stream="moon"), "1 differs", "differs"),
        (lambda giver: giver.records(MISSED)[3].update(collection_date="soon"), "1 differs", "differs"),
        (lambda giver: giver.records(BULKY)[0].update(refunded_pence=None), "1 differs", "differs"),
        (
            lambda giver: giver.add(MISSED, {**giver.records(MISSED)[3], "reference": "MC-999999"}),
            "1 nobody here knows",
            "unknown",
        ),
        (lambda giver: giver.add(MISSED, giver.records(MISSED)[3]), "1 came more than once", None),
    ],
    ids=["lost", "changed", "no-date", "emptied", "unknown", "doubled"],
)
def test_what_did_not_come_back_as_it_went_is_told(
    giver: Giving, change: Callable[[Giving], None], sentence: str, what: str | None
) -> None:
    change(giver)
    came = giver.came()
    assert came["sentence"].endswith(f" came back as the council knows them; {sentence}")
    assert not came["is_whole"]
    assert [each["what"] for each in came["differences"]] == ([what] if what else [])


def test_of_a_record_that_differs_the_fields_are_told_with_both_values(giver: Giving) -> None:
    case = giver.records(MISSED)[3]
    was = case["status"]
    case["status"] = "withdrawn"
    (told,) = giver.came()["differences"]
    assert told == {
        "table": MISSED,
        "reference": case["reference"],
        "what": "differs",
        "fields": [{"field": "status", "ours": was, "theirs": "withdrawn"}],
    }


def test_a_case_that_it_calls_otherwise_is_found_by_what_was_learned(giver: Giving) -> None:
    case = giver.records(MISSED)[3]
    council = giver.council.sandbox.councils
    with council.notebook("fairwater").writing() as session:
        session.add(ReferenceRecord(component=NAME, theirs="BIN-000077", ours=case["reference"]))
    case["reference"] = "BIN-000077"
    came = giver.came()
    assert (came["is_whole"], _table(came, MISSED)["renamed"]) == (True, 0)


def test_what_each_side_numbered_for_itself_is_matched_by_what_it_says(standing: CouncilUnderTest) -> None:
    with giving(standing, "street_reports") as giver:
        report = giver.records(REPORTS)[5]
        mine = [
            each
            for each in giver.records(UPDATES)
            if each["service_request_id"] == report["service_request_id"]
        ]
        assert mine
        report["service_request_id"] = "RW-0001"
        for number, each in enumerate(mine):
            each |= {"service_request_id": "RW-0001", "update_id": f"RW-U{number}"}
        came = giver.came()
        assert came["is_whole"], came["differences"]
        assert _table(came, REPORTS)["renamed"] == 1
        assert _table(came, UPDATES)["renamed"] == len(mine)
    giver.leave()


def _announcing(count: int) -> Callable[[Giving], None]:
    return lambda giver: giver.lines[0]["tables"].update({MISSED: count})


def _saying(*lines: bytes) -> Callable[[Giving], None]:
    def say(giver: Giving) -> None:
        first = json.dumps(giver.lines[0]).encode()
        giver.body = lambda: (b"%b\n" % (first if line == b"FIRST" else line) for line in lines)

    return say


def _endless(giver: Giving) -> None:
    def never_a_line() -> Iterator[bytes]:
        while True:
            yield b"x" * 65_536

    giver.body = never_a_line


NONSENSE = {
    "not-there": (lambda giver: setattr(giver, "status", 404), "answered 404 to GET /council-records"),
    "redirect": (lambda giver: setattr(giver, "status", 302), "answered 302"),
    "a-page": (
        lambda giver: setattr(giver, "kind", "text/html"),
        "with text/html, not with application/x-ndjson",
    ),
    "packed": (
        lambda giver: giver.headers.update({"Content-Encoding": "gzip"}),
        "encoding that was not asked for",
    ),
    "nothing": (_saying(), "not even a line about the whole"),
    "no-json": (_saying(b"FIRST", b"{"), "line 2 of what it gave back is no JSON"),
    "no-numbers": (_saying(b"FIRST", b'{"table": NaN}'), "line 2 of what it gave back is no JSON"),
    "no-utf-8": (_saying(b"FIRST", b'"\xff"'), "line 2 of what it gave back is no JSON"),
    "no-object": (_saying(b"FIRST", b"[]"), "line 2 of what it gave back is no JSON object"),
    "deep": (_saying(b"FIRST", b"[" * 100_000), "line 2 of what it gave back is no JSON"),
    "no-first-line": (_saying(b'{"table": "waste_rounds", "record": {}}'), 'in "tables"'),
    "negative": (_announcing(-5), 'in "tables"'),
    "of-another": (
        lambda giver: giver.lines[0].update(council="elsewhere"),
        "first line is about the council 'elsewhere', not fairwater",
    ),
    "no-record": (_saying(b"FIRST", b'{"table": "waste_rounds"}'), 'does not name its "table"'),
    "other-table": (
        _saying(b"FIRST", b'{"table": "sqlite_master", "record": {}}'),
        "line 2 is of no table of the slot: sqlite_master",
    ),
    "other-column": (
        lambda giver: giver.records(MISSED)[0].update(colour="red"),
        f"has a column colour, which {MISSED} has not",
    ),
    "no-key": (lambda giver: giver.records(MISSED)[0].update(reference=None), "has no reference, by which"),
    "too-few": (_announcing(900), "it said that 900 records"),
    "too-many": (_announcing(1), "went on after that"),
    "far-too-many": (_announcing(10**9), "are taken at most"),
    "endless": (_endless, "a line of what it gave back has more than 262,144 bytes"),
}


@pytest.mark.parametrize("called", NONSENSE)
def test_nonsense_is_said_plainly_and_compared_with_nothing(giver: Giving, called: str) -> None:
    change, sentence = NONSENSE[called]
    change(giver)
    came = giver.came()
    assert sentence in came["fault"]
    assert came["fault"].startswith(NAME)
    assert came["sentence"].startswith("Nothing was compared: ")
    assert (came["is_whole"], came["tables"]) == (False, [])


def test_a_component_that_is_down_is_said_to_be(standing: CouncilUnderTest) -> None:
    with giving(standing) as giver:
        pass
    came = giver.came()
    giver.leave()
    assert came["fault"].startswith("giver cannot be reached")


def test_what_came_back_is_kept_also_of_a_component_that_has_left(council: CouncilUnderTest) -> None:
    with giving(council) as giver:
        _see_what_is_kept(giver)


def _see_what_is_kept(giver: Giving) -> None:
    kept = f"/sandbox/councils/fairwater/components/{NAME}"
    client = giver.council.client
    assert client.get(f"{kept}/returned").json() == {"answered_for_cases": False, "items": []}
    first, second = giver.came(), giver.came()
    assert client.delete(kept).status_code == 204
    assert client.get(f"{kept}/returned").json()["items"] == [second, first]
    assert giver.ask().status_code == 404
    assert client.get("/sandbox/councils/fairwater/components/nobody/returned").status_code == 404
