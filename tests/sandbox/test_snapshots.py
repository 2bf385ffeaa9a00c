"""A saved state can be returned to and carried elsewhere, and is refused when it is not what was saved."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from httpx import post
from httpx2 import Response

from sandbox.digests import digests
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from sandbox.stores import CouncilFile
from tests.conftest import KEY, CouncilUnderTest

PAY = {"amount_pence": 12_345, "method": "card"}


def records(council: CouncilUnderTest, name: str = "fairwater") -> dict[str, str]:
    """A digest of each table but that of the council's facts, which say what it is called."""
    with CouncilFile(council.folder.file(name)).reading() as contents:
        each = dict(digests(contents).tables)
    del each["council_facts"]
    return each


def pay(council: CouncilUnderTest, name: str = "fairwater") -> None:
    accounts = council.client.get(f"/councils/{name}/council-tax/accounts", params={"per_page": 1}).json()
    reference = accounts["items"][0]["reference"]
    answer = council.client.post(f"/councils/{name}/council-tax/accounts/{reference}/payments", json=PAY)
    assert answer.status_code == 201, answer.text


def save(council: CouncilUnderTest, name: str) -> dict[str, Any]:
    answer = council.control("/snapshots", name=name, note="to return to")
    assert answer.status_code == 201, answer.text
    saved: dict[str, Any] = answer.json()
    return saved


def restore(council: CouncilUnderTest, name: str) -> Response:
    return council.control(f"/snapshots/{name}/restore")


def test_a_restore_undoes_all_that_was_done_since(council: CouncilUnderTest) -> None:
    pay(council)
    saved, before = save(council, "before"), records(council)
    council.advance(days=40)
    pay(council)
    assert records(council) != before
    restored = restore(council, "before")
    assert restored.status_code == 200
    assert restored.json() == {"name": "fairwater", "now": saved["at"], "generation": 1}
    assert records(council) == before
    council.reopen()
    assert records(council) == before
    assert council.today.isoformat() == "2026-06-01"


def test_what_is_done_after_a_restore_is_kept(council: CouncilUnderTest) -> None:
    save(council, "before")
    council.advance(days=40)
    restore(council, "before")
    pay(council)
    after = records(council)
    council.reopen()
    assert records(council) == after


def test_a_reset_returns_to_what_was_built(council: CouncilUnderTest) -> None:
    built = records(council)
    pay(council)
    council.advance(days=30)
    pay(council)
    assert council.control("/reset").json() == {
        "name": "fairwater",
        "now": "2026-06-01T08:00:00Z",
        "generation": 1,
    }
    assert records(council) == built
    pay(council)
    assert council.control("/reset").json()["generation"] == 2
    assert records(council) == built


def test_a_council_that_was_never_written_to_can_be_reset(council: CouncilUnderTest) -> None:
    built = records(council)
    assert council.control("/reset").status_code == 200
    assert records(council) == built


def test_a_fork_is_reset_to_what_it_was_forked_as(council: CouncilUnderTest) -> None:
    council.advance(days=10)
    council.control("/forks", name="rehearsal")
    forked = records(council, "rehearsal")
    pay(council, "rehearsal")
    council.client.post("/sandbox/councils/rehearsal/reset")
    assert records(council, "rehearsal") == forked
    assert council.client.get("/sandbox/councils/rehearsal").json()["name"] == "rehearsal"


def test_a_fork_can_begin_with_a_snapshot(council: CouncilUnderTest) -> None:
    save(council, "before")
    before = records(council)
    council.advance(days=40)
    made = council.control("/forks", name="rehearsal", snapshot="before")
    assert made.json()["now"] == "2026-06-01T08:00:00Z"
    assert records(council, "rehearsal") == before


def test_snapshots_are_listed_and_deleted(council: CouncilUnderTest) -> None:
    save(council, "one")
    council.advance(days=1)
    save(council, "two")
    listed = council.client.get("/sandbox/councils/fairwater/snapshots").json()["items"]
    assert [(each["name"], each["at"][:10]) for each in listed] == [
        ("one", "2026-06-01"),
        ("two", "2026-06-02"),
    ]
    assert council.control("/snapshots", name="one").json()["type"] == "/problems/snapshot-there"
    assert council.client.delete("/sandbox/councils/fairwater/snapshots/one").status_code == 204
    missing = restore(council, "one")
    assert missing.status_code == 404
    assert "it has: two" in missing.json()["detail"]


