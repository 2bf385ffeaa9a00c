"""HTTP archives: calls as HAR 1.2, which browsers and other tools open.

Members that the format does not know begin with an underscore, as it has it (W3C draft "HTTP Archive
format").
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Pairs = Sequence[tuple[str, str]]

NO_ANSWER = 0
"""The status of a call that was not answered, as browsers write it."""


@dataclass(frozen=True)
class Call:
    """One call and its answer. Sizes are those of the whole; a body that is `cut` is the beginning of it.

    `members` are further ones of our own, by names that begin with an underscore.
    """

    began: datetime
    seconds: float
    method: str
    url: str
    http_version: str
    request_headers: Pairs
    request_body: bytes
    request_bytes: int
    request_cut: bool
    status: int
    headers: Pairs
    body: bytes
    body_bytes: int
    body_cut: bool
    comment: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)


def archive(calls: Iterable[Call], *, version: str, comment: str) -> dict[str, Any]:
    """The archive of calls, in their order. `version` is Virtual Council's."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Virtual Council", "version": version},
            "comment": comment,
            "entries": [_entry(each) for each in calls],
        }
    }


def _entry(call: Call) -> dict[str, Any]:
    milliseconds = round(call.seconds * 1000, 3)
    return {
        "startedDateTime": call.began.astimezone(UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(call),
        "response": _response(call),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": call.comment,
        **call.members,
    }


def _request(call: Call) -> dict[str, Any]:
    request = {
        "method": call.method,
        "url": call.url,
        "httpVersion": f"HTTP/{call.http_version}",
        "cookies": [],
        "headers": _named(call.request_headers),
        "queryString": _named(parse_qsl(urlsplit(call.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": call.request_bytes,
    }
    if call.request_body:
        kind = _header(call.request_headers, "content-type")
        data: dict[str, Any] = {"mimeType": kind, "text": call.request_body.decode(errors="replace")}
        if call.request_cut:
            data["comment"] = _cut(call.request_bytes, len(call.request_body))
        request["postData"] = data
    return request


def _response(call: Call) -> dict[str, Any]:
    return {
        "status": call.status,
        "statusText": _phrase(call.status),
        "httpVersion": f"HTTP/{call.http_version}",
        "cookies": [],
        "headers": _named(call.headers),
        "content": _content(call),
        "redirectURL": _header(call.headers, "location"),
        "headersSize": -1,
        "bodySize": call.body_bytes,
    }


def _content(call: Call) -> dict[str, Any]:
    content: dict[str, Any] = {
        "size": call.body_bytes,
        "mimeType": _header(call.headers, "content-type"),
    }
    try:
        content["text"] = call.body.decode()
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(call.body).decode(), "encoding": "base64"}
    if call.body_cut:
        content["comment"] = _cut(call.body_bytes, len(call.body))
    return content


def _cut(whole: int, kept: int) -> str:
    return f"Cut: the whole has {whole} bytes" if whole > kept else "Cut: the whole is longer"


def _header(pairs: Pairs, wanted: str) -> str:
    return next((value for name, value in reversed(pairs) if name.lower() == wanted), "")


def _named(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
