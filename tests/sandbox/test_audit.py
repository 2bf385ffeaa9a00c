from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import phonenumbers
import pytest
from typer.testing import CliRunner, Result

from sandbox.audit import audit
from sandbox.cli import app
from sandbox.folder import DataFolder, read_facts
from sandbox.recognition import sightings
from tests.conftest import KEY, CouncilUnderTest

REAL_LOOKING = {
    "uprn": ("The home is UPRN 10008047651.", "10008047651"),
    "bare uprn": ("It is at 100110012345, by the bridge.", "100110012345"),
    "usrn": ("Street, USRN: 20400123", "20400123"),
    "ward_code": ("Lies in E05013016.", "E05013016"),
    "postcode": ("Deliver to 1 High Street, TS24 8AY please.", "TS24 8AY"),
    "postcode run together": ("sw1a1aa", "sw1a1aa"),
    "postcode of the nhs": ("ZZ99 3VZ", "ZZ99 3VZ"),
    "mobile": ("Call 07911 123456 after six.", "07911 123456"),
    "mobile from abroad": ("Call +44 (0)7911 123456", "+44 (0)7911 123456"),
    "mobile for notify": ("Call 07700 900111", "07700 900111"),
    "landline": ("Office:(01429) 266522", "(01429) 266522"),
    "landline of nine digits": ("Ring 01204 52123.", "01204 52123"),
    "landline that faker makes": ("tel:01914960123", "01914960123"),
    "non_geographic": ("0345 600 0723", "0345 600 0723"),
    "number abroad": ("Call +33 6 12 34 56 78", "+33 6 12 34 56 78"),
    "email": ("Write to mary.smith@gmail.com.", "mary.smith@gmail.com"),
    "nino": ("Her number is AB 12 34 56 C", "AB 12 34 56 C"),
    "nhs_number": ("NHS 943 476 5919", "943 476 5919"),
    "nhs number run together": ("patient 9434765919", "9434765919"),
    "host": ("See https://www.hartlepool.gov.uk/bins?x=1", "www.hartlepool.gov.uk"),
    "host without a scheme": ("See www.bbc.co.uk.", "www.bbc.co.uk"),
    "card": ("Paid with 4929 1234 5678 9012? No: 4111 1111 1111 1111", "4111 1111 1111 1111"),
    "bank_account": ("Pay 20-00-00, account number 55779911", "20-00-00, account number 55779911"),
}
HARMLESS = [
    "CT00000001, B000000002 and SR0000003 of R00000004",
    "MC-000001 on 2026-06-01T08:00:00Z, BC-000002 on 01/06/2026 and 2026-06-01 08:00:00.000000",
    "01-02-2026 03-04-2026 05.06.2026",
    "55.039364, 2.222533 or 669867 579802",
    '{"bbox": [-0.1234567890, 51.0123456789], "cell": 145039109333}',
    "Flat 12, the A1 2nd turning, then the M1 1st",
    "123e4567-e89b-12d3-a456-426614174000 and 0123-01234567-8901",
    "01 02 03 04 05 06 07",
    "£1,368.00 in 10 instalments; 4.5 tonnes; 08:00-17:00; 50% at 3pm; version 0.1.0",
    "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
    "E06000001 and E92000001 are authorities and nations",
    "Meet @ 5, Ward 3",
    "1780300800000",
]
INSIDE = [
    "ZZ90 0AA", "zz901ab", "07700 900123", "+44 7700 900123", "(020) 7946 0123", "01632 960123",
    "0808 157 0123", "QQ123456C", "MW 12 34 56 A", "999 000 0018", "mary@example.com", "https://bins.example.org/x",
    "http://127.0.0.1:8000/x", "http://sandbox:8000/x", "UPRN 999912345678", "4444 3333 2222 1111",
    "E05999001",
]  # fmt: skip


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["audit", *words, "--data", str(folder)])


def plant(folder: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(DataFolder(folder).file("fairwater"))) as connection, connection:
        connection.execute(statement, values)


@pytest.fixture
def folder(built_folder: Path, tmp_path: Path) -> Path:
    """A copy of the built council's folder, to plant things in."""
    path = tmp_path / "council-data"
    shutil.copytree(built_folder, path)
    return path


def test_every_identifier_of_a_council_is_inside_its_range(built_folder: Path) -> None:
    file = DataFolder(built_folder).file("fairwater")
    found = audit(file)
    assert found.outside == []
    assert {"uprn", "usrn", "ward_code", "postcode", "mobile", "email"} <= {kind for kind, _ in found.inside}
    with closing(sqlite3.connect(file)) as connection:
        asked = "SELECT count(*), count(email), count(mobile) FROM residents_residents"
        residents, emails, mobiles = connection.execute(asked).fetchone()
        of_faults = "SELECT count(*) FROM council_truth_faults WHERE clean IS NOT NULL AND field = ?"
        clean = {each: connection.execute(of_faults, (each,)).fetchone()[0] for each in ("email", "mobile")}
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
    assert found.tables == tables
    assert found.inside["mobile", "07700 900###"] == mobiles + clean["mobile"]
    in_emails = sum(count for (kind, _), count in found.inside.items() if kind == "email")
    assert in_emails == emails + clean["email"]
    assert found.inside["uprn", "9999########"] > residents


def test_a_council_that_has_been_used_still_passes(council: CouncilUnderTest) -> None:
    file = council.folder.file(council.name)
    before = audit(file)
    council.advance(days=40)
    with closing(sqlite3.connect(file)) as connection:
        (uprn,) = connection.execute("SELECT uprn FROM street_reports_places LIMIT 1").fetchone()
    form = {
        "api_key": KEY,
        "service_code": "pothole",
        "address_id": uprn,
        "email": "a.caller@example.com",
        "phone": "07700 900123",
    }
    answer = council.post("street_reports", "/requests.json", data=form)
    assert answer.status_code == 200, answer.text
    after = audit(file)
    assert after.outside == []
    assert after.inside["uprn", "9999########"] > before.inside["uprn", "9999########"]


