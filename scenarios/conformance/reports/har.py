"""What was sent and received in a run, as an HTTP archive: each entry names the check that made it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from scenarios import har
from scenarios.conformance.probe import KEPT
from scenarios.conformance.record import Exchange, Record


def archive(record: Record, exchanges: Mapping[str, Sequence[Exchange]]) -> bytes:
    """The archive's bytes: every exchange of every check, in the order in which they were made."""
    made = [(check, each) for check, those in exchanges.items() for each in those]
    made.sort(key=lambda pair: pair[1].began)
    said = (
        "Calls of a run of checks on a pretend council. Secrets are masked. Of long bodies the first "
        f"{KEPT:,} characters are kept."
    )
    whole = har.archive(
        (_call(check, each) for check, each in made),
        version=record.made_with.virtual_council,
        comment=said,
    )
    return (json.dumps(whole, indent=1) + "\n").encode()


def _call(check: str, exchange: Exchange) -> har.Call:
    sent, got = (exchange.request_body or "").encode(), exchange.body.encode()
    return har.Call(
        began=exchange.began,
        seconds=exchange.seconds,
        method=exchange.method,
        url=exchange.url,
        http_version="1.1",
        request_headers=exchange.request_headers,
        request_body=sent,
        request_bytes=len(sent),
        request_cut=len(exchange.request_body or "") >= KEPT,
        status=har.NO_ANSWER if exchange.status is None else exchange.status,
        headers=exchange.headers,
        body=got,
        body_bytes=len(got),
        body_cut=len(exchange.body) >= KEPT,
        comment=f"{check}: {exchange.failure}" if exchange.failure else check,
        members={"_check": check, "_failure": exchange.failure},
    )
