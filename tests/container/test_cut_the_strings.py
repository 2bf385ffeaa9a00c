"""The whole way of a product into a council and back, as its supplier types it, on a real engine.

From an image it joins, is checked, answers a replayed day beside the stub, and then answers for 10, 50 and
100 % of the homes. Meanwhile people go on using the council and the journeys are walked, and nobody notices.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import httpx
import pytest

import scenarios
from scenarios import packs
from scenarios.results import Outcome
from tests.conftest import KEY
from tests.container.trying import Ground

pytestmark = pytest.mark.container

BINS = "bins-r-us"
WASTE = "/councils/fairwater/waste"
JOURNAL = "/sandbox/councils/fairwater/journal?service=waste&limit=200"
CALLS = "600"
"""More than the gate wants to have been compared."""
SLOWER = "60000"
"""How much slower it may be, in milliseconds: a machine that is busy with other tests is not to decide."""


class Public:
    """People who use the council all the while: they look up their bins, and report missed ones."""

    def __init__(self, address: str, homes: list[dict[str, Any]]) -> None:
        self.failed: list[str] = []
        self.calls = 0
        self.cases: dict[str, dict[str, Any]] = {}
        self._address = address
        self._homes = homes
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._use)

    @contextmanager
    def at_it(self) -> Iterator[None]:
        """While the block lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            self._thread.join()

    def _use(self) -> None:
        to_report = iter(self._homes)
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.Client(base_url=self._address, headers=headers, timeout=30, trust_env=False) as client:
            for turn, home in enumerate(cycle(self._homes)):
                if self._stopped.wait(0.02):
                    return
                self._ask(client, "GET", f"{WASTE}/properties/{home['uprn']}/collections")
                if turn % 10 == 0 and (missed := next(to_report, None)) is not None:
                    wanted = {each: missed[each] for each in ("uprn", "stream", "collection_date")}
                    case = self._ask(client, "POST", f"{WASTE}/missed-collections", wanted)
                    self.cases[case["reference"]] = case

    def _ask(self, client: httpx.Client, method: str, path: str, sent: Any = None) -> Any:
        self.calls += 1
        try:
            answer = client.request(method, path, json=sent)
        except httpx.HTTPError as error:
            self.failed.append(f"{method} {path}: {error}")
            return {"reference": ""}
        # A journey moves the clock, and a bin may be reported for two working days only.
        if answer.status_code >= 500 or (answer.is_client_error and answer.status_code != 409):
            self.failed.append(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.is_success else {"reference": ""}


def walked(ground: Ground) -> list[str]:
    """Walk every journey of the council's waste on it as it is; those that failed."""
    address = str(ground.client.base_url).rstrip("/")
    run = scenarios.run(packs.load(packs.FOLDER), address, "fairwater", KEY, only=["waste", "journeys"])
    assert len(run.journeys) > 10
    return [f"{each.journey}: {each.reason}" for each in run.journeys if each.outcome is not Outcome.PASS]


def answered_by(ground: Ground) -> Counter[str]:
    """Who answered the latest calls of waste that were no writes of ours."""
    items = ground.client.get(JOURNAL).raise_for_status().json()["items"]
    return Counter(each["answered_by"] or "the stub" for each in items)


def test_a_product_takes_over_and_goes_again_and_nobody_notices(
    ground: Ground, component_images: dict[str, str]
) -> None:
    homes = ground.client.get(f"{WASTE}/collections?reportable=true&per_page=200").json()["items"]
    public = Public(str(ground.client.base_url), homes)
    with public.at_it():
        ground.typed("add", BINS, "--for", "waste", "--image", component_images["bins_r_us"])
        assert "PASSED" in ground.typed("check", BINS, "--examples", "1").output
        told = ground.typed("shadow", BINS, "--calls", CALLS).output
        assert "calls were answered alike" in told, told
        for share in ("10", "50", "100"):
            step = ("--percent", share, "--why", f"Step to {share} %")
            ground.typed("go-live", BINS, *step, "--slower", SLOWER)
            assert walked(ground) == []
        assert answered_by(ground)[BINS] > 100
        rolled_back = ground.typed("leave", BINS, "--why", "The trial is over").output
        assert walked(ground) == []
    assert public.failed == []
    assert public.calls > 200
    assert "Removed" in rolled_back, rolled_back
    assert ground.traces(BINS) == []
    public.cases.pop("", None)
    for reference in public.cases:
        kept = ground.client.get(f"{WASTE}/missed-collections/{reference}").raise_for_status().json()
        assert kept["uprn"] == public.cases[reference]["uprn"]
