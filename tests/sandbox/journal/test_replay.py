"""A recorded session sent again to a fork is answered alike; where it is not, the difference is said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.journal.reading import JOURNAL, an_account, digests, fork, pay
from tests.sandbox.test_events import move


def replay(council: CouncilUnderTest, onto: str = "rehearsal", **wanted: Any) -> dict[str, Any]:
    answer = council.client.post(f"{JOURNAL}/replay", json={"onto": onto, **wanted})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def outcomes(told: dict[str, Any]) -> list[str]:
    return [item["outcome"] for item in told["items"]]


def report(council: CouncilUnderTest, uprn: str, name: str = "fairwater") -> str:
    """Report a pothole through Open311, with the key in the form, and give its reference."""
    services = council.client.get(f"/councils/{name}/street-reports/services.json").json()
    form = {
        "api_key": KEY,
        "service_code": next(each["service_code"] for each in services if not each["metadata"]),
        "address_id": uprn,
        "description": "A hole",
    }
    answer = council.client.post(f"/councils/{name}/street-reports/requests.json", data=form)
    assert answer.status_code == 200, answer.text
    reference: str = answer.json()[0]["service_request_id"]
    return reference


def a_home(council: CouncilUnderTest) -> str:
    uprn: str = council.get("residents", "/residents", per_page=1).json()["items"][0]["uprn"]
    return uprn


def test_a_session_on_a_fork_of_its_beginning_is_answered_alike(council: CouncilUnderTest) -> None:
    fork(council)
    reference = an_account(council)
    pay(council, reference, 5)
    council.advance(days=9)
    pay(council, reference, 7)
    move(council)
    council.get("council_tax", f"/accounts/{reference}")
    council.post("council_tax", f"/accounts/{reference}/payments", json={"amount_pence": -1})
    council.client.get(council.url("waste", "/rounds"), headers={"Authorization": "Bearer unknown"})
    told = replay(council)
    assert [item for item in told["items"] if item["outcome"] not in ("same", "left-out")] == []
    assert told["same"] == told["calls"] - told["left_out"] == 9
    here, there = council.sandbox.councils.first, council.sandbox.councils.get("rehearsal")
    assert there is not None
    assert there.clock.now == here.clock.now
    assert digests(council, "rehearsal") == digests(council, "fairwater")


def test_what_was_left_out_is_said(council: CouncilUnderTest) -> None:
    fork(council)
    council.control("/keys", name="supplier", scopes=[])
    council.post("council_tax", "/accounts/CT1/payments", json={"method": "x" * 100_000})
    council.advance(days=1)
    told = replay(council)
    assert outcomes(told) == ["left-out", "left-out", "same"]
    assert "was cut" in told["items"][1]["why"]
    assert "clock" in told["items"][0]["why"]


def test_a_difference_is_said_where_it_is(council: CouncilUnderTest) -> None:
    fork(council)
    reference = an_account(council)
    before = pay(council, reference, 5).json()["balance_pence"]
    there = f"/councils/rehearsal/council-tax/accounts/{reference}/payments"
    council.client.post(there, json={"amount_pence": 11, "method": "card"})
    told = replay(council)
    assert told["different"] >= 1
    paid = next(item for item in told["items"] if item["method"] == "POST" and item["outcome"] == "different")
    assert f"/balance_pence: was {before}, is {before - 11}" in paid["differences"]
    answered = council.client.get(f"/sandbox/councils/rehearsal/journal/{paid['replayed_as']}")
    assert answered.json()["status"] == 201


def test_another_status_is_a_difference(council: CouncilUnderTest) -> None:
    fork(council)
    move(council)
    council.client.post("/sandbox/councils/rehearsal/clock", json={"by": "P400D"})
    told = replay(council)
    moved = next(item for item in told["items"] if item["address"].endswith("/moves"))
    assert moved["outcome"] == "different"
    assert moved["differences"][0].startswith(f"status: was 201, is {moved['status']} (")


def test_references_that_a_call_gives_out_may_differ(council: CouncilUnderTest) -> None:
    fork(council)
    uprn = a_home(council)
    report(council, uprn, "rehearsal")
    reference = report(council, uprn)
    council.get("street_reports", f"/requests/{reference}.json")
    told = replay(council)
    assert outcomes(told)[-2:] == ["same", "same"], told["items"]
    second = council.client.get(f"/sandbox/councils/rehearsal/journal/{told['items'][-1]['replayed_as']}")
    assert reference not in second.json()["address"]


def test_calls_are_made_in_the_name_of_who_made_them(council: CouncilUnderTest) -> None:
    fork(council)
    made = council.control("/keys", name="reader", scopes=["waste:read"]).json()["key"]
    narrow = {"Authorization": f"Bearer {made}"}
    council.get("waste", "/rounds", headers=narrow)
    council.get("residents", "/residents", headers=narrow)
    told = replay(council)
    assert [item["status"] for item in told["items"][-2:]] == [200, 403]
    assert outcomes(told)[-2:] == ["same", "same"]
    calls = council.client.get("/sandbox/councils/rehearsal/journal", params={"caller": "reader"}).json()
    assert len(calls["items"]) == 2


def test_a_part_of_the_journal_can_be_sent(council: CouncilUnderTest) -> None:
    fork(council)
    ids = [
        council.get("residents", "/residents", page=page).headers["virtual-council-request-id"]
        for page in (1, 2, 3, 4)
    ]
    told = replay(council, **{"from": ids[1], "to": ids[2]})
    assert [item["request_id"] for item in told["items"]] == ids[1:3]


def test_instants_may_lie_as_much_later_as_the_clock(council: CouncilUnderTest) -> None:
    fork(council)
    council.client.post("/sandbox/councils/rehearsal/clock", json={"by": "PT1H"})
    uprn = a_home(council)
    report(council, uprn)
    assert outcomes(replay(council))[-1] == "same"


@pytest.mark.parametrize(
    ("wanted", "status", "kind"),
    [
        ({"onto": "nowhere"}, 404, "/problems/no-such-council"),
        ({"onto": "fairwater"}, 422, "/problems/onto-itself"),
        ({"onto": "rehearsal", "from": "abc-1"}, 404, "/problems/no-such-call"),
        ({"onto": "Rehearsal!"}, 422, "/problems/invalid-request"),
        ({}, 422, "/problems/invalid-request"),
    ],
)
def test_what_cannot_be_replayed_is_refused(
    council: CouncilUnderTest, wanted: dict[str, str], status: int, kind: str
) -> None:
    fork(council)
    answer = council.client.post(f"{JOURNAL}/replay", json=wanted)
    assert (answer.status_code, answer.json()["type"]) == (status, kind)


def test_a_key_without_control_of_the_other_council_cannot_replay_onto_it(council: CouncilUnderTest) -> None:
    fork(council)
    made = council.control("/keys", name="here", scopes=["sandbox:control"]).json()["key"]
    answer = council.client.post(
        f"{JOURNAL}/replay", json={"onto": "rehearsal"}, headers={"Authorization": f"Bearer {made}"}
    )
    assert answer.status_code == 403


def test_a_call_on_which_a_behaviour_was_forced_is_found_by_it_and_not_compared(
    council: CouncilUnderTest,
) -> None:
    fork(council)
    forced = council.get("waste", "/rounds", headers={"Virtual-Council-Scenario": "server-error"})
    assert forced.status_code >= 500
    found = council.client.get(JOURNAL, params={"fault": forced.headers["virtual-council-fault"]}).json()
    assert [call["status"] for call in found["items"]] == [forced.status_code]
    (told,) = replay(council)["items"]
    assert (told["outcome"], told["status"]) == ("not-compared", forced.status_code)


def test_without_a_beginning_the_calls_since_the_fork_was_made_are_sent(council: CouncilUnderTest) -> None:
    reference = an_account(council)
    pay(council, reference)
    council.advance(days=10)
    fork(council)
    pay(council, reference)
    told = replay(council)
    assert [item["method"] for item in told["items"]].count("POST") == 1
    assert told["different"] == 0


def test_a_council_that_is_no_fork_is_sent_calls_only_from_one_that_is_named(
    council: CouncilUnderTest,
) -> None:
    fork(council, "rehearsal")
    council.client.post("/sandbox/councils/rehearsal/forks", json={"name": "another"})
    first = pay(council, an_account(council)).headers["virtual-council-request-id"]
    refused = council.client.post(f"{JOURNAL}/replay", json={"onto": "another"})
    assert refused.json()["type"] == "/problems/no-fork-of-it"
    assert replay(council, onto="another", **{"from": first})["same"] == 1
