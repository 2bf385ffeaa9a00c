"""A data folder that is not ours, is half-built or of another version is said to be so, and left alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.councils import Councils
from sandbox.folder import (
    BadName,
    DataFolder,
    FolderNotOurs,
    HalfBuilt,
    NoSuchCouncil,
    OtherVersion,
    read_facts,
)
from service_apis.kit.discovery import discover


def test_a_new_folder_is_made_ours(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new" / "council-data")
    assert folder.names() == []
    assert DataFolder(folder.path).path == folder.path


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FolderNotOurs, match=r"not Virtual Council's.*--data"):
        DataFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(FolderNotOurs, match="is a file"):
        DataFolder(file)


@pytest.mark.parametrize("marker", ['{"format": 99}', '{"format": 0}'])
def test_a_folder_of_another_version_is_said_to_be_one(tmp_path: Path, marker: str) -> None:
    (tmp_path / "virtual-council.json").write_text(marker)
    with pytest.raises(OtherVersion, match="format"):
        DataFolder(tmp_path)


def test_a_marker_that_is_damaged_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "virtual-council.json").write_text("not json")
    with pytest.raises(FolderNotOurs, match="could not be read"):
        DataFolder(tmp_path)


def interrupted(folder: DataFolder) -> None:
    with folder.building("fairwater") as file:
        file.write_text("half")
        raise KeyboardInterrupt


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with pytest.raises(KeyboardInterrupt):
        interrupted(folder)
    assert list(folder.councils.iterdir()) == []


def test_a_build_that_was_killed_is_named_and_not_built_over(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    (folder.councils / "fairwater.building").write_text("half")
    assert folder.half_built() == ["fairwater"]
    with pytest.raises(HalfBuilt, match="council delete fairwater"), folder.building("fairwater"):
        pytest.fail("built over")
    with pytest.raises(HalfBuilt):
        folder.existing("fairwater")
    folder.remove("fairwater")
    assert folder.half_built() == []


@pytest.mark.parametrize("name", ["", "Fairwater", "../etc", "a b", "fair--water", "-fair", "x" * 41])
def test_a_name_that_cannot_be_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadName, match="lower-case letters"):
        DataFolder(tmp_path / "data").file(name)


def test_a_council_that_is_not_there_is_named_with_those_that_are(built_folder: Path) -> None:
    with pytest.raises(NoSuchCouncil, match=r"atlantis.*there is: fairwater"):
        DataFolder(built_folder).existing("atlantis")


def test_a_file_that_is_no_council_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "letter.sqlite"
    file.write_text("Dear Sir or Madam")
    with pytest.raises(OtherVersion, match="not a council's file"):
        read_facts(file)


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [("format", 99, "format 99"), ("services", ["dragons"], "lacks its dragons")],
)
def test_a_council_built_otherwise_is_not_opened_nor_rebuilt(
    built_folder: Path, tmp_path: Path, fact: str, value: object, said: str
) -> None:
    path = tmp_path / "data"
    shutil.copytree(built_folder, path)
    file = path / "councils" / "fairwater.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE council_facts SET value = ? WHERE name = ?", (json.dumps(value), fact))
    connection.close()
    before = file.read_bytes()
    with pytest.raises(OtherVersion, match=said):
        Councils(DataFolder(path), discover(), "fairwater")
    assert file.read_bytes() == before


def test_a_council_without_a_table_that_services_keep_now_is_not_opened(
    built_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(built_folder, tmp_path / "council-data")
    folder = DataFolder(tmp_path / "council-data")
    with closing(sqlite3.connect(folder.file("fairwater"))) as connection:
        connection.execute("DROP TABLE residents_departures")
    with pytest.raises(OtherVersion, match=r"did not keep residents_departures yet.*build it"):
        Councils(folder, discover(), "fairwater")
