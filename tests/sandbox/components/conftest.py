"""A component that has joined a council, and the means to speak to the council as it would."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from httpx2 import Response
from standardwebhooks import Webhook

from sandbox import machine
from tests.conftest import CouncilUnderTest

NAME = "bins-r-us"


class Joined:
    """A component as it stands at its door: with its own key, and its own secret to sign with."""

    def __init__(self, council: CouncilUnderTest, made: dict[str, Any]) -> None:
        self.council = council
        self.made = made
        self.door = f"/sandbox/councils/{council.name}/components/{made['name']}"
        self.headers = {"Authorization": f"Bearer {made['key']}"}

    def get(self, path: str = "") -> Response:
        """Ask something at the door, with the component's own key."""
        return self.council.client.get(self.door + path, headers=self.headers)

    def introspect(self, token: str) -> dict[str, Any]:
        """What the council says of a key."""
        answer = self.council.client.post(
            f"{self.door}/introspection", data={"token": token}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def send(self, event: Any, webhook_id: str = "msg_1", **headers: str) -> Response:
        """Send an event, signed as it must be; ``headers`` take the place of the right ones."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        right = signed(self.made["events_secret"], body, webhook_id)
        headers = right | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.council.client.post(
            f"{self.door}/events", content=body, headers={**headers, "Authorization": ""}
        )

    def sent(self, **params: Any) -> list[dict[str, Any]]:
        """What the council has noted of what the component sent."""
        answer = self.council.client.get(f"{self.door}/events", params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


def signed(secret: str, body: bytes, webhook_id: str, at: datetime | None = None) -> dict[str, str]:
    """The headers of an event that is signed, now or at another time."""
    moment = (at or machine.now()).replace(microsecond=0)
    return {
        "content-type": "application/cloudevents+json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment, body.decode("utf-8", "replace")),
    }


def reported(subject: str = "MC00000001", **changed: Any) -> dict[str, Any]:
    """A good event: a missed bin was reported."""
    return {
        "specversion": "1.0",
        "id": f"reported-{subject}",
        "source": f"/components/{NAME}",
        "type": "virtual-council.waste.missed-collection.reported",
        "subject": subject,
        "time": "2026-06-01T08:00:00Z",
        "datacontenttype": "application/json",
        "data": {"stream": "refuse"},
        **changed,
    }


def join(council: CouncilUnderTest, name: str = NAME, slot: str = "waste") -> Joined:
    """Let a component join."""
    made = council.control("/components", name=name, slot=slot, url="http://127.0.0.1:9000/")
    assert made.status_code == 201, made.text
    return Joined(council, made.json())


@pytest.fixture
def bins(council: CouncilUnderTest) -> Joined:
    """A component that has joined for waste."""
    return join(council)
