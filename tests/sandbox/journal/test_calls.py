"""Each call is found in the journal: who, what, when, what was said, and what it caused."""

from __future__ import annotations

import pytest

from service_apis.kit.records import EventRecord
from tests.conftest import CouncilUnderTest
from tests.sandbox.journal.reading import JOURNAL, an_account, calls, fork, in_full, pay
from tests.sandbox.test_events import move


def test_a_call_says_who_made_it_of_which_operation_and_when(council: CouncilUnderTest) -> None:
    answer = pay(council, an_account(council))
    call = in_full(council, answer)
    assert (call["service"], call["operation"]) == ("council-tax", "make_payment")
    assert (call["method"], call["status"], call["caller"]) == ("POST", 201, "fixed")
    assert call["client"] == "testclient:50000"
    assert call["council_time"] == "2026-06-01T08:00:00Z"
    assert call["milliseconds"] > 0
    assert call["request"]["body"]["text"] == '{"amount_pence":5,"method":"card"}'
    assert call["answer"]["body"]["text"] == answer.text
    assert {"name": "content-type", "value": "application/json"} in call["answer"]["headers"]


def test_a_call_has_the_rows_and_the_event_that_it_caused(council: CouncilUnderTest) -> None:
    reference = an_account(council)
    call = in_full(council, pay(council, reference, 125))
    account, line = call["rows_written"]
    assert (account["service"], account["table"]) == ("council-tax", "council_tax_accounts")
    assert (account["change"], account["key"]) == ("changed", {"reference": reference})
    assert account["before"]["balance_pence"] - account["after"]["balance_pence"] == 125
    assert (line["table"], line["change"]) == ("council_tax_ledger", "inserted")
    assert line["after"]["amount_pence"] == -125
    (event,) = call["events_recorded"]
    assert event["type"] == "virtual-council.council-tax.payment.received"
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"subject": reference}).json()
    assert event in feed["items"]
    assert (call["rows"], call["events"]) == (2, 1)


def test_what_others_did_on_hearing_of_it_is_a_consequence_too(council: CouncilUnderTest) -> None:
    move(council)
    (call,) = calls(council, method="POST")
    found = council.client.get(f"{JOURNAL}/{call['request_id']}").json()
    assert {"residents", "council-tax"} <= {row["service"] for row in found["rows_written"]}
    with council.sandbox.councils.first.reading("sandbox") as work:
        recorded = work.session.query(EventRecord).count()
    assert recorded == found["events"] > 1


def test_a_call_that_is_refused_caused_nothing(council: CouncilUnderTest) -> None:
    refused = council.post(
        "council_tax", f"/accounts/{an_account(council)}/payments", json={"method": "card"}
    )
    call = in_full(council, refused)
    assert (call["status"], call["rows"], call["events"]) == (422, 0, 0)
    assert call["rows_written"] == []


def test_advancing_the_clock_counts_what_it_does_not_list(council: CouncilUnderTest) -> None:
    council.advance(days=40)
    (call,) = calls(council, operation="advance_clock")
    found = council.client.get(f"{JOURNAL}/{call['request_id']}").json()
    assert (
        found["rows"]
        == sum(each["count"] for each in found["rows_counted"])
        > len(found["rows_written"])
        > 50
    )
    assert {each["table"] for each in found["rows_counted"]} >= {"council_clock", "council_tax_ledger"}


def test_rows_of_a_statement_over_many_are_all_told(council: CouncilUnderTest) -> None:
    from sqlalchemy import text

    first = council.sandbox.councils.first
    journal = council.sandbox.journals.of(first)
    assert journal is not None
    from service_apis.kit.causes import Causes, current

    token = current.set(Causes())
    try:
        with first.writing("waste") as work:
            changed = work.connection.execute(
                text("UPDATE council_tax_accounts SET version = version + 1 WHERE rowid <= 300")
            ).rowcount
        causes = current.get()
    finally:
        current.reset(token)
    assert causes is not None
    assert causes.counts == {("council_tax_accounts", "changed"): changed}
    assert len(causes.rows) == changed > 100


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"service": "council-tax"}, 3),
        ({"service": "council-tax", "method": "post"}, 1),
        ({"operation": "make_payment"}, 1),
        ({"status": "201"}, 1),
        ({"status": "4xx"}, 1),
        ({"status": "5xx"}, 0),
        ({"path": "/accounts/CT9"}, 1),
        ({"caller": "nobody"}, 0),
        ({"caller": "fixed"}, 3),
        ({"fault": "*"}, 0),
        ({"since": "2020-01-01T00:00:00Z"}, 3),
        ({"until": "2020-01-01T00:00:00Z"}, 0),
        ({"limit": 2}, 2),
    ],
    ids=str,
)
def test_calls_are_found_by_what_is_known_of_them(
    council: CouncilUnderTest, wanted: dict[str, str], expected: int
) -> None:
    pay(council, an_account(council))
    council.get("council_tax", "/accounts/CT99999999")
    assert len(calls(council, **wanted)) == expected


