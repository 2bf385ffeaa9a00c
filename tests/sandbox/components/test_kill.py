"""What a component was told is taken is taken, though the sandbox is killed at any moment."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from sandbox.folder import DataFolder
from tests.sandbox.components.conftest import NAME, reported, signed
from tests.sandbox.posting.test_kill import up
from tests.sandbox.test_command import a_free_port

COMPONENTS = "/sandbox/councils/fairwater/components"
BEFORE_THE_KILL = 40


def send(client: httpx.Client, secret: str, number: int) -> int:
    """Send the event of a number, which always has the same webhook-id; the answer's status."""
    body = json.dumps(reported(f"MC{number:08}")).encode()
    headers = signed(secret, body, f"msg_{number}")
    return client.post(f"{COMPONENTS}/{NAME}/events", content=body, headers=headers).status_code


def everything_sent(client: httpx.Client) -> list[dict[str, Any]]:
    """All that the council has noted, in order."""
    sent: list[dict[str, Any]] = []
    while True:
        after = sent[-1]["position"] if sent else 0
        page = client.get(f"{COMPONENTS}/{NAME}/events", params={"after": after}).json()
        if not page["items"]:
            return sent
        sent += page["items"]


def test_what_is_taken_is_taken_once_though_the_sandbox_is_killed(built_folder: Path, tmp_path: Path) -> None:
    data, port = tmp_path / "council-data", a_free_port()
    shutil.copytree(built_folder, data)
    acknowledged: list[int] = []
    enough = threading.Event()

    def send_until_it_is_gone(client: httpx.Client, secret: str) -> None:
        with suppress(httpx.HTTPError):
            for number in count(1):
                assert send(client, secret, number) == 202
                acknowledged.append(number)
                if number == BEFORE_THE_KILL:
                    enough.set()

    with up(DataFolder(data).path, port) as (process, client):
        wanted = {"name": NAME, "slot": "waste", "url": "http://127.0.0.1:9000"}
        made = client.post(COMPONENTS, json=wanted).json()
        secret = made["events_secret"]
        sending = threading.Thread(target=send_until_it_is_gone, args=(client, secret))
        sending.start()
        assert enough.wait(60)
        process.kill()
        sending.join(60)
    with up(data, port) as (_, client):
        own = {"Authorization": f"Bearer {made['key']}"}
        assert client.get(f"{COMPONENTS}/{NAME}", headers=own).status_code == 200
        assert {send(client, secret, number) for number in acknowledged} == {200}
        # One may have been taken whose answer the kill cut off; sent again it is taken once, either way.
        send(client, secret, len(acknowledged) + 1)
        sent = everything_sent(client)
    taken = Counter(each["webhook_id"] for each in sent if each["outcome"] == "taken")
    assert taken == Counter(f"msg_{number}" for number in range(1, len(acknowledged) + 2))
    assert [each["position"] for each in sent] == list(range(1, len(sent) + 1))
