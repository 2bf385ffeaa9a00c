"""How far to trust a town is told alike by the command, the control API and the page, and is right."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import html5lib
import pytest
from typer.testing import CliRunner, Result

from sandbox.build import Plan, build
from sandbox.cli import app
from sandbox.fidelity import NotMeasured, read_report
from sandbox.fidelity_charts import CHARTS, draw, specifications
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile
from tests.conftest import AS_OF, CouncilUnderTest
from tests.sandbox.console.every_page import asked_for_elsewhere, words

PAGE = "/fidelity/fairwater"


def run(folder: Path, *said: str) -> Result:
    return CliRunner().invoke(app, ["fidelity", *said, "--data", str(folder)])


@pytest.fixture(scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council without mess, whose records are the town that is measured."""
    folder = DataFolder(tmp_path_factory.mktemp("clean") / "council-data")
    plan = Plan("fairwater", find_profile("Hartlepool"), 2000, 7, AS_OF, mess=0)
    build(folder, plan, discover(), lambda what, share: None)
    return folder.path


@pytest.fixture
def report(built_folder: Path) -> dict[str, Any]:
    return read_report(DataFolder(built_folder).file("fairwater"))


@pytest.fixture
def unmeasured(built_folder: Path, tmp_path: Path) -> Path:
    """The folder of a council that an earlier version built."""
    path = tmp_path / "council-data"
    shutil.copytree(built_folder, path)
    with closing(sqlite3.connect(DataFolder(path).file("fairwater"))) as connection, connection:
        connection.execute("DROP TABLE council_fidelity")
    return path


def asked(folder: Path, statement: str) -> dict[str, int]:
    with closing(sqlite3.connect(DataFolder(folder).file("fairwater"))) as connection:
        return dict(connection.execute(statement).fetchall())


def counted(report: dict[str, Any], margin: str) -> dict[str, int]:
    """A margin's counts, without the categories that nobody is in."""
    found = next(each for each in report["margins"] if each["name"] == margin)
    return {each["name"]: each["counted"] for each in found["categories"] if each["counted"]}


@pytest.mark.parametrize(
    ("margin", "statement"),
    [
        ("ethnic_group", "SELECT ethnic_group, count(*) FROM residents_residents GROUP BY 1"),
        (
            "household_or_communal",
            "SELECT iif(household IS NULL, 'communal', 'household'), count(*) FROM residents_residents "
            "GROUP BY 1",
        ),
        (
            "household_size",
            "SELECT iif(size >= 8, '8_plus', cast(size AS text)), count(*) FROM "
            "(SELECT count(*) AS size FROM residents_residents WHERE household IS NOT NULL "
            "GROUP BY household) GROUP BY 1",
        ),
        (
            "council_tax_band",
            "SELECT band, count(*) FROM (SELECT DISTINCT uprn, band FROM council_tax_accounts) "
            "JOIN addresses_properties USING (uprn) WHERE classification LIKE 'RD%' GROUP BY 1",
        ),
    ],
)
def test_what_is_counted_is_what_the_council_holds(
    built_folder: Path, report: dict[str, Any], margin: str, statement: str
) -> None:
    assert counted(report, margin) == asked(built_folder, statement)


def test_ages_are_those_of_the_day_that_the_clock_starts(built_folder: Path, report: dict[str, Any]) -> None:
    old = asked(
        built_folder,
        "SELECT sex || '_85_plus', count(*) FROM residents_residents WHERE born <= '1941-06-01' GROUP BY 1",
    )
    children = asked(
        built_folder,
        "SELECT sex || '_0_4', count(*) FROM residents_residents WHERE born > '2021-06-01' GROUP BY 1",
    )
    found = counted(report, "age_and_sex")
    assert {category: found[category] for category in old} == old
    assert {category: found[category] for category in children} == children


def test_wards_have_the_residents_who_live_there(built_folder: Path, report: dict[str, Any]) -> None:
    here = asked(
        built_folder,
        "SELECT p.ward_code, count(*) FROM residents_residents r "
        "JOIN addresses_properties p ON p.uprn = r.uprn GROUP BY 1",
    )
    assert {ward["ward_code"]: ward["people"] for ward in report["wards"]} == here


