"""Cases: requests that schemathesis makes of a contract, sent to a target within the limits and held to it.

The cases of a seed are the same however many workers there are. A case is sent as any request is (bounded in
size and time, no redirect followed), with the target's own key in place of whatever was generated for one.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit
from weakref import WeakKeyDictionary

import requests
import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisException, Unsatisfiable
from schemathesis import checks as held_to
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import SchemathesisError
from schemathesis.core.failures import FailureGroup

from scenarios.conformance.checks import Missed, Omitted, Skipped, Unjudged
from scenarios.conformance.kinds.contract import described
from scenarios.conformance.kinds.contract.telling import REMEDIES, told
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer, NoAnswer, Request
from scenarios.openapi import Operation, Service

LONGEST = 60.0
"""Seconds that one check may go on making cases; what it has found by then counts."""
LONGEST_ADDRESS = 8_000
"""Characters of an address that every server has to take (RFC 9110, 4.1); no longer one is sent."""
BAD_REQUEST = 400
BOUNDARY = "virtual-council-7c3a9f1e5b2d4860"
"""What stands between the parts of a form that is sent in parts."""
SHRINKING = 120
"""Cases that may be tried to make a failing one smaller."""

if "HYPOTHESIS_STORAGE_DIRECTORY" not in os.environ and not Path(".hypothesis").exists():
    # Hypothesis would leave a folder of tables in whatever folder somebody happens to be.
    _tables = TemporaryDirectory(prefix="virtual-council-cases-")
    set_hypothesis_home_dir(_tables.name)

Case: TypeAlias = schemathesis.Case[Any]

HELD_TO = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
)
"""What schemathesis holds an answer to.

Left out: that every request of the right shape is accepted (a council refuses what its rules forbid), and
what a call without a key may do, which the checks of access look at.
"""

_schemas: WeakKeyDictionary[Service, schemathesis.BaseSchema] = WeakKeyDictionary()
_making = Lock()
"""Held while cases are made, not while an answer is waited for. Python can do but one thing at a time, and
3.11 breaks where two threads parse source, as Hypothesis does to describe a strategy.
"""


def schema_of(service: Service, seed: int) -> schemathesis.BaseSchema:
    """The contract as schemathesis reads it, read once for each lane."""
    if service not in _schemas:
        config = SchemathesisConfig(seed=seed)
        schema = schemathesis.openapi.from_dict(dict(service.document), config=config)
        schema.config.update(base_url=service.server)
        # A key that is made up would have every case refused; what a key may do is for other checks.
        schema.config.generation.update(with_security_parameters=False)
        _schemas[service] = schema
    return _schemas[service]


def seed_of(probe: Probe, operation_id: str, phase: str) -> int:
    """A seed of its own for each operation and phase, whatever else is run."""
    text = f"{probe.seed} {probe.service.name} {operation_id} {phase}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


class Trial:
    """One check's cases: sends each, holds its answer to the contract, and remembers what was missed.

    Once time is over, no answer came or a failing case is small enough, it lets every further case pass
    unsent, so that whoever makes them comes to an end.
    """

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.sent = 0
        self.missed: Missed | None = None
        self.silence: Unjudged | None = None
        self.late = False
        self._answer: Answer | None = None
        self._since = 0
        self._until = 0.0
        self._checks = [getattr(held_to, name) for name in HELD_TO]
        try:
            self._key: str | None = probe.key("everything")
        except Skipped:
            self._key = None

    def begin(self) -> None:
        """Let its time run from now on, not from when it began to wait for its turn."""
        self._until = time.perf_counter() + min(LONGEST, self.probe.time_left)

    @property
    def over(self) -> bool:
        """True once no further case is sent."""
        self.late = self.late or self.probe.run_over or time.perf_counter() > self._until
        return self.late or self.silence is not None or self._since > SHRINKING

    def send(self, case: Case) -> schemathesis.Response | None:
        """The answer to a case; None where none is wanted any more, none came, or it cannot be sent."""
        operation = self._operation(case)
        if self.over:
            return None
        if self.missed is not None:
            self._since += 1
        if operation is not None and self._key is not None:
            _with_key(case, described.key_places(self.probe.service.document, operation), self._key)
        prepared = _prepared(case, self.probe, self._key)
        if prepared is None:
            return None
        try:
            with waiting():
                answer = self.probe.council.send(prepared)
        except NoAnswer as silence:
            self.silence = Unjudged(f"{prepared.method} {prepared.url[:200]}: {silence}")
            return None
        self.sent += 1
        self._answer = answer
        return _response(prepared, answer)

    def hold(self, case: Case, answered: schemathesis.Response, recorder: Any = None) -> None:
        """Raise Missed where the last answer is not as the contract says, and remember it."""
        shown = self.probe.exchanges[-1]
        operation = self._operation(case)
        try:
            case.validate_response(answered, checks=self._checks, recorder=recorder)
            as_documented = operation is not None and shown.method == operation.method
            if operation and as_documented and self._answer and answered.status_code < BAD_REQUEST:
                self.probe.in_contract(operation.id, self._answer)
        except FailureGroup as group:
            self.missed = told(case.operation.label, sorted(group.exceptions)[0], shown)
        except Missed as missed:
            missed.shown = shown
            missed.remedy = missed.remedy or REMEDIES["JsonSchemaError"]
            self.missed = missed
        else:
            return
        raise self.missed from None

    def end(self) -> None:
        """End the check as its cases say: raises Missed, Unjudged or Skipped where not all is well."""
        if self.missed is not None:
            raise self.missed
        if self.silence is not None:
            raise self.silence
        if self.late:
            raise Skipped(f"its time was over after {self.sent} cases, of which all were answered well")

    def _operation(self, case: Case) -> Operation | None:
        wanted = case.operation.definition.raw.get("operationId", "")
        return self.probe.service.operations.get(wanted)


@contextmanager
def waiting() -> Iterator[None]:
    """A block within the making of cases that waits for an answer, and lets others make theirs."""
    _making.release()
    try:
        yield
    finally:
        _making.acquire()


@contextmanager
def ended_by(trial: Trial) -> Iterator[None]:
    """A block that makes cases; whatever it ends with, the trial says how the check ends."""
    try:
        with _making:
            trial.begin()
            yield
    except Missed:
        pass
    except Unsatisfiable:
        if trial.sent == 0 and not trial.over:
            raise Omitted("nothing of this kind can be sent to it") from None
    except (HypothesisException, SchemathesisError) as failure:
        # Flaky where a case that failed once passes; it did fail, and that is what counts.
        if trial.missed is None and trial.silence is None:
            raise Unjudged(f"no cases could be made: {type(failure).__name__}: {failure}"[:500]) from failure
    trial.end()


def _with_key(case: Case, places: frozenset[tuple[str, str]], key: str) -> None:
    """Put the target's key where the case has a made-up one."""
    for place, name in places:
        if place == "query":
            case.query = {**(case.query or {}), name: key}
        elif place == "header":
            case.headers[name] = key
        elif isinstance(case.body, Mapping):
            case.body = {**case.body, name: key}


