"""The council that this program is a component of: its time, records and keys, and its ear for events."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPException, HTTPResponse
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from defects import wrong
from refusals import CouncilSilent, KeyMissing, KeyRefused

NEEDED = ("COUNCIL_SLOT", "COUNCIL_URL", "COUNCIL_KEY", "COUNCIL_COMPONENT_URL", "COUNCIL_EVENTS_SECRET")
"""What a council gives a component to start with, by the names of the environment's variables."""
PATIENCE_SECONDS = 10
KEY_BELIEVED_SECONDS = 1.0
_FORM = "application/x-www-form-urlencoded"


class Present(NamedTuple):
    """The council's name and its time, in seconds since 1970, which stands still and jumps.

    ``state`` changes when the records that were taken over are of a past that never was: the council was set
    back, or this component is to act in a copy of it.
    """

    council: str
    now: int
    state: str
    position: str


class Council:
    """A council, known by the door that it gave this component."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._door, self._key = given["COUNCIL_COMPONENT_URL"].rstrip("/"), given["COUNCIL_KEY"]
        self._write, self._name = f"{given['COUNCIL_SLOT']}:write", self._door.rpartition("/")[2]
        self._secret = base64.b64decode(given["COUNCIL_EVENTS_SECRET"].removeprefix("whsec_"))
        # A proxy for the world outside has no business between a council and its component.
        self._open = build_opener(ProxyHandler({})).open
        self._keys: dict[str, tuple[float, dict[str, Any]]] = {}

    def present(self) -> Present:
        """The council's name, time and state. Raises CouncilSilent."""
        with self._asked("") as answer:
            told = json.load(answer)
            now = int(datetime.fromisoformat(told["now"]).timestamp())
            return Present(told["council"], now, told["state"], told["position"])

    def forget_keys(self) -> None:
        """Ask for each key anew: those of a copy of the council are others."""
        self._keys.clear()

    def records(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every record of the slot at one moment: its table and its columns. Raises CouncilSilent."""
        with self._asked("/records") as lines:
            counted, expected = Counter[str](), json.loads(next(lines))["tables"]
            for line in lines:
                each = json.loads(line)
                counted[each["table"]] += 1
                yield each["table"], each["record"]
            # A connection that breaks between two lines looks like an end.
            if any(counted[table] != count for table, count in expected.items()):
                raise ValueError(f"{expected} records were announced, and {dict(counted)} came")

    def admit_itself(self, authorization: str | None) -> None:
        """Let in the council alone, which shows the key that it gave this component.

        Raises KeyMissing or KeyRefused.
        """
        kind, _, key = (authorization or "").partition(" ")
        if kind.lower() != "bearer" or not key.strip():
            raise KeyMissing("The records are given back to the council, which shows this component's key")
        if not hmac.compare_digest(key.strip().encode(), self._key.encode()):
            raise KeyRefused("This key is not the component's own; the records are not given to it")

    def admit(self, key: str | None) -> None:
        """Let in who has a key that may write here. Raises KeyRefused or CouncilSilent."""
        if key is None:
            raise KeyRefused("No api_key received; send a key of this council in the form's field api_key")
        known = self._introspected(key)
        scopes = known.get("scope", self._write if wrong("foreign-key-honoured") else "").split()
        if not known["active"] and not wrong("foreign-key-honoured"):
            raise KeyRefused("Invalid api_key received; send a key of this council")
        needed = {self._write, "*:write"}
        if wrong("read-key-writes"):
            needed |= {self._write.replace("write", "read"), "*:read"}
        if needed.isdisjoint(scopes):
            raise KeyRefused(f"The api_key lacks the scope {self._write}; use one that has it")

    def _introspected(self, key: str) -> dict[str, Any]:
        """What the council says of a key: believed for a second, and never beyond the key's own end."""
        asked, known = self._keys.get(key, (0.0, {}))
        ends, fresh = known.get("exp"), time.monotonic() < asked + KEY_BELIEVED_SECONDS
        if ends is not None and ends <= _seconds_now():
            fresh = False
        if known and (fresh or wrong("expired-key-honoured")):
            return known
        asked = time.monotonic()
        with self._asked("/introspection", urlencode({"token": key}).encode(), _FORM) as answer:
            known = json.load(answer)
        if len(self._keys) > 1000:
            self._keys.clear()
        self._keys[key] = asked, known
        return known

    def tell(self, event: dict[str, Any]) -> bool:
        """Send an event, signed, and say whether it need not be sent again.

        A repetition has the same id, by which the council knows it for one. An event that the council cannot
        take at all (422) would not be taken later either.
        """
        body = json.dumps({**event, "source": f"/components/{self._name}"}).encode()
        stamp = str(_seconds_now())
        signed = b".".join((event["id"].encode(), stamp.encode(), body))
        signature = base64.b64encode(hmac.digest(self._secret, signed, hashlib.sha256)).decode()
        headers = {
            "webhook-id": event["id"],
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }
        try:
            with self._asked("/events", body, "application/cloudevents+json", headers):
                return True
        except CouncilSilent as refusal:
            impossible = isinstance(refusal.__cause__, HTTPError) and refusal.__cause__.code == 422
            if impossible:
                logging.warning("%s of %s is given up: %s", event["type"], event["subject"], refusal)
            return impossible

    @contextmanager
    def _asked(
        self, path: str, body: bytes | None = None, kind: str = "", headers: Mapping[str, str] | None = None
    ) -> Iterator[HTTPResponse]:
        """A call at the door, until its answer is read. Raises CouncilSilent."""
        call = Request(self._door + path, body, {"Authorization": f"Bearer {self._key}", **(headers or {})})
        if body is not None:
            call.add_header("Content-Type", kind)
        try:
            with self._open(call, timeout=PATIENCE_SECONDS) as answer:
                yield answer
        except (OSError, HTTPException, ValueError, KeyError) as fault:
            raise CouncilSilent(
                f"The council does not answer as agreed at {call.full_url}: {fault}"
            ) from fault


def _seconds_now() -> int:
    """The machine's own time, by which keys end and signatures are dated."""
    return time.time_ns() // 1_000_000_000
