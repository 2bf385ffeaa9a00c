"""A receiver is told what happens, in a way it can trust and check; its owner sees what became of it."""

from __future__ import annotations

import stat
from datetime import datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from sandbox.posting.schedule import RECOMMENDED_WAITS, wait_after
from tests.sandbox.posting.conftest import Served
from tests.sandbox.posting.receiver import Receiver, receiving, until


def test_what_happens_is_posted_and_the_librarys_own_verifier_accepts_it(
    served: Served, receiver: Receiver
) -> None:
    made = served.register(receiver.url)
    served.happen()
    (got,) = receiver.wait_for(1)
    assert Webhook(made["secret"]).verify(got.body, dict(got.headers)) == got.event
    (in_feed,) = served.control("GET", "/events")["items"]
    assert got.id == got.event["id"] == in_feed["id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(got.body.replace(b"R00000001", b"R00000002"), dict(got.headers))


def test_the_body_is_a_cloud_event_that_names_subject_and_council_time(
    served: Served, receiver: Receiver
) -> None:
    served.register(receiver.url)
    served.happen()
    (got,) = receiver.wait_for(1)
    event = from_structured_event(HTTPMessage(dict(got.headers), got.body), JSONFormat())
    assert event.get_subject() == "R00000001"
    assert event.get_type() == "virtual-council.residents.resident.changed"
    assert event.get_source() == "/councils/fairwater/residents"
    assert event.get_time() == datetime.fromisoformat("2026-06-01T08:00:00+00:00")
    assert got.headers["content-type"] == "application/cloudevents+json"


def test_only_what_was_asked_for_is_posted(served: Served, receiver: Receiver) -> None:
    served.register(receiver.url, types=["virtual-council.residents.*"], subjects=["R00000002"])
    with receiving() as of_waste:
        served.register(of_waste.url, types=["virtual-council.waste.*"])
        served.happen("R00000001")
        served.happen("R00000002")
        (got,) = receiver.wait_for(1)
        assert got.event["subject"] == "R00000002"
        assert of_waste.received == []


def test_a_receiver_that_fails_is_tried_again_with_the_same_id_and_a_new_signature_until_it_answers(
    served: Served, receiver: Receiver
) -> None:
    receiver.answer = lambda received: (500 if len(receiver.received) < 2 else 200, {})
    made = served.register(receiver.url)
    served.happen()
    first, second = receiver.wait_for(2)
    assert first.id == second.id
    assert first.body == second.body
    Webhook(made["secret"]).verify(second.body, dict(second.headers))
    until(lambda: served.control("GET", f"/webhooks/{made['id']}")["delivered"] == 1)
    (delivery,) = served.control("GET", f"/webhooks/{made['id']}/deliveries")["items"]
    assert [each["status"] for each in delivery["attempts"]] == [500, 200]


def test_the_schedule_is_that_of_standard_webhooks_scaled_to_its_first_wait() -> None:
    assert [wait_after(failed, 5.0) for failed in range(1, 10)] == list(RECOMMENDED_WAITS)
    assert wait_after(2, 0.05) == pytest.approx(3.0)


def test_a_redirect_is_not_followed(served: Served, receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.answer = lambda received: (307, {"location": elsewhere.url})
        made = served.register(receiver.url, attempts=1)
        served.happen()
        until(lambda: served.control("GET", f"/webhooks/{made['id']}")["dead"] == 1)
        assert elsewhere.received == []


def test_what_was_given_up_is_a_dead_letter_and_can_be_replayed(served: Served, receiver: Receiver) -> None:
    receiver.answer = lambda received: (503, {})
    made = served.register(receiver.url, attempts=1)
    for subject in ("R00000001", "R00000002", "R00000003"):
        served.happen(subject)
    address = f"/webhooks/{made['id']}/deliveries"
    until(lambda: served.control("GET", address, params={"state": "dead"})["total"] == 3)
    dead = served.control("GET", address, params={"state": "dead"})["items"]
    receiver.answer = lambda received: (200, {})
    shown = served.control("POST", f"{address}/{dead[0]['id']}/replay")
    assert shown["state"] == "pending"
    until(lambda: served.control("GET", address, params={"state": "delivered"})["total"] == 1)
    assert receiver.received[-1].id == dead[0]["event"]
    assert served.control("POST", f"{address}/replay") == {"replayed": 2}
    until(lambda: served.control("GET", address, params={"state": "delivered"})["total"] == 3)
    again = served.http.post(f"/sandbox/councils/fairwater{address}/{dead[0]['id']}/replay")
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/not-dead"


def test_410_ends_a_webhook_and_what_waits_is_not_lost(served: Served, receiver: Receiver) -> None:
    receiver.answer = lambda received: (410, {})
    made = served.register(receiver.url)
    served.happen()
    until(lambda: served.control("GET", f"/webhooks/{made['id']}")["state"] == "ended")
    served.happen()
    receiver.answer = lambda received: (200, {})
    assert served.control("POST", f"/webhooks/{made['id']}/resume")["state"] == "active"
    until(lambda: served.control("GET", f"/webhooks/{made['id']}")["delivered"] == 2)
    assert len(receiver.received) == 3


def test_while_a_webhook_is_paused_nothing_is_sent_and_nothing_is_lost(
    served: Served, receiver: Receiver
) -> None:
    made = served.register(receiver.url)
    assert served.control("POST", f"/webhooks/{made['id']}/pause")["state"] == "paused"
    served.happen("R00000001")
    tested = served.control("POST", f"/webhooks/{made['id']}/test")
    assert [each.id for each in receiver.received] == [tested["event"]]
    served.control("POST", f"/webhooks/{made['id']}/resume")
    assert receiver.wait_for(2)[1].event["subject"] == "R00000001"


def test_a_receiver_that_asks_for_a_pause_has_one(served: Served, receiver: Receiver) -> None:
    receiver.answer = lambda received: (429, {"retry-after": "3000"})
    made = served.register(receiver.url)
    served.happen("R00000001")
    receiver.wait_for(1)
    address = f"/webhooks/{made['id']}/deliveries"
    until(lambda: served.control("GET", address)["items"][0]["attempts"])
    served.happen("R00000002")
    until(lambda: served.control("GET", address)["total"] == 2)
    held = next(each for each in served.control("GET", address)["items"] if each["attempts"])
    asked_at = datetime.fromisoformat(held["attempts"][0]["at"])
    assert (datetime.fromisoformat(held["next_attempt_at"]) - asked_at).total_seconds() == 3000
    assert len(receiver.received) == 1


def test_a_test_event_tells_what_was_answered(served: Served, receiver: Receiver) -> None:
    made = served.register(receiver.url, types=["virtual-council.waste.*"])
    tested = served.control("POST", f"/webhooks/{made['id']}/test")
    assert tested["arrived"]
    assert tested["status"] == 204
    (got,) = receiver.received
    Webhook(made["secret"]).verify(got.body, dict(got.headers))
    assert got.event["type"] == "virtual-council.sandbox.webhook.tested"
    receiver.answer = lambda received: (500, {})
    failed = served.control("POST", f"/webhooks/{made['id']}/test")
    assert (failed["arrived"], failed["status"]) == (False, 500)
    assert failed["event"] != tested["event"]


def test_a_test_event_to_nobody_says_so(served: Served) -> None:
    with receiving() as gone:
        made = served.register(gone.url)
    tested = served.control("POST", f"/webhooks/{made['id']}/test")
    assert tested["status"] is None
    assert "No answer" in tested["answer"]


def test_after_rotation_either_secret_is_good_for_the_overlap(served: Served, receiver: Receiver) -> None:
    made = served.register(receiver.url)
    rotated = served.control("POST", f"/webhooks/{made['id']}/rotate", json={"overlap": "PT1H"})
    assert rotated["secret"] != made["secret"]
    served.happen()
    (got,) = receiver.wait_for(1)
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(got.body, dict(got.headers))
    last = served.control("POST", f"/webhooks/{made['id']}/rotate", json={"overlap": "PT0S"})
    served.happen()
    got = receiver.wait_for(2)[1]
    Webhook(last["secret"]).verify(got.body, dict(got.headers))
    for secret in (made["secret"], rotated["secret"]):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(got.body, dict(got.headers))


def test_a_secret_is_shown_once_and_kept_where_its_owner_alone_can_read(
    served: Served, receiver: Receiver
) -> None:
    made = served.register(receiver.url)
    rest = [
        served.control("GET", "/webhooks"),
        served.control("GET", f"/webhooks/{made['id']}"),
        served.control("POST", f"/webhooks/{made['id']}/pause"),
        served.control("POST", f"/webhooks/{made['id']}/test"),
    ]
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in str(rest)
    notebook = served.council.folder.notebook("fairwater")
    assert stat.S_IMODE(notebook.stat().st_mode) == 0o600


def test_a_removed_webhook_is_sent_nothing_more(served: Served, receiver: Receiver) -> None:
    made = served.register(receiver.url)
    served.control("DELETE", f"/webhooks/{made['id']}")
    with receiving() as other:
        served.register(other.url)
        served.happen()
        other.wait_for(1)
    assert receiver.received == []
    gone = served.http.get(f"/sandbox/councils/fairwater/webhooks/{made['id']}")
    assert gone.status_code == 404
    assert gone.json()["type"] == "/problems/no-such-webhook"


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"url": "http://10.1.2.3/hook"}, "address-not-allowed"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "address-not-allowed"),
        ({"url": "http://no-such-host.invalid/hook"}, "host-not-known"),
        ({"url": "ftp://127.0.0.1/hook"}, "not-an-address"),
        ({"url": "http://me:secret@127.0.0.1/hook"}, "not-an-address"),
        ({"url": "http://127.0.0.1/h", "types": ["virtual-council.parks.*"]}, "no-such-event-type"),
        ({"url": "http://127.0.0.1/h", "types": ["UPPER"]}, "invalid-request"),
        ({"url": "http://127.0.0.1/h", "first_retry_seconds": 0}, "invalid-request"),
        ({"url": "http://127.0.0.1/h", "attempts": 99}, "invalid-request"),
        ({"url": "http://127.0.0.1/h", "secret": "mine"}, "invalid-request"),
    ],
)
def test_what_cannot_be_registered_is_refused_plainly(
    served: Served, wanted: dict[str, Any], problem: str
) -> None:
    answer = served.http.post("/sandbox/councils/fairwater/webhooks", json=wanted)
    assert answer.status_code == 422
    assert answer.json()["type"] == f"/problems/{problem}"
    assert served.control("GET", "/webhooks") == {"items": []}