def _prepared(case: Case, probe: Probe, key: str | None) -> Request | None:
    """The case as a request with the target's key, if it has one; None where no HTTP message can carry it."""
    parts = case.as_transport_kwargs(base_url=probe.service.server)
    try:
        ready = requests.Request(**{name: value for name, value in parts.items() if name in _PARTS}).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return None
    if len(str(ready.url)) > LONGEST_ADDRESS:
        return None
    address = urlsplit(str(ready.url))
    headers = {
        str(name): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in ready.headers.items()
        if str(name).lower() not in _OURS
    }
    body = _alike(ready.body.encode() if isinstance(ready.body, str) else ready.body, headers)
    request = Request(
        str(ready.method),
        str(ready.url),
        headers=headers,
        body=body,
    )
    place = probe.target.key_place
    if key is None:
        return request
    if place.place != "query":
        return place.put(request, key)
    rest = [pair for pair in parse_qsl(address.query, keep_blank_values=True) if pair[0] != place.name]
    query = urlencode([*rest, (place.name, key)])
    return replace(request, url=address._replace(query=query, fragment="").geturl())


def _alike(body: Any, headers: dict[str, str]) -> Any:
    """The body of a form in parts with the same boundary each time; the one that it comes with is random."""
    sent = next((name for name in headers if name.lower() == "content-type"), "")
    kind, marked, drawn = headers.get(sent, "").partition("boundary=")
    if not (marked and drawn and isinstance(body, bytes)):
        return body
    headers[sent] = f"{kind}boundary={BOUNDARY}"
    return body.replace(drawn.encode(), BOUNDARY.encode())


_OURS = (
    "accept-encoding",
    "connection",
    "content-length",
    "transfer-encoding",
    "user-agent",
    "x-schemathesis-testcaseid",
)
"""Headers that are the connection's or schemathesis's, and say nothing of the case."""
_PARTS = ("method", "url", "headers", "files", "data", "params", "cookies", "json")


def _response(request: Request, answer: Answer) -> schemathesis.Response:
    """The answer as schemathesis looks at it."""
    asked = requests.Request(request.method, request.url, headers=dict(request.headers)).prepare()
    asked.body = request.encoded
    return schemathesis.Response(
        status_code=answer.status,
        headers={name: [value] for name, value in answer.headers.items()},
        content=answer.raw,
        request=asked,
        elapsed=answer.seconds,
        verify=True,
        encoding=answer.encoding,
    )
