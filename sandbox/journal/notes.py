"""Notes: calls as they passed become entries of the journal, masked and cut, a number of them at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from sandbox import machine
from sandbox.journal.masking import Headers, Masking, without_keys
from sandbox.journal.noting import Noted, kept_of
from sandbox.journal.ring import LONGEST_BODY, ROW_BYTES, Entry
from service_apis.kit.clock import Clock
from service_apis.kit.door import Caller
from service_apis.kit.records import EventRecord

CONTROL_API = "sandbox"
LONGEST_ADDRESS = 4_000
LONGEST_HEADERS = 16 * 1024
MOST_ROW_BYTES = 128 * 1024
"""Bytes of rows that are kept of one call; the others are counted."""

_EVENTS = (EventRecord.__tablename__, "inserted")


class Notes:
    """What makes entries of noted calls."""

    def __init__(self, masking: Masking) -> None:
        self._masking = masking

    def entries(self, noted: Sequence[Noted]) -> list[Entry]:
        """The entries of calls, in their order.

        What services answer to those who only read is looked through together, and one by one only where a
        key may be found in it. A write, or a call of the control API, may be answered with a new secret.
        """
        masking = self._masking
        masking.begin()
        epoch = machine.now().timestamp() - machine.seconds()
        asked = [without_keys(each.asked_headers) for each in noted]
        answered = [without_keys(each.headers) for each in noted]
        headers, bodies = b"\n".join([*asked, *answered]), b"\n".join([each.answer for each in noted])
        all_masked = masking.may_find(headers, bodies)
        if all_masked:
            asked, answered = (
                [masking.text(each) for each in asked],
                [masking.text(each) for each in answered],
            )
        entries = []
        for each, asked_with, answered_with in zip(noted, asked, answered, strict=True):
            only_reads = each.method == "GET" and each.call.service != CONTROL_API
            if all_masked or not only_reads:
                answer = self._masked(each.answer, each.headers)
            else:
                answer = each.answer[:LONGEST_BODY]
            entries.append(self._entry(each, epoch, asked_with, answered_with, answer))
        return entries

    def _masked(self, body: bytes, headers: Headers) -> bytes:
        return kept_of(body, lambda held: self._masking.body(held, headers))

    def _entry(self, noted: Noted, epoch: float, asked: bytes, answered: bytes, answer: bytes) -> Entry:
        """The entry of one call; ``epoch`` is when ``machine.seconds()`` was 0."""
        call, masking = noted.call, self._masking
        address, query = noted.path, noted.query
        if query:
            address = f"{address}?{masking.query(query).decode('latin-1')}"
        address = masking.text(address.encode())[:LONGEST_ADDRESS].decode(errors="replace")
        body = noted.asked
        if body:
            body = self._masked(body, noted.asked_headers)
        touched, counts, rows, events = b"", "", 0, 0
        if noted.counts:
            events = noted.counts.get(_EVENTS, 0)
            rows = sum(noted.counts.values()) - events
            counts = json.dumps([[*what, count] for what, count in noted.counts.items()])
            touched = masking.text(_rows_of(noted))
        caller, client = call.caller, noted.client
        asked, answered = asked[:LONGEST_HEADERS], answered[:LONGEST_HEADERS]
        size = len(asked) + len(answered) + len(body) + len(answer) + len(touched) + len(address) + ROW_BYTES
        # By position: this is done for every call, and names would double what it costs.
        return Entry(
            0,
            call.request_id,
            epoch + call.started,
            _written(noted.clock),
            call.service,
            noted.operation,
            noted.method,
            address,
            noted.status,
            noted.seconds,
            None if caller is None else caller.name,
            "" if caller is None else _scopes(caller),
            "" if client is None else f"{client[0]}:{client[1]}",
            call.fault,
            call.answered_by,
            "" if noted.generation is None else _taken_back(noted.generation),
            rows,
            events,
            noted.scheme,
            noted.http_version,
            noted.request_bytes,
            noted.answer_bytes,
            size + len(counts),
            counts,
            asked,
            answered,
            body,
            answer,
            touched,
        )


@lru_cache(maxsize=100)
def _scopes(caller: Caller) -> str:
    return " ".join(sorted(caller.scopes))


@lru_cache(maxsize=100)
def _written(clock: Clock) -> str:
    return clock.now.isoformat()


def _rows_of(noted: Noted) -> bytes:
    kept, size = [], 0
    for row in noted.rows:
        size += 80 + len(row.before or "") + len(row.after or "")
        if size > MOST_ROW_BYTES:
            break
        kept.append(row)
    return json.dumps(kept, ensure_ascii=False).encode()


def _taken_back(generation: int) -> str:
    return (
        f"Took the council back to an earlier state (generation {generation}): what was done since that "
        "state, and stands before this in the journal, never happened"
    )
