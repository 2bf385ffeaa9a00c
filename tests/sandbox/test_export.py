"""Exports: every table, in three formats, described so that strangers' tools can read them."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package, system
from typer.testing import CliRunner, Result

from sandbox.cli import app
from sandbox.exporting import FORMATS, Occupied, export
from sandbox.exporting.package import attribution
from sandbox.folder import DataFolder
from sandbox.stores import CouldNotRead, CouncilFile, known_tables
from tests.conftest import CouncilUnderTest
from tests.service_apis.street_reports.speaking import send

HOLE = 'Deep, "wide"\r\nand wet: é, 🕳'
"""What CSV has to quote, and letters of several bytes."""


def file_in(folder: Path) -> Path:
    return DataFolder(folder).existing("fairwater")


def exported(folder: Path, to: Path, format_name: str = "csv", **options: bool) -> dict[str, Any]:
    """Export, with the truth unless told otherwise, and return the data package."""
    options = {"with_truth": True, **options}
    with CouncilFile(file_in(folder)).reading() as contents:
        export(contents, to, format_name, **options)
    described: dict[str, Any] = json.loads((to / "datapackage.json").read_text())
    return described


def ask(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file_in(folder))) as connection:
        return connection.execute(query).fetchall()


def tables(folder: Path) -> list[str]:
    return [
        name for (name,) in ask(folder, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["export", *words, "--data", str(folder)])


@pytest.fixture
def lived_in(council: CouncilUnderTest) -> Path:
    """The folder of a council in which something has happened since it was built; it is still served."""
    home = council.get("addresses", "/properties", per_page=1).json()["items"][0]["uprn"]
    send(council, "/requests.json", service_code="pothole", address_id=home, description=HOLE)
    council.advance(days=3)
    return council.folder.path


def test_the_truth_stays_behind_unless_it_is_asked_for(lived_in: Path, tmp_path: Path) -> None:
    assert run(lived_in, "--to", str(tmp_path / "out")).exit_code == 0
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    there = {resource["name"] for resource in package["resources"]}
    assert set(tables(lived_in)) - there == {"council_truth", "council_truth_faults"}
    assert not list((tmp_path / "out").glob("council_truth*"))
    assert run(lived_in, "--to", str(tmp_path / "all"), "--with-truth").exit_code == 0
    assert (tmp_path / "all" / "council_truth.csv").exists()


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_table_goes_out_with_all_its_rows(lived_in: Path, tmp_path: Path, format_name: str) -> None:
    package = exported(lived_in, tmp_path / "out", format_name)
    assert [resource["name"] for resource in package["resources"]] == tables(lived_in)
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"datapackage.json", *(resource["path"] for resource in package["resources"])}
    for resource in package["resources"]:
        ((rows,),) = ask(lived_in, f'SELECT count(*) FROM "{resource["name"]}"')
        assert len(list(read(tmp_path / "out" / resource["path"]))) == rows, resource["name"]


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of an exported file, as each format gives them."""
    if file.suffix == ".parquet":
        yield from pq.read_table(file).to_pylist()
    elif file.suffix == ".jsonl":
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())
    else:
        with file.open(encoding="utf-8", newline="") as opened:
            yield from csv.DictReader(opened, strict=True)


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_is_read_back_is_what_sql_says(lived_in: Path, tmp_path: Path, format_name: str) -> None:
    package = exported(lived_in, tmp_path / "out", format_name)
    for resource in package["resources"]:
        name, fields = resource["name"], resource["schema"]["fields"]
        key = ", ".join(resource["schema"]["primaryKey"])
        kept = ask(lived_in, f'SELECT * FROM "{name}" ORDER BY {key}')
        rows = list(read(tmp_path / "out" / resource["path"]))
        for field, column in zip(fields, zip(*kept, strict=True), strict=False):
            there = [row[field["name"]] for row in rows]
            expected = [stored(value, field, format_name) for value in column]
            assert there == expected, f"{name}.{field['name']}"


