"""A component joins with a key and a secret of its own, and leaves without either."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.components import registering
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, Joined, join, reported


def test_a_component_is_given_all_that_it_is_to_be_started_with(council: CouncilUnderTest) -> None:
    wanted = {"name": NAME, "slot": "council-tax", "url": "http://127.0.0.1:9000/"}
    made = council.client.post(
        "/sandbox/councils/fairwater/components", json=wanted, headers={"host": "council.localhost:81"}
    ).json()
    assert (made["slot"], made["url"]) == ("council_tax", "http://127.0.0.1:9000")
    assert made["environment"] == {
        "COUNCIL_SLOT": "council_tax",
        "COUNCIL_URL": "http://council.localhost:81/councils/fairwater",
        "COUNCIL_KEY": made["key"],
        "COUNCIL_COMPONENT_URL": f"http://council.localhost:81/sandbox/councils/fairwater/components/{NAME}",
        "COUNCIL_EVENTS_SECRET": made["events_secret"],
    }


def test_its_key_reads_every_service_and_writes_its_own_slot_alone(
    council: CouncilUnderTest, bins: Joined
) -> None:
    assert council.get("addresses", "/wards", headers=bins.headers).status_code == 200
    assert council.get("waste", "/rounds", headers=bins.headers).status_code == 200
    # Let in, and told that what it sent is no report.
    assert council.post("waste", "/missed-collections", json={}, headers=bins.headers).status_code == 422
    moved = council.post("residents", "/residents/R00000001/moves", json={}, headers=bins.headers)
    assert moved.status_code == 403
    control = council.client.get("/sandbox/councils/fairwater/clock", headers=bins.headers)
    assert control.status_code == 403


CANNOT_JOIN: list[tuple[dict[str, Any], int, str]] = [
    ({"name": NAME}, 409, "component-name-taken"),
    ({"slot": "dragons"}, 422, "no-such-slot"),
    ({"url": "http://10.0.0.7:9000"}, 422, "address-not-allowed"),
    ({"url": "http://169.254.169.254"}, 422, "address-not-allowed"),
    ({"url": "http://127.0.0.1:9000/?tenant=1"}, 422, "not-an-address"),
    ({"url": "bins"}, 422, "not-an-address"),
    ({"name": "Bins R Us"}, 422, "invalid-request"),
]


def test_what_cannot_join_is_refused_and_leaves_no_key(council: CouncilUnderTest, bins: Joined) -> None:
    keys = council.client.get("/sandbox/councils/fairwater/keys").json()
    for changed, status, problem in CANNOT_JOIN:
        wanted = {"name": "other-bins", "slot": "waste", "url": "http://127.0.0.1:9001", **changed}
        answer = council.control("/components", **wanted)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}"), changed
    assert council.client.get("/sandbox/councils/fairwater/keys").json() == keys
    assert bins.get().status_code == 200


def test_a_slot_that_there_is_not_is_answered_with_those_there_are(council: CouncilUnderTest) -> None:
    answer = council.control("/components", name=NAME, slot="dragons", url="http://127.0.0.1:9000")
    assert all(slug in answer.json()["detail"] for slug in council.sandbox.councils.services)


def test_there_are_only_so_many_components(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "MOST_COMPONENTS", 2)
    join(council, "one")
    join(council, "two")
    answer = council.control("/components", name="three", slot="waste", url="http://127.0.0.1:9000")
    assert answer.json()["type"] == "/problems/too-many-components"


def test_neither_its_key_nor_its_secret_is_told_again(council: CouncilUnderTest, bins: Joined) -> None:
    bins.introspect(bins.made["key"])
    told = [
        council.client.get(f"/sandbox/councils/fairwater/{path}").text
        for path in ("components", f"components/{NAME}", f"components/{NAME}/events", "keys")
    ]
    calls = council.client.get("/sandbox/councils/fairwater/journal").json()["items"]
    for call in calls:
        address = f"/sandbox/councils/fairwater/journal/{call['request_id']}"
        told.append(council.client.get(address).text)
    assert any("introspection" in each for each in told)
    for secret in (bins.made["key"], bins.made["events_secret"]):
        assert not any(secret in each for each in told)


def test_components_are_listed_with_how_much_they_sent(council: CouncilUnderTest, bins: Joined) -> None:
    join(council, "pot-holes", "street_reports")
    bins.send(reported())
    bins.send(reported())
    bins.send(reported(), "msg_2", webhook_signature="v1,AAAA")
    listed = council.client.get("/sandbox/councils/fairwater/components").json()["items"]
    assert [(each["name"], each["taken"], each["repeated"], each["refused"]) for each in listed] == [
        (NAME, 1, 1, 1),
        ("pot-holes", 0, 0, 0),
    ]


def test_who_has_left_is_let_in_nowhere_and_its_name_is_free(council: CouncilUnderTest, bins: Joined) -> None:
    bins.send(reported())
    assert council.client.delete(bins.door).status_code == 204
    assert bins.get().status_code == 401
    assert council.get("waste", "/rounds", headers=bins.headers).status_code == 401
    assert bins.send(reported()).status_code == 404
    assert council.client.get(bins.door).json()["type"] == "/problems/no-such-component"
    assert council.client.delete(bins.door).status_code == 404
    again = join(council)
    assert again.sent() == []
    assert again.get().status_code == 200
    assert bins.get().status_code == 401


def test_a_component_is_still_there_after_a_restart(council: CouncilUnderTest, bins: Joined) -> None:
    bins.send(reported())
    council.reopen()
    assert bins.get().json()["slot"] == "waste"
    assert [each["outcome"] for each in bins.sent()] == ["taken"]
    assert bins.send(reported()).status_code == 200


def test_a_reset_leaves_components_and_what_they_sent(council: CouncilUnderTest, bins: Joined) -> None:
    council.advance(days=1)
    bins.send(reported())
    assert council.client.post("/sandbox/councils/fairwater/reset").status_code == 200
    assert bins.get().json()["today"] == "2026-06-01"
    assert [each["outcome"] for each in bins.sent()] == ["taken"]


def test_a_fork_has_no_components_and_lets_none_of_another_council_in(
    council: CouncilUnderTest, bins: Joined
) -> None:
    council.control("/forks", name="tanglewick")
    there = "/sandbox/councils/tanglewick/components"
    assert council.client.get(there).json() == {"items": []}
    wanted = {"name": NAME, "slot": "waste", "url": "http://127.0.0.1:9000"}
    namesake = council.client.post(there, json=wanted).json()
    # Its key is called as the namesake's is, and yet is another council's.
    refused = council.client.get(f"{there}/{NAME}", headers=bins.headers)
    assert refused.status_code == 403
    assert bins.introspect(namesake["key"]) == {"active": False}


def test_who_joins_again_after_a_kill_left_a_key_has_the_only_one(
    council: CouncilUnderTest, bins: Joined
) -> None:
    """The key is written before the component is; a kill in between leaves it behind."""
    left_behind = registering.key_for("other-bins", "waste", "fairwater", council.sandbox.councils.services)
    council.sandbox.keyring.add(left_behind)
    other = join(council, "other-bins")
    assert other.get().status_code == 200
    assert other.introspect(left_behind.secret) == {"active": False}
    kept = json.loads((council.folder.path / "keys.json").read_text())["keys"]
    assert [each["name"] for each in kept].count("component:other-bins") == 1