def test_the_control_api_gives_the_report_without_a_key(
    council: CouncilUnderTest, report: dict[str, Any]
) -> None:
    answer = council.client.get("/sandbox/councils/fairwater/fidelity", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert answer.json() == report
    assert council.client.get("/sandbox/councils/atlantis/fidelity").status_code == 404


def test_the_command_prints_the_same_as_json(built_folder: Path, report: dict[str, Any]) -> None:
    done = run(built_folder, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == report


def test_the_command_tells_every_margin_and_what_was_assumed(
    built_folder: Path, report: dict[str, Any]
) -> None:
    done = run(built_folder, "fairwater")
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    for margin in report["margins"]:
        assert margin["label"].split(" ")[0] in said
    assert (
        f"of 15 published margins of Hartlepool, the one furthest off is {report['summary']['worst_label']}"
        in said
    )
    assert "Every figure that is used was published for Hartlepool itself." in said
    for sentence in report["assumed_in_brief"]:
        assert sentence in said


def test_a_council_without_a_measure_is_said_plainly(unmeasured: Path) -> None:
    failed = run(unmeasured)
    assert isinstance(failed.exception, NotMeasured)
    assert "fairwater holds no measure of its town" in str(failed.exception)
    council = CouncilUnderTest(DataFolder(unmeasured))
    try:
        answer = council.client.get("/sandbox/councils/fairwater/fidelity")
        assert answer.status_code == 404
        assert answer.json()["title"] == "Town not measured"
        page = council.client.get(PAGE)
        assert page.status_code == 404
        assert "Build it again" in words(page)
        assert council.client.get(f"{PAGE}/tenure.svg").status_code == 404
    finally:
        council.close()


def test_charts_tell_town_and_authority_apart_without_colour(report: dict[str, Any]) -> None:
    for name in ("pyramid", "household_size", "tenure"):
        marks = [layer["mark"]["type"] for layer in specifications(report)[name]["layer"]]
        assert {"bar", "tick"} <= set(marks)


def test_the_map_is_darker_where_people_are_worse_off_and_plain_without_scores(
    report: dict[str, Any],
) -> None:
    scores = [float(number) for number in range(len(report["wards"]))]
    wards = [{**ward, "deprivation": score} for ward, score in zip(report["wards"], scores, strict=True)]
    scored = {**report, "wards": wards, "deprivation": {**report["deprivation"], "known": True}}
    shapes = specifications(scored)["wards"]["layer"][0]
    steps = [each["properties"]["step"] for each in shapes["data"]["values"]]
    assert steps == sorted(steps)
    assert steps[0] < steps[-1]
    assert "#17494d" in draw(scored)["wards"]
    plain = {**scored, "deprivation": {**report["deprivation"], "known": False}}
    assert "field" not in json.dumps(specifications(plain)["wards"]["layer"][0]["encoding"])


def test_a_chart_is_drawn_alike_by_each_process(report: dict[str, Any]) -> None:
    from sandbox.fidelity_charts import _draw_aside

    wanted = json.dumps({"tenure": specifications(report)["tenure"]})
    assert _draw_aside(wanted) == _draw_aside(wanted) == {"tenure": draw(report)["tenure"]}


def test_a_report_of_another_form_is_not_read(council: CouncilUnderTest) -> None:
    file = council.folder.file(council.name)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("""UPDATE council_fidelity SET content = '{"number": 0}' WHERE part = 'form'""")
    with pytest.raises(NotMeasured, match="holds a report of form 0"):
        read_report(file)
    assert council.client.get("/sandbox/councils/fairwater/fidelity").status_code == 404


def test_the_page_can_be_taken_away_as_one_file(
    built_folder: Path, tmp_path: Path, report: dict[str, Any]
) -> None:
    file = tmp_path / "fidelity.html"
    done = run(built_folder, "--page", str(file))
    assert done.exit_code == 0, done.output
    text = file.read_text(encoding="utf-8")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert len(page.findall(".//{http://www.w3.org/2000/svg}svg") or page.findall(".//svg")) == len(CHARTS)
    assert page.findall(".//script") == page.findall(".//img") == page.findall(".//link") == []
    assert asked_for_elsewhere(text) == []
    assert report["margins"][0]["label"] in text


def test_a_page_that_cannot_be_written_is_said_plainly(built_folder: Path, tmp_path: Path) -> None:
    failed = run(built_folder, "--page", str(tmp_path / "nowhere" / "fidelity.html"))
    assert "could not be written" in str(failed.exception)
