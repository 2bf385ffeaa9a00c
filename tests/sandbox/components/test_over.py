"""Records, and the feed from where they ended, give the present: nothing missed, nothing twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.components.records import record_lines
from sandbox.components.registering import act_in, find
from sandbox.folder import DataFolder
from service_apis.kit.council import Council
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, Joined, join

Cases = dict[str, str]
"""The status of each missed bin and bulky collection, by its reference."""
DOES = ("report", "close", "book", "cancel", "day")
ENDS = {"withdrawn": "withdrawn", "cancelled": "cancelled", "collected": "collected"}


class World:
    """A council or a fork of it, what is done in it, and the component's own account of it."""

    def __init__(self, joined: Joined, world: Council) -> None:
        self.joined, self.world = joined, world
        self.client = joined.council.client
        self.waste = f"/councils/{world.name}/waste"
        self.cases: Cases = {}
        self.position, self.state = "", ""

    def do(self, what: str) -> None:
        """Let somebody do something, if it can be done now."""
        if what == "report":
            due = self._list("/collections?reportable=true&missed=false")[0]
            self._post(
                "/missed-collections", {name: due[name] for name in ("uprn", "stream", "collection_date")}
            )
        elif what == "book":
            home = self._list("/collections?reportable=true")[0]["uprn"]
            slots = self.client.get(f"{self.waste}/bulky-slots").json()["items"]
            day = next(each["collection_date"] for each in slots if each["free"])
            self._post("/bulky-collections", {"uprn": home, "collection_date": day, "things": ["sofa"]})
        elif what == "close":
            for case in self._list("/missed-collections?status=reported")[:1]:
                body = {"status": "withdrawn"}
                self.client.patch(f"{self.waste}/missed-collections/{case['reference']}", json=body)
        elif what == "cancel":
            for booking in self._list("/bulky-collections?status=booked")[:1]:
                self.client.post(f"{self.waste}/bulky-collections/{booking['reference']}/cancellation")
        else:
            self.client.post(f"/sandbox/councils/{self.world.name}/clock", json={"by": "P1D"})

    def take_over(self, meanwhile: list[str]) -> None:
        """Take the records over, while others go on."""
        self.state = self.joined.get().json()["state"]
        lines = record_lines(self.world, self.world.services["waste"])
        whole = json.loads(next(lines))
        for what in meanwhile:
            self.do(what)
        told = [json.loads(line) for some in lines for line in some.splitlines()]
        records = [each["record"] for each in told if "status" in each["record"]]
        self.cases = {each["reference"]: each["status"] for each in records}
        assert len(self.cases) == len(records)
        self.position = whole["position"]

    def hear(self) -> None:
        """Follow the feed to its end; what the records had already, or never had, must not come."""
        while True:
            answer = self.joined.get(f"/feed?type=virtual-council.waste.*&limit=7&after={self.position}")
            assert answer.status_code == 200, answer.text
            for event in answer.json()["items"]:
                self._follow(event["type"].split(".", 2)[2], event["subject"], event["data"])
            self.position = answer.json()["next"]
            if not answer.json()["items"]:
                return

    def _follow(self, what: str, case: str, data: dict[str, Any]) -> None:
        if what in ("missed-collection.reported", "bulky-collection.booked"):
            assert case not in self.cases, f"{what} of {case} came twice"
            self.cases[case] = what.rpartition(".")[2]
        elif what.startswith(("missed-collection.", "bulky-collection.")):
            ended = data.get("status", what.rpartition(".")[2])
            assert self.cases[case] in ("reported", "booked"), f"{what} of {case} came twice"
            self.cases[case] = ended

    @property
    def present(self) -> Cases:
        """What the council itself says now."""
        both = (*self._list("/missed-collections?"), *self._list("/bulky-collections?"))
        return {each["reference"]: each["status"] for each in both}

    def _list(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get(f"{self.waste}{path}&per_page=200").json()["items"]
        return items

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self.client.post(f"{self.waste}{path}", json=body)
        assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def worlds(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, World]]:
    """A council that a component has joined, and a fork of it, in which the component may act."""
    path = tmp_path_factory.mktemp("over") / "council-data"
    shutil.copytree(built_folder, path)
    council = CouncilUnderTest(DataFolder(path))
    joined = join(council)
    council.control("/forks", name="fork", lifetime="PT1H")
    found = {name: council.sandbox.councils.get(name) for name in ("fairwater", "fork")}
    yield {name: World(joined, world) for name, world in found.items() if world is not None}
    council.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.sampled_from(["fairwater", "fork"]),
    meanwhile=st.lists(st.sampled_from(DOES), max_size=4),
    after=st.lists(st.sampled_from((*DOES, "hear", "set back")), max_size=6),
)
def test_records_and_what_came_after_them_are_the_present(
    worlds: dict[str, World], where: str, meanwhile: list[str], after: list[str]
) -> None:
    world = worlds[where]
    with world.joined.council.sandbox.councils.notebook("fairwater").writing() as session:
        act_in(find(session, NAME), None if where == "fairwater" else where)
    control = f"/sandbox/councils/{where}"
    world.client.delete(f"{control}/snapshots/before")
    assert world.client.post(f"{control}/snapshots", json={"name": "before"}).status_code == 201
    world.take_over(meanwhile)
    for what in after:
        if what == "hear":
            world.hear()
        elif what == "set back":
            assert world.client.post(f"{control}/snapshots/before/restore").status_code == 200
            assert world.joined.get().json()["state"] != world.state, "a component must see that it was"
            world.take_over([])
        else:
            world.do(what)
    assert world.joined.get().json()["state"] == world.state
    world.hear()
    assert world.cases == world.present
