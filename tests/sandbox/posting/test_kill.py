"""A sandbox that is killed again and again loses no event and mixes up no subject's."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.folder import DataFolder
from sandbox.posting.postbox import MOST_AT_ONCE
from tests.conftest import KEY
from tests.sandbox.posting.receiver import Received, receiving, until
from tests.sandbox.test_command import COUNCIL, a_free_port

KILLS = 6
WEBHOOKS = "/sandbox/councils/fairwater/webhooks"
HEADERS = {"Authorization": f"Bearer {KEY}"}


@contextmanager
def up(data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`council up`, once it answers; killed at the end."""
    words = ["up", "--data", str(data), "--name", "fairwater", "--port", str(port), "--key", KEY]
    with (
        subprocess.Popen([COUNCIL, *words], stdout=subprocess.PIPE, text=True) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=HEADERS, timeout=30) as client,
    ):
        try:
            assert process.stdout
            for _ in range(5):
                process.stdout.readline()
            yield process, client
        finally:
            process.kill()


def pay(client: httpx.Client, references: list[str], paid: Counter[str]) -> None:
    """Pay into the accounts in turn until the sandbox is gone, counting what was acknowledged."""
    with suppress(httpx.HTTPError):
        for reference in itertools.cycle(references):
            answer = client.post(
                f"/councils/fairwater/council-tax/accounts/{reference}/payments",
                json={"amount_pence": 1, "method": "card"},
            )
            if answer.status_code == 201:
                paid[reference] += 1


@pytest.fixture
def data(built_folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "council-data"
    shutil.copytree(built_folder, path)
    return DataFolder(path).path


def test_everything_arrives_in_order_though_the_sandbox_is_killed_at_any_moment(data: Path) -> None:
    paid: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def answer(received: Received) -> tuple[int, dict[str, str]]:
        # One event in four is refused the first time, so that a kill also meets what waits for its retry.
        chosen = int(sha256(received.id.encode()).hexdigest(), 16) % 4 == 0
        if chosen and not refused[received.id]:
            refused[received.id] += 1
            return 503, {}
        return 204, {}

    port = a_free_port()
    with receiving() as receiver:
        receiver.answer = answer
        for round_ in range(KILLS):
            with up(data, port) as (process, client):
                if round_ == 0:
                    wanted = {"url": receiver.url, "first_retry_seconds": 0.05}
                    made = client.post(WEBHOOKS, json=wanted)
                    assert made.status_code == 201, made.text
                    accounts = client.get(
                        "/councils/fairwater/council-tax/accounts", params={"status": "open", "per_page": 6}
                    )
                    references = [each["reference"] for each in accounts.json()["items"]]
                load = threading.Thread(target=pay, args=(client, references, paid))
                load.start()
                time.sleep(0.3 + _moment(round_))
                process.kill()
                load.join()
        with up(data, port) as (process, client):
            told = everything(client)
            until(lambda: {each["id"] for each in told} <= {each.id for each in receiver.received})
            until(lambda: client.get(WEBHOOKS).json()["items"][0]["pending"] == 0)
            assert client.get(WEBHOOKS).json()["items"][0]["dead"] == 0

    assert sum(paid.values()) >= KILLS
    of_subject: dict[str, dict[str, None]] = defaultdict(dict)
    for each in receiver.received:
        of_subject[each.event["subject"]][each.id] = None
    feed_of_subject: dict[str, list[str]] = defaultdict(list)
    for event in told:
        feed_of_subject[event["subject"]].append(event["id"])
    assert {subject: list(ids) for subject, ids in of_subject.items()} == feed_of_subject
    for reference, count in paid.items():
        assert len(feed_of_subject[reference]) >= count
    bodies = defaultdict(set)
    for each in receiver.received:
        bodies[each.id].add(each.body)
    assert all(len(different) == 1 for different in bodies.values())
    repeats = len(receiver.received) - len(bodies) - sum(refused.values())
    assert repeats <= KILLS * MOST_AT_ONCE


def _moment(number: int) -> float:
    """Between nothing and half a second, another with each run."""
    return int(sha256(f"{os.getpid()}-{number}".encode()).hexdigest(), 16) % 500 / 1000


def everything(client: httpx.Client) -> list[dict[str, Any]]:
    """All events of the council, in order."""
    told: list[dict[str, Any]] = []
    after = "0"
    while True:
        answer = client.get("/sandbox/councils/fairwater/events", params={"after": after, "limit": 200})
        page = json.loads(answer.text)
        if not page["items"]:
            return told
        told += page["items"]
        after = page["next"]
