"""``council import``: what is refused and how it is said, and a council of a user's own people at work."""

from __future__ import annotations

import csv
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import scenarios
from sandbox.blocks import Plan
from sandbox.cli import app
from sandbox.folder import CHECKED, DataFolder, read_facts
from sandbox.importing import look_through
from sandbox.serving import served_aside
from scenarios import Outcome, packs
from scenarios.report import details
from synthetic_data.own.brought import read_all
from synthetic_data.own.sheets import PLANS
from synthetic_data.profiles import find_profile
from tests.conftest import KEY, CouncilUnderTest
from tests.synthetic_data.conftest import town_like
from tests.synthetic_data.own.arranging import AS_OF, change, exported, template_in

COUNCIL = str(Path(sys.executable).with_name("council"))


def options(folder: Path, name: str = "otherby") -> list[str]:
    """The command that imports the sheets of a folder, with its data beside them."""
    sheets = [part for plan in PLANS for part in (f"--{plan.name}", str(folder / f"{plan.name}.csv"))]
    asked = ["--like", "Leeds", "--name", name, "--as-of", "2026-06-01", "--data", str(folder / "data")]
    return ["import", *sheets, *asked]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def built(folder: Path) -> list[str]:
    """The names of what stands in the folder's councils."""
    councils = folder / "data" / "councils"
    return [file.name for file in councils.iterdir()] if councils.exists() else []


def test_the_template_can_be_imported_as_it_stands(tmp_path: Path) -> None:
    written = run("import", "--template", str(tmp_path))
    assert written.exit_code == 0, written.output
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "addresses.csv",
        "columns.md",
        "households.csv",
        "residents.csv",
    ]
    done = run(*options(tmp_path))
    assert done.exit_code == 0, done.output
    assert "Built otherby: 4 residents in 3 homes, shaped like Leeds" in done.output
    facts = read_facts(DataFolder(tmp_path / "data").file("otherby"))
    assert (facts["imported"], facts["residents"], facts["households"]) == (
        "checked against the safe ranges",
        4,
        2,
    )
    audited = run("audit", "otherby", "--data", str(tmp_path / "data"))
    assert audited.exit_code == 0, audited.output
    assert (
        "otherby was imported; its people and addresses were checked against the safe ranges"
        in audited.output
    )


def test_the_guide_names_every_column_and_word(tmp_path: Path) -> None:
    guide = (template_in(tmp_path) / "columns.md").read_text()
    for plan in PLANS:
        for column in plan.columns:
            assert f"| `{column.name}` |" in guide
            assert all(f"`{word}`" in guide for word in column.words)


def test_a_template_is_never_written_over_somebody_s_files(tmp_path: Path) -> None:
    (tmp_path / "residents.csv").write_text("mine")
    refused = run("import", "--template", str(tmp_path))
    assert "residents.csv already, and nothing was changed" in str(refused.exception)
    assert [file.name for file in tmp_path.iterdir()] == ["residents.csv"]


def test_all_faults_are_told_at_once_and_nothing_is_built(tmp_path: Path) -> None:
    template_in(tmp_path)
    change(tmp_path / "addresses.csv", 2, postcode="Leeds")
    change(tmp_path / "households.csv", 2, moved_in="30.8.2014")
    change(tmp_path / "residents.csv", 2, born="1884-03-09", sex="W")
    refused = run(*options(tmp_path))
    for line in (
        "addresses.csv, line 2, postcode: 'Leeds' is no postcode. Write it such as ZZ90 1AA.",
        "households.csv, line 2, moved_in: '30.8.2014' is a date with the day first. Write 2014-08-30.",
        "residents.csv, line 2, born: '1884-03-09' is before 1900. Check the year.",
        "residents.csv, line 2, sex: 'W' is not a word of this column. The words are F, M.",
    ):
        assert line in refused.output
    assert str(refused.exception) == "4 faults in what was brought; nothing was built."
    assert built(tmp_path) == []


def test_many_faults_are_shown_in_part_and_written_in_full(tmp_path: Path) -> None:
    template_in(tmp_path)
    header, *_ = (tmp_path / "residents.csv").read_text().splitlines()
    rows = [
        f"R{number},H1,,Mary,Archer,,X,1984-03-09" + "," * (header.count(",") - 7) for number in range(100)
    ]
    (tmp_path / "residents.csv").write_text("\n".join([header, *rows]) + "\n")
    file = tmp_path / "faults.csv"
    refused = run(*options(tmp_path), "--faults", str(file))
    assert "101 faults" in str(refused.exception)
    assert f"The first 20 are shown. All are in {file}." in str(refused.exception)
    assert refused.output.count("residents.csv, line") <= 20
    with file.open(newline="") as opened:
        written = list(csv.DictReader(opened))
    assert len(written) == 101
    assert written[-1] == {
        "file": "residents.csv",
        "line": "101",
        "column": "sex",
        "value": "X",
        "wrong": "is not a word of this column",
        "remedy": "The words are F, M",
    }
    assert "--faults FILE.csv writes them all" in str(run(*options(tmp_path)).exception)


