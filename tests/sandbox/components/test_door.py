"""At its door a component learns what time it is, what there is in its slot, and what a key opens."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox import machine
from sandbox.components.records import record_lines
from sandbox.exporting import export
from sandbox.stores import CouncilFile
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.components.conftest import NAME, Joined, join


def test_a_component_is_told_council_time_as_it_jumps(council: CouncilUnderTest, bins: Joined) -> None:
    told = bins.get().json()
    assert (told["name"], told["slot"], told["council"]) == (NAME, "waste", "fairwater")
    assert (told["now"], told["today"], told["position"]) == ("2026-06-01T08:00:00Z", "2026-06-01", "0-0")
    council.advance(to="2026-06-02T23:30:00Z")
    later = bins.get().json()
    # Half past midnight in London's summer.
    assert (later["now"], later["today"]) == ("2026-06-02T23:30:00Z", "2026-06-03")
    events = council.client.get("/sandbox/councils/fairwater/events", params={"type": "none"}).json()
    assert later["position"] == events["next"] != "0-0"


def test_what_a_component_asks_again_and_again_pushes_nothing_out_of_the_journal(
    council: CouncilUnderTest, bins: Joined
) -> None:
    bins.get()
    bins.get("/records")
    bins.get("/nothing-is-here")
    calls = council.client.get("/sandbox/councils/fairwater/journal").json()["items"]
    assert [each["address"].partition("components")[2] for each in reversed(calls)] == [
        "",
        f"/{NAME}/records",
        f"/{NAME}/nothing-is-here",
    ]


def test_only_its_own_key_and_one_to_control_open_a_door(council: CouncilUnderTest, bins: Joined) -> None:
    other = join(council, "other-bins")
    reader = council.control("/keys", name=NAME, scopes=["*:read", "*:write"]).json()["key"]
    keys = (bins.made["key"], KEY, other.made["key"], reader, "vc_nobody", "")
    for method, path in (("GET", ""), ("GET", "/records"), ("POST", "/introspection")):
        statuses = [
            council.client.request(
                method, bins.door + path, headers={"Authorization": f"Bearer {key}"}, data={"token": "x"}
            ).status_code
            for key in keys
        ]
        assert statuses == [200, 200, 403, 403, 401, 401], path


def test_what_a_component_sent_is_shown_to_who_controls_the_council_alone(
    council: CouncilUnderTest, bins: Joined
) -> None:
    assert bins.get("/events").status_code == 403
    assert bins.sent() == []


def test_records_are_those_of_the_slots_own_tables_as_an_export_has_them(
    council: CouncilUnderTest, tmp_path: Path
) -> None:
    slot = "street_reports"  # it has dates and instants, and coordinates
    answer = join(council, NAME, slot).get("/records")
    assert answer.headers["content-type"] == "application/x-ndjson"
    whole, *lines = [json.loads(line) for line in answer.text.splitlines()]
    tables = council.sandbox.councils.services[slot].tables.tables
    assert whole.pop("tables").keys() == tables.keys()
    assert whole == {
        "council": "fairwater",
        "slot": slot,
        "position": "0-0",
        "now": "2026-06-01T08:00:00Z",
    }
    with CouncilFile(council.sandbox.councils.first.file).reading() as contents:
        export(contents, tmp_path / "export", "jsonl")
    for table in tables:
        exported = (tmp_path / "export" / f"{table}.jsonl").read_text().splitlines()
        assert [each["record"] for each in lines if each["table"] == table] == [
            json.loads(line) for line in exported
        ]
    assert {each["table"] for each in lines} <= tables.keys()


def test_records_are_all_of_one_moment_though_the_council_goes_on(
    council: CouncilUnderTest, bins: Joined
) -> None:
    first = council.sandbox.councils.first
    lines = record_lines(first, first.services["waste"])
    whole = json.loads(next(lines))
    council.advance(days=7)
    due = council.get("waste", "/collections", reportable="true", missed="false", per_page=1).json()["items"]
    reported = {name: due[0][name] for name in ("uprn", "stream", "collection_date")}
    assert council.post("waste", "/missed-collections", json=reported).status_code == 201
    records = [json.loads(line) for some in lines for line in some.splitlines()]
    counts = dict.fromkeys(whole["tables"], 0)
    for each in records:
        counts[each["table"]] += 1
    assert counts == whole["tables"]
    after = json.loads(bins.get("/records").text.splitlines()[0])
    assert after["tables"]["waste_missed_collections"] == counts["waste_missed_collections"] + 1
    assert after["position"] == bins.get().json()["position"] != whole["position"]


def test_records_that_were_let_go_of_keep_nobody_from_a_reset(council: CouncilUnderTest) -> None:
    council.advance(days=1)
    first = council.sandbox.councils.first
    lines = record_lines(first, first.services["waste"])
    next(lines)
    council.advance(days=1)
    assert council.client.post("/sandbox/councils/fairwater/reset").status_code == 409
    lines.close()
    assert council.client.post("/sandbox/councils/fairwater/reset").status_code == 200


def test_introspection_says_what_a_key_opens(council: CouncilUnderTest, bins: Joined) -> None:
    narrow = council.control("/keys", name="narrow", scopes=["waste:read"]).json()
    assert bins.introspect(narrow["key"]) == {"active": True, "scope": "waste:read", "client_id": "narrow"}
    assert bins.introspect(KEY)["scope"].split() == ["*:read", "*:write", "sandbox:control"]
    own = bins.introspect(bins.made["key"])
    assert own["client_id"] == f"component:{NAME}"
    assert {"waste:write", "waste:read", "residents:read"} <= set(own["scope"].split())
    assert "residents:write" not in own["scope"]


def test_introspection_says_when_a_key_ends_and_then_that_it_has(
    council: CouncilUnderTest, bins: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = council.control("/keys", name="ending", scopes=["waste:read"], lifetime="PT1H").json()
    told = bins.introspect(ending["key"])
    now = machine.now()
    assert now < now.fromtimestamp(told["exp"], now.tzinfo) <= now + timedelta(hours=1)
    monkeypatch.setattr(machine, "now", lambda: now + timedelta(hours=1, seconds=1))
    assert bins.introspect(ending["key"]) == {"active": False}


def test_introspection_of_a_key_that_opens_nothing_here_says_no_more_than_that(
    council: CouncilUnderTest, bins: Joined
) -> None:
    revoked = council.control("/keys", name="revoked", scopes=["waste:read"]).json()["key"]
    council.client.delete("/sandbox/councils/fairwater/keys/revoked")
    elsewhere = council.control("/forks", name="tanglewick").json()["key"]
    for token in (revoked, elsewhere, "vc_nobody", " ", "\N{SNOWMAN}"):
        assert bins.introspect(token) == {"active": False}


def test_introspection_takes_what_rfc_7662_lets_be_sent_beside_the_token(
    council: CouncilUnderTest, bins: Joined
) -> None:
    sent = {"token": KEY, "token_type_hint": "access_token"}
    answer = council.client.post(f"{bins.door}/introspection", data=sent, headers=bins.headers)
    assert answer.json()["active"] is True
    without = council.client.post(f"{bins.door}/introspection", data={"hint": "x"}, headers=bins.headers)
    assert without.status_code == 422
    as_json = council.client.post(f"{bins.door}/introspection", json={"token": KEY}, headers=bins.headers)
    assert as_json.status_code == 422


def test_a_component_hears_what_happened_since_the_records_that_it_took_over(
    council: CouncilUnderTest, bins: Joined
) -> None:
    council.advance(days=8)
    first = json.loads(bins.get("/records").text.splitlines()[0])
    council.advance(days=30)
    heard = bins.get(f"/feed?after={first['position']}&limit=200").json()
    since = f"/sandbox/councils/fairwater/events?after={first['position']}&limit=200"
    assert heard == council.client.get(since).json()
    assert heard["items"]
    assert heard["items"][0]["time"] > first["now"]
