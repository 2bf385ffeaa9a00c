"""Evidence: a record whose change shows, and who vouches for it."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from sandbox import evidence
from sandbox.cli import app
from sandbox.evidence import EvidenceUnreadable, KeyUnreadable, Signer, Tampered
from sandbox.failure import Failure
from sandbox.folder import DataFolder
from scenarios.conformance.record import Record
from scenarios.results import Outcome
from tests.scenarios.reports.records import HOSTILE, hostile, record, records, requirement, result

GOOD = record([result("waste.data.one"), result("waste.data.two", verifies=("WASTE-002",))])
MANY = settings(
    max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return evidence.signer(DataFolder(tmp_path_factory.mktemp("signing") / "council-data"))


@pytest.fixture
def file(tmp_path: Path, signer: Signer) -> Path:
    path = tmp_path / "evidence.json"
    path.write_bytes(signer.signed(GOOD))
    return path


def council(*words: object) -> Result:
    """The command, and with exit code 2 whatever `council` says on its own standard error."""
    answer = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(answer.exception, Failure):
        answer.exit_code = 2
    elif answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def changed(file: Path, **change: Any) -> None:
    """Change the record in a file and leave its signature."""
    told = json.loads(file.read_text())
    told["record"] |= change
    file.write_text(json.dumps(told))


def test_a_record_comes_back_as_it_was_signed(file: Path, signer: Signer) -> None:
    found = evidence.read(file)
    assert found.record == GOOD
    assert (found.fingerprint, found.digest) == (signer.fingerprint, GOOD.digest)


@MANY
@given(records())
def test_any_record_can_be_signed_and_read(tmp_path: Path, signer: Signer, told: Record) -> None:
    file = tmp_path / "any.json"
    file.write_bytes(signer.signed(told))
    assert evidence.read(file).record == told


@MANY
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_no_byte_can_be_changed_unnoticed(file: Path, place: int, byte: int) -> None:
    whole = file.read_bytes()
    place %= len(whole)
    other = file.with_name("changed.json")
    other.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
    try:
        found = evidence.read(other)
    except (Tampered, EvidenceUnreadable):
        return
    # What is left is space between words, which is no part of the record.
    assert found.record == GOOD
    assert json.loads(other.read_bytes())["record"] == json.loads(whole)["record"]


@pytest.mark.parametrize(
    "change",
    [
        {"passed": False},
        {"seed": 2},
        {"command": "council conform waste --seed 2"},
        {"began": "2026-11-24T23:40:02.250000Z"},
        {"notices": ["It was I."]},
        {"more": 1},
    ],
)
def test_a_change_of_the_record_shows(file: Path, change: dict[str, Any]) -> None:
    changed(file, **change)
    with pytest.raises(Tampered):
        evidence.read(file)


def test_who_signs_in_anothers_name_is_found_out(file: Path, tmp_path: Path, signer: Signer) -> None:
    other = evidence.signer(DataFolder(tmp_path / "other"))
    told = json.loads(other.signed(GOOD))
    told["signature"]["fingerprint"] = signer.fingerprint
    file.write_text(json.dumps(told))
    with pytest.raises(Tampered, match="the key in it is"):
        evidence.read(file)
    told["signature"]["key"] = json.loads(signer.signed(GOOD))["signature"]["key"]
    file.write_text(json.dumps(told))
    with pytest.raises(Tampered):
        evidence.read(file)


@pytest.mark.parametrize(
    "alter",
    [
        lambda told: told["signature"] | {"jws": "e30..c2ln"},
        lambda told: told["signature"] | {"jws": told["signature"]["jws"].replace("..", ".")},
        lambda told: told["signature"] | {"jws": "eyJhbGciOiJub25lIn0.."},
        lambda told: told["signature"] | {"key": {"kty": "oct", "k": "c2VjcmV0"}},
        lambda told: told["signature"] | {"key": 7},
        lambda told: told["signature"] | {"algorithm": "Ed25518"},
        lambda told: told["signature"] | {"canonicalization": "none"},
        lambda told: told["signature"] | {"remark": "approved"},
        lambda _: "signed",
        lambda _: {},
    ],
)
def test_a_signature_of_another_kind_is_none(file: Path, alter: Any) -> None:
    told = json.loads(file.read_text())
    told["signature"] = alter(told)
    file.write_text(json.dumps(told))
    with pytest.raises((EvidenceUnreadable, Tampered)):
        evidence.read(file)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b'{"record": {}}', "a `record` and a `signature`"),
        (b'{"record": {}, "record": {}, "signature": {}}', "a name is there twice"),
        (b"[" * 100_000, "no JSON"),
        (b'{"record": 1e999, "signature": {}}', "cannot have been signed"),
        ("\ud800".encode("utf-8", "surrogatepass"), "no JSON"),
    ],
)
def test_what_is_no_evidence_is_said_plainly(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(content)
    with pytest.raises(EvidenceUnreadable, match=why):
        evidence.read(file)
    with pytest.raises(EvidenceUnreadable, match="There is no file"):
        evidence.read(tmp_path / "gone.json")


def test_a_record_of_another_version_is_said_to_be_one(file: Path, signer: Signer) -> None:
    class Later:
        canonical = b'{"format":"virtual-council/conformance/9"}'

        def model_dump(self, **_: str) -> dict[str, str]:
            return {"format": "virtual-council/conformance/9"}

    file.write_bytes(signer.signed(Later()))  # type: ignore[arg-type]
    with pytest.raises(EvidenceUnreadable, match="another version"):
        evidence.read(file)


def test_the_key_is_made_once_kept_and_its_owners_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "council-data")
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: evidence.signer(folder).fingerprint, range(8)))
    assert len(made) == 1
    kept = evidence.key_file(folder)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in folder.path.glob(".evidence*")] == []
    private = json.loads(kept.read_text())["d"]
    assert private not in evidence.signer(folder).signed(GOOD).decode()


@pytest.mark.parametrize("content", ["", "{}", '{"kty": "OKP", "crv": "Ed448"}', '{"kty": "oct", "k": "YQ"}'])
def test_a_broken_key_is_said_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    folder = DataFolder(tmp_path / "council-data")
    evidence.key_file(folder).write_text(content)
    with pytest.raises(KeyUnreadable, match=str(evidence.KEY_FILE)):
        evidence.signer(folder)
    assert evidence.key_file(folder).read_text() == content


def test_verify_says_who_signed_what_and_when(file: Path, signer: Signer) -> None:
    answer = council("evidence", "verify", file)
    assert answer.exit_code == 0
    for said in (
        signer.fingerprint,
        GOOD.digest,
        "waste: Bins R Us 2.4.1",
        "2026-11-24T23:40:01",
        "PASSED. ",
    ):
        assert said in answer.output
    assert answer.output.endswith("GOOD: the record is as it was signed\n")


def test_verify_ends_by_what_it_found(file: Path, signer: Signer, tmp_path: Path) -> None:
    assert council("evidence", "verify", file, "--signer", signer.fingerprint).exit_code == 0
    # A fingerprint can begin like an option.
    other = council("evidence", "verify", file, "--signer", "-5VuINfLFYB5JDUOBEo3ZGQx2rk3Vv6bepUQfz1sCM")
    assert (other.exit_code, "NOT GOOD" in other.output) == (1, True)
    assert council("evidence", "verify", tmp_path / "gone").exit_code == 2
    changed(file, passed=False)
    tampered = council("evidence", "verify", file)
    assert (tampered.exit_code, tampered.output.endswith("NOT GOOD\n")) == (1, True)


def test_a_verdict_that_its_own_checks_contradict_is_not_good(file: Path, signer: Signer) -> None:
    bad = record([result("waste.data.one", Outcome.FAIL)]).model_copy(update={"passed": True})
    file.write_bytes(signer.signed(bad))
    answer = council("evidence", "verify", file)
    assert answer.exit_code == 1
    assert "contradict" in answer.output


def test_a_hostile_record_does_not_steer_the_terminal(file: Path, signer: Signer) -> None:
    file.write_bytes(signer.signed(hostile()))
    for command in ("verify", "show"):
        said = council("evidence", command, file).output
        assert "\x1b" not in said
        assert HOSTILE not in said
        assert "<script>" in said


def test_show_writes_the_reports_again(file: Path, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"again.{name}" for name in ("html", "badge", "junit", "summary")}
    answer = council(
        "evidence", "show", file, *(part for name in paths for part in (f"--{name}", paths[name]))
    )
    assert answer.exit_code == 0
    assert answer.output.endswith("PASSED\n")
    assert all(path.stat().st_size > 300 for path in paths.values())
    assert council("evidence", "show", file, "--html", tmp_path).exit_code == 2


def test_compare_ends_by_whether_anything_got_worse(file: Path, signer: Signer, tmp_path: Path) -> None:
    worse = tmp_path / "worse.json"
    bad = result("waste.data.two", Outcome.FAIL, verifies=("WASTE-002",))
    told = record([result("waste.data.one"), bad], [requirement(1), requirement(2)])
    worse.write_bytes(signer.signed(told))
    assert council("evidence", "compare", file, file).exit_code == 0
    answer = council("evidence", "compare", file, worse)
    assert (answer.exit_code, "waste.data.two: pass -> fail" in answer.output) == (1, True)
    assert council("evidence", "compare", worse, file).exit_code == 0
    assert council("evidence", "compare", worse, tmp_path / "gone").exit_code == 2


def test_the_key_command_prints_the_fingerprint(tmp_path: Path) -> None:
    data = tmp_path / "council-data"
    said = [council("evidence", "key", "--data", data).output.strip() for _ in range(2)]
    assert said == [evidence.signer(DataFolder(data)).fingerprint] * 2