REAL_LOOKING = [
    ("addresses", 2, "uprn", "10008047651", "UPRN"),
    ("addresses", 2, "postcode", "LS1 4AP", "postcode"),
    ("addresses", 2, "line", "1 High Street, TS24 8AY", "postcode"),
    ("addresses", 4, "building", "UPRN 10008047651", "UPRN"),
    ("addresses", 2, "ward", "E05013016", "ward code"),
    ("residents", 2, "mobile", "07911 123456", "mobile"),
    ("residents", 2, "mobile", "0113 222 4444", "landline"),
    ("residents", 2, "email", "mary.smith@gmail.com", "email"),
    ("residents", 2, "surname", "Archer AB123456C", "National Insurance number"),
    ("residents", 2, "id", "9434765919", "NHS number"),
    ("households", 2, "id", "E05013016", "ward code"),
]


@pytest.mark.parametrize(("sheet", "line", "column", "value", "kind"), REAL_LOOKING, ids=str)
def test_what_could_be_somebody_s_is_refused(
    sheet: str, line: int, column: str, value: str, kind: str, tmp_path: Path
) -> None:
    change(template_in(tmp_path) / f"{sheet}.csv", line, **{column: value})
    if column == "uprn":
        change(tmp_path / "households.csv", 2, uprn=value)
    if (sheet, column) == ("households", "id"):
        for row in (2, 3):
            change(tmp_path / "residents.csv", row, household=value)
    refused = run(*options(tmp_path))
    said = f"{sheet}.csv, line {line}, {column}: {value!r} holds a {kind} that could be somebody's."
    assert [each for each in refused.output.splitlines() if each.startswith(said)], refused.output
    assert str(refused.exception).startswith("1 fault in what was brought")
    assert "1 of them may be somebody's" in str(refused.exception)
    assert built(tmp_path) == []
    assert run(*options(tmp_path), "--synthetic").exit_code == 0


@pytest.mark.parametrize(
    "point",
    [{"easting": "430000", "northing": "433000"}, {"latitude": "53.8", "longitude": "-1.55"}],
    ids=["metres", "degrees"],
)
def test_a_point_on_land_is_refused(point: dict[str, str], tmp_path: Path) -> None:
    change(template_in(tmp_path) / "addresses.csv", 2, **point)
    assert "lies where there may be houses" in run(*options(tmp_path)).output
    assert run(*options(tmp_path), "--synthetic").exit_code == 0


def test_points_at_sea_are_safe_in_metres_and_degrees(tmp_path: Path) -> None:
    template_in(tmp_path)
    change(tmp_path / "addresses.csv", 2, easting="670500", northing="580500")
    change(tmp_path / "addresses.csv", 3, latitude="55.04", longitude="2.22")
    assert run(*options(tmp_path)).exit_code == 0


def test_what_is_stated_to_be_synthetic_is_let_in_and_said_wherever_it_is_seen(tmp_path: Path) -> None:
    template_in(tmp_path)
    change(tmp_path / "residents.csv", 2, email="mary.smith@gmail.com")
    assert run(*options(tmp_path), "--synthetic").exit_code == 0
    data = ("--data", str(tmp_path / "data"))
    assert read_facts(DataFolder(tmp_path / "data").file("otherby"))["imported"] == "stated to be synthetic"
    assert "imported as synthetic" in run("list", *data).output
    audited = run("audit", "otherby", *data)
    assert audited.exit_code == 1
    assert "'mary.smith@gmail.com' in residents_residents.email" in audited.output
    assert "its people and addresses were stated to be synthetic" in audited.output


def test_the_statement_excuses_no_other_fault(tmp_path: Path) -> None:
    change(template_in(tmp_path) / "residents.csv", 2, email="mary.smith at gmail.com")
    refused = run(*options(tmp_path), "--synthetic")
    assert "is no e-mail address" in refused.output
    assert built(tmp_path) == []


def test_a_name_that_is_real_or_taken_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    template_in(tmp_path)
    assert "real authority" in str(run(*options(tmp_path, "leeds")).exception)
    assert run(*options(tmp_path)).exit_code == 0
    (tmp_path / "residents.csv").unlink()
    assert "otherby is there already" in str(run(*options(tmp_path)).exception)


def test_an_import_without_its_sheets_says_how_to_begin(tmp_path: Path) -> None:
    refused = run("import", "--data", str(tmp_path / "data"))
    assert "--addresses, --households and --residents" in str(refused.exception)
    assert "--template" in str(refused.exception)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_import_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    exported(town_like("Leeds", residents=3000), tmp_path)
    process = subprocess.Popen([COUNCIL, *options(tmp_path)], stderr=subprocess.PIPE, text=True)
    while not built(tmp_path) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in said
    assert built(tmp_path) == []


