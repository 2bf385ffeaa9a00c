"""What a component sends is taken once, if it is signed, an event, and of its slot; all of it is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox import machine
from sandbox.components import receiving
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, Joined, reported, signed


def outcomes(bins: Joined) -> list[tuple[str, str | None]]:
    """What became of everything that was sent, and under which id it came."""
    return [(each["outcome"], each["webhook_id"]) for each in bins.sent()]


def test_an_event_is_taken_and_shown_as_it_was_sent(bins: Joined) -> None:
    event = reported(traceparent="00-aa-bb-01", data={"note": "zwölf Tonnen", "n": 10**40})
    answer = bins.send(event)
    assert (answer.status_code, answer.json()) == (202, {"outcome": "taken", "position": 1})
    (noted,) = bins.sent()
    assert noted["event"] == event
    assert (noted["position"], noted["webhook_id"], noted["outcome"]) == (1, "msg_1", "taken")
    assert noted["reason"] is None
    assert datetime.fromisoformat(noted["received_at"]).tzinfo is not None


def test_an_event_sent_again_under_its_webhook_id_is_repeated_and_not_taken_again(bins: Joined) -> None:
    bins.send(reported())
    again = bins.send(reported())
    assert (again.status_code, again.json()) == (200, {"outcome": "repeated", "position": 2})
    other = bins.send(reported(), "msg_2")
    assert other.status_code == 202
    assert outcomes(bins) == [("taken", "msg_1"), ("repeated", "msg_1"), ("taken", "msg_2")]


def test_what_was_refused_may_be_sent_again_set_right_under_the_same_id(bins: Joined) -> None:
    assert bins.send(reported(subject="")).status_code == 422
    assert bins.send(reported()).status_code == 202
    assert outcomes(bins) == [("refused", "msg_1"), ("taken", "msg_1")]


def wrongly_signed(bins: Joined) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """What is not signed as it must be: what is said of it, the body and the headers."""
    body = json.dumps(reported()).encode()
    secret = bins.made["events_secret"]
    another = "whsec_" + "QUJD" * 11
    unlike = "No matching signature"
    yield unlike, body, signed(another, body, "msg_1")
    yield unlike, body + b" ", signed(secret, body, "msg_1")
    yield unlike, body, signed(secret, body, "msg_2") | {"webhook-id": "msg_1"}
    yield "too old", body, signed(secret, body, "msg_1", machine.now() - timedelta(minutes=6))
    yield "too new", body, signed(secret, body, "msg_1", machine.now() + timedelta(minutes=6))
    yield "could not be read", b"\xff\xfe", signed(secret, b"\xff\xfe", "msg_1")
    right = signed(secret, body, "msg_1")
    yield "could not be read", body, right | {"webhook-signature": "nonsense"}
    yield "could not be read", body, right | {"webhook-signature": "v1,\xe9"}
    yield "Missing", body, right | {"webhook-signature": ""}
    yield "Invalid", body, right | {"webhook-timestamp": "1e999"}
    yield "Missing", body, right | {"webhook-id": ""}


def test_what_is_not_signed_by_the_component_now_is_refused_and_not_kept(bins: Joined) -> None:
    ways = list(wrongly_signed(bins))
    for said, content, headers in ways:
        answer = bins.council.client.post(
            f"{bins.door}/events",
            content=content,
            headers={name: value.encode("latin-1") for name, value in headers.items()},
        )
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/bad-signature")
        assert said in answer.json()["detail"]
    noted = bins.sent()
    assert [each["outcome"] for each in noted] == ["refused"] * len(ways)
    assert all(each["event"] is None and each["reason"] for each in noted)


def test_a_key_to_control_is_no_signature(bins: Joined) -> None:
    answer = bins.council.client.post(f"{bins.door}/events", json=reported())
    assert answer.status_code == 401


NO_EVENTS: list[tuple[Any, str]] = [
    (b"", "body"),
    (b"not json", "body"),
    (b"[" * 10_000, "recursion"),
    ([], "body"),
    ({**reported(), "specversion": "0.3"}, "specversion"),
    ({name: value for name, value in reported().items() if name != "subject"}, "subject"),
    (reported(subject="S" * 121), "subject"),
    (reported(id=1), "id"),
    (reported(time="yesterday"), "time"),
    (reported(time=1_780_300_800), "time"),
    (reported(time="2026-06-01T08:00:00"), "time"),
    (reported(datacontenttype="text/xml"), "datacontenttype"),
    (reported(data="refuse"), "data"),
    (reported(data={"n": float("nan")}), "body"),
    (json.dumps(reported(data={"n": 0})).replace(": 0}", ": 1e999}").encode(), "body"),
    (json.dumps(reported(data={"lone": "\ud800"})).encode(), "body"),
]
"""What is signed and yet no CloudEvent that can be taken, and what is said of it."""


def test_what_is_no_cloud_event_is_refused_and_why_is_noted(bins: Joined) -> None:
    for event, said in NO_EVENTS:
        answer = bins.send(event)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/not-an-event"), event
        assert said in answer.json()["detail"]
    noted = bins.sent()
    assert [said in each["reason"] for each, (_, said) in zip(noted, NO_EVENTS, strict=True)] == [True] * len(
        NO_EVENTS
    )
    assert {each["outcome"] for each in noted} == {"refused"}


def test_an_event_comes_as_a_cloud_event_in_structured_json(bins: Joined) -> None:
    refused = bins.send(reported(), content_type="application/json")
    assert refused.json()["type"] == "/problems/not-an-event"
    assert (
        bins.send(reported(), content_type="Application/CloudEvents+JSON; charset=utf-8").status_code == 202
    )


OF_OTHERS = [
    {"type": "virtual-council.residents.resident.moved"},
    {"type": "virtual-council.waste.reported"},
    {"type": "virtual-council.waste.missed-collection.reported.twice"},
    {"type": "virtual-council.waste.Missed.Reported"},
    {"type": "virtual-council.waste.missed-collection.reported\n"},
    {"type": "com.example.waste.missed-collection.reported"},
    {"source": "/components/other-bins"},
    {"source": "/councils/fairwater/waste"},
]


def test_what_its_slot_does_not_record_is_refused(bins: Joined) -> None:
    for changed in OF_OTHERS:
        answer = bins.send(reported(**changed))
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/event-not-of-the-slot"), (
            changed
        )
    assert [(each["outcome"], each["event"]) for each in bins.sent()] == [
        ("refused", reported(**changed)) for changed in OF_OTHERS
    ]


def test_an_event_that_is_too_large_is_not_read(bins: Joined) -> None:
    large = json.dumps(reported(data={"note": "x" * receiving.LARGEST_EVENT_BYTES})).encode()
    assert bins.send(large).status_code == 413

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(large), 10_000):
            yield large[start : start + 10_000]

    headers = signed(bins.made["events_secret"], large, "msg_2")
    unannounced = bins.council.client.post(f"{bins.door}/events", content=pieces(), headers=headers)
    assert unannounced.status_code == 413
    assert outcomes(bins) == [("refused", "msg_1"), ("refused", "msg_2")]


def test_what_was_sent_can_be_read_on_from_a_place(bins: Joined) -> None:
    for number in range(5):
        bins.send(reported(f"MC{number}"), f"msg_{number}")
    first = bins.council.client.get(f"{bins.door}/events", params={"limit": 2}).json()
    assert ([each["position"] for each in first["items"]], first["next"]) == ([1, 2], 2)
    rest = bins.council.client.get(f"{bins.door}/events", params={"after": 2}).json()
    assert ([each["event"]["subject"] for each in rest["items"]], rest["next"]) == (["MC2", "MC3", "MC4"], 5)
    assert bins.council.client.get(f"{bins.door}/events", params={"after": 5}).json() == {
        "items": [],
        "next": 5,
    }


def test_only_so_much_is_kept_and_what_was_refused_goes_first(
    bins: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_KEPT", 4)
    bins.send(reported(), "msg_1")
    for _ in range(5):
        bins.send(reported(), "msg_1", webhook_signature="v1,AAAA")
    assert [each["position"] for each in bins.sent()] == [1, 4, 5, 6]
    bins.send(reported(), "msg_1")
    for number in (2, 3, 4):
        bins.send(reported(), f"msg_{number}")
    assert outcomes(bins) == [("taken", f"msg_{number}") for number in (1, 2, 3, 4)]
    bins.send(reported(), "msg_5")
    assert [each["position"] for each in bins.sent()] == [8, 9, 10, 11]


def test_a_component_is_not_heard_under_anothers_name(council: CouncilUnderTest, bins: Joined) -> None:
    wanted = {"name": "other-bins", "slot": "waste", "url": "http://127.0.0.1:9001"}
    other = Joined(council, council.control("/components", **wanted).json())
    other.door = bins.door
    assert other.send(reported()).status_code == 401
    assert [each["outcome"] for each in bins.sent()] == ["refused"]
    assert reported()["source"] == f"/components/{NAME}"
