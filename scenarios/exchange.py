"""One request and its answer, bounded in size and time, and told again as a curl line.

No redirect is followed, so that a key never goes to another address.
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from scenarios.contract import is_json
from scenarios.expressions import as_text
from scenarios.problems import CouldNotRun

LARGEST_ANSWER = 1_000_000
"""Bytes of an answer that are read; a larger one is an error."""

TIME_LIMIT = 30.0
"""Seconds from the start of a request to the end of its answer."""

CONNECTING = 10.0
"""Seconds that it may take to be connected."""

KEY_VARIABLE = "COUNCIL_KEY"


class NoAnswer(Exception):
    """Nothing came that could be judged: no connection, too slow, too large."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request ready to be sent. `url` is without the query; `body` is the payload before it is encoded, or
    the bytes themselves.
    """

    method: str
    url: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content_type: str = ""

    @property
    def address(self) -> str:
        return (
            f"{self.url}{'&' if '?' in self.url else '?'}{urlencode(self.query)}" if self.query else self.url
        )

    @property
    def encoded(self) -> bytes | None:
        """The body as it goes over the wire, or None for none."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        if self.content_type == "application/x-www-form-urlencoded":
            return urlencode({name: as_text(value) for name, value in self.body.items()}).encode()
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()

    def curl(self, key: str) -> str:
        """The request as a line for a shell in which the variable COUNCIL_KEY holds the key."""
        parts = ["curl", "-sS"]
        if self.method != "GET":
            parts += ["-X", self.method]
        parts.append(_quoted(self.address, key))
        for name, value in self.headers.items():
            parts += ["-H", _quoted(f"{name}: {value}", key)]
        encoded = self.encoded
        if encoded is None:
            return " ".join(parts)
        try:
            return " ".join([*parts, "--data-binary", _quoted(encoded.decode(), key)])
        except UnicodeDecodeError:
            # Octets that are no text: a shell can hold them coded.
            coded = base64.b64encode(encoded).decode()
            return " ".join([f"printf '%s' '{coded}' | base64 -d |", *parts, "--data-binary", "@-"])

    def seen(self) -> dict[str, Any]:
        """The request as runtime expressions see it."""
        return {
            "url": self.address,
            "method": self.method,
            "header": {name.lower(): value for name, value in self.headers.items()},
            "query": self.query,
            "path": self.path,
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `body` is the JSON value where the content type says JSON, else the text; {} where empty."""

    status: int
    headers: Mapping[str, str]
    content_type: str
    text: str
    body: Any
    seconds: float
    broken_json: bool = False
    raw: bytes = field(default=b"", repr=False)
    encoding: str | None = None

    def seen(self) -> dict[str, Any]:
        """The answer as runtime expressions see it."""
        return {"status": self.status, "header": dict(self.headers), "body": self.body}


def client(trusted: Path | None = None) -> httpx.Client:
    """A client that follows no redirect and takes no proxy or password from the environment.

    `trusted` is a PEM file of further certificate authorities to trust; raises CouldNotRun where it cannot
    be read.
    """
    if trusted is None:
        return httpx.Client(follow_redirects=False, trust_env=False)
    try:
        context = ssl.create_default_context()
        context.load_verify_locations(trusted)
    except (OSError, ssl.SSLError) as wrong:
        raise CouldNotRun(
            f"{trusted} holds no certificates that can be read ({wrong.strerror or wrong}); name a PEM file"
        ) from wrong
    return httpx.Client(follow_redirects=False, trust_env=False, verify=context)


def send(client: httpx.Client, request: Request, limit: float | None = None) -> Answer:
    """Send a request and read its answer within the limits; raises NoAnswer. `limit` is in seconds."""
    limit = TIME_LIMIT if limit is None else limit
    started = time.perf_counter()
    try:
        with client.stream(
            request.method,
            request.address,
            headers=[(_octets(name), _octets(value)) for name, value in request.headers.items()],
            content=request.encoded,
            timeout=httpx.Timeout(limit, connect=min(limit, CONNECTING)),
        ) as response:
            raw = _read(response, started, limit)
    except httpx.ConnectTimeout as slow:
        raise NoAnswer(f"no connection within {min(limit, CONNECTING):g} s") from slow
    except httpx.TimeoutException as slow:
        raise NoAnswer(f"no answer within {limit:g} s") from slow
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as wrong:
        raise NoAnswer(f"no answer: {wrong or type(wrong).__name__}") from wrong
    seconds = time.perf_counter() - started
    text = raw.decode(response.encoding or "utf-8", errors="replace")
    content_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    body: Any = text or {}
    broken = False
    if text and is_json(content_type):
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            broken = True
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(
        response.status_code, headers, content_type, text, body, seconds, broken, raw, response.encoding
    )


def _octets(text: str) -> bytes:
    """A header's name or value as it goes over the wire: Latin-1, or UTF-8 where that does not do."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _read(response: httpx.Response, started: float, limit: float) -> bytes:
    raw = bytearray()
    for piece in response.iter_bytes():
        raw += piece
        if len(raw) > LARGEST_ANSWER:
            raise NoAnswer(f"the answer is larger than {LARGEST_ANSWER:,} bytes")
        if time.perf_counter() - started > limit:
            raise NoAnswer(f"the answer was not complete within {limit:g} s")
    return bytes(raw)


def masked(text: str, key: str, variable: str = KEY_VARIABLE) -> str:
    """A text with the key replaced by the name of the variable that would hold it."""
    for form in sorted({key, quote(key, safe=""), quote(key)} - {""}, key=len, reverse=True):
        text = text.replace(form, f"${variable}")
    return text


def _quoted(text: str, key: str) -> str:
    """The text in a shell's single quotes, but for the variable that stands for the key."""
    quoted = "'" + text.replace("'", "'\"'\"'") + "'"
    return masked(quoted, key).replace(f"${KEY_VARIABLE}", f"'\"${KEY_VARIABLE}\"'")
