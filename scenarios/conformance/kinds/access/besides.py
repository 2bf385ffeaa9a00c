"""Besides the keys: keys that are almost right, keys in the address, other methods, and that none is sold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from scenarios.conformance import calls
from scenarios.conformance.checks import Check, Kind, Missed, Skipped, expect
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.kinds.access.keys_tried import TRIES, Try, turned_away
from scenarios.conformance.known import distinctive, reads
from scenarios.conformance.probe import Probe
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

PRICED = re.compile(r"pric|payment|charge|credit|invoice|billing|cost|quota-fee", re.IGNORECASE)


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of keys that are almost right, one of each key in an address, HEAD, and what a call costs."""
    guarded = [
        one for one in service.operations.values() if doors.way_into(service, one) is not doors.Way.OPEN
    ]
    if guarded:
        first = list({one.method: one for one in reversed(guarded)}.values())
        yield _check(
            service,
            packs,
            "almost-right-keys",
            "A key that is almost right opens nothing",
            ("COUNCIL-002",),
            partial(_almost, operations=first),
            first,
        )
    closed = [one for one in reads(service) if one in guarded]
    if closed:
        yield _check(
            service,
            packs,
            "head-without-a-key",
            "HEAD and OPTIONS without a key tell nothing of what GET keeps for who has one",
            ("COUNCIL-002",),
            partial(_other_methods, operations=closed),
            (),
        )
    for operation in closed:
        name = next((each for each in doors.IN_ADDRESS if ("query", each) in operation.parameters), None)
        for one in TRIES if name else ():
            yield _check(
                service,
                packs,
                f"{operation.id}.{one.name}-in-address",
                f"`{operation.id}` refuses {one.sent} in its address",
                one.verifies,
                partial(_in_address, operation=operation, name=str(name), one=one),
                [operation],
            )
    yield _check(
        service,
        packs,
        "no-charge",
        "No call asks for payment or tells a price for having been made",
        ("COUNCIL-054",),
        _free,
        (),
    )


def _check(
    service: Service,
    packs: Packs,
    name: str,
    title: str,
    verifies: tuple[str, ...],
    run: Callable[[Probe], None],
    operations: Sequence[Operation],
) -> Check:
    return Check(
        name=name,
        service=service.name,
        kind=Kind.ACCESS,
        title=title,
        verifies=packs.held_to(service.name, *verifies),
        run=run,
        operations=tuple(one.id for one in operations),
    )


def _almost(probe: Probe, *, operations: Sequence[Operation]) -> None:
    key = probe.key("everything")
    almost = {
        "a key that lacks its last letter": key[:-1],
        "a key with a letter too many": f"{key}0",
        "a key in the other case": key.swapcase(),
        "a key of one letter": key[:1],
    }
    for operation in operations:
        call = calls.not_to_be_done(probe, operation)
        for sent, wrong in almost.items():
            if wrong != key:
                request = doors.with_key(probe, operation, call.request, wrong)
                turned_away(probe, operation, request, Try("", None, sent, (401,), ()))


def _other_methods(probe: Probe, *, operations: Sequence[Operation]) -> None:
    for operation in operations:
        asked = calls.not_to_be_done(probe, operation).request
        opened = probe.send(doors.opened(probe, operation, asked))
        for method in ("HEAD", "OPTIONS"):
            answer = probe.send(replace(asked, method=method))
            expect(
                method == "OPTIONS" or answer.status >= 400,
                f"HEAD of `{operation.id}` is answered {answer.status} without a key",
                expected="401, or 405 where HEAD is not offered",
                got=answer.status,
                answer=answer,
            )
            expect(
                answer.status < 500,
                f"`{operation.id}` breaks at {method}",
                expected="an answer below 500",
                got=answer.status,
                answer=answer,
            )
            for name in ("etag", "link"):
                expect(
                    not (opened.headers.get(name) and opened.headers[name] == answer.headers.get(name)),
                    f"{method} of `{operation.id}` tells `{name}` without a key",
                    expected="nothing of the record",
                    got=answer.headers.get(name),
                    answer=answer,
                )
            for value in distinctive(opened, besides=asked.address):
                expect(
                    value not in answer.text,
                    f"{method} of `{operation.id}` tells what GET keeps for who has a key",
                    expected="nothing of the record",
                    got=answer.text[:200],
                    answer=answer,
                )


def _in_address(probe: Probe, *, operation: Operation, name: str, one: Try) -> None:
    asked = calls.not_to_be_done(probe, operation).request
    opened = probe.send(
        replace(asked, query={**asked.query, name: probe.key("read-only")}),
    )
    expect(
        opened.status == 200,
        f"`{operation.id}` documents a key in its address, and does not take one that may read",
        expected=200,
        got=f"{opened.status} {opened.text[:200]}",
        answer=opened,
    )
    key = one.key and probe.key(one.key)
    turned_away(
        probe, operation, replace(asked, query={**asked.query, name: key} if key else asked.query), one
    )


def _free(probe: Probe) -> None:
    for operation in probe.service.operations.values():
        expect(
            "402" not in operation.responses,
            f"`{operation.id}` documents that it may ask for payment",
            expected="no 402 among its answers",
            got="402 Payment Required",
        )
    for operation in reads(probe.service):
        try:
            request = calls.not_to_be_done(probe, operation).request
        except Skipped:
            continue
        answer = probe.send(doors.opened(probe, operation, request))
        priced = [name for name in answer.headers if PRICED.search(name)]
        if answer.status == 402 or priced:
            raise Missed(
                f"`{operation.id}` asks for payment",
                expected="an answer without a price",
                got=f"{answer.status} {', '.join(priced)}".rstrip(),
                answer=answer,
            )
    asked = next((call for call in probe.place.heard if call.status == 402), None)
    if asked is not None:
        raise Missed(
            f"{asked.method} {asked.path} asked for payment",
            expected="no 402",
            got="402 Payment Required",
        )