def test_there_are_only_so_many_webhooks(served: Served, receiver: Receiver) -> None:
    for _ in range(50):
        served.register(receiver.url)
    answer = served.http.post("/sandbox/councils/fairwater/webhooks", json={"url": receiver.url})
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/too-many-webhooks"


def test_after_a_reset_a_new_event_is_told_under_an_id_of_its_own(served: Served, receiver: Receiver) -> None:
    served.register(receiver.url)
    served.happen("R00000001")
    receiver.wait_for(1)
    served.control("POST", "/reset")
    served.happen("R00000001")
    undone, new = receiver.wait_for(2)
    assert undone.event["position"] == new.event["position"] == 1
    assert undone.id != new.id
    (in_feed,) = served.control("GET", "/events")["items"]
    assert in_feed["id"] == new.id


def test_what_a_reset_undoes_while_it_waits_is_never_told(served: Served, receiver: Receiver) -> None:
    receiver.answer = lambda received: (500, {})
    made = served.register(receiver.url, first_retry_seconds=0.5)
    served.happen("R00000001")
    receiver.wait_for(1)
    served.control("POST", "/reset")
    receiver.answer = lambda received: (200, {})
    served.happen("R00000002")
    until(lambda: served.control("GET", f"/webhooks/{made['id']}")["delivered"] == 1)
    states = served.control("GET", f"/webhooks/{made['id']}/deliveries")["items"]
    assert [(each["subject"], each["state"]) for each in states] == [
        ("R00000002", "delivered"),
        ("R00000001", "undone"),
    ]


