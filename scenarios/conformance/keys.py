"""Keys with fewer rights, for the checks of access: made by the council where it can, else those that were
given.

The names of keys are those of `NAMES`. A council makes them for the service (or component) under test; a
target that has joined no council is given its own, by the same names, in a preset.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from scenarios.conformance.checks import Skipped, Unjudged
from scenarios.exchange import Answer, NoAnswer, Request

if TYPE_CHECKING:
    from scenarios.conformance.target import Target
    from scenarios.council import Council

Name = Literal[
    "everything",
    "read-only",
    "write-only",
    "other-service",
    "expired",
    "revoked",
    "other-council",
    "unknown",
]
NAMES: tuple[Name, ...] = (
    "everything",
    "read-only",
    "write-only",
    "other-service",
    "expired",
    "revoked",
    "other-council",
    "unknown",
)
FORM_KEY = "api_key"
"""The field that carries the key in the forms of Open311."""

ENDING: tuple[Name, ...] = ("expired", "revoked")
"""Keys that were good and are so no longer: one has had its time, one was taken back."""
ENDED = 2.1
"""Seconds after which a key has ended for those too who count in whole seconds, or ask once in one."""
NAMED = "conformance {}"
"""What a key is called in the council, after its name here."""

UNKNOWN = "vc_0000000000000000000000000000000000000000"
"""A key that nobody was given."""


class Keys:
    """The keys of one run of checks against one target. Each is made when it is first asked for."""

    def __init__(self, council: Council, target: Target) -> None:
        self._council = council
        self._target = target
        self._made: dict[str, str] = {}
        self._forks: list[str] = []
        self._ended_at = 0.0
        self._is_revoked = False
        self._of_run = f"{time.perf_counter_ns():x}"
        self._lock = threading.Lock()

    @property
    def secrets(self) -> dict[str, str]:
        """Each key to be masked, with the variable that stands for it."""
        named = {**self._target.keys, **self._made}
        told = {
            secret: "COUNCIL_KEY" if name == "everything" else f"COUNCIL_KEY_{name.upper().replace('-', '_')}"
            for name, secret in named.items()
            if secret != UNKNOWN
        }
        if self._target.key_place.place == "basic":
            told |= {base64.b64encode(secret.encode()).decode(): name for secret, name in told.items()}
        told |= {self._council.key: "COUNCIL_KEY"}
        # A check sends keys with their letters the other way round, and who reads one so knows the key.
        return told | {secret.swapcase(): f"{name}_WITH_LETTERS_CHANGED" for secret, name in told.items()}

    def key(self, name: Name) -> str:
        """The key of that name; raises Skipped where there is none for this target."""
        if name in self._target.keys:
            return self._target.keys[name]
        if name == "unknown":
            return UNKNOWN
        if not self._target.joined:
            raise Skipped(f"no key `{name}` was given for the target; a preset can name one under `keys`")
        if name == "everything" and self._target.incumbent:
            return self._council.key
        made = self._once(name)
        if name in ENDING:
            self._revoke()
            time.sleep(max(0.0, self._ended_at - time.perf_counter()))
        return made

    def show_what_ends(self, show: Callable[[str], object]) -> None:
        """Show the target the keys that are going to end, while they are good.

        One that has seen them so has to notice that they are so no longer. They are shown once, and none
        where none can be made.
        """
        if not self._target.joined or any(name in self._made for name in ENDING):
            return
        for name in ENDING:
            if name not in self._target.keys:
                show(self._once(name))
        self._revoke()

    def _revoke(self) -> None:
        with self._lock:
            if "revoked" in self._made and not self._is_revoked:
                self._is_revoked = True
                self._control("DELETE", self._path(f"/keys/{quote(self._named('revoked'))}"))
                self._ended_at = max(self._ended_at, time.perf_counter() + ENDED)

    def _once(self, name: Name) -> str:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def prepared(self, request: Request) -> Request:
        """A request as it may go: to a target elsewhere, never with the council's own key but with the
        target's."""
        address = self._target.address
        if address is None or not request.url.startswith(address.rstrip("/")):
            return request
        own = self._council.key
        if request.headers.get("Authorization") == f"Bearer {own}":
            request = self._target.key_place.put(request, self._key_or_none())
        if request.query.get(FORM_KEY) == own:
            request = replace(request, query={**request.query, FORM_KEY: self._key_or_none()})
        if isinstance(request.body, dict) and request.body.get(FORM_KEY) == own:
            request = replace(request, body={**request.body, FORM_KEY: self._key_or_none()})
        return request

    def _key_or_none(self) -> str:
        try:
            return self.key("everything")
        except Skipped:
            return "none"

    def close(self) -> None:
        """Take away what was made: the keys, and the forks that some are of."""
        for fork in self._forks:
            self._control("DELETE", f"/sandbox/councils/{quote(fork)}")
        gone = {"other-council", "expired", *(("revoked",) if self._is_revoked else ())}
        for name in self._made.keys() - gone:
            self._control("DELETE", self._path(f"/keys/{quote(self._named(name))}"))

    def _named(self, name: str) -> str:
        """What a key of this run is called at the council: others may run at the same time."""
        return NAMED.format(f"{name} {self._of_run}")

    def _make(self, name: Name) -> str:
        slug = self._target.service
        if name == "other-council":
            fork = self._control("POST", self._path("/forks"), {"lifetime": "PT1H"})
            self._forks.append(fork.body["name"])
            return str(fork.body["key"])
        wanted: dict[str, object] = {"name": self._named(name), "lifetime": "PT1H"}
        if name == "other-service":
            other = next((each for each in self._council.offered if each not in ("sandbox", slug)), None)
            if other is None:
                raise Skipped("the council has no other service whose key could be tried here")
            wanted["scopes"] = [f"{other}:read", f"{other}:write"]
        elif name in ("everything", "revoked"):
            # The council's own key may do more than a target has to know.
            wanted["scopes"] = [f"{slug}:read", f"{slug}:write"]
        elif name == "expired":
            wanted |= {"scopes": [f"{slug}:read", f"{slug}:write"], "lifetime": "PT1S"}
        else:
            wanted["scopes"] = [f"{slug}:{name.removesuffix('-only')}"]
        made = str(self._control("POST", self._path("/keys"), wanted).body["key"])
        if name == "expired":
            self._ended_at = time.perf_counter() + ENDED
        return made

    def _path(self, rest: str) -> str:
        return f"/sandbox/councils/{quote(self._council.name, safe='')}{rest}"

    def _control(self, method: str, path: str, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._council.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = Request(method, f"{self._council.base_url}{path}", headers=headers, body=body)
        try:
            answer = self._council.send(request)
        except NoAnswer as silence:
            raise Unjudged(f"the sandbox gave no key: {silence}") from silence
        if answer.status >= 400:
            raise Unjudged(f"the sandbox gave no key: {answer.status} {answer.text[:200]}")
        return answer
