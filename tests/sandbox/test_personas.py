"""Personas are made whole, once for each council, by the services' own operations; or nothing is changed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from sandbox.audit import audit
from sandbox.cli import app
from sandbox.personas.making import make as make_on
from sandbox.personas.reading import FOLDER, read, read_all
from service_apis.kit.discovery import discover
from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import account, bills

PERSONAS = "/sandbox/councils/fairwater/personas"
ALL = sorted(file.stem for file in FOLDER.glob("*.yaml"))

GARDENER = """\
title: A gardener
story: Somebody with a garden who has a wardrobe fetched.
find:
  gardener: [garden-waste, liable]
steps:
  - does: A day is found
    call: waste.list_bulky_slots
    keeps: {day: "$.items[?@.free > 0].collection_date"}
  - does: A wardrobe is to be fetched
    call: waste.book_bulky_collection
    with: {uprn: $gardener.uprn, collection_date: $day, things: [wardrobe]}
    keeps: {booking: $.reference}
hands_out:
  residents: {resident: $gardener.resident}
  waste: {bulky_collection: $booking}
"""


def make(council: CouncilUnderTest, name: str, status: int = 201) -> dict[str, Any]:
    answer = council.client.post(f"{PERSONAS}/{name}")
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


def own(council: CouncilUnderTest, name: str, text: str) -> Path:
    """A persona of the user's own, in the data folder."""
    folder = council.folder.path / "personas"
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(text)
    return file


def everything(council: CouncilUnderTest) -> dict[str, list[Any]]:
    """All rows of the council's file but what only counts."""
    file = council.folder.path / "councils" / "fairwater.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}


def test_there_are_at_least_fifteen_over_every_service(council: CouncilUnderTest) -> None:
    listed = council.client.get(PERSONAS).json()["items"]
    assert [each["name"] for each in listed] == ALL
    assert len(listed) >= 15
    assert all(each["story"] and each["mistakes"] == [] and not each["made"] for each in listed)
    services = {slug for each in ALL for slug in read(FOLDER / f"{each}.yaml", discover()).persona.hands_out}  # type: ignore[union-attr]
    assert services == set(discover())


def test_all_of_them_can_be_made_on_one_council_and_nobody_is_two(council: CouncilUnderTest) -> None:
    handles = {name: make(council, name)["references"] for name in ALL}
    known = [set(references["addresses"].values()) for references in handles.values()]
    homes = [uprn for each in known for uprn in each if council.get("residents", "/residents", uprn=uprn)]
    shared = {uprn for uprn in homes if homes.count(uprn) > 1}
    care_homes = council.get("addresses", "/properties", classification="RI01").json()["items"]
    streets = {references["addresses"].get("usrn") for references in handles.values()}
    assert shared - {each["uprn"] for each in care_homes} - streets == set()
    found = audit(council.folder.path / "councils" / "fairwater.sqlite")
    assert found.outside == []


@pytest.mark.parametrize("name", ALL)
def test_what_a_persona_hands_out_is_there(council: CouncilUnderTest, name: str) -> None:
    references = make(council, name)["references"]
    paths = {
        ("council_tax", "account"): "/accounts/{}",
        ("waste", "missed_collection"): "/missed-collections/{}",
        ("waste", "bulky_collection"): "/bulky-collections/{}",
        ("street_reports", "report"): "/requests/{}.json",
        ("addresses", "uprn"): "/properties/{}",
        ("residents", "resident"): "/residents/{}",
    }
    assert references["addresses"]["uprn"]
    for (service, kind), path in paths.items():
        if reference := references.get(service, {}).get(kind):
            assert council.get(service, path.format(reference)).status_code == 200, reference


def test_a_persona_is_made_once_and_known_ever_after(council: CouncilUnderTest) -> None:
    first = make(council, "widow-living-alone")
    assert first["made"]
    assert make(council, "widow-living-alone", 200) == first
    council.reopen()
    assert council.client.get(f"{PERSONAS}/widow-living-alone").json() == first
    [listed] = [each for each in council.client.get(PERSONAS).json()["items"] if each["made"]]
    assert listed == first


def test_the_same_council_gives_the_same_persona(built_folder: Path, tmp_path: Path) -> None:
    from sandbox.folder import DataFolder

    handles = []
    for copy in ("one", "other"):
        shutil.copytree(built_folder, tmp_path / copy)
        under_test = CouncilUnderTest(DataFolder(tmp_path / copy))
        handles.append([make(under_test, name)["references"] for name in ALL])
        under_test.close()
    assert handles[0] == handles[1]


def test_the_widow_is_alone_and_has_the_discount(council: CouncilUnderTest) -> None:
    references = make(council, "widow-living-alone")["references"]
    she, husband = references["residents"]["resident"], references["residents"]["husband"]
    members = council.get("residents", f"/residents/{she}/household").json()["members"]
    assert [each["id"] for each in members] == [she]
    gone = council.get("residents", "/departures", resident_id=husband).json()["items"]
    assert [each["reason"] for each in gone] == ["died"]
    awards = account(council, references["council_tax"]["account"])["awards"]
    assert [each["code"] for each in awards if each["ends_on"] is None] == ["single_person"]


