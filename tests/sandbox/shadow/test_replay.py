"""A replayed day: what the checks miss is seen beside the stub, and a good component is not blamed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import running
from tests.components.launching import free_port, launched
from tests.components.trying import SLOTS, Sandbox, compared, member, shadowed
from tests.conftest import KEY
from tests.sandbox.served import Served

AT_ONCE = 2
MISSED_BY_THE_CHECKS = {
    ("bins_r_us", "summer-time-forgotten"): (
        "409 Not collected yet",
        ["report-missed-bin-of-today"],
    ),
    ("bins_r_us", "version-stands-still"): ("a lower version", ["report-missed-bin"]),
    ("bins_r_us", "withdrawn-comes-back"): (
        "collected instead of withdrawn",
        ["report-missed-bin", "withdraw-report"],
    ),
    ("bins_r_us", "names-in-ascii"): (
        "another holder name",
        ["somebody-leaves", "somebody-arrives", "look-up-home-that-changed-hands"],
    ),
    ("road_watch", "reopen-ignored"): ("open instead of closed", ["open-again"]),
    ("road_watch", "required-not-demanded"): (
        "took what the stub refused with 400",
        ["report-without-an-answer"],
    ),
    ("road_watch", "description-leaks"): (
        "a value of description where the stub gives none",
        ["report-pothole", "report-litter-without-a-word"],
    ),
}
"""What no conformance check finds, how the replayed day tells of it, and the errands that show it."""
FEW = 12
"""Calls of the errands that show a mistake."""
GOOD = [(name, "") for name in SLOTS]
BOTH_WAYS = "road_watch"
"""For this the stub is compared with itself first."""

FILLS = {"mode": "live", "by": "test", "why": "to try it", "override": "nothing was shown of it yet"}

Results = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A served council, which each component joins under a name of its own."""
    with running.temporary() as there:
        yield Sandbox(there.url, there.council, there.key)


