"""The council that this program has joined: its time, its records, its keys, and its ear for events."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
from defects import broken
from standardwebhooks import Webhook

PATIENCE_SECONDS = 10
LONGEST_KEY = 4_096
KEYS_KNOWN_SECONDS = 1.0
"""For how long a key is let in without asking again: a council may withdraw one at any moment."""
NEVER_TAKEN = (413, 422)
"""With what the council refuses an event that it would refuse again, and that would hold up all after it."""


class NotJoined(Exception):
    """The environment does not say which council this is for, or the council cannot be reached."""


@dataclass(frozen=True)
class Membership:
    """What a council gives to a component that it registers."""

    slot: str
    key: str
    door: str
    secret: str

    @classmethod
    def of_environment(cls) -> Membership:
        """As the environment says. Raises NotJoined."""
        names = ("COUNCIL_SLOT", "COUNCIL_KEY", "COUNCIL_COMPONENT_URL", "COUNCIL_EVENTS_SECRET")
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            raise NotJoined(f"Set {', '.join(missing)}, as the council gave them at the registration")
        slot, key, door, secret = (os.environ[name] for name in names)
        return cls(slot, key, door.rstrip("/"), secret)

    @property
    def authorization(self) -> dict[str, str]:
        """The header that lets this program in at its door."""
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def feed(self) -> str:
        """Where the council's events are read."""
        return f"{self.door}/feed"

    @property
    def source(self) -> str:
        """What events say that they come from."""
        return f"/components/{self.door.rpartition('/')[2]}"


@dataclass(frozen=True)
class Moment:
    """An instant of council time, with the date that it is in London.

    ``position`` is the end of the council's feed of events: it moves when something happened elsewhere.
    ``state`` changes when the records that were taken over are of a past that never was: the council was set
    back, or this program is to act in a copy of it.
    """

    now: datetime
    today: date
    position: str
    state: str
    council: str


@dataclass(frozen=True)
class Caller:
    """Somebody whose key the council knows: its name, and what it may do."""

    name: str
    scopes: frozenset[str]

    def may(self, slot: str, what: str) -> bool:
        """Whether the key has the scope, by itself or as one for all services."""
        if broken("read-key-may-write"):
            what = "read"
        return not self.scopes.isdisjoint((f"{slot}:{what}", f"*:{what}"))


def state_of(membership: Membership) -> str:
    """Under which state the council has its records now. Raises NotJoined."""
    try:
        answer = httpx.get(membership.door, headers=membership.authorization, timeout=PATIENCE_SECONDS)
        return str(answer.raise_for_status().json()["state"])
    except (httpx.HTTPError, ValueError, KeyError) as fault:
        raise NotJoined(f"{membership.door} could not be read: {fault}; is the council up?") from fault


def records(membership: Membership) -> Iterator[dict[str, Any]]:
    """The slot's records as the council keeps them now: what they are of first, then each in its table.

    Raises NotJoined where the council cannot be reached or refuses.
    """
    asked = {"headers": membership.authorization, "timeout": PATIENCE_SECONDS}
    try:
        with httpx.stream("GET", f"{membership.door}/records", **asked) as answer:
            answer.raise_for_status()
            yield from (json.loads(line) for line in answer.iter_lines() if line)
    except (httpx.HTTPError, ValueError) as fault:
        raise NotJoined(
            f"{membership.door}/records could not be read: {fault}; is the council up?"
        ) from fault


