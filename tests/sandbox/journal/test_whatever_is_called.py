"""Whatever is called, the journal tells all: its rows make the same council again, and so do its calls."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.journal import notes
from sandbox.journal.journal import Journal
from service_apis.kit import causes
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.journal.reading import JOURNAL, digests, fork

Act = Callable[[CouncilUnderTest], object]
FEW = st.integers(0, 5)


def paying(which: int, pence: int, key: str | None) -> Act:
    def act(council: CouncilUnderTest) -> object:
        listed = council.get("council_tax", "/accounts", status="open", per_page=6).json()["items"]
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/accounts/{listed[which]['reference']}/payments"
        return council.post(
            "council_tax", path, json={"amount_pence": pence, "method": "card"}, headers=headers
        )

    return act


def moving(which: int, to: int) -> Act:
    def act(council: CouncilUnderTest) -> object:
        here = council.get("residents", "/residents", per_page=6).json()["items"][which]
        there = council.get("residents", "/residents", per_page=1, page=800 + to).json()["items"][0]["uprn"]
        body = {"uprn": there, "moved_on": "2026-05-29", "whole_household": which % 2 == 0}
        return council.post("residents", f"/residents/{here['id']}/moves", json=body)

    return act


def reporting_a_street(which: int) -> Act:
    def act(council: CouncilUnderTest) -> object:
        services = council.get("street_reports", "/services.json").json()
        plain = [each["service_code"] for each in services if not each["metadata"]]
        uprn = council.get("residents", "/residents", per_page=6).json()["items"][which]["uprn"]
        form = {"service_code": plain[which % len(plain)], "address_id": uprn, "description": "Broken"}
        return council.post("street_reports", "/requests.json", data={**form, "api_key": KEY})

    return act


def waiting(hours: int) -> Act:
    return lambda council: council.control("/clock", by=f"PT{hours}H")


def asking_for_nonsense(which: int) -> Act:
    return lambda council: council.post(
        "council_tax", f"/accounts/CT{which}/payments", json={"method": which}
    )


ACTS = st.lists(
    st.one_of(
        st.builds(paying, FEW, st.integers(1, 5_000), st.sampled_from([None, "one", "other"])),
        st.builds(moving, FEW, FEW),
        st.builds(reporting_a_street, FEW),
        st.builds(waiting, st.integers(1, 30)),
        st.builds(asking_for_nonsense, FEW),
    ),
    min_size=1,
    max_size=8,
)


def write_rows_again(journal: Journal, file: Path) -> int:
    """Write the rows of every call in the journal into another council's file, and give their number."""
    written = 0
    with closing(sqlite3.connect(file)) as connection, connection:
        tables = causes.columns_of(connection)
        for entry in journal.select([], 10_000, newest_first=False):
            rows = json.loads(entry.touched or b"[]")
            assert len(rows) == entry.rows + entry.events
            for table, change, before, after in rows:
                _write(connection, table, tables[table], change, before, after)
                written += 1
    return written


def _write(
    connection: sqlite3.Connection,
    table: str,
    columns: list[causes.Column],
    change: str,
    before: str | None,
    after: str | None,
) -> None:
    old = json.loads(before or after or "")
    keys = [(each.name, value) for each, value in zip(columns, old, strict=True) if each.key]
    if change != causes.INSERTED:
        where = " AND ".join(f'"{name}" = ?' for name, _ in keys)
        gone = connection.execute(f'DELETE FROM "{table}" WHERE {where}', [value for _, value in keys])
        assert gone.rowcount == 1
    if after is not None:
        pairs = zip(columns, json.loads(after), strict=True)
        values = [_value(each, value) for each, value in pairs]
        connection.execute(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(values))})', values)


def _value(column: causes.Column, value: Any) -> Any:
    return bytes.fromhex(value) if column.type == "BLOB" and value is not None else value


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_the_journal_makes_the_same_council_again(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch, acts: list[Act]
) -> None:
    monkeypatch.setattr(causes, "ROWS_KEPT", 1_000_000)
    monkeypatch.setattr(notes, "MOST_ROW_BYTES", 100_000_000)
    council.control("/reset")
    for name in ("by-rows", "by-calls"):
        council.client.delete(f"/sandbox/councils/{name}")
    acts[0](council)  # a fork need not begin with a council as it was built
    by_rows, by_calls = fork(council, "by-rows"), fork(council, "by-calls")
    council.client.delete(JOURNAL)
    for act in acts:
        act(council)
    journal = council.sandbox.journals.of(council.sandbox.councils.first)
    assert journal is not None
    write_rows_again(journal, by_rows.file)
    wanted = digests(council, "fairwater")
    assert digests(council, "by-rows") == wanted

    answer = council.client.post(f"{JOURNAL}/replay", json={"onto": by_calls.name})
    told = answer.json()
    assert [item for item in told["items"] if item["outcome"] != "same"] == []
    assert digests(council, "by-calls") == wanted
