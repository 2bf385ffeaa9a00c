"""What a rule or a request asks of events is what a receiver then gets."""

from __future__ import annotations

from tests.sandbox.posting.conftest import Served
from tests.sandbox.posting.receiver import Receiver


def test_a_rule_has_an_event_come_twice_under_one_id_and_ends(served: Served, receiver: Receiver) -> None:
    served.register(receiver.url)
    rule = {"behaviour": "events-twice", "parameters": {"copies": 2}, "count": 1}
    served.control("POST", "/rules", json=rule)
    served.happen("R00000001")
    served.happen("R00000002")
    got = receiver.wait_for(3)
    assert [each.event["subject"] for each in got].count("R00000001") == 2
    assert len({each.id for each in got}) == 2
    assert served.control("GET", "/rules")["items"] == []


def test_a_request_has_the_events_that_it_causes_come_late(served: Served, receiver: Receiver) -> None:
    served.register(receiver.url)
    account = served.http.get("/councils/fairwater/council-tax/accounts?per_page=1").json()["items"][0]
    address = f"/councils/fairwater/council-tax/accounts/{account['reference']}/payments"
    paid = served.http.post(
        address,
        json={"amount_pence": 1, "method": "card"},
        headers={"Virtual-Council-Scenario": "events-late; seconds=1"},
    )
    assert paid.headers["Virtual-Council-Fault"] == "events-late"
    served.happen("R00000002")
    first, second = receiver.wait_for(2)
    assert first.event["subject"] == "R00000002"
    assert second.event["subject"] == account["reference"]