def test_a_generated_town_of_twenty_thousand_has_no_fault(tmp_path: Path) -> None:
    exported(town_like("Leeds", residents=20_000), tmp_path)
    plan = Plan("otherby", find_profile("Leeds"), 20_000, 7, AS_OF)
    brought = read_all(*(tmp_path / f"{each.name}.csv" for each in PLANS))
    assert look_through(brought, plan, stated_synthetic=False) == []


@pytest.fixture(scope="module")
def imported_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a council of imported people; copy it, never write to it."""
    folder = tmp_path_factory.mktemp("imported")
    exported(town_like("Leeds", residents=2000), folder)
    done = run(*options(folder, "fairwater"))
    assert done.exit_code == 0, done.output
    return folder / "data"


@pytest.fixture
def council(imported_folder: Path, tmp_path: Path) -> Iterator[CouncilUnderTest]:
    """A council of imported people for one test alone."""
    path = tmp_path / "council-data"
    shutil.copytree(imported_folder, path)
    under_test = CouncilUnderTest(DataFolder(path))
    yield under_test
    under_test.close()


def test_a_council_of_imported_people_passes_the_journeys(council: CouncilUnderTest) -> None:
    with served_aside(council.sandbox.gateway) as url:
        result = scenarios.run(packs.load(), url, "fairwater", KEY)
    wrong = [
        f"{journey.journey} {step.name}: {'; '.join(details(step))}"
        for journey in result.journeys
        for step in journey.steps
        if step.outcome in (Outcome.FAIL, Outcome.ERROR)
    ]
    assert result.passed, "\n".join(wrong)


def test_the_imported_are_served_as_they_were_brought(council: CouncilUnderTest) -> None:
    people = town_like("Leeds", residents=2000).residents
    answer = council.get("residents", f"/residents/{people.id[7]}").json()
    assert (answer["forename"], answer["surname"]) == (people.forename[7], people.surname[7])
    assert answer["born"] == str(people.born[7])


def test_pages_and_report_say_that_people_were_brought(council: CouncilUnderTest) -> None:
    page = council.client.get("/fidelity/fairwater").text
    assert "brought in files" in page
    assert "people are invented" not in page + council.client.get("/").text
    report = council.client.get("/sandbox/councils/fairwater/fidelity").json()
    assert report["brought"] == CHECKED
    assert not any("as were asked for" in sentence for sentence in report["exact"])


def test_the_template_is_printed_where_no_folder_is_named(tmp_path: Path) -> None:
    printed = run("import", "--template", "-").output
    for file in template_in(tmp_path).iterdir():
        if file.is_file():
            assert f"==> {file.name}\n{file.read_text()}" in printed


def test_an_import_wants_a_name(tmp_path: Path) -> None:
    named = options(template_in(tmp_path), "fairwater")
    place = named.index("--name")
    done = run(*named[:place], *named[place + 2 :])
    assert "--name otherby" in str(done.exception)


def test_a_hand_written_town_is_served_by_every_service(tmp_path: Path) -> None:
    assert run(*options(template_in(tmp_path), "fairwater")).exit_code == 0
    council = CouncilUnderTest(DataFolder(tmp_path / "data"))
    try:
        assert council.get("residents", "/residents/R1").json()["forename"] == "Mary"
        uprn = "999900000002"
        assert council.get("addresses", f"/properties/{uprn}").json()["postcode"] == "ZZ90 1AA"
        assert "Flat 2, Mill House" in council.get("waste", f"/properties/{uprn}").json()["address"]
        assert council.get("council_tax", f"/properties/{uprn}").status_code == 200
        council.advance(days=40)
        (amir,) = council.get("residents", "/residents", name="khan").json()["items"]
        assert amir["id"] == "R3"
    finally:
        council.close()


def test_who_moves_out_alone_never_joins_a_household_that_was_brought(tmp_path: Path) -> None:
    template_in(tmp_path)
    change(tmp_path / "households.csv", 3, id="H00000003")
    change(tmp_path / "residents.csv", 4, household="H00000003")
    assert run(*options(tmp_path, "fairwater")).exit_code == 0
    council = CouncilUnderTest(DataFolder(tmp_path / "data"))
    try:
        answer = council.post(
            "residents",
            "/residents/R1/moves",
            json={"uprn": "999900000003", "moved_on": "2026-05-30", "whole_household": False},
        )
        assert answer.status_code == 201, answer.text
        (mary,) = council.get("residents", "/residents", uprn="999900000003").json()["items"]
        together = council.get("residents", f"/residents/{mary['id']}/household").json()["members"]
        assert [each["id"] for each in together] == ["R1"]
    finally:
        council.close()
