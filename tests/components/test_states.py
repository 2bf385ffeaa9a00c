"""Both components take the council's records over anew whenever those that they have are of another past."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import Sandbox
from sandbox.components.registering import act_in, find
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from service_apis.kit.discovery import discover
from tests.components.launching import Component, free_port, launched
from tests.conftest import KEY

COUNCIL = "/sandbox/councils/fairwater"
SLOTS = {"bins_r_us": "waste", "road_watch": "street-reports"}
CASES = {"bins_r_us": "/missed-collections?per_page=200", "road_watch": "/requests.json"}
BIN = "/collections?reportable=true&missed=false&per_page=1"


@dataclass(frozen=True)
class Place:
    """Where the slot answers: a component, or the stub of a council."""

    client: httpx.Client
    root: str = ""

    def get(self, path: str, **request: Any) -> httpx.Response:
        """An answer, which is no refusal."""
        return self.client.get(self.root + path, **request).raise_for_status()

    def post(self, path: str, **request: Any) -> httpx.Response:
        """An answer, which is no refusal."""
        return self.client.post(self.root + path, **request).raise_for_status()


@dataclass(frozen=True)
class Joined:
    """A component that fills nothing yet, beside the stub of its slot."""

    app: Sandbox
    control: httpx.Client
    name: str
    given: dict[str, str]
    component: Component
    theirs: Place

    def report(self, where: Place, **headers: str) -> httpx.Response:
        """Open a case, at the component or at a stub."""
        if self.name == "bins_r_us":
            found = where.get(BIN).json()["items"][0]
            body = {each: found[each] for each in ("uprn", "stream", "collection_date")}
            return where.post("/missed-collections", json=body, headers=headers)
        home = self.control.get("/councils/fairwater/addresses/properties?per_page=1").json()["items"][0]
        form = {"api_key": KEY, "service_code": "litter", "address_id": home["uprn"]}
        return where.post("/requests.json", data=form)

    def cases(self, where: Place) -> Any:
        """All cases, at the component or at a stub."""
        return where.get(CASES[self.name]).json()

    def stub(self, council: str = "fairwater") -> Place:
        """The stub of the slot."""
        return Place(self.control, f"/councils/{council}/{SLOTS[self.name]}")

    def returned(self) -> dict[str, Any]:
        """How what it gives back compares with what the council holds."""
        address = f"{COUNCIL}/components/{self.name.replace('_', '-')}/returned"
        told: dict[str, Any] = self.control.post(address, json={}).raise_for_status().json()
        return told

    def reset(self) -> None:
        """Take the council, in which something was done, back to what it was at first."""
        self.report(self.stub())
        self.control.post(f"{COUNCIL}/reset").raise_for_status()

    def act_in(self, fork: str | None) -> None:
        """Let the component take a fork for its council, or its own council again."""
        with self.app.councils.notebook("fairwater").writing() as session:
            act_in(find(session, self.name.replace("_", "-")), fork)


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=30)


@pytest.fixture(scope="module")
def all_joined(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Joined]]:
    """A council that both components have joined."""
    path = tmp_path_factory.mktemp("states")
    shutil.copytree(built_folder, path / "council-data")
    app = Sandbox(DataFolder(path / "council-data"), discover(), "fairwater", key=KEY)
    with ExitStack() as stack:
        stack.callback(app.close)
        url = stack.enter_context(served_aside(app.gateway))
        control = stack.enter_context(_client(url))
        joined = {}
        for name, slot in SLOTS.items():
            port = free_port()
            wanted = {"name": name.replace("_", "-"), "slot": slot, "url": f"http://127.0.0.1:{port}"}
            made = control.post(f"{COUNCIL}/components", json=wanted).raise_for_status().json()
            given, data = made["environment"], path / name
            component = stack.enter_context(launched(name, given, data=data, port=port))
            theirs = stack.enter_context(_client(component.url))
            joined[name] = Joined(app, control, name, given, component, Place(theirs))
        yield joined


@pytest.fixture(params=SLOTS)
def joined(request: pytest.FixtureRequest, all_joined: dict[str, Joined]) -> Joined:
    """One of the components after the other."""
    return all_joined[request.param]


def test_after_a_reset_it_has_what_the_council_has_and_nothing_of_what_was_undone(joined: Joined) -> None:
    before = joined.cases(joined.theirs)
    named = {"Idempotency-Key": "before the reset"}
    first = joined.report(joined.theirs, **named)
    assert joined.cases(joined.theirs) != before
    joined.reset()
    assert joined.cases(joined.theirs) == before == joined.cases(joined.stub())
    again = joined.report(joined.theirs, **named)
    assert again.json() == first.json(), "what was numbered since is numbered anew"
    assert joined.cases(joined.theirs) != before


def test_a_killed_component_sees_that_the_council_was_reset_meanwhile(joined: Joined) -> None:
    joined.report(joined.theirs)
    joined.component.kill()
    joined.reset()
    joined.component.restart()
    assert joined.cases(joined.theirs) == joined.cases(joined.stub())


def test_it_acts_in_a_fork_and_is_back_in_its_council_as_that_stands(joined: Joined) -> None:
    fork = joined.control.post(f"{COUNCIL}/forks", json={"lifetime": "PT1H"}).json()["name"]
    joined.report(joined.stub(fork))
    joined.control.post(f"/sandbox/councils/{fork}/clock", json={"by": "P6D"}).raise_for_status()
    joined.act_in(fork)
    assert joined.cases(joined.theirs) == joined.cases(joined.stub(fork))
    joined.report(joined.theirs)
    joined.act_in(None)
    assert joined.cases(joined.theirs) == joined.cases(joined.stub())
    joined.control.delete(f"/sandbox/councils/{fork}").raise_for_status()


def test_what_it_gives_back_is_what_the_council_has_of_the_same_cases(joined: Joined) -> None:
    joined.report(joined.stub())
    joined.control.post(f"{COUNCIL}/clock", json={"by": "P4D"}).raise_for_status()
    joined.act_in(None)  # It takes over anew what both then work on, each for itself.
    joined.control.post(f"{COUNCIL}/clock", json={"by": "P4D"}).raise_for_status()
    came = joined.returned()
    assert (came["fault"], came["differences"]) == (None, [])
    assert came["is_whole"]
    assert all(each["came"] for each in came["tables"])


def test_its_records_are_given_to_the_council_alone(joined: Joined) -> None:
    keys = ("", "Basic eDp5", f"Bearer {KEY}", "Bearer \N{SNOWMAN}", f"Bearer {joined.given['COUNCIL_KEY']}")
    headers = [{"Authorization": each.encode()} for each in keys]
    answers = [joined.theirs.client.get("/council-records", headers=each) for each in headers]
    assert [each.status_code for each in answers] == [401, 401, 403, 403, 200]
    assert [answer.headers["content-type"] for answer in answers[4:]] == ["application/x-ndjson"]
    assert not any(b"uprn" in answer.content for answer in answers[:4])


def test_the_links_of_an_answer_lead_to_where_the_caller_asked(all_joined: dict[str, Joined]) -> None:
    forwarded = {"Proto": "https", "Host": "council.example:8443", "Prefix": "/councils/fairwater/waste"}
    headers = {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
    bins = all_joined["bins_r_us"]
    listed = bins.theirs.get("/rounds?per_page=1", headers=headers)
    here = "https://council.example:8443/councils/fairwater/waste"
    assert f"<{here}/rounds?page=2&per_page=1>" in listed.headers["link"]
    home = bins.theirs.get(BIN).json()["items"][0]["uprn"]
    shown = bins.theirs.get(f"/properties/{home}", headers=headers).json()
    assert shown["calendar_url"] == f"{here}/properties/{home}/calendar.ics"


DEFECTS = {
    "record-lost-on-return": ("bins_r_us", "1 did not come back"),
    "field-changed-on-return": ("bins_r_us", "1 differs"),
    "record-doubled-on-return": ("bins_r_us", "1 nobody here knows"),
    "update-lost-on-return": ("road_watch", "1 did not come back"),
    "address-changed-on-return": ("road_watch", "1 differs"),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_mistake_in_giving_back_is_seen(all_joined: dict[str, Joined], defect: str, tmp_path: Path) -> None:
    name, sentence = DEFECTS[defect]
    joined = all_joined[name]
    joined.component.kill()  # The good program is not started again: nothing comes after this.
    port = int(joined.component.url.rpartition(":")[2])
    with launched(name, joined.given, defect=defect, data=tmp_path, port=port):
        came = joined.returned()
    assert came["sentence"].endswith(f"came back as the council knows them; {sentence}")
    assert not came["is_whole"]
