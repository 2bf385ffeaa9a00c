"""A fork is a whole council of its own: what happens in one is not seen in the other; it goes when told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.conftest import CouncilUnderTest

PAY = {"amount_pence": 12_345, "method": "card"}


def forked(council: CouncilUnderTest, **wanted: Any) -> dict[str, Any]:
    answer = council.control("/forks", **wanted)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def account(council: CouncilUnderTest) -> str:
    reference: str = council.get("council_tax", "/accounts", per_page=1).json()["items"][0]["reference"]
    return reference


def balance(council: CouncilUnderTest, name: str, reference: str) -> int:
    answer = council.client.get(f"/councils/{name}/council-tax/accounts/{reference}")
    assert answer.status_code == 200, answer.text
    pence: int = answer.json()["balance_pence"]
    return pence


def test_what_happens_in_a_fork_stays_in_it(council: CouncilUnderTest) -> None:
    reference, made = account(council), forked(council, name="rehearsal")
    before = balance(council, "fairwater", reference)
    paid = council.client.post(f"/councils/rehearsal/council-tax/accounts/{reference}/payments", json=PAY)
    assert paid.status_code == 201
    assert balance(council, "rehearsal", reference) == before - 12_345
    assert balance(council, "fairwater", reference) == before
    council.client.post("/sandbox/councils/rehearsal/clock", json={"by": "P7D"})
    assert council.client.get("/sandbox/councils/rehearsal/clock").json()["now"] > made["now"]
    assert council.client.get("/sandbox/councils/fairwater/clock").json()["now"] == made["now"]


def test_a_fork_begins_as_its_council_stands(council: CouncilUnderTest) -> None:
    reference = account(council)
    council.post("council_tax", f"/accounts/{reference}/payments", json=PAY)
    council.advance(days=3)
    made = forked(council, name="rehearsal")
    assert balance(council, "rehearsal", reference) == balance(council, "fairwater", reference)
    assert made["now"] == "2026-06-04T08:00:00Z"
    assert made["title"] == "Fairwater Council (rehearsal)"
    events = [
        [each["type"] for each in council.client.get(f"/sandbox/councils/{name}/events").json()["items"]]
        for name in ("fairwater", "rehearsal")
    ]
    assert events[0] == events[1] != []


def test_its_key_opens_the_fork_and_nothing_else(council: CouncilUnderTest) -> None:
    made = forked(council)
    mine = {"Authorization": f"Bearer {made['key']}"}
    assert made["name"].startswith("fairwater-")
    for address in (f"{made['services']['waste']}/rounds", f"{made['control']}/clock"):
        assert council.client.get(address, headers=mine).status_code == 200
    for address in ("/councils/fairwater/waste/rounds", "/sandbox/councils/fairwater/clock"):
        assert council.client.get(address, headers=mine).status_code == 403


def test_its_key_has_the_scopes_that_were_asked_for(council: CouncilUnderTest) -> None:
    made = forked(council, scopes=["waste:read"])
    mine = {"Authorization": f"Bearer {made['key']}"}
    assert council.client.get(f"{made['services']['waste']}/rounds", headers=mine).status_code == 200
    assert council.client.get(f"{made['control']}/clock", headers=mine).status_code == 403
    refused = council.control("/forks", scopes=["wast:read"])
    assert refused.json()["type"] == "/problems/unknown-scope"


def test_a_fork_of_a_fork_may_be_made_with_the_forks_own_key(council: CouncilUnderTest) -> None:
    made = forked(council)
    mine = {"Authorization": f"Bearer {made['key']}"}
    second = council.client.post(f"{made['control']}/forks", json={}, headers=mine)
    assert second.status_code == 201
    council.client.delete(made["control"])
    assert council.client.get(f"{second.json()['services']['waste']}/rounds").status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "problem"),
    [
        ("fairwater", 409, "name-not-free"),
        ("hartlepool", 422, "unusable-council-name"),
        ("Not A Name", 422, "invalid-request"),
        ("../fairwater", 422, "invalid-request"),
        ("x" * 41, 422, "invalid-request"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    council: CouncilUnderTest, name: str, status: int, problem: str
) -> None:
    answer = council.control("/forks", name=name)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert council.client.get("/sandbox/councils/fairwater/forks").json()["items"] == []


def test_a_fork_that_is_deleted_is_gone_with_its_key_and_files(council: CouncilUnderTest) -> None:
    made = forked(council, name="rehearsal")
    council.client.post(f"{made['services']['council_tax']}/accounts/{account(council)}/payments", json=PAY)
    council.client.post(f"{made['control']}/snapshots", json={"name": "before"})
    assert council.client.delete(made["control"]).status_code == 204
    gone = council.client.get(f"{made['services']['waste']}/rounds")
    assert gone.status_code == 404
    assert "rehearsal was deleted" in gone.json()["detail"]
    left = [path.name for path in council.folder.path.rglob("*rehearsal*")]
    assert left == []
    again = forked(council, name="rehearsal")
    old = {"Authorization": f"Bearer {made['key']}"}
    assert council.client.get(f"{again['control']}/clock", headers=old).status_code == 401


def test_the_first_council_cannot_be_deleted_or_be_given_an_end(council: CouncilUnderTest) -> None:
    assert council.client.delete("/sandbox/councils/fairwater").status_code == 409
    ended = council.client.put("/sandbox/councils/fairwater/lifetime", json={"lifetime": "PT1S"})
    assert ended.json()["type"] == "/problems/last-council"


def test_a_fork_ends_when_its_lifetime_does(council: CouncilUnderTest) -> None:
    with council.client:
        made = forked(council, lifetime="PT1S")
        other = forked(council, lifetime="PT1H")
        assert made["ends_at"] < other["ends_at"]
        for _ in range(100):
            answer = council.client.get(f"{made['control']}/clock")
            if answer.status_code == 404:
                break
            time.sleep(0.05)
        assert answer.status_code == 404
        assert "lifetime" in answer.json()["detail"]
        names = [each["name"] for each in council.client.get("/sandbox/councils").json()["items"]]
        assert names == ["fairwater", other["name"]]


def test_a_lifetime_can_be_lengthened_and_outlives_a_restart(council: CouncilUnderTest) -> None:
    made = forked(council, name="rehearsal", lifetime="PT1H")
    answer = council.client.put("/sandbox/councils/rehearsal/lifetime", json={"lifetime": "P1D"})
    assert answer.json()["ends_at"] > made["ends_at"]
    council.reopen()
    listed = council.client.get("/sandbox/councils/fairwater/forks").json()["items"]
    assert [(each["name"], each["ends_at"]) for each in listed] == [("rehearsal", answer.json()["ends_at"])]
    stays = council.client.put("/sandbox/councils/rehearsal/lifetime", json={"lifetime": None})
    assert stays.json()["ends_at"] is None


def test_a_fork_whose_lifetime_ended_while_nothing_ran_is_not_served(council: CouncilUnderTest) -> None:
    forked(council, name="rehearsal", lifetime="PT1S")
    time.sleep(1.1)
    council.reopen()
    assert council.client.get("/sandbox/councils/rehearsal").status_code == 404


@pytest.mark.parametrize("lifetime", ["PT0S", "-PT1H", "P99Y", "soon"])
def test_a_lifetime_must_be_a_sensible_duration(council: CouncilUnderTest, lifetime: str) -> None:
    assert council.control("/forks", lifetime=lifetime).status_code == 422


def test_a_council_that_was_built_meanwhile_is_served(council: CouncilUnderTest) -> None:
    file = council.folder.path / "councils" / "fairwater.sqlite"
    (file.parent / "otherby.sqlite").write_bytes(file.read_bytes())
    assert council.client.get("/councils/otherby/waste/rounds").status_code == 200


def test_what_a_kill_left_of_a_copy_is_cleared_away(council: CouncilUnderTest) -> None:
    half = council.folder.path / "councils" / "rehearsal.copying"
    half.write_bytes(b"half")
    council.reopen()
    assert not half.exists()
    forked(council, name="rehearsal")


def test_no_event_of_a_fork_is_taken_for_one_that_was_undone(council: CouncilUnderTest) -> None:
    """Also where the council that it was made of had been taken back itself."""
    reference = account(council)

    def pay_and_tell(name: str) -> str:
        council.client.post(f"/councils/{name}/council-tax/accounts/{reference}/payments", json=PAY)
        told = council.client.get(f"/sandbox/councils/{name}/events").json()["items"]
        identifier: str = told[-1]["id"]
        return identifier

    pay_and_tell("fairwater")
    council.control("/reset")
    pay_and_tell("fairwater")
    forked(council, name="rehearsal")
    seen = [pay_and_tell("rehearsal")]
    for _ in range(2):
        council.client.post("/sandbox/councils/rehearsal/reset")
        seen.append(pay_and_tell("rehearsal"))
    assert len(set(seen)) == 3
