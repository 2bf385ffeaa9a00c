"""A comparison of two states says what changed, by service and record, in full and no more."""

from __future__ import annotations

from typing import Any

from tests.conftest import CouncilUnderTest

PAY = {"amount_pence": 12_345, "method": "card"}


def differences(council: CouncilUnderTest, name: str = "fairwater", **params: Any) -> dict[str, Any]:
    answer = council.client.get(f"/sandbox/councils/{name}/differences", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_council_as_it_was_made_differs_in_nothing(council: CouncilUnderTest) -> None:
    found = differences(council)
    assert found["same"]
    assert found["tables"] == []


def test_a_payment_is_a_changed_account_an_entry_and_an_event(council: CouncilUnderTest) -> None:
    account = council.get("council_tax", "/accounts", per_page=1).json()["items"][0]
    reference = account["reference"]
    council.control("/forks", name="rehearsal")
    council.client.post(f"/councils/rehearsal/council-tax/accounts/{reference}/payments", json=PAY)
    found = differences(council, "rehearsal", **{"from": "fairwater"})
    tables = {(each["service"], each["table"]): each for each in found["tables"]}
    assert set(tables) == {("council-tax", "accounts"), ("council-tax", "ledger"), ("council", "events")}
    changed = tables["council-tax", "accounts"]
    assert (changed["added"], changed["removed"], changed["changed"]) == (0, 0, 1)
    record = changed["records"][0]
    assert (record["record"], record["change"]) == (reference, "changed")
    fields = {each["field"]: (each["was"], each["now"]) for each in record["fields"]}
    was = account["balance_pence"]
    assert fields["balance_pence"] == (was, was - 12_345)
    assert "address" not in fields
    entry = tables["council-tax", "ledger"]["records"][0]
    assert entry["change"] == "added"
    assert {"amount_pence": -12_345, "account": reference}.items() <= {
        each["field"]: each["now"] for each in entry["fields"]
    }.items()


def test_seen_the_other_way_round_what_was_added_was_removed(council: CouncilUnderTest) -> None:
    council.control("/forks", name="rehearsal")
    council.client.post("/sandbox/councils/rehearsal/clock", json={"by": "P40D"})
    there = differences(council, "rehearsal", **{"from": "fairwater"}, limit=0)
    back = differences(council, "fairwater", **{"from": "rehearsal"}, limit=0)
    assert there["clock_was"] == back["clock_now"] != there["clock_now"]
    counts = [
        {(each["service"], each["table"]): (each[a], each[b], each["changed"]) for each in found["tables"]}
        for found, a, b in ((there, "added", "removed"), (back, "removed", "added"))
    ]
    assert counts[0] == counts[1] != {}
    assert all(each["records"] == [] for each in there["tables"])


def test_since_a_snapshot_and_since_it_was_made(council: CouncilUnderTest) -> None:
    council.advance(days=20)
    council.control("/snapshots", name="before")
    assert differences(council, snapshot="before")["same"]
    council.advance(days=20)
    since = differences(council, snapshot="before", limit=0)
    made = differences(council, limit=0)
    assert since["clock_was"][:10] == "2026-06-21"
    assert made["clock_was"][:10] == "2026-06-01"

    def added(found: dict[str, Any]) -> int:
        return sum(each["added"] for each in found["tables"])

    assert 0 < added(since) < added(made)
    council.control("/snapshots/before/restore")
    assert differences(council, snapshot="before")["same"]


def test_no_more_records_are_listed_than_asked_for_but_all_are_counted(council: CouncilUnderTest) -> None:
    council.advance(days=40)
    ledger = next(each for each in differences(council, limit=3)["tables"] if each["table"] == "ledger")
    assert len(ledger["records"]) == 3 < ledger["added"]


def test_what_is_compared_must_be_there_and_be_ones_own(council: CouncilUnderTest) -> None:
    made = council.control("/forks").json()
    mine = {"Authorization": f"Bearer {made['key']}"}
    address = f"{made['control']}/differences"
    assert council.client.get(address, params={"from": "nowhere"}).status_code == 404
    assert council.client.get(address, params={"snapshot": "none"}).status_code == 404
    assert council.client.get(address, headers=mine).status_code == 200
    assert council.client.get(address, params={"from": "fairwater"}, headers=mine).status_code == 403
    both = council.client.get(address, params={"from": "fairwater", "snapshot": "x"})
    assert both.json()["type"] == "/problems/one-state-only"
