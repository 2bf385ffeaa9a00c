"""The good waste component: it takes the slot over, answers as the incumbent did, and loses nothing."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.components.launching import HERE, PATIENCE_SECONDS, Component, free_port, launched
from tests.sandbox.served import Served

PROGRAM = HERE / "bins_r_us"
COMPONENTS = "/sandbox/councils/fairwater/components"
PROSE = ("description", "title", "summary")
PROSE = ("description", "links", "title", "summary")


class Joined:
    """A sandbox with a component in its slot for waste: ours and theirs can be asked the same."""

    def __init__(self, sandbox: httpx.Client, data: Path, name: str, **environment: str) -> None:
        self.sandbox, self.door, port = sandbox, f"{COMPONENTS}/{name}", free_port()
        wanted = {"name": name, "slot": "waste", "url": f"http://127.0.0.1:{port}"}
        made = sandbox.post(COMPONENTS, json=wanted).raise_for_status().json()["environment"]
        self._launched = launched("bins_r_us", {**made, **environment}, data=data, port=port)
        self.component: Component = self._launched.__enter__()
        self.client = httpx.Client(
            base_url=self.component.url, headers=self.sandbox.headers, timeout=PATIENCE_SECONDS
        )

    def ours(self, path: str) -> httpx.Response:
        """The stub's answer."""
        return self.sandbox.get(f"/councils/fairwater/waste{path}")

    def theirs(self, path: str) -> httpx.Response:
        """The component's answer."""
        return self.client.get(path)

    def a_bin(self) -> dict[str, Any]:
        """A bin that can be reported and was not."""
        found = self.theirs("/collections?reportable=true&missed=false&per_page=1").json()["items"][0]
        return {name: found[name] for name in ("uprn", "stream", "collection_date")}

    def told(self, subject: str, wanted: int) -> list[dict[str, Any]]:
        """What the component sent about a case, once there are so many events of it."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            sent = self.sandbox.get(f"{self.door}/events?limit=200").json()
            mine = [each for each in sent["items"] if each["event"]["subject"] == subject]
            if len({each["webhook_id"] for each in mine}) >= wanted or time.monotonic() > give_up:
                return mine
            time.sleep(0.02)

    def close(self) -> None:
        """Stop the component."""
        self.client.close()
        self._launched.__exit__(None, None, None)


@pytest.fixture(scope="module")
def joined(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    """A sandbox and a component, started once for all the tests here."""
    folder = tmp_path_factory.mktemp("joined")
    shutil.copytree(built_folder, folder / "council-data")
    sandbox = Served(folder / "council-data")
    try:
        under_test = Joined(sandbox.client, folder / "bins", "bins-r-us")
        yield under_test
        under_test.close()
    finally:
        sandbox.close()


def test_it_answers_for_homes_and_cases_as_the_incumbent_did(joined: Joined) -> None:
    cases = joined.ours("/missed-collections?per_page=200").json()["items"]
    assert cases
    bookings = joined.ours("/bulky-collections?per_page=200").json()["items"]
    homes = [each["uprn"] for each in (*cases, *bookings)]
    lists = ["/rounds", "/collections?on=2026-05-29", "/collections?reportable=true&page=2&per_page=7"]
    lists += ["/missed-collections?status=reported", "/bulky-collections?status=booked", "/bulky-slots"]
    lists += [f"/missed-collections/{each['reference']}" for each in cases]
    # With the weeks around Christmas, in which rounds are late.
    lists += [f"/properties/{each}/collections?from=2026-12-14&to=2027-01-20" for each in homes[:8]]
    for path in lists:
        ours, theirs = joined.ours(path), joined.theirs(path)
        assert (path, theirs.status_code, theirs.json()) == (path, 200, ours.json())
        assert theirs.headers.get("etag") == ours.headers.get("etag")
    for uprn in homes:
        ours, theirs = (ask(f"/properties/{uprn}").json() for ask in (joined.ours, joined.theirs))
        assert theirs.pop("calendar_url") == f"{joined.component.url}/properties/{uprn}/calendar.ics"
        del ours["calendar_url"]
        assert theirs == ours


def test_its_openapi_document_promises_what_the_slot_publishes(joined: Joined) -> None:
    promised = _promises(joined.theirs("/openapi.json").json())
    assert promised == _promises(joined.ours("/openapi.json").json())
    assert len(promised) > 10


def _promises(document: dict[str, Any]) -> dict[str, Any]:
    """What each operation says for a program to go by: no prose, and of a refusal only that it is one."""

    def plain(part: Any) -> Any:
        if isinstance(part, dict) and "$ref" in part:
            found: Any = document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            return plain(found)
        if isinstance(part, dict):
            return {name: plain(value) for name, value in part.items() if name not in PROSE}
        return [plain(each) for each in part] if isinstance(part, list) else part

    promises = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"] = sorted(response["content"])
            said = {name: plain(operation.get(name)) for name in ("requestBody", "responses", "security")}
            parameters = plain(operation.get("parameters", []))
            said["parameters"] = sorted(json.dumps(each, sort_keys=True) for each in parameters)
            promises[operation["operationId"]] = (method, path, said)
    return promises


def test_it_refuses_as_the_slot_refuses(joined: Joined) -> None:
    case = joined.ours("/missed-collections?status=collected&per_page=1").json()["items"][0]
    report = {name: case[name] for name in ("uprn", "stream", "collection_date")}
    closed, missed = f"/missed-collections/{case['reference']}", "/missed-collections"
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/rounds/NOPE", {}),
        ("GET", "/properties/1", {}),
        ("GET", "/rounds?nonsense=1", {}),
        ("GET", "/collections?on=2026-02-30", {}),
        ("GET", "/collections?on=1999-01-04", {}),
        ("GET", "/missed-collections?status=lost", {}),
        ("GET", "/nothing", {}),
        ("PUT", missed, {}),
        ("HEAD", "/rounds", {}),
        ("GET", "/rounds", {"headers": {"Authorization": "Bearer nobody's"}}),
        ("GET", f"/properties/{case['uprn']}/calendar.ics?key=no", {"headers": {"Authorization": ""}}),
        ("POST", missed, {"json": report}),
        ("POST", missed, {"json": {**report, "uprn": "1"}}),
        ("POST", missed, {"json": {**report, "stream": "moon-dust"}}),
        ("POST", missed, {"json": {**report, "collection_date": "2026-06-01"}}),
        ("POST", missed, {"json": {**report, "colour": "green"}}),
        ("POST", missed, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("POST", missed, {"content": b"{}", "headers": {"Content-Type": "text/plain"}}),
        ("POST", missed, {"content": b" " * 1_000_001, "headers": {"Content-Type": "application/json"}}),
        ("PATCH", closed, {"json": {"status": "withdrawn"}}),
        ("PATCH", closed, {"json": {"status": "withdrawn"}, "headers": {"If-Match": '"99"'}}),
        ("POST", "/bulky-collections", {"json": {**BOOKING, "uprn": case["uprn"]}}),
        ("POST", "/bulky-collections", {"json": {**BOOKING, "uprn": case["uprn"], "things": []}}),
    ]
    for method, path, sent in calls:
        theirs = joined.client.request(method, path, **sent)
        ours = joined.sandbox.request(method, f"/councils/fairwater/waste{path}", **sent)
        assert _refusal(theirs) == _refusal(ours), (method, path, sent)


BOOKING = {"collection_date": "2026-06-06", "things": ["sofa"]}
"""For a Saturday, on which nothing is fetched."""


def _refusal(answer: httpx.Response) -> tuple[Any, ...]:
    """What a program can go by: all of a refusal but its prose."""
    headers = [answer.headers.get(name) for name in ("Content-Type", "Allow", "WWW-Authenticate")]
    problem = answer.json() if answer.content else {}
    where = sorted(each["where"] for each in problem.get("errors") or [])
    return (answer.status_code, headers, problem.get("type"), problem.get("title"), where)


def test_what_was_answered_survives_a_kill_and_is_told_once(joined: Joined) -> None:
    there, named = joined.a_bin(), {"Idempotency-Key": "before the kill"}
    reported = joined.client.post("/missed-collections", json=there, headers=named)
    assert reported.status_code == 201, reported.text
    joined.component.restart()

    reference = reported.json()["reference"]
    shown = joined.theirs(f"/missed-collections/{reference}")
    assert (shown.json(), shown.headers["etag"]) == (reported.json(), reported.headers["etag"])
    again = joined.client.post("/missed-collections", json=there, headers=named)
    assert (again.status_code, again.json()) == (201, reported.json())
    anew = joined.client.post("/missed-collections", json=there)
    assert (anew.status_code, anew.json()["reference"]) == (409, reference)

    sent = joined.told(reference, 1)
    assert [each["event"]["type"].rpartition(".")[2] for each in sent if each["outcome"] == "taken"] == [
        "reported"
    ]
    assert {each["outcome"] for each in sent} <= {"taken", "repeated"}


def test_what_falls_due_is_done_at_its_own_time_and_told_in_order(joined: Joined) -> None:
    there = joined.a_bin()
    reported = joined.client.post("/missed-collections", json=there).json()
    slot = joined.theirs("/bulky-slots").json()["items"][1]
    booking = {"uprn": there["uprn"], "collection_date": slot["collection_date"], "things": ["sofa"] * 5}
    booked = joined.client.post("/bulky-collections", json=booking).json()
    assert (booked["status"], booked["charge_pence"]) == ("booked", 48_00)
    joined.sandbox.post("/sandbox/councils/fairwater/clock", json={"by": "P6D"}).raise_for_status()

    assert reported["return_by"] == "2026-06-03"
    shown = joined.theirs(f"/missed-collections/{reported['reference']}").json()
    assert (shown["status"], shown["version"]) == ("collected", 2)
    assert joined.theirs(f"/bulky-collections/{booked['reference']}").json()["status"] == "collected"
    told = [each["event"] for each in joined.told(reported["reference"], 2)]
    # Two in the afternoon of the day that was promised, in summer time.
    assert [(each["type"].rpartition(".")[2], each["time"]) for each in told] == [
        ("reported", "2026-06-01T08:00:00+00:00"),
        ("resolved", f"{reported['return_by']}T13:00:00+00:00"),
    ]
    assert [each["event"]["time"] for each in joined.told(booked["reference"], 2)][1:] == [
        f"{slot['collection_date']}T14:00:00+00:00"
    ]


def test_a_key_opens_what_the_council_says_and_nothing_once_it_is_revoked(joined: Joined) -> None:
    keys = "/sandbox/councils/fairwater/keys"
    made = joined.sandbox.post(keys, json={"name": "reader", "scopes": ["waste:read"]}).json()
    reader = {"Authorization": f"Bearer {made['key']}"}
    assert joined.client.get("/rounds", headers=reader).status_code == 200
    assert joined.client.post("/missed-collections", json={}, headers=reader).status_code == 403
    joined.sandbox.delete(f"{keys}/reader").raise_for_status()
    give_up = time.monotonic() + PATIENCE_SECONDS
    while joined.client.get("/rounds", headers=reader).status_code != 401:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_it_hears_of_house_moves(joined: Joined) -> None:
    residents = "/councils/fairwater/residents/residents"
    someone = joined.sandbox.get(f"{residents}?per_page=1").json()["items"][0]
    bins = joined.theirs("/collections?reportable=true&per_page=200").json()["items"]
    reached = next(each["uprn"] for each in bins if each["uprn"] != someone["uprn"])
    today = joined.sandbox.get("/sandbox/councils/fairwater/clock").json()["today"]
    move = {"uprn": reached, "moved_on": today, "whole_household": True}
    joined.sandbox.post(f"{residents}/{someone['id']}/moves", json=move).raise_for_status()
    for uprn in (someone["uprn"], reached):
        ours, theirs = (ask(f"/properties/{uprn}").json() for ask in (joined.ours, joined.theirs))
        for what in ("holder_id", "holder_name", "garden_until"):
            assert theirs[what] == ours[what]
    told = [each["event"] for each in joined.told(someone["uprn"], 1)]
    assert "container-holder.changed" in [each["type"].split(".", 2)[2] for each in told]


def test_without_a_council_it_says_what_is_missing() -> None:
    command = [sys.executable, str(PROGRAM), "--data", str(PROGRAM)]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "COUNCIL_COMPONENT_URL" in done.stderr


def _defects() -> dict[str, str]:
    tree = ast.parse((PROGRAM / "defects.py").read_text())
    tables = [node for node in tree.body if isinstance(node, ast.Assign)]
    assert [getattr(node.targets[0], "id", "") for node in tables] == ["DEFECTS", "ON_LEAVING"]
    return {name: said for node in tables for name, said in ast.literal_eval(node.value).items()}


def test_every_defect_is_switched_in_the_code_and_the_good_program_makes_none() -> None:
    switched: Counter[str] = Counter()
    for path in PROGRAM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "broken":
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{path.name}:{node.lineno} names no defect"
                switched[name.value] += 1
    assert set(switched) == set(_defects())
    assert len(switched) >= 16
    asked = f"import defects; print([name for name in {sorted(switched)} if defects.broken(name)])"
    good = subprocess.run([sys.executable, "-c", asked], cwd=PROGRAM, capture_output=True, text=True)
    assert good.stdout.strip() == "[]"
