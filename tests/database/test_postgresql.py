"""A council in PostgreSQL: the same records as in a file, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from sandbox.blocks import BlockRecords
from sandbox.build import Plan, Progress, build, build_into
from sandbox.cli import app
from sandbox.digests import Digests, digests
from sandbox.engines import InProcess
from sandbox.exporting import export
from sandbox.folder import DataFolder
from sandbox.stores import CouldNotBuild, CouncilFile, Database, NoCouncilThere, NoSuchDatabase, NotEmpty
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile
from tests.conftest import AS_OF

pytestmark = pytest.mark.database
PLAN = Plan("fairwater", find_profile("Hartlepool"), 2000, 7, AS_OF)
"""The council of the fixture ``built_folder``."""


@dataclass
class Kept:
    """An engine whose blocks have been made, to be loaded more than once."""

    records: list[BlockRecords]

    def blocks(self, plan: Plan, services: Sequence[str], progress: Progress) -> Iterator[BlockRecords]:
        yield from self.records


def quietly(_what: str, _share: float) -> None:
    pass


def ask(database: Database, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows


def tables_in(database: Database) -> int:
    ((count,),) = ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    assert isinstance(count, int)
    return count


def file_in(folder: Path) -> CouncilFile:
    return CouncilFile(DataFolder(folder).existing("fairwater"))


def digests_of(store: CouncilFile | Database) -> Digests:
    with store.reading() as contents:
        return digests(contents)


@pytest.fixture(scope="session")
def built_database(cluster: object) -> Database:
    """A database with the council of ``built_folder``, built once; never write to it."""
    from tests.database.cluster import Cluster

    assert isinstance(cluster, Cluster)
    database = Database.at(cluster.new_database())
    with database.building() as connection:
        build_into(connection, PLAN, discover(), quietly)
    return database


def test_every_table_has_the_digest_that_it_has_in_a_file(
    built_folder: Path, built_database: Database
) -> None:
    in_file, in_database = digests_of(file_in(built_folder)), digests_of(built_database)
    assert in_database.tables == in_file.tables
    assert in_database.whole == in_file.whole
    assert len(in_file.tables) > 20


def test_a_council_of_several_blocks_is_the_same_in_both(tmp_path: Path, database: Database) -> None:
    plan = Plan("otherby", find_profile("Leeds"), 31_000, 3, AS_OF)
    made = Kept(list(InProcess().blocks(plan, tuple(discover()), quietly)))
    assert len(made.records) == 2
    file = build(DataFolder(tmp_path / "council-data"), plan, discover(), quietly, made)
    with database.building() as connection:
        build_into(connection, plan, discover(), quietly, made)
    assert digests_of(database).tables == digests_of(CouncilFile(file)).tables


@pytest.mark.parametrize("format_name", ["csv", "jsonl", "parquet"])
def test_an_export_from_a_database_is_the_export_of_a_file(
    built_folder: Path, built_database: Database, tmp_path: Path, format_name: str
) -> None:
    for store, to in ((file_in(built_folder), "one"), (built_database, "other")):
        with store.reading() as contents:
            export(contents, tmp_path / to, format_name)
    written = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert written == sorted(path.name for path in (tmp_path / "other").iterdir())
    differing = [
        name
        for name in written
        if (tmp_path / "one" / name).read_bytes() != (tmp_path / "other" / name).read_bytes()
    ]
    assert differing == []


def test_columns_have_their_own_types(built_database: Database) -> None:
    kinds = dict(
        ask(
            built_database,
            "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns",
        )
    )
    assert kinds["residents_residents.born"] == "date"
    assert kinds["waste_missed_collections.reported_at"] == "timestamp without time zone"
    assert kinds["waste_properties.shared"] == "boolean"
    assert kinds["street_reports_reports.sent"] == "json"
    assert kinds["addresses_properties.latitude"] == "double precision"


def test_references_between_tables_are_kept_and_numbers_go_on(built_database: Database) -> None:
    ((references,),) = ask(built_database, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'")
    expected = sum(
        len(table.foreign_key_constraints)
        for service in discover().values()
        for table in service.tables.sorted_tables
    )
    assert references == expected
    ((highest,),) = ask(built_database, "SELECT max(id) FROM council_tax_ledger")
    ((following,),) = ask(
        built_database, "SELECT nextval(pg_get_serial_sequence('council_tax_ledger', 'id'))"
    )
    assert isinstance(highest, int)
    assert following == highest + 1


def test_a_database_that_holds_a_council_is_not_built_over(built_database: Database) -> None:
    before = tables_in(built_database)
    with pytest.raises(NotEmpty, match="already holds a council's tables"), built_database.building():
        pass
    assert tables_in(built_database) == before


def test_an_interrupted_build_leaves_nothing(database: Database) -> None:
    def interrupt(what: str, _share: float) -> None:
        if what == "the last touches":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.building() as connection:
        build_into(connection, PLAN, discover(), interrupt)
    assert tables_in(database) == 0


def test_what_the_database_refuses_is_said_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(CouldNotBuild, match="nothing is left of it"), database.building() as connection:
        connection.execute(text("CREATE TABLE notes AS SELECT 1 / (count(*) - count(*)) FROM pg_tables"))
    assert tables_in(database) == 0


def test_the_command_builds_digests_and_exports_there(
    database: Database, tmp_path: Path, built_folder: Path
) -> None:
    def run(*words: str) -> str:
        address = database.url.render_as_string(hide_password=False)
        done = CliRunner().invoke(app, [*words, "--database", address])
        assert done.exit_code == 0, done.output
        return done.output

    words = ("--like", "Hartlepool", "--residents", "2000", "--seed", "7", "--as-of", "2026-06-01")
    assert "Built fairwater: 2,000 residents" in run("build", *words, "--name", "fairwater")
    assert json.loads(run("digest", "--json"))["council"] == digests_of(file_in(built_folder)).whole
    assert "Exported fairwater" in run("export", "--to", str(tmp_path / "out"))
    assert (tmp_path / "out" / "datapackage.json").exists()


def test_a_database_without_a_council_is_said_to_have_none(database: Database) -> None:
    with pytest.raises(NoCouncilThere, match="There is no council in postgresql:"), database.reading():
        pass


def test_a_database_that_is_not_there_is_named(cluster: object, database: Database) -> None:
    away = Database(database.url.set(database="nowhere"))
    with pytest.raises(NoSuchDatabase, match=r"nowhere.*createdb"), away.reading():
        pass
    with pytest.raises(NoSuchDatabase, match=r"nowhere.*createdb"), away.building():
        pass


def test_what_is_read_is_of_one_moment(database: Database) -> None:
    with database.building() as connection:
        build_into(connection, Plan("fairwater", PLAN.profile, 300, 7, date(2026, 6, 1)), discover(), quietly)
    other = create_engine(database.url)
    with database.reading() as contents:
        before = digests(contents)
        with other.begin() as connection:
            connection.execute(text("DELETE FROM residents_residents"))
        assert digests(contents) == before
    other.dispose()
    assert digests_of(database) != before


@pytest.fixture(autouse=True)
def _no_address_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNCIL_DATABASE", raising=False)
