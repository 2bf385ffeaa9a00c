"""The journal as an HTTP archive, which browsers and other tools open (`scenarios.har` has the format)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox import __version__
from sandbox.journal.ring import Entry

if TYPE_CHECKING:
    from scenarios.har import Call

Pairs = list[tuple[str, str]]


def archive(entries: Iterable[Entry]) -> dict[str, Any]:
    """The archive of calls, in their order."""
    from scenarios import har

    said = "Calls of a pretend council. Secrets are masked; long bodies are cut, which is said."
    return har.archive((_call(each) for each in entries), version=__version__, comment=said)


def header_pairs(lines: bytes) -> Pairs:
    """Headers as they are kept, apart."""
    pairs = (line.partition(": ") for line in lines.decode("latin-1").split("\r\n") if line)
    return [(name, value) for name, _, value in pairs]


def _call(entry: Entry) -> Call:
    from scenarios.har import Call

    headers = header_pairs(entry.request_headers)
    host = dict(headers).get("host", "127.0.0.1:8000")
    return Call(
        began=datetime.fromtimestamp(entry.at, UTC),
        seconds=entry.seconds,
        method=entry.method,
        url=f"{entry.scheme}://{host}{entry.address}",
        http_version=entry.http_version,
        request_headers=headers,
        request_body=entry.request_body,
        request_bytes=entry.request_bytes,
        request_cut=entry.request_cut,
        status=entry.status,
        headers=[*header_pairs(entry.answer_headers), ("virtual-council-request-id", entry.request_id)],
        body=entry.answer_body,
        body_bytes=entry.answer_bytes,
        body_cut=entry.answer_cut,
        comment=_remark(entry),
        members={
            "_requestId": entry.request_id,
            "_service": entry.service,
            "_operation": entry.operation,
            "_caller": entry.caller,
            "_councilTime": entry.council_time,
            "_fault": entry.fault,
            "_rows": entry.rows,
            "_events": entry.events,
        },
    )


def _remark(entry: Entry) -> str:
    said = f"{entry.service} {entry.operation}: {entry.rows} rows and {entry.events} events"
    return ". ".join(each for each in (said, entry.fault and f"Forced: {entry.fault}", entry.note) if each)
