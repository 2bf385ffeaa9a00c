"""However councils are forked, moved in time, taken back and killed, each is what its own history makes it.

The model of a council is the plain list of what was done to it: a fork takes its council's list along, a
restore puts back the list as it was. What the sandbox holds after any sequence must be what the list gives
when it is simply done, once and in order, to a fresh fork of the council that all began with.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle as Several
from hypothesis.stateful import (
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from sandbox.digests import digests
from sandbox.folder import DataFolder
from sandbox.stores import CouncilFile
from tests.sandbox.served import Served

KILLS = st.one_of(st.none(), st.none(), st.floats(0, 0.04))
"""When the server is killed: mostly not, else so many seconds into a call."""

Deed = tuple[str, dict[str, Any], str]
"""A call of a council: its path with a place for the name, what is sent, and the key of the request."""


@dataclass
class History:
    """What was done to one council, and to what it can be taken back."""

    deeds: list[Deed] = field(default_factory=list)
    made_with: list[Deed] = field(default_factory=list)
    saved: dict[str, list[Deed]] = field(default_factory=dict)

    def forked(self) -> History:
        return History(list(self.deeds), list(self.deeds))


def tables(served: Served, name: str) -> dict[str, str]:
    """A digest of every table but the facts, which say what a council is called."""
    with CouncilFile(DataFolder(served.data).file(name)).reading() as contents:
        return {table: each for table, each in digests(contents).tables.items() if table != "council_facts"}


class Driving(RuleBasedStateMachine):
    """Random sequences of calls, clock moves, forks, saves, restores, resets, deletions and kills."""

    served: ClassVar[Served]
    accounts: ClassVar[list[str]]
    numbers: ClassVar[Iterator[int]]
    councils = Several("councils")

    def __init__(self) -> None:
        super().__init__()
        self.histories: dict[str, History] = {}

    def do(self, name: str, deed: Deed, kill_after: float | None = None) -> None:
        """Do it to a council, again with the same key if the server was killed before it answered."""
        path, sent, key = deed
        for kills in (kill_after, None):
            answer = self.served.call(
                "POST",
                path.format(name),
                json=sent,
                headers={"Idempotency-Key": key},
                kill_after=kills,
            )
            if answer is not None:
                assert answer.status_code in (200, 201), answer.text
                return

    def control(self, method: str, path: str, kill_after: float | None, done: int, **sent: Any) -> None:
        """A call of the control API; asked again, it may say ``done``: that it was done the first time."""
        answer = self.served.call(method, f"/sandbox/councils/{path}", kill_after=kill_after, json=sent)
        if answer is None:
            answer = self.served.call(method, f"/sandbox/councils/{path}", json=sent)
            assert answer.status_code in (200, 201, 204, done), answer.text
        else:
            assert answer.status_code in (200, 201, 204), answer.text

    @initialize(target=councils)
    def begin(self) -> str:
        for each in self.served.call("GET", "/sandbox/councils").json()["items"]:
            if each["name"] != "fairwater":  # left by a sequence that failed
                self.control("DELETE", each["name"], None, 404)
        return self.fork_of("fairwater", History(), None)

    def fork_of(self, parent: str, history: History, kill_after: float | None) -> str:
        name = f"town-{next(self.numbers)}"
        self.control("POST", f"{parent}/forks", kill_after, 409, name=name)
        self.histories[name] = history
        return name

    @rule(name=councils, which=st.integers(0, 4), pence=st.integers(1, 10_000), kill=KILLS)
    def pay(self, name: str, which: int, pence: int, kill: float | None) -> None:
        body = {"amount_pence": pence, "method": "card"}
        path = f"/councils/{{}}/council-tax/accounts/{self.accounts[which]}/payments"
        deed = (path, body, f"payment-{next(self.numbers)}")
        self.do(name, deed, kill)
        self.histories[name].deeds.append(deed)

    @rule(name=councils, days=st.integers(1, 20), kill=KILLS)
    def pass_time(self, name: str, days: int, kill: float | None) -> None:
        now = self.served.call("GET", f"/sandbox/councils/{name}/clock").json()["now"]
        day = int(now[8:10]) + days
        month, day = int(now[5:7]) + (day - 1) // 28, (day - 1) % 28 + 1
        until = f"{int(now[:4]) + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-{day:02}T09:00:00Z"
        if until <= now:
            return
        deed = ("/sandbox/councils/{}/clock", {"to": until}, "")
        self.do(name, deed, kill)
        self.histories[name].deeds.append(deed)

    @rule(target=councils, name=councils, kill=KILLS)
    def fork(self, name: str, kill: float | None) -> str:
        return self.fork_of(name, self.histories[name].forked(), kill)

    @rule(name=councils, kill=KILLS)
    def save(self, name: str, kill: float | None) -> None:
        history = self.histories[name]
        snapshot = f"state-{len(history.saved)}"
        self.control("POST", f"{name}/snapshots", kill, 409, name=snapshot)
        history.saved[snapshot] = list(history.deeds)

    @rule(name=councils, which=st.integers(0, 20), kill=KILLS)
    def restore(self, name: str, which: int, kill: float | None) -> None:
        history = self.histories[name]
        if history.saved:
            snapshot = sorted(history.saved)[which % len(history.saved)]
            self.control("POST", f"{name}/snapshots/{snapshot}/restore", kill, 200)
            history.deeds = list(history.saved[snapshot])

    @rule(name=councils, kill=KILLS)
    def reset(self, name: str, kill: float | None) -> None:
        self.control("POST", f"{name}/reset", kill, 200)
        self.histories[name].deeds = list(self.histories[name].made_with)

    @rule(target=councils, name=consumes(councils), kill=KILLS)
    def delete(self, name: str, kill: float | None) -> Any:
        if len(self.histories) == 1:
            return name
        self.control("DELETE", name, kill, 404)
        del self.histories[name]
        return multiple()

    @invariant()
    def only_whole_councils_are_to_be_seen(self) -> None:
        listed = self.served.call("GET", "/sandbox/councils").json()["items"]
        assert {each["name"] for each in listed} == {"fairwater", *self.histories}

    def teardown(self) -> None:
        for name, history in list(self.histories.items()):
            twin = self.fork_of("fairwater", History(), None)
            for deed in history.deeds:
                self.do(twin, deed)
            assert tables(self.served, name) == tables(self.served, twin), history.deeds
            for each in (name, twin):
                self.control("DELETE", each, None, 404)
                del self.histories[each]


@contextmanager
def serving(built_folder: Path, folder: Path) -> Iterator[Served]:
    shutil.copytree(built_folder, folder)
    served = Served(folder)
    try:
        yield served
    finally:
        served.close()


def test_each_council_is_what_its_own_history_makes_it(built_folder: Path, tmp_path: Path) -> None:
    with serving(built_folder, tmp_path / "council-data") as served:
        Driving.served, Driving.numbers = served, count(1)
        listed = served.call("GET", "/councils/fairwater/council-tax/accounts?per_page=5").json()
        Driving.accounts = [each["reference"] for each in listed["items"]]
        run_state_machine_as_test(
            Driving,
            settings=settings(
                max_examples=10,
                stateful_step_count=15,
                # What fails is told as it was found: each step is a call of a server that may be killed.
                phases=[Phase.generate],
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )


@pytest.mark.parametrize("path", ["forks", "snapshots", "snapshots/kept/restore", "reset"])
def test_a_kill_at_any_moment_of_it_leaves_the_source_whole_and_nothing_half_made(
    path: str, built_folder: Path, tmp_path: Path
) -> None:
    with serving(built_folder, tmp_path / "council-data") as served:
        root = "/sandbox/councils/fairwater"
        assert served.call("POST", f"{root}/snapshots", json={"name": "kept"}).status_code == 201
        kept = tables(served, "fairwater")
        assert served.call("POST", f"{root}/clock", json={"by": "P20D"}).status_code == 200
        moved = tables(served, "fairwater")
        for milliseconds in (1, 4, 8, 13, 20):
            served.call(
                "POST",
                f"{root}/{path}",
                json={"name": f"other-{milliseconds}"} if path in ("forks", "snapshots") else None,
                kill_after=milliseconds / 1000,
            )
            found = tables(served, "fairwater")
            taken_back = found == kept
            assert found == moved or (taken_back and path.endswith(("restore", "reset")))
            for each in served.call("GET", "/sandbox/councils").json()["items"]:
                assert tables(served, each["name"]) in (moved, kept)
            for each in served.call("GET", f"{root}/snapshots").json()["items"]:
                restorable = served.call(
                    "POST", f"{root}/forks", json={"snapshot": each["name"], "lifetime": "PT1H"}
                )
                assert restorable.status_code == 201, restorable.text
            if taken_back:
                served.call("POST", f"{root}/clock", json={"by": "P20D"})
                assert tables(served, "fairwater") == moved
        left = [file.name for file in served.data.rglob("*") if file.suffix in (".copying", ".rewinding")]
        assert left == []


def test_a_fork_made_under_load_holds_every_change_whole_or_not_at_all(
    built_folder: Path, tmp_path: Path
) -> None:
    with serving(built_folder, tmp_path / "council-data") as served:
        listed = served.call("GET", "/councils/fairwater/council-tax/accounts?per_page=4").json()
        before = {each["reference"]: each["balance_pence"] for each in listed["items"]}
        ended = threading.Event()

        def pay(reference: str) -> None:
            address = f"/councils/fairwater/council-tax/accounts/{reference}/payments"
            while not ended.is_set():
                paid = served.client.post(address, json={"amount_pence": 7, "method": "card"})
                assert paid.status_code == 201

        payers = [threading.Thread(target=pay, args=(reference,)) for reference in before]
        for payer in payers:
            payer.start()
        forks = [served.call("POST", "/sandbox/councils/fairwater/forks", json={}).json() for _ in range(8)]
        ended.set()
        for payer in payers:
            payer.join()
        counted = [_payments_told_alike(served, fork["name"], before) for fork in forks]
        assert counted == sorted(counted)
        assert counted[-1] > counted[0]


def _payments_told_alike(served: Served, name: str, before: dict[str, int]) -> int:
    """How many payments a fork has; its balances, its ledgers and its events must say the same."""
    total = 0
    for reference, balance in before.items():
        account = f"/councils/{name}/council-tax/accounts/{reference}"
        paid = (balance - served.call("GET", account).json()["balance_pence"]) // 7
        ledger = served.call("GET", f"{account}/transactions?per_page=200").json()["items"]
        events = f"/sandbox/councils/{name}/events?subject={reference}&limit=200"
        assert len([each for each in ledger if each["amount_pence"] == -7]) == paid
        assert len(served.call("GET", events).json()["items"]) == paid
        total += paid
    return total
