"""A component that asks for another council's data is refused, and whoever runs that council sees it."""

from __future__ import annotations

from sandbox.components.registering import act_in, find
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, Joined, join, signed

OTHER = "tanglewick"
DOOR = f"/sandbox/councils/{OTHER}/components/{NAME}"
REFUSED = [
    ("GET", DOOR),
    ("GET", f"{DOOR}/records"),
    ("GET", f"{DOOR}/feed"),
    ("POST", f"{DOOR}/introspection"),
    ("GET", f"{DOOR}/events"),
    ("GET", f"{DOOR}/returned"),
    ("POST", f"{DOOR}/returned"),
    ("GET", f"/councils/{OTHER}/waste/missed-collections"),
    ("GET", f"/councils/{OTHER}/residents/residents"),
    ("POST", f"/councils/{OTHER}/waste/missed-collections"),
]


def test_another_councils_data_is_refused_and_shown_in_that_councils_journal(
    council: CouncilUnderTest, bins: Joined
) -> None:
    assert council.control("/forks", name=OTHER).status_code == 201
    wanted = {"name": NAME, "slot": "waste", "url": "http://127.0.0.1:9000"}
    made = council.client.post(f"/sandbox/councils/{OTHER}/components", json=wanted)
    assert made.status_code == 201, made.text
    for method, address in REFUSED:
        body = {"data": {"token": made.json()["key"]}} if address.endswith("introspection") else {}
        answer = council.client.request(method, address, headers=bins.headers, **body)
        kind = answer.headers["content-type"]
        assert (answer.status_code, kind) == (403, "application/problem+json"), address
        noted = council.client.get(f"/sandbox/councils/{OTHER}/journal").json()["items"][0]
        told = tuple(noted[name] for name in ("method", "address", "status", "caller"))
        assert told == (method, address, 403, f"component:{NAME}")


def test_who_acts_in_a_fork_is_let_in_there_with_the_forks_key_and_no_further(
    council: CouncilUnderTest, bins: Joined
) -> None:
    key = council.control("/forks", name=OTHER).json()["key"]
    assert bins.introspect(key) == {"active": False}
    with council.sandbox.councils.notebook("fairwater").writing() as session:
        act_in(find(session, NAME), OTHER)
    assert bins.get().json()["council"] == OTHER
    assert bins.introspect(key)["active"]
    assert bins.introspect(bins.made["key"]) == {"active": False}
    with council.sandbox.councils.notebook("fairwater").writing() as session:
        act_in(find(session, NAME), None)
    assert bins.introspect(key) == {"active": False}


def test_an_event_for_another_component_is_not_signed_for_it(council: CouncilUnderTest, bins: Joined) -> None:
    other = join(council, "other-bins")
    body = b'{"specversion":"1.0"}'
    headers = signed(bins.made["events_secret"], body, "msg_1")
    answer = council.client.post(f"{other.door}/events", content=body, headers=headers)
    assert answer.status_code == 401
    assert [each["outcome"] for each in other.sent()] == ["refused"]