class Council:
    """The council's door for this program. Raises NotJoined where it does not answer."""

    def __init__(self, membership: Membership) -> None:
        self.membership = membership
        self._client = httpx.AsyncClient(timeout=PATIENCE_SECONDS)
        self._known: dict[str, tuple[Caller, float]] = {}
        self._asking: asyncio.Task[Moment] | None = None
        self._to_ask: asyncio.Task[Moment] | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def moment(self) -> Moment:
        """What the council's clock shows. It stands still, runs and jumps, unlike the machine's.

        Whoever asks while a question is under way shares the next one with all who come meanwhile: an answer
        that is on its way may be of before they were called.
        """
        if self._to_ask is None:
            self._to_ask = asyncio.create_task(self._after(self._asking))
        return await asyncio.shield(self._to_ask)

    async def _after(self, earlier: asyncio.Task[Moment] | None) -> Moment:
        if earlier is not None:
            await asyncio.wait([earlier])
        self._asking, self._to_ask = self._to_ask, None
        return await self._shown()

    async def _shown(self) -> Moment:
        told = await self._asked("GET", "", headers=self.membership.authorization)
        if broken("own-clock"):
            now = datetime.now(UTC)
            told["today"] = now.astimezone(ZoneInfo("Europe/London")).date().isoformat()
        else:
            now = datetime.fromisoformat(told["now"]).astimezone(UTC)
        return Moment(
            now, date.fromisoformat(told["today"]), told["position"], told["state"], told["council"]
        )

    def forget_keys(self) -> None:
        """Ask for each key anew: those of a copy of the council are others."""
        self._known.clear()

    async def heard(self, types: str, after: str) -> tuple[list[dict[str, Any]], str]:
        """What other services told after a place in the feed, in order, and the place after it."""
        asked = {"params": {"type": types, "after": after}, "headers": self.membership.authorization}
        try:
            answer = await self._client.get(self.membership.feed, **asked)
            if answer.status_code == 410:
                # The council was taken back, and what was heard since is undone.
                return [], str(answer.json()["restart"])
            told = answer.raise_for_status().json()
            return told["items"], told["next"]
        except (httpx.HTTPError, ValueError) as fault:
            raise NotJoined(f"The council does not answer at {self.membership.feed}: {fault}") from fault

    async def caller(self, key: str) -> Caller | None:
        """Who holds a key, as the council says (RFC 7662); None where it is no key of this council."""
        caller, until = self._known.get(key, (None, 0.0))
        if caller is not None and time.monotonic() < until:
            return caller
        if len(key) > LONGEST_KEY:
            return None
        told = await self._asked(
            "POST", "/introspection", headers=self.membership.authorization, data={"token": key}
        )
        if not told["active"]:
            self._known.pop(key, None)
            if not (broken("foreign-key-honoured") and key.startswith("vc_")):
                return None
        caller = Caller(
            told.get("client_id", key[:8]), frozenset(told.get("scope", "*:read *:write").split())
        )
        self._remember(key, caller, told.get("exp"))
        return caller

    def _remember(self, key: str, caller: Caller, expires: int | None) -> None:
        """Know a key for a moment, so that not every call asks, but never beyond its end."""
        seconds = KEYS_KNOWN_SECONDS
        if expires is not None:
            seconds = min(seconds, expires - time.time())
        if broken("expired-key-honoured"):
            seconds = 3600
        if len(self._known) > 1_000:
            self._known.clear()
        self._known[key] = (caller, time.monotonic() + seconds)

    async def tell(self, webhook_id: str, event: str) -> bool:
        """Send one event, signed; whether the council has dealt with it, and it need not be sent again."""
        # The signature is of these very bytes, so they are made once and sent as they are.
        body = event
        if broken("signature-of-other-bytes"):
            body = json.dumps(json.loads(event), indent=1)
        sent_at = datetime.now(UTC)
        headers = {
            "Content-Type": "application/cloudevents+json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": Webhook(self.membership.secret).sign(webhook_id, sent_at, event),
        }
        try:
            answer = await self._client.post(
                f"{self.membership.door}/events", content=body.encode(), headers=headers
            )
        except httpx.HTTPError:
            return False
        if answer.status_code in NEVER_TAKEN:
            print(f"The council refused an event with {answer.status_code}: {answer.text}", file=sys.stderr)
            return True
        return answer.is_success

    async def _asked(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, f"{self.membership.door}{path}", **request)
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
            return told
        except (httpx.HTTPError, ValueError) as fault:
            raise NotJoined(
                f"The council does not answer at {self.membership.door}{path}: {fault}"
            ) from fault


def new_id() -> str:
    """An id that no event had before."""
    return str(uuid4())