def test_the_student_house_has_new_tenants_and_is_exempt(council: CouncilUnderTest) -> None:
    references = make(council, "student-house-changing-tenants")["references"]
    told = account(council, references["council_tax"]["account"])
    assert [each["code"] for each in told["awards"]] == ["exempt_n"]
    assert references["residents"]["resident"] in {each["resident_id"] for each in told["liable_persons"]}
    assert (
        council.get("residents", f"/residents/{references['residents']['former_tenant']}").status_code == 404
    )


def test_the_family_is_charged_from_the_day_they_came(council: CouncilUnderTest) -> None:
    references = make(council, "family-moving-in-mid-year")["references"]
    [bill] = bills(council, references["council_tax"]["account"])
    assert bill["reason"] == "opened"
    assert bill["lines"][0]["starts_on"] >= "2026-04-02"


def test_the_same_pothole_is_one_report_and_a_duplicate(council: CouncilUnderTest) -> None:
    references = make(council, "repeat-reporter-of-a-pothole")["references"]
    ids = references["street_reports"]
    told = {
        kind: council.get("street_reports", f"/requests/{each}.json").json()[0]["status"]
        for kind, each in ids.items()
    }
    assert told == {"report": "open", "first_report": "open", "duplicate": "closed"}
    found = council.client.get(
        "/sandbox/councils/fairwater/people", params={"trait": "has-reported:3"}
    ).json()["items"]
    assert [each["resident"] for each in found] == [references["residents"]["resident"]]


def test_a_fork_has_the_personas_that_were_made(council: CouncilUnderTest) -> None:
    made = make(council, "paid-twice")
    answer = council.control("/forks", name="fairwater-rehearsal")
    assert answer.status_code == 201, answer.text
    forked = answer.json()
    there = council.client.get(f"/sandbox/councils/{forked['name']}/personas/paid-twice").json()
    assert there == made
    make(council, "couple-parting")
    later = council.client.get(f"/sandbox/councils/{forked['name']}/personas/couple-parting").json()
    assert not later["made"]


def test_a_council_that_is_reset_has_none_and_can_have_it_again(council: CouncilUnderTest) -> None:
    first = make(council, "landlord-with-an-empty-home")["references"]
    assert council.control("/reset").status_code in (200, 204)
    assert not council.client.get(f"{PERSONAS}/landlord-with-an-empty-home").json()["made"]
    assert make(council, "landlord-with-an-empty-home")["references"] == first


def test_adding_one_is_adding_a_file(council: CouncilUnderTest) -> None:
    own(council, "a-gardener", GARDENER)
    assert "a-gardener" in [each["name"] for each in council.client.get(PERSONAS).json()["items"]]
    references = make(council, "a-gardener")["references"]
    booking = council.get("waste", f"/bulky-collections/{references['waste']['bulky_collection']}").json()
    assert booking["things"] == ["wardrobe"]


def test_a_persona_that_fails_half_way_leaves_the_council_as_it_was(council: CouncilUnderTest) -> None:
    before = everything(council)
    broken = GARDENER.replace(
        "hands_out:",
        "  - does: It is cancelled as somebody else's\n    call: waste.cancel_bulky_collection\n"
        "    with: {reference: BC-999999}\nhands_out:",
    )
    file = own(council, "a-gardener", broken)
    told = make(council, "a-gardener", 409)
    assert told["type"] == "/problems/persona-cannot-be-made"
    assert f"{file} line 13" in told["detail"]
    assert "404: There is no BC-999999 here" in told["detail"]
    assert everything(council) == before
    own(council, "a-gardener", GARDENER)
    assert make(council, "a-gardener")["made"]


def test_an_answer_without_what_was_to_be_kept_leaves_the_council_as_it_was(
    council: CouncilUnderTest,
) -> None:
    before = everything(council)
    own(council, "a-gardener", GARDENER.replace("$.reference", "$.no_such_member"))
    assert "nothing at $.no_such_member" in make(council, "a-gardener", 409)["detail"]
    assert everything(council) == before


def test_where_nobody_fits_that_is_said_and_nothing_changed(council: CouncilUnderTest) -> None:
    before = everything(council)
    own(council, "a-gardener", GARDENER.replace("garden-waste, liable", "under:10, liable"))
    told = make(council, "a-gardener", 409)
    assert "nobody of Fairwater Council is left who fits: has not turned 10" in told["detail"]
    assert everything(council) == before


def test_events_of_a_persona_are_told_once_it_is_whole(council: CouncilUnderTest) -> None:
    told: list[str] = []
    opened = council.sandbox.councils.first
    opened.listeners.append(lambda: told.append("told"))
    make(council, "couple-parting")
    assert told == ["told"]
    feed = council.client.get("/sandbox/councils/fairwater/events").json()["items"]
    assert "virtual-council.residents.resident.left" in {each["type"] for each in feed}
    own(council, "a-gardener", GARDENER.replace("$.reference", "$.no_such_member"))
    make(council, "a-gardener", 409)
    assert told == ["told"]


