"""The journal never grows beyond its size, in memory or on the disk, and a damaged one is begun anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.journal import journal as sizes
from sandbox.journal.journals import SIZE_VARIABLE, BadSize, asked_size
from sandbox.journal.ring import Entry, Ring
from tests.conftest import CouncilUnderTest
from tests.sandbox.journal.reading import JOURNAL, calls

MEGABYTE = 1_000_000


def entry(body: int, number: int = 0) -> Entry:
    """A call with an answer of that many bytes."""
    values = dict.fromkeys(Entry._fields, "")
    values |= dict.fromkeys(("at", "status", "seconds", "rows", "events", "request_bytes", "answer_bytes"), 0)
    values |= {"request_id": f"a-{number}", "size": body + 400, "answer_body": b"x" * body, "number": 0}
    return Entry(**values)


def on_disk(file: Path) -> int:
    return sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))


def test_a_ring_that_overflows_keeps_the_latest_in_its_size(tmp_path: Path) -> None:
    file = tmp_path / "fairwater.journal"
    ring = Ring(file, MEGABYTE, 10_000)
    largest = 0
    for number in range(300):
        ring.add([entry(20_000 if number % 3 else 60_000, number)])
        largest = max(largest, on_disk(file))
    kept = ring.select([], 1_000, newest_first=True)
    ring.close()
    assert MEGABYTE / 4 < largest <= MEGABYTE
    assert [each.request_id for each in kept] == [f"a-{299 - place}" for place in range(len(kept))]
    assert 5 < len(kept) < 300


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.integers(0, 150_000), max_size=12), max_size=15))
def test_no_sequence_of_calls_makes_it_larger(tmp_path: Path, batches: list[list[int]]) -> None:
    file = tmp_path / "fairwater.journal"
    file.unlink(missing_ok=True)
    ring = Ring(file, MEGABYTE, 20)
    written = 0
    for batch in batches:
        ring.add([entry(body, written + place) for place, body in enumerate(batch)])
        written += len(batch)
        assert on_disk(file) <= MEGABYTE
    kept = ring.select([], 1_000, newest_first=False)
    ring.close()
    assert len(kept) <= 20
    assert [each.request_id for each in kept] == [f"a-{n}" for n in range(written - len(kept), written)]
    if written:
        assert kept


def test_numbers_go_on_when_a_journal_was_emptied(tmp_path: Path) -> None:
    ring = Ring(tmp_path / "fairwater.journal", MEGABYTE, 100)
    ring.add([entry(1), entry(1)])
    ring.empty()
    ring.add([entry(1)])
    assert [each.number for each in ring.select([], 10, newest_first=False)] == [3]
    ring.close()


def test_a_journal_that_was_damaged_is_begun_anew(council: CouncilUnderTest) -> None:
    council.get("waste", "/rounds")
    assert calls(council)
    council.close()
    (council.folder.control / "fairwater.journal").write_bytes(b"no database " * 1_000)
    council.reopen()
    council.get("waste", "/rounds")
    assert len(calls(council)) == 1


def test_no_more_calls_wait_to_be_written_than_are_allowed(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "WRITTEN_AT_ONCE", 5)
    journal = council.sandbox.journals.of(council.sandbox.councils.first)
    assert journal is not None
    waiting = []
    for _ in range(12):
        council.get("waste", "/rounds")
        waiting.append(journal.pending)
    assert max(waiting) == 4
    assert len(calls(council)) == 12


def test_without_a_size_no_journal_is_kept(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SIZE_VARIABLE, "0")
    council.reopen()
    assert council.get("waste", "/rounds").status_code == 200
    answer = council.client.get(JOURNAL)
    assert answer.status_code == 404
    assert SIZE_VARIABLE in answer.json()["detail"]
    assert list(council.folder.control.glob("*.journal*")) == []
    assert council.sandbox.councils.first.watched is False


@pytest.mark.parametrize("asked", ["much", "-1", "1.5", "999999999"])
def test_a_size_that_is_none_is_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIZE_VARIABLE, asked)
    with pytest.raises(BadSize, match="whole megabytes"):
        asked_size()