def test_a_format_valid_council_has_numbers_that_libphonenumber_accepts_and_no_others(tmp_path: Path) -> None:
    asked = ("--residents", "300", "--as-of", "2026-06-01", "--name", "otherby", "--data", str(tmp_path))
    built = CliRunner().invoke(app, ["build", *asked, "--identifiers", "format-valid"])
    assert built.exit_code == 0, built.output
    file = DataFolder(tmp_path).file("otherby")
    assert read_facts(file)["identifiers"] == "format_valid"
    found = audit(file)
    assert found.outside == []
    with closing(sqlite3.connect(file)) as connection:
        asked_for = "SELECT mobile FROM residents_residents WHERE mobile IS NOT NULL"
        numbers = [number for (number,) in connection.execute(asked_for)]
        clean = "SELECT clean FROM council_truth_faults WHERE field = 'mobile' AND clean IS NOT NULL"
        numbers += [number for (number,) in connection.execute(clean)]
    assert numbers
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number, "GB")) for number in numbers)
    assert sum(count for (kind, _), count in found.inside.items() if kind == "landline") == len(numbers)


def test_a_council_of_the_other_mode_is_not_taken_for_the_one_asked_for(folder: Path) -> None:
    asked = ["build", "--name", "fairwater", "--identifiers", "format-valid", "--data", str(folder)]
    refused = CliRunner().invoke(app, asked)
    said = "identifiers that are unallocatable, not format-valid"
    assert said in str(refused.exception)
    plant(folder, "DELETE FROM council_facts WHERE name = ?", "identifiers")
    assert said in str(CliRunner().invoke(app, asked).exception)


@pytest.mark.parametrize("kind", REAL_LOOKING)
def test_one_real_looking_identifier_in_free_text_is_found(kind: str, folder: Path) -> None:
    text, identifier = REAL_LOOKING[kind]
    changed = "UPDATE street_reports_reports SET description = ? WHERE service_request_id = 'SR0000002'"
    plant(folder, changed, text)
    done = run(folder)
    assert done.exit_code == 1, done.output
    named = [line for line in done.output.splitlines() if "outside every safe range" in line]
    assert len(named) == 1
    assert f"{identifier!r} in street_reports_reports.description, row SR0000002" in named[0]


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE residents_residents SET mobile = ? WHERE id = 'R00000002'", "unknown"),
        ("UPDATE residents_residents SET email = ? WHERE id = 'R00000002'", "none given"),
        ("UPDATE residents_addresses SET postcode = ? WHERE rowid = 1", "TS24"),
        ("UPDATE waste_properties SET uprn = ? WHERE rowid = 1", "10008047651"),
        ("UPDATE addresses_streets SET usrn = ? WHERE rowid = 1", "20400123"),
    ],
)
def test_a_column_named_for_an_identifier_holds_nothing_else(
    statement: str, value: str, folder: Path
) -> None:
    plant(folder, statement, value)
    done = run(folder, "fairwater")
    assert done.exit_code == 1
    assert repr(value) in done.output


@pytest.mark.parametrize("column", ["data", "subject"])
def test_the_kits_own_tables_are_looked_through(column: str, folder: Path) -> None:
    values = {"data": json.dumps({"note": "ring\n07911123456"}), "subject": "ring 07911123456"}
    event = {"type": "t", "source": "s", "subject": "x", "time": "2026-06-01 08:00:00", "data": "{}"}
    event[column] = values[column]
    plant(
        folder,
        "INSERT INTO council_events (type, source, subject, time, data) VALUES (?, ?, ?, ?, ?)",
        *event.values(),
    )
    done = run(folder)
    assert done.exit_code == 1
    assert f"'07911123456' in council_events.{column}, row 1" in done.output


def test_a_key_within_json_is_a_name_as_a_column_is() -> None:
    (seen,) = sightings("data", json.dumps({"home": {"uprn": 10008047651}}))
    assert (seen.kind, seen.value, seen.range) == ("uprn", "10008047651", None)


def test_a_table_that_no_service_made_is_looked_through_too(folder: Path) -> None:
    plant(folder, "CREATE TABLE notes (body BLOB)")
    plant(folder, "INSERT INTO notes VALUES (CAST(? AS BLOB))", "write to mary.smith@gmail.com")
    done = run(folder)
    assert done.exit_code == 1
    assert "'mary.smith@gmail.com' in notes.body, row number 1" in done.output


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_an_identifier_is_let_be(text: str) -> None:
    assert list(sightings("description", text)) == []


@pytest.mark.parametrize("text", INSIDE)
def test_a_safe_identifier_in_free_text_is_counted_inside(text: str) -> None:
    (seen,) = sightings("description", f"It says {text}, they say.")
    assert seen.range is not None


def test_what_passes_is_counted_by_kind_and_range(built_folder: Path) -> None:
    done = run(built_folder)
    assert done.exit_code == 0, done.output
    assert "07700 900###" in done.output
    assert "0 outside" in done.output


def test_a_council_that_is_not_there_or_not_whole_could_not_be_audited(folder: Path) -> None:
    from sandbox.audit import CouldNotAudit
    from sandbox.folder import NoSuchCouncil

    assert isinstance(run(folder, "otherby").exception, NoSuchCouncil)
    file = DataFolder(folder).file("fairwater")
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(CouldNotAudit, match="could not be read"):
        audit(file)