def test_calls_stand_newest_first_and_after_a_number_in_their_order(council: CouncilUnderTest) -> None:
    for page in (1, 2, 3):
        council.get("residents", "/residents", page=page)
    assert [call["address"][-1] for call in calls(council)] == ["3", "2", "1"]
    first = calls(council)[-1]["number"]
    assert [call["address"][-1] for call in calls(council, after=first)] == ["2", "3"]


def test_reading_the_journal_is_not_journalled(council: CouncilUnderTest) -> None:
    calls(council)
    assert calls(council) == []


def test_a_call_without_a_key_is_kept_without_a_caller(council: CouncilUnderTest) -> None:
    answer = council.get("waste", "/rounds", headers={"Authorization": "Bearer wrong-key"})
    assert answer.status_code == 401
    assert in_full(council, answer)["caller"] is None


def test_a_key_in_a_form_is_the_callers(council: CouncilUnderTest) -> None:
    code = council.get("street_reports", "/services.json").json()[0]["service_code"]
    form = {"api_key": "test-key", "service_code": code, "lat": "0", "long": "0"}
    answer = council.post("street_reports", "/requests.json", data=form, headers={"Authorization": ""})
    call = in_full(council, answer)
    assert call["caller"] == "fixed"
    assert "test-key" not in call["request"]["body"]["text"]


def test_a_long_body_is_cut_and_it_is_said(council: CouncilUnderTest) -> None:
    answer = council.post("council_tax", "/accounts/CT1/payments", json={"method": "x" * 100_000})
    body = in_full(council, answer)["request"]["body"]
    assert body["cut"]
    assert body["bytes"] > 100_000
    assert len(body["text"]) == 64 * 1024


def test_a_call_that_there_is_not_is_said(council: CouncilUnderTest) -> None:
    answer = council.client.get(f"{JOURNAL}/abcdef12-99")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-such-call"


def test_the_journal_needs_the_control_scope(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="reader", scopes=["*:read"]).json()
    for path in ("", "/har", "/stream", "/abc-1"):
        answer = council.client.get(JOURNAL + path, headers={"Authorization": f"Bearer {made['key']}"})
        assert answer.status_code == 403


def test_an_emptied_journal_says_how_much_it_forgot(council: CouncilUnderTest) -> None:
    council.get("waste", "/rounds")
    assert council.client.delete(JOURNAL).json() == {"forgotten": 1}
    assert calls(council) == []


def test_the_journal_outlives_a_restart(council: CouncilUnderTest) -> None:
    answer = pay(council, an_account(council))
    before = in_full(council, answer)
    council.reopen()
    assert in_full(council, answer) == before


def test_a_fork_begins_with_an_empty_journal(council: CouncilUnderTest) -> None:
    council.get("waste", "/rounds")
    fork(council)
    answer = council.client.get("/sandbox/councils/rehearsal/journal")
    assert answer.json()["items"] == []
    assert [call["operation"] for call in calls(council)] == ["fork_council", "list_rounds"]


def test_a_council_deleted_takes_its_journal_with_it(council: CouncilUnderTest) -> None:
    fork(council)
    council.client.get("/councils/rehearsal/waste/rounds")
    assert council.client.get("/sandbox/councils/rehearsal/journal").json()["items"]
    assert list(council.folder.control.glob("rehearsal.journal*"))
    assert council.client.delete("/sandbox/councils/rehearsal").status_code == 204
    assert list(council.folder.control.glob("rehearsal.journal*")) == []


def test_a_reset_is_noted_and_takes_nothing_out_of_the_journal(council: CouncilUnderTest) -> None:
    paid = pay(council, an_account(council))
    reset = council.control("/reset")
    assert reset.status_code == 200, reset.text
    assert in_full(council, paid)["events"] == 1
    assert "generation 1" in in_full(council, reset)["note"]
    again = in_full(council, pay(council, an_account(council)))
    assert (again["rows"], again["note"]) == (2, None)
