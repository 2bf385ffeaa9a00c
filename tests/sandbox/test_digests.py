"""Digests: the same for the same records, and different for any that differ."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Column, Date, Integer, MetaData, Table
from typer.testing import CliRunner

from sandbox.build import Plan, build
from sandbox.cli import app
from sandbox.digests import Digests, digest_of, digests
from sandbox.folder import DataFolder
from sandbox.stores import Contents, CouncilFile
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile
from tests.conftest import AS_OF, CouncilUnderTest

PLAN = Plan("fairwater", find_profile("Hartlepool"), 300, 7, AS_OF)


def built(folder: Path, plan: Plan = PLAN, services: tuple[str, ...] = ()) -> Path:
    chosen = {slug: service for slug, service in discover().items() if not services or slug in services}
    return build(DataFolder(folder), plan, chosen, lambda what, share: None)


def of(file: Path) -> Digests:
    with CouncilFile(file).reading() as contents:
        return digests(contents)


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def run(folder: Path, *words: str, hash_seed: str = "0") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *words, "--data", str(folder)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Auckland"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_two_fresh_processes_build_and_digest_the_same(tmp_path: Path) -> None:
    words = ("build", "--residents", "300", "--seed", "7", "--as-of", "2026-06-01", "--name", "fairwater")
    for folder, seed in (("one", "1"), ("other", "2")):
        run(tmp_path / folder, *words, hash_seed=seed)
    answers = {
        run(tmp_path / folder, "digest", hash_seed=seed) for folder, seed in (("one", "3"), ("other", "4"))
    }
    assert len(answers) == 1
    here = of(DataFolder(tmp_path / "one").existing("fairwater"))
    assert f"{here.whole}  the whole council" in answers.pop()


def test_another_seed_gives_another_council(tmp_path: Path) -> None:
    one, other = of(built(tmp_path / "one")), of(built(tmp_path / "other", replace(PLAN, seed=8)))
    assert one.whole != other.whole
    assert one.tables["residents_residents"] != other.tables["residents_residents"]


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (
            "residents_residents",
            "UPDATE residents_residents SET born = date(born, '+1 day') WHERE id = {first}",
        ),
        ("residents_residents", "UPDATE residents_residents SET email = NULL WHERE id = {first}"),
        ("residents_residents", "DELETE FROM residents_residents WHERE id = {first}"),
        ("waste_properties", "UPDATE waste_properties SET shared = 1 - shared WHERE uprn = {home}"),
        (
            "addresses_properties",
            "UPDATE addresses_properties SET latitude = latitude + 1e-9 WHERE uprn = {home}",
        ),
        ("council_clock", "UPDATE council_clock SET now = '2026-06-01 00:00:00.000001'"),
        ("council_facts", "UPDATE council_facts SET value = 8 WHERE name = 'seed'"),
    ],
)
def test_one_changed_record_changes_its_table_and_the_whole_alone(
    tmp_path: Path, table: str, statement: str
) -> None:
    file = built(tmp_path)
    before = of(file)
    first = "(SELECT min(id) FROM residents_residents WHERE email IS NOT NULL)"
    change(file, statement.format(first=first, home="(SELECT min(uprn) FROM waste_properties)"))
    after = of(file)
    differing = [name for name, value in before.tables.items() if after.tables[name] != value]
    assert differing == [table]
    assert after.whole != before.whole


def test_the_order_in_which_rows_are_kept_does_not_matter(tmp_path: Path) -> None:
    file = built(tmp_path)
    before = of(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM waste_rounds ORDER BY reference DESC")
        connection.execute("DELETE FROM waste_rounds")
        connection.execute("INSERT INTO waste_rounds SELECT * FROM kept ORDER BY reference DESC")
    assert of(file) == before


def test_the_version_that_built_a_council_does_not_matter(tmp_path: Path) -> None:
    file = built(tmp_path)
    before = of(file)
    change(file, "UPDATE council_facts SET value = '\"9.9.9\"' WHERE name = 'version'")
    assert of(file) == before


def test_a_service_more_changes_no_table_of_the_others(tmp_path: Path) -> None:
    every = of(built(tmp_path / "every"))
    fewer = of(built(tmp_path / "fewer", services=("addresses", "residents")))
    assert len(fewer.tables) < len(every.tables)
    shared = {name for name in fewer.tables if not name.startswith("council_")}
    assert shared
    assert {name: fewer.tables[name] for name in shared} == {name: every.tables[name] for name in shared}


class _Rows(Contents):
    """Rows that no database holds."""

    def __init__(self, *rows: tuple[object, ...]) -> None:
        self._rows = list(rows)

    def batches(self, table: Table):  # type: ignore[no-untyped-def]
        yield self._rows


def test_a_value_is_written_in_one_way_however_it_came() -> None:
    table = Table(
        "notes", MetaData(), Column("id", Integer, primary_key=True), Column("a", Date), Column("b", Boolean)
    )
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    summer = noon.astimezone(timezone(timedelta(hours=1)))
    assert digest_of(table, _Rows((1, noon, {"a": 1, "b": 2}))) == digest_of(
        table, _Rows((1, summer, {"b": 2, "a": 1}))
    )
    different = [
        (1, None, True),
        (1, "", True),
        (1, None, 1),
        (1, None, "true"),
        (1, None, 1.0),
        (1, "null", True),
    ]
    assert len({digest_of(table, _Rows(row)) for row in different}) == len(different)


def test_the_command_prints_what_a_program_can_read(council: CouncilUnderTest) -> None:
    done = CliRunner().invoke(app, ["digest", "--json", "--data", str(council.folder.path)])
    assert done.exit_code == 0, done.output
    found = of(council.folder.existing("fairwater"))
    assert json.loads(done.output) == {"council": found.whole, "tables": found.tables}


def test_a_council_can_be_digested_while_it_is_served(council: CouncilUnderTest) -> None:
    before = of(council.folder.existing("fairwater"))
    council.advance(days=1)
    after = of(council.folder.existing("fairwater"))
    assert after.tables["council_clock"] != before.tables["council_clock"]
