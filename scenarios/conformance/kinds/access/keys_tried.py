"""Every guarded operation, tried with each key that must not open it, and with the one that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scenarios.conformance import calls
from scenarios.conformance.checks import Check, Kind, expect
from scenarios.conformance.keys import Name
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import distinctive, like_but_unknown, names_in
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, refused
from scenarios.conformance.standing import standing, unchanged
from scenarios.exchange import Answer, Request
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs


@dataclass(frozen=True)
class Try:
    """One kind of key that opens nothing here. `statuses` are the refusals that fit.

    `sent` ends the sentence `It answers 200 to ...`.
    """

    name: str
    key: Name | None
    sent: str
    statuses: tuple[int, ...]
    verifies: tuple[str, ...]


ENDED = (
    Try("ended-key", "expired", "a key whose time is over", (401,), ("COUNCIL-002", "COUNCIL-046")),
    Try("revoked-key", "revoked", "a key that was taken back", (401,), ("COUNCIL-002", "COUNCIL-046")),
)
TRIES = (
    Try("no-key", None, "a call without a key", (401,), ("COUNCIL-002",)),
    Try("unknown-key", "unknown", "a key that nobody was given", (401,), ("COUNCIL-002",)),
    Try("other-service", "other-service", "a key of another service", (403,), ("COUNCIL-003",)),
    Try(
        "other-council",
        "other-council",
        "a key of another council",
        (401, 403),
        ("COUNCIL-002", "COUNCIL-046"),
    ),
    *ENDED,
)


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """For each guarded operation the key that opens it, then each that must not; those that end last."""
    guarded = [
        one for one in service.operations.values() if doors.way_into(service, one) is not doors.Way.OPEN
    ]
    for operation in guarded:
        yield _opened(service, packs, operation)
        for one in (*TRIES, _other_half(operation)):
            if one not in ENDED:
                yield _closed(service, packs, operation, one)
    for operation in guarded:
        for one in ENDED:
            yield _closed(service, packs, operation, one)


def _other_half(operation: Operation) -> Try:
    """The key with the other half of the service's rights."""
    key: Name = "write-only" if operation.method == "GET" else "read-only"
    does = "write" if operation.method == "GET" else "read"
    return Try(key, key, f"a key that may only {does}", (403,), ("COUNCIL-003",))


def _opened(service: Service, packs: Packs, operation: Operation) -> Check:
    def opens(probe: Probe) -> None:
        call = calls.of(probe, operation)
        _see_what_ends(probe, operation, call.request)
        key = probe.key(doors.scope_of(operation))
        answer = probe.send(doors.with_key(probe, operation, call.request, key))
        refusals = (401, 403) if not call.sound else range(300, 600)
        expect(
            answer.status not in refusals,
            f"`{operation.id}` is not done with a key that has the scope for it",
            expected="an answer of 200 to 299" if call.sound else "no refusal of the key",
            got=f"{answer.status} {answer.text[:300]}",
            answer=answer,
        )
        probe.in_contract(operation.id, answer)

    does = "read" if operation.method == "GET" else "write"
    title = f"`{operation.id}` is open to a key that may only {does}"
    return _check(service, packs, operation, "right-key", title, ("COUNCIL-003",), opens)


def _see_what_ends(probe: Probe, operation: Operation, request: Request) -> None:
    """Show the target the keys that are going to end while they are good."""
    if operation.method == "GET" or operation.takes_body:
        # A write has nothing in it, so that nothing is done but to look at the key.
        empty = request if operation.method == "GET" else replace(request, body={})
        probe.place.keys.show_what_ends(lambda key: probe.send(doors.with_key(probe, operation, empty, key)))


def _closed(service: Service, packs: Packs, operation: Operation, one: Try) -> Check:
    def stays_closed(probe: Probe) -> None:
        call = calls.not_to_be_done(probe, operation)
        request = doors.with_key(probe, operation, call.request, one.key and probe.key(one.key))
        if operation.method == "GET":
            opened = _read_well(probe, operation, call.request)
            answer = turned_away(probe, operation, request, one)
            _tells_nothing(operation, answer, opened, request)
            if one.key is None and names_in(operation):
                turned_away(probe, operation, _elsewhere(probe, operation, request), one)
        else:
            before = standing(probe, operation, request.path)
            turned_away(probe, operation, request, one)
            unchanged(probe, operation, request.path, before, one.sent)

    title = f"`{operation.id}` refuses {one.sent}"
    return _check(service, packs, operation, one.name, title, one.verifies, stays_closed)


def _check(
    service: Service,
    packs: Packs,
    operation: Operation,
    name: str,
    title: str,
    verifies: tuple[str, ...],
    run: Callable[[Probe], None],
) -> Check:
    return Check(
        name=f"{operation.id}.{name}",
        service=service.name,
        kind=Kind.ACCESS,
        title=title,
        verifies=packs.held_to(service.name, *verifies),
        run=run,
        operations=(operation.id,),
    )


def turned_away(probe: Probe, operation: Operation, request: Request, one: Try) -> Answer:
    """The refusal, which is one that the operation documents; 403 stands for 401 where it knows no 401."""
    answer = probe.send(request)
    fitting = documented(probe, operation.id, *one.statuses)
    if not any(str(status) in operation.responses for status in fitting):
        fitting = documented(probe, operation.id, 401, 403)
    refused(probe, operation.id, answer, fitting, one.sent)
    if one.key is not None:
        expect(
            probe.key(one.key) not in answer.text,
            f"`{operation.id}` repeats the key that it was sent",
            expected="a refusal without the key",
            got=probe.mask(answer.text[:300]),
            answer=answer,
        )
    if answer.status == 401:
        expect(
            bool(answer.headers.get("www-authenticate")),
            f"`{operation.id}` answers 401 and does not say how to authenticate",
            expected="a WWW-Authenticate header (RFC 9110 section 11.6.1)",
            got="none",
            remedy="send `WWW-Authenticate: Bearer` with every 401",
            answer=answer,
        )
    return answer


def _read_well(probe: Probe, operation: Operation, request: Request) -> Answer:
    """What the right key is answered, once in a lane: what the others must not see."""
    place = f"read well {request.address}"
    if place not in probe.place.memory:
        probe.place.memory[place] = probe.send(
            doors.with_key(probe, operation, request, probe.key("everything"))
        )
    answer: Answer = probe.place.memory[place]
    return answer


def _elsewhere(probe: Probe, operation: Operation, request: Request) -> Request:
    """The same call to what is not there: who has no key is not to learn what there is."""
    last = names_in(operation)[-1]
    path = {**request.path, last: like_but_unknown(request.path[last])}
    return probe.request(operation.id, path=path, query=request.query, key=None)


def _tells_nothing(operation: Operation, answer: Answer, opened: Answer, request: Request) -> None:
    """Raise Missed where a refusal holds what only the right key may read."""
    for value in distinctive(opened, besides=request.address):
        expect(
            value not in answer.text,
            f"`{operation.id}` refuses the key, and tells what it keeps all the same",
            expected="a refusal with nothing of the record",
            got=f"`{value}` in: {answer.text[:200]}",
            answer=answer,
        )