@pytest.fixture(scope="module")
def results(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What a day with each errand once came to, for each component, good or with a mistake."""
    folder = tmp_path_factory.mktemp("components")

    def tried(one: tuple[str, str]) -> dict[str, Any]:
        name, defect = one
        data = folder / f"{name}-{defect or 'good'}"
        only = MISSED_BY_THE_CHECKS[one][1] if defect else []
        calls = FEW if defect else 1
        return shadowed(
            sandbox,
            name,
            data,
            defect=defect or None,
            calls=calls,
            only=only,
            learn_noise=one == (BOTH_WAYS, ""),
        )

    wanted = [*GOOD, *MISSED_BY_THE_CHECKS]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(tried, wanted), strict=True))


@pytest.mark.parametrize("name", SLOTS)
def test_a_good_component_differs_from_the_stub_in_nothing(results: Results, name: str) -> None:
    result = results[name, ""]

    assert result["state"] == "done"
    assert [group["sentence"] for group in result["summary"]["groups"]] == []
    assert result["summary"]["calls"] > 30
    assert result["summary"]["events"] > 5


@pytest.mark.parametrize(("name", "defect"), MISSED_BY_THE_CHECKS)
def test_a_mistake_that_the_checks_miss_is_seen_beside_the_stub(
    results: Results, name: str, defect: str
) -> None:
    result = results[name, defect]

    assert result["state"] == "done"
    sentence, _ = MISSED_BY_THE_CHECKS[name, defect]
    said = [group["sentence"] for group in result["summary"]["groups"]]
    assert any(sentence in each for each in said), said


def test_what_a_supplier_declares_as_noise_is_let_pass_and_named(sandbox: Sandbox, tmp_path: Path) -> None:
    noise = {"place": "**/return_by", "why": "Our crews return a day later, as agreed.", "operation": "*"}
    only, late = ["report-missed-bin"], "return-by-a-day-late"
    wanted = {"calls": 4, "only": only, "learn_noise": False, "noise": [noise]}

    result = shadowed(sandbox, "bins_r_us", tmp_path / "bins", defect=late, **wanted)

    assert [group["place"] for group in result["summary"]["groups"] if "return_by" in group["place"]] == []
    assert noise["why"] in [each["why"] for each in result["summary"]["noise"]]


def test_when_all_is_over_no_fork_is_left(sandbox: Sandbox, results: Results) -> None:
    assert sandbox.ask("GET", f"/councils/{sandbox.council}/forks")["items"] == []


def test_a_recorded_session_is_sent_to_both_from_where_the_council_began(
    sandbox: Sandbox, results: Results, tmp_path: Path
) -> None:
    waste = f"{sandbox.url}/councils/{sandbox.council}/waste"
    with httpx.Client(headers={"Authorization": f"Bearer {sandbox.key}"}, trust_env=False) as client:
        listed = client.get(f"{waste}/collections", params={"reportable": True, "missed": False}).json()
        fields = ("uprn", "stream", "collection_date")
        report = {name: listed["items"][0][name] for name in fields}
        reference = client.post(f"{waste}/missed-collections", json=report).json()["reference"]
        client.patch(f"{waste}/missed-collections/{reference}", json={"status": "withdrawn"})
        shown = client.get(f"{waste}/missed-collections/{reference}").json()
    assert shown["status"] == "withdrawn"

    result = shadowed(sandbox, "bins_r_us", tmp_path / "bins", kind="recorded", learn_noise=False)

    assert result["summary"]["groups"] == []
    assert result["summary"]["calls"] == 4


def test_a_run_that_is_stopped_lets_the_component_back_into_its_council(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with member(sandbox, "bins_r_us", "stopped", tmp_path / "bins"):
        door = f"/councils/{sandbox.council}/components/stopped"
        begun = sandbox.ask("POST", f"{door}/shadow", {"calls": 50_000, "learn_noise": False})
        while not sandbox.ask("GET", f"{door}/shadow")["sent"]:
            pass
        assert sandbox.ask("GET", door)["council"] != sandbox.council
        with pytest.raises(httpx.HTTPStatusError, match="409"):
            sandbox.ask("POST", f"{door}/shadow", {})

        sandbox.ask("DELETE", f"{door}/shadow")

        assert compared(sandbox, "stopped", begun["number"])["state"] == "failed"
        assert sandbox.ask("GET", door)["council"] == sandbox.council
    assert sandbox.ask("GET", f"/councils/{sandbox.council}/forks")["items"] == []


def test_after_a_kill_the_component_acts_in_its_council_and_the_run_is_said_to_be_broken_off(
    built_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(built_folder, tmp_path / "council-data")
    served = Served(tmp_path / "council-data")
    sandbox = Sandbox(f"http://127.0.0.1:{served.port}", "fairwater", KEY)
    door = "/councils/fairwater/components/killed"
    try:
        wanted = {"name": "killed", "slot": "waste", "url": f"http://127.0.0.1:{free_port()}"}
        environment = sandbox.ask("POST", "/councils/fairwater/components", wanted)["environment"]
        port = int(wanted["url"].rpartition(":")[2])
        with launched("bins_r_us", environment, data=tmp_path / "bins", port=port):
            begun = sandbox.ask("POST", f"{door}/shadow", {"calls": 50_000, "learn_noise": False})
            while not sandbox.ask("GET", f"{door}/shadow")["sent"]:
                pass

            served.kill()
            served.start()

            assert sandbox.ask("GET", door)["council"] == "fairwater"
            assert compared(sandbox, "killed", begun["number"])["state"] == "failed"
            assert sandbox.ask("GET", "/councils/fairwater/forks")["items"] == []
    finally:
        served.close()


def test_a_component_that_fills_a_slot_is_not_taken_away_to_be_tried(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with member(sandbox, "bins_r_us", "filling", tmp_path / "bins"):
        slot = f"/councils/{sandbox.council}/slots/waste"
        sandbox.ask("PUT", slot, {**FILLS, "component": "filling"})
        try:
            with pytest.raises(httpx.HTTPStatusError, match="409"):
                sandbox.ask("POST", f"/councils/{sandbox.council}/components/filling/shadow", {})
        finally:
            sandbox.ask("POST", f"{slot}/roll-back", {"by": "test", "why": "it was tried"})