def test_a_fork_has_no_webhooks_and_its_events_go_to_nobody(served: Served, receiver: Receiver) -> None:
    served.register(receiver.url)
    fork = served.control("POST", "/forks", json={"name": "tanglewick"})
    assert served.http.get("/sandbox/councils/tanglewick/webhooks").json() == {"items": []}
    forked = served.council.sandbox.councils.get(fork["name"])
    assert forked is not None
    with forked.writing("residents") as work:
        work.record("resident.changed", "R00000009")
    served.happen("R00000001")
    receiver.wait_for(1)
    assert [each.event["subject"] for each in receiver.received] == ["R00000001"]
    assert served.http.delete("/sandbox/councils/tanglewick").is_success


def test_what_happens_while_a_webhook_is_paused_is_counted_as_pending(
    served: Served, receiver: Receiver
) -> None:
    made = served.register(receiver.url, subjects=["R00000001"])
    served.control("POST", f"/webhooks/{made['id']}/pause")
    served.happen("R00000001")
    served.happen("R00000002")
    (shown,) = served.control("GET", "/webhooks")["items"]
    assert shown["pending"] == 1
    assert served.control("POST", f"/webhooks/{made['id']}/resume")["pending"] == 1
    receiver.wait_for(1)
    until(lambda: served.control("GET", f"/webhooks/{made['id']}")["pending"] == 0)