def test_of_two_who_save_under_one_name_at_once_one_is_refused(council: CouncilUnderTest) -> None:
    address, key = "/sandbox/councils/fairwater/snapshots", {"Authorization": f"Bearer {KEY}"}
    with served_aside(council.sandbox.gateway) as url, ThreadPoolExecutor(4) as at_once:
        calls = [at_once.submit(post, url + address, json={"name": "one"}, headers=key) for _ in range(4)]
        statuses = sorted(call.result().status_code for call in calls)
    assert statuses == [201, 409, 409, 409]
    assert restore(council, "one").status_code == 200


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "..", "x" * 61])
def test_a_name_that_cannot_be_is_refused(council: CouncilUnderTest, name: str) -> None:
    assert council.control("/snapshots", name=name).status_code == 422


def test_a_snapshot_that_is_damaged_is_refused_and_the_council_stays(council: CouncilUnderTest) -> None:
    save(council, "before")
    council.advance(days=2)
    after = records(council)
    file = council.folder.snapshots("fairwater") / "before.sqlite"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    refused = restore(council, "before")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/snapshot-unusable")
    assert "damaged" in refused.json()["detail"]
    assert records(council) == after
    assert council.control("/forks", snapshot="before").status_code == 409


def test_a_council_that_another_program_reads_is_not_replaced(council: CouncilUnderTest) -> None:
    save(council, "before")
    council.advance(days=2)
    after = records(council)
    reader = sqlite3.connect(council.folder.file("fairwater"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM council_events").fetchone()
    pay(council)
    refused = restore(council, "before")
    assert refused.json()["type"] == "/problems/still-read"
    reader.close()
    assert records(council) != after
    assert restore(council, "before").status_code == 200


def exported(council: CouncilUnderTest, name: str) -> bytes:
    answer = council.client.get(f"/sandbox/councils/fairwater/snapshots/{name}/file")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def bring(council: CouncilUnderTest, file: bytes, name: str | None = None) -> Response:
    params = {"name": name} if name else None
    return council.client.post("/sandbox/snapshots", params=params, content=file)


def test_a_snapshot_can_be_brought_to_another_sandbox(
    council: CouncilUnderTest, built_folder: Path, tmp_path: Path
) -> None:
    pay(council)
    save(council, "demo")
    before = records(council)
    shutil.copytree(built_folder, tmp_path / "elsewhere")
    elsewhere = CouncilUnderTest(DataFolder(tmp_path / "elsewhere"))
    try:
        taken = bring(elsewhere, exported(council, "demo"))
        assert taken.json()["type"] == "/problems/name-not-free"
        brought = bring(elsewhere, exported(council, "demo"), "otherby")
        assert brought.status_code == 201
        assert brought.json()["title"] == "Otherby Council"
        assert records(elsewhere, "otherby") == before
        mine = {"Authorization": f"Bearer {brought.json()['key']}"}
        rounds = elsewhere.client.get(f"{brought.json()['services']['waste']}/rounds", headers=mine)
        assert rounds.status_code == 200
    finally:
        elsewhere.close()


def _changed(file: bytes, **manifest: Any) -> bytes:
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as old, zipfile.ZipFile(changed, "w") as new:
        said = json.loads(old.read("manifest.json")) | manifest
        new.writestr("manifest.json", json.dumps(said))
        new.writestr("council.sqlite", old.read("council.sqlite"))
    return changed.getvalue()


def test_a_file_that_is_damaged_or_of_another_version_is_refused(council: CouncilUnderTest) -> None:
    save(council, "demo")
    file = exported(council, "demo")
    torn = file[: len(file) // 2]
    flipped = bytearray(file)
    flipped[len(file) // 2] ^= 0xFF
    for damaged, said in (
        (b"", "no council as a file"),
        (b"PK\x03\x04 and nothing more", "no council as a file"),
        (torn, "damaged"),
        (bytes(flipped), "damaged"),
        (_changed(file, sha256="0" * 64), "damaged"),
        (_changed(file, format=99, version="9.0"), "format 99"),
        (_changed(file, virtual_council="export"), "not a council"),
    ):
        refused = bring(council, damaged, "otherby")
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/file-unusable")
        assert said in refused.json()["detail"]
    assert council.folder.names() == ["fairwater"]
    left = {path.name.partition(".")[2] for path in council.folder.councils.iterdir()}
    assert left <= {"sqlite", "sqlite-wal", "sqlite-shm"}


def test_bringing_a_council_needs_a_key_to_all(council: CouncilUnderTest) -> None:
    made = council.control("/forks").json()
    answer = council.client.post(
        "/sandbox/snapshots", content=b"", headers={"Authorization": f"Bearer {made['key']}"}
    )
    assert answer.status_code == 403
