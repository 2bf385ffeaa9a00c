"""HTTP archives: calls as HAR 1.2, which browsers and other tools open.

Members of our own begin with an underscore, as the format has it (W3C draft "HTTP Archive format").
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from sandbox import __version__
from sandbox.journal.ring import Entry

Pairs = list[tuple[str, str]]


def archive(entries: Iterable[Entry]) -> dict[str, Any]:
    """The archive of calls, in their order."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Virtual Council", "version": __version__},
            "comment": "Calls of a pretend council. Secrets are masked; long bodies are cut, which is said.",
            "entries": [_entry(each) for each in entries],
        }
    }


def header_pairs(lines: bytes) -> Pairs:
    """Headers as they are kept, apart."""
    pairs = (line.partition(": ") for line in lines.decode("latin-1").split("\r\n") if line)
    return [(name, value) for name, _, value in pairs]


def _entry(entry: Entry) -> dict[str, Any]:
    milliseconds = round(entry.seconds * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(entry),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": _remark(entry),
        "_requestId": entry.request_id,
        "_service": entry.service,
        "_operation": entry.operation,
        "_caller": entry.caller,
        "_councilTime": entry.council_time,
        "_fault": entry.fault,
        "_rows": entry.rows,
        "_events": entry.events,
    }


def _request(entry: Entry) -> dict[str, Any]:
    headers = header_pairs(entry.request_headers)
    host = dict(headers).get("host", "127.0.0.1:8000")
    request = {
        "method": entry.method,
        "url": f"{entry.scheme}://{host}{entry.address}",
        "httpVersion": f"HTTP/{entry.http_version}",
        "cookies": [],
        "headers": _named(headers),
        "queryString": _named(parse_qsl(entry.address.partition("?")[2], keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": entry.request_bytes,
    }
    if entry.request_body:
        kind = dict(headers).get("content-type", "")
        data: dict[str, Any] = {"mimeType": kind, "text": entry.request_body.decode(errors="replace")}
        if entry.request_cut:
            data["comment"] = f"Cut: the whole has {entry.request_bytes} bytes"
        request["postData"] = data
    return request


def _response(entry: Entry) -> dict[str, Any]:
    headers = header_pairs(entry.answer_headers)
    return {
        "status": entry.status,
        "statusText": _phrase(entry.status),
        "httpVersion": f"HTTP/{entry.http_version}",
        "cookies": [],
        "headers": _named([*headers, ("virtual-council-request-id", entry.request_id)]),
        "content": _content(entry, dict(headers).get("content-type", "")),
        "redirectURL": dict(headers).get("location", ""),
        "headersSize": -1,
        "bodySize": entry.answer_bytes,
    }


def _content(entry: Entry, kind: str) -> dict[str, Any]:
    content: dict[str, Any] = {"size": entry.answer_bytes, "mimeType": kind}
    try:
        content["text"] = entry.answer_body.decode()
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(entry.answer_body).decode(), "encoding": "base64"}
    if entry.answer_cut:
        content["comment"] = f"Cut: the whole has {entry.answer_bytes} bytes"
    return content


def _remark(entry: Entry) -> str:
    said = f"{entry.service} {entry.operation}: {entry.rows} rows and {entry.events} events"
    return ". ".join(each for each in (said, entry.fault and f"Forced: {entry.fault}", entry.note) if each)


def _named(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
