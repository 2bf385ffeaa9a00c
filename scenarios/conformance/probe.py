"""The probe: what a check works with. It asks the target, keeps what was said, and finds values."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from scenarios import exchange
from scenarios.conformance.checks import Missed, Skipped, Unjudged
from scenarios.conformance.keys import Keys, Name
from scenarios.conformance.record import Exchange
from scenarios.conformance.target import Target
from scenarios.contract import breaches
from scenarios.council import Council
from scenarios.exchange import Answer, NoAnswer, Request, masked
from scenarios.openapi import Operation, Service
from scenarios.packs import Journey, Packs
from scenarios.results import Outcome, StepResult
from scenarios.walk import Walk

EXAMPLES = 15
"""Requests of each kind that are generated for an operation, unless told otherwise."""
LONGEST = 120.0
"""Seconds that one check may take."""
SHORTEST = 0.5
"""Seconds that an answer is waited for, however little time is left."""
RUN_OVER = "the time that the run was given was over"
KEPT = 64_000
"""Characters of a body that are kept with its result."""

_GIVEN_OUT = re.compile(r"\b(vc_(?!0{40})|whsec_)[\w+/=%-]{12,}", re.IGNORECASE)
"""Keys and signing secrets, as a council makes them; the key that nobody was given is no secret."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the target, in short. `path` comes after the target's address; no answer has no status."""

    method: str
    path: str
    query: Mapping[str, str]
    status: int | None
    seconds: float


@dataclass(frozen=True)
class Place:
    """Where the checks of a lane run: a council of their own where there can be one, and the target in it.

    `seed` decides every draw. `until` is the moment (`time.perf_counter`) after which nothing new is begun.
    `began` is the machine's time at `began_at` of the same clock. `examples` is how many requests of each
    kind are generated for an operation. `memory` is what the lane's checks found out once for all of them, by
    a name of their own; `heard` every call of the target so far, in any lane. Once `stopped` is set, the run
    is to end at once.
    """

    council: Council
    target: Target
    keys: Keys
    packs: Packs
    seed: int
    until: float
    began: datetime
    began_at: float
    examples: int = EXAMPLES
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    heard: list[Call] = field(default_factory=list, compare=False, repr=False)
    stopped: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    @property
    def service(self) -> Service:
        """The slot's contract; its `server` is the target's address."""
        return self.council.services[self.target.service]