def stored(value: Any, field: dict[str, Any], format_name: str) -> Any:
    """What a format should give back for what SQLite keeps."""
    kind = field["type"]
    if kind == "any":
        whole = json.loads(value) if isinstance(value, str) else value
        if format_name == "jsonl" or whole is None:
            return "" if whole is None and format_name == "csv" else whole
        return json.dumps(whole, ensure_ascii=False, sort_keys=True)
    if value is None:
        return "" if format_name == "csv" else None
    if kind == "datetime":
        moment = datetime.fromisoformat(value + "+00:00")
        return moment if format_name == "parquet" else moment.replace(tzinfo=None).isoformat() + "Z"
    if kind == "date" and format_name == "parquet":
        return date.fromisoformat(value)
    if kind == "boolean":
        return str(bool(value)).lower() if format_name == "csv" else bool(value)
    return str(value) if format_name == "csv" else value


def test_parquet_has_types_of_its_own(built_folder: Path, tmp_path: Path) -> None:
    exported(built_folder, tmp_path / "out", "parquet")

    def kind(table: str, column: str) -> pa.DataType:
        return pq.read_schema(tmp_path / "out" / f"{table}.parquet").field(column).type

    assert kind("residents_residents", "born") == pa.date32()
    assert kind("waste_missed_collections", "reported_at") == pa.timestamp("us", tz="UTC")
    assert kind("waste_properties", "shared") == pa.bool_()
    assert kind("addresses_properties", "latitude") == pa.float64()
    assert kind("council_tax_charges", "annual_pence") == pa.int64()
    assert kind("council_facts", "value") == pa.string()
    assert kind("council_first_answers", "body") == pa.binary()


@pytest.mark.parametrize("format_name", FORMATS)
def test_frictionless_finds_no_fault_with_the_package(
    built_folder: Path, tmp_path: Path, format_name: str
) -> None:
    package = exported(built_folder, tmp_path / "out", format_name)
    assert [str(error) for error in Package.metadata_validate(package)] == []


def test_frictionless_finds_no_fault_with_any_row(lived_in: Path, tmp_path: Path) -> None:
    exported(lived_in, tmp_path / "out")
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "out" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])[:10]
    assert len(report.tasks) == len(tables(lived_in))


def test_the_package_says_what_it_is_and_where_its_figures_come_from(
    built_folder: Path, tmp_path: Path
) -> None:
    package = exported(built_folder, tmp_path / "out")
    assert (package["name"], package["title"]) == ("fairwater", "Fairwater Council")
    assert package["licenses"][0]["name"] == "OGL-UK-3.0"
    assert package["sources"] == [{"title": attribution()}]
    assert attribution().startswith("Contains public sector information licensed under the Open Government")
    assert package["virtual_council"]["seed"] == 7
    streets = next(each for each in package["resources"] if each["name"] == "addresses_streets")
    assert streets["description"] == "A street, with its unique street reference number (USRN)."
    assert streets["schema"]["primaryKey"] == ["usrn"]
    assert streets["schema"]["foreignKeys"] == [
        {"fields": ["ward_code"], "reference": {"resource": "addresses_wards", "fields": ["code"]}}
    ]
    homes = next(each for each in package["resources"] if each["name"] == "addresses_properties")
    (coded,) = [field for field in homes["schema"]["fields"] if field["name"] == "classification"]
    assert coded["description"] == "classification is a code of the AddressBase classification scheme."


def test_a_table_that_no_service_made_goes_along(built_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(built_folder, tmp_path / "data")
    with closing(sqlite3.connect(file_in(tmp_path / "data"))) as connection, connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, at DATETIME, loose)")
        connection.execute("INSERT INTO notes VALUES (1, 'a note', '2026-06-01 08:00:00.000000', 5)")
    assert "notes" not in known_tables()
    for format_name in FORMATS:
        package = exported(tmp_path / "data", tmp_path / format_name, format_name)
        assert "notes" in [resource["name"] for resource in package["resources"]]
    assert (
        tmp_path / "csv" / "notes.csv"
    ).read_text() == "id,body,at,loose\n1,a note,2026-06-01T08:00:00Z,5\n"