def test_a_persona_that_is_cancelled_half_way_leaves_the_council_as_it_was(council: CouncilUnderTest) -> None:
    opened = council.sandbox.councils.first
    written = read_all(council.folder.path / "personas", opened.services)["widow-living-alone"]
    assert written.persona
    before = everything(council)

    async def interrupted(turns: int) -> None:
        making = asyncio.create_task(make_on(opened, written, written.persona))  # type: ignore[arg-type]
        for _ in range(turns):
            await asyncio.sleep(0)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making

    asyncio.run(interrupted(5))
    assert everything(council) == before
    assert make(council, "widow-living-alone")["made"]


def test_all_of_a_persona_takes_place_at_one_instant_though_the_clock_runs(council: CouncilUnderTest) -> None:
    with council.client:
        assert council.control("/clock/run", speed=86_400).status_code == 200
        made_at = make(council, "widow-living-alone")["made_at"]
        council.control("/clock/freeze")
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"limit": 200}).json()["items"]
    died = next(each for each in feed if each["type"].endswith("resident.died"))
    booked = next(each for each in feed if each["type"].endswith("bulky-collection.booked"))
    assert died["time"] == booked["time"] == made_at


def test_made_twice_at_once_it_is_one(council: CouncilUnderTest) -> None:
    async def both() -> list[tuple[int, Any]]:
        transport = httpx2.ASGITransport(council.sandbox.gateway)
        headers = dict(council.client.headers)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", headers=headers
        ) as client:
            calls = (client.post(f"{PERSONAS}/widow-living-alone") for _ in range(2))
            return [(each.status_code, each.json()) for each in await asyncio.gather(*calls)]

    (one, first), (other, second) = asyncio.run(both())
    assert sorted((one, other)) == [200, 201]
    assert first == second


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("title: A", "titel: A"), 1, "`titel` has no meaning here. Did you mean title?"),
        (("[garden-waste, liable]", "[garden-wast, liable]"), 4, "Did you mean garden-waste?"),
        (
            ("waste.list_bulky_slots", "waist.list_bulky_slots"),
            7,
            "there is no service 'waist'. Did you mean waste?",
        ),
        (("book_bulky_collection", "book_bulky"), 10, "Did you mean book_bulky_collection?"),
        (
            ("$gardener.uprn", "$gardner.uprn"),
            11,
            "nothing before has set `$gardner`. Did you mean gardener?",
        ),
        (("  waste: {bulky", "  wate: {bulky"), 15, "there is no service wate. Did you mean waste?"),
        (("things: [wardrobe]}", "things: [wardrobe}"), 11, "is not YAML"),
        (("hands_out:", "hand_out:"), 13, "`hand_out` has no meaning here. Did you mean hands_out?"),
    ],
)
def test_a_mistake_is_told_with_its_file_line_and_the_nearest_right_name(
    council: CouncilUnderTest, change: tuple[str, str], line: int, said: str
) -> None:
    file = own(council, "a-gardener", GARDENER.replace(*change))
    listed = {each["name"]: each["mistakes"] for each in council.client.get(PERSONAS).json()["items"]}
    assert any(f"{file}, line {line}: " in each and said in each for each in listed["a-gardener"]), listed[
        "a-gardener"
    ]
    refused = make(council, "a-gardener", 422)
    assert refused["type"] == "/problems/persona-has-mistakes"
    assert f"line {line}: " in refused["detail"]
    assert all(mistakes == [] for name, mistakes in listed.items() if name != "a-gardener")


def test_a_parameter_that_is_left_out_is_a_mistake(council: CouncilUnderTest) -> None:
    text = GARDENER.replace("waste.book_bulky_collection", "waste.show_bulky_collection")
    file = own(council, "a-gardener", text)
    [mistake] = read(file, discover()).mistakes
    assert "waste.show_bulky_collection needs `reference`, which is not given" in mistake


def test_a_persona_that_there_is_not_is_named_with_the_nearest(council: CouncilUnderTest) -> None:
    told = make(council, "widow-living-alon", 404)
    assert "Did you mean widow-living-alone?" in told["detail"]


def test_a_files_name_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "A Gardener.yaml").write_text(GARDENER)
    [mistake] = read_all(tmp_path, discover())["A Gardener"].mistakes
    assert "lower-case words joined by hyphens" in mistake


def test_the_command_makes_a_persona_and_shows_it(built_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "council-data"
    shutil.copytree(built_folder, folder)

    def told(*words: str) -> str:
        done = CliRunner().invoke(app, ["persona", *words, "--data", str(folder)])
        assert done.exit_code == 0, done.output
        return done.output

    assert "Not made yet" in told("show", "paid-twice")
    made = told("make", "paid-twice")
    assert told("make", "fairwater", "paid-twice") == told("show", "paid-twice") == made
    references = json.loads(told("show", "paid-twice", "--json"))["references"]
    assert references["council_tax"]["account"] in made
    listed = {line.split()[0]: line.split()[-1] for line in told("list").splitlines() if line.strip()}
    assert listed["paid-twice"] == "yes"
    assert set(ALL) <= set(listed)