class Probe:
    """One check's way to the target. `exchanges` are what it sent and got, in order, secrets masked."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.council = replace(place.council, listener=self._heard, limit=self._limit)
        self._began = time.perf_counter()
        self.exchanges: list[Exchange] = []
        self._lock = threading.Lock()

    @property
    def service(self) -> Service:
        return self.place.service

    @property
    def target(self) -> Target:
        return self.place.target

    @property
    def seed(self) -> int:
        return self.place.seed

    @property
    def time_left(self) -> float:
        """Seconds until the check has to be over, or the run if that is sooner."""
        now = time.perf_counter()
        return 0.0 if self.run_over else min(self.place.until, self._began + LONGEST) - now

    @property
    def run_over(self) -> bool:
        """True once the time that the run was given is over, or somebody stopped it."""
        return self.place.stopped.is_set() or time.perf_counter() >= self.place.until

    def key(self, name: Name) -> str:
        """A key of that name (`scenarios.conformance.keys`); raises Skipped where there is none."""
        return self.place.keys.key(name)

    def operation(self, operation_id: str) -> Operation:
        return self.service.operations[operation_id]

    def request(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        key: Name | None = "everything",
    ) -> Request:
        """A request of one operation of the slot; `key` None sends none."""
        operation = self.operation(operation_id)
        filled = operation.path
        for name, value in (path or {}).items():
            filled = filled.replace(f"{{{name}}}", quote(str(value), safe=""))
        sent = {"Accept": "application/json, */*;q=0.5", **(headers or {})}
        if body is not None and "content-type" not in {name.lower() for name in sent}:
            sent["Content-Type"] = content_type
        request = Request(
            operation.method,
            f"{self.service.server}{filled}",
            path=path or {},
            query=query or {},
            headers=sent,
            body=body,
            content_type=content_type,
        )
        return request if key is None else self.target.key_place.put(request, self.key(key))

    def send(self, request: Request) -> Answer:
        """The answer to a request; raises Unjudged where none came."""
        if self.run_over:
            raise Skipped(RUN_OVER)
        if self.time_left <= 0:
            raise Unjudged(f"it took longer than the {LONGEST:g} s that a check may take")
        try:
            return self.council.send(request)
        except NoAnswer as silence:
            raise Unjudged(f"{request.method} {request.url}: {silence}") from silence

    def ask(self, operation_id: str, **parts: Any) -> Answer:
        """Ask one operation, with the parts that `request` takes."""
        return self.send(self.request(operation_id, **parts))

    def at_once(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers to requests that are sent at the same time, in the order of the requests."""
        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(self.send, requests))

    def control(self, method: str, path: str, body: Any = None) -> Answer:
        """Ask the sandbox about this council: `control("GET", "/clock")`; raises Unjudged if it refuses."""
        headers = {"Authorization": f"Bearer {self.council.key}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        where, _, query = path.partition("?")
        url = f"{self.council.base_url}/sandbox/councils/{quote(self.council.name, safe='')}{where}"
        answer = self.send(Request(method, f"{url}?{query}" if query else url, headers=headers, body=body))
        if answer.status >= 400:
            raise Unjudged(f"the sandbox refused {method} {path}: {answer.status} {answer.text[:200]}")
        return answer

    def in_contract(self, operation_id: str, answer: Answer) -> None:
        """Raise Missed where the answer is not one that the slot's OpenAPI documents."""
        operation = self.operation(operation_id)
        found = breaches(self.service, operation, answer.status, answer.content_type, answer.body)
        if found:
            one = found[0]
            raise Missed(
                f"{operation_id} does not answer as its contract says: {one.name.removeprefix('contract: ')}",
                expected=one.expected,
                got=one.got,
                answer=answer,
            )

    def follow(
        self,
        workflow_id: str,
        *,
        given: Mapping[str, Any] | None = None,
        wanting: Callable[[str], str] | None = None,
    ) -> dict[str, Any]:
        """Walk a workflow of the packs for its outputs; raises Skipped where it did not get through, and
        Missed where that is because the target does not keep to its contract.

        Such a workflow finds what a check needs (a bin that can be reported), so that the check itself needs
        no fixed reference. `given` are inputs that it may declare.
        """
        journey: Journey = self.place.packs.journey(workflow_id)
        walk = Walk(self.council, journey, {}, lambda step: None)
        walk.go(given)
        stopped = next((step for step in walk.results if step.outcome is not Outcome.PASS), None)
        if stopped is not None:
            self._blame(journey, stopped)
            why = f"`{workflow_id}` found nothing to try it on: step `{stopped.name}` did not pass"
            raise Skipped(wanting(why) if wanting else why)
        return walk.outputs

    def _blame(self, journey: Journey, stopped: StepResult) -> None:
        """Raise Missed where a step stopped because the target does not answer as its contract says."""
        asked = next((each.service for each in journey.workflow.steps if each.step_id == stopped.name), "")
        broken = [each for each in stopped.missed if each.name.startswith("contract: ")]
        if broken and asked == self.target.service:
            what = broken[0].name.removeprefix("contract: ")
            raise Missed(
                f"{stopped.title}: the answer is not as its contract says: {what}",
                expected=broken[0].expected,
                got=broken[0].got,
            )

    def mask(self, text: str) -> str:
        """The text with every key of the run masked, and every one that a council gave out on the way."""
        for secret, variable in self.place.keys.secrets.items():
            text = masked(text, secret, variable)
        # Half a character, which JSON can hold and nobody can write down.
        text = text.encode(errors="replace").decode()
        return _GIVEN_OUT.sub(r"\1***", text)

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange that was made in another way than through this probe."""
        with self._lock:
            self.exchanges.append(exchange)

    def _heard(self, request: Request, answer: Answer | NoAnswer, began: float) -> None:
        got = answer if isinstance(answer, Answer) else None
        body = request.encoded
        seconds = got.seconds if got else time.perf_counter() - began
        self._note(request, got, seconds)
        self.keep(
            Exchange(
                began=self.place.began + timedelta(seconds=began - self.place.began_at),
                seconds=seconds,
                method=request.method,
                url=self.mask(request.address),
                request_headers=self._masked_pairs(request.headers),
                request_body=None if body is None else self.mask(body.decode(errors="replace")[:KEPT]),
                status=got.status if got else None,
                headers=self._masked_pairs(got.headers) if got else (),
                body=self.mask(got.text[:KEPT]) if got else "",
                failure="" if got else self.mask(str(answer)),
                curl=self._curl(request),
            )
        )

    def _curl(self, request: Request) -> str:
        """A line for a shell in which each key stands in the variable of its name."""
        line = request.curl(self.council.key)
        for secret, variable in self.place.keys.secrets.items():
            if secret != self.council.key:
                line = masked(line, secret, variable).replace(f"${variable}", f"'\"${variable}\"'")
        return self.mask(line)

    def _limit(self) -> float:
        return max(SHORTEST, min(exchange.TIME_LIMIT, self.time_left))

    def _note(self, request: Request, got: Answer | None, seconds: float) -> None:
        """Remember a call of the target; the journeys across services are of none."""
        service = self.council.services.get(self.target.service)
        if service is not None and request.url.startswith(f"{service.server}/"):
            path = request.url.removeprefix(service.server)
            call = Call(request.method, path, request.query, got.status if got else None, seconds)
            self.place.heard.append(call)

    def _masked_pairs(self, headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self.mask(value)) for name, value in headers.items())