def test_the_same_council_gives_the_same_bytes(built_folder: Path, tmp_path: Path) -> None:
    for format_name in FORMATS:
        for to in ("one", "other"):
            exported(built_folder, tmp_path / to / format_name, format_name)
        for file in (tmp_path / "one" / format_name).iterdir():
            assert file.read_bytes() == (tmp_path / "other" / format_name / file.name).read_bytes()


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_table_is_never_in_memory_as_a_whole(built_folder: Path, tmp_path: Path, format_name: str) -> None:
    shutil.copytree(built_folder, tmp_path / "data")
    exported(tmp_path / "data", tmp_path / "small", format_name)
    with closing(sqlite3.connect(file_in(tmp_path / "data"))) as connection, connection:
        connection.execute(
            "INSERT INTO addresses_words (word, bearer) SELECT word || '-' || n.value, bearer FROM "
            "addresses_words, json_each(?) AS n",
            (json.dumps(list(range(80))),),
        )
    tracemalloc.start()
    exported(tmp_path / "data", tmp_path / "large", format_name)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ((rows,),) = ask(tmp_path / "data", "SELECT count(*) FROM addresses_words")
    assert rows > 100_000
    assert most < 12_000_000  # bytes; the rows of the table alone are several times that


def test_a_folder_with_something_else_is_left_alone(built_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters.txt").write_text("Dear Sir")
    for words in ((), ("--replace",)):
        done = run(built_folder, "--to", str(tmp_path / "out"), *words)
        assert isinstance(done.exception, Occupied)
        assert "such as letters.txt" in str(done.exception)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letters.txt"]


def test_an_earlier_export_is_replaced_only_if_asked(built_folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "out"
    assert run(built_folder, "--to", str(to)).exit_code == 0
    assert isinstance(run(built_folder, "--to", str(to), "--format", "jsonl").exception, Occupied)
    assert (to / "waste_rounds.csv").exists()
    assert run(built_folder, "--to", str(to), "--format", "jsonl", "--replace").exit_code == 0
    assert {path.suffix for path in to.iterdir()} == {".json", ".jsonl"}
    (to / "mine.txt").write_text("my notes")
    assert isinstance(run(built_folder, "--to", str(to), "--replace").exception, Occupied)
    assert (to / "mine.txt").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("out")] == ["out"]


def test_an_interrupted_export_leaves_the_folder_as_it_was(built_folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "out"
    before = exported(built_folder, to)
    shutil.copytree(built_folder, tmp_path / "data")
    with closing(sqlite3.connect(file_in(tmp_path / "data"))) as connection, connection:
        connection.execute("UPDATE waste_properties SET garden_until = 'never' WHERE uprn LIKE '%7'")
    with pytest.raises(ValueError, match="never"):
        exported(tmp_path / "data", to, replace=True)
    assert json.loads((to / "datapackage.json").read_text()) == before
    with pytest.raises(ValueError, match="never"):
        exported(tmp_path / "data", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


def test_an_export_that_was_killed_is_named(built_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.exporting").mkdir()
    done = run(built_folder, "--to", str(tmp_path / "out"))
    assert isinstance(done.exception, Occupied)
    assert "out.exporting is there" in str(done.exception)
    assert (tmp_path / "out.exporting").exists()


def test_an_empty_folder_is_taken(built_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = run(built_folder, "fairwater", "--to", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "Exported fairwater" in done.output
    assert (tmp_path / "out" / "datapackage.json").exists()


def test_what_is_exported_is_of_one_moment(council: CouncilUnderTest, tmp_path: Path) -> None:
    with CouncilFile(council.folder.existing("fairwater")).reading() as contents:
        council.advance(days=1)
        export(contents, tmp_path / "before", "jsonl")
    exported(council.folder.path, tmp_path / "after", "jsonl")
    (before,), (after,) = (list(read(tmp_path / to / "council_clock.jsonl")) for to in ("before", "after"))
    assert (before["now"], after["now"]) == ("2026-06-01T08:00:00Z", "2026-06-02T08:00:00Z")
    assert list(read(tmp_path / "before" / "council_events.jsonl")) == []


def test_a_damaged_council_is_said_to_be(built_folder: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"no database at all" * 100)
    with (
        pytest.raises(CouldNotRead, match=r"damaged.sqlite could not be read"),
        CouncilFile(damaged).reading(),
    ):
        pass


def test_an_address_of_another_kind_is_refused(built_folder: Path) -> None:
    from sandbox.stores import NoSuchDatabase

    for address in ("mysql://user:secret@localhost/town", "town"):
        done = run(built_folder, "--to", "out", "--database", address)
        assert isinstance(done.exception, NoSuchDatabase)
        assert "postgresql://user@localhost:5432/town" in str(done.exception)
        assert "secret" not in str(done.exception)
