"""Versions: a change that was meant for another version than the present one is not made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from scenarios.conformance import makings
from scenarios.conformance.checks import Check, Kind, Omitted, expect
from scenarios.conformance.makings import Made
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, refused
from scenarios.conformance.standing import standing, unchanged
from scenarios.exchange import Answer, Request
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making

IF_MATCH = "If-Match"
AT_ONCE = 4


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """Checks of each change that documents If-Match; one, omitted, where none does."""
    found = makings.of(packs, service.name)
    verifies = packs.held_to(service.name, "COUNCIL-004")
    told = [*_changes(service, found), *_makings(service, found)]
    for operation, name, title, run in told:
        yield Check(
            name=f"{operation}.{name}",
            service=service.name,
            kind=Kind.CONDUCT,
            title=f"`{operation}` {title}",
            verifies=verifies,
            run=run,
            operations=(operation,),
        )
    if not told and verifies:
        yield Check(
            name="versions",
            service=service.name,
            kind=Kind.CONDUCT,
            title="A change that was meant for another version is not made",
            verifies=verifies,
            run=_none,
        )


_Told = tuple[str, str, str, Callable[[Probe], None]]


def _none(probe: Probe) -> None:
    raise Omitted("nothing that the packs can change here has a version")


def _versioned(service: Service, operation: str) -> bool:
    shown = service.operations[operation].responses.get("200", {})
    return any(name.lower() == "etag" for name in shown.get("headers", {}))


def _takes_version(service: Service, operation: str) -> bool:
    return ("header", IF_MATCH.lower()) in service.operations[operation].parameters


def _changes(service: Service, found: Sequence[Making]) -> Iterator[_Told]:
    """What a making's own change is held to: its record is made anew for each."""
    for making in found:
        if making.changes is None or not _takes_version(service, making.changes.operation):
            continue
        if making.shows is None or not _versioned(service, making.shows.operation):
            continue
        told = (
            ("stale", "refuses a version that is not the present one", _wrong),
            ("present", "is done for the present version, which then is another", _present),
            ("any-version", "is done for whatever version there is", _any),
            ("at-once", "is done once when several who saw one version change it", _together),
        )
        for name, title, run in told:
            yield making.changes.operation, name, title, partial(run, making=making)


def _makings(service: Service, found: Sequence[Making]) -> Iterator[_Told]:
    """What is held to of a making that changes something with a version, as a payment does an account."""
    for making in found:
        operation = making.makes.operation
        if not _takes_version(service, operation):
            continue
        yield (
            operation,
            "stale",
            "refuses a version that is not the present one",
            partial(_wrong_making, making=making),
        )
        again = making.again is None or making.again.status < 400
        if again and making.shows is not None and _versioned(service, making.shows.operation):
            yield (
                operation,
                "gone-by",
                "refuses a version that has gone by",
                partial(_gone_by, making=making),
            )
            yield (
                operation,
                "at-once",
                "is done once when several who saw one version do it",
                partial(_made_together, making=making),
            )


def _tag(probe: Probe, made: Made) -> str:
    """The version that a record is shown with, twice alike; raises Missed where it has none."""
    answer = makings.show(probe, made)
    tag = answer.headers.get("etag", "")
    operation = made.making.shows.operation if made.making.shows else ""
    expect(bool(tag), f"`{operation}` shows no version", expected="an ETag", got="none", answer=answer)
    again = makings.show(probe, made)
    expect(
        again.headers.get("etag") == tag,
        f"`{operation}` tells another version of what has not changed",
        expected=tag,
        got=again.headers.get("etag"),
        answer=again,
    )
    return tag


def _for(probe: Probe, made: Made, version: str) -> Request:
    return makings.change(probe, made, headers={IF_MATCH: version})


def _wrong(probe: Probe, *, making: Making) -> None:
    made = makings.make(probe, making)
    _tag(probe, made)
    request = _for(probe, made, '"not-a-version-of-this"')
    operation = probe.operation(_changing(making))
    before = standing(probe, operation, request.path)
    because = "a version that is not the present one"
    refused(probe, operation.id, probe.send(request), documented(probe, operation.id, 412), because)
    unchanged(probe, operation, request.path, before, because)


def _present(probe: Probe, *, making: Making) -> None:
    made = makings.make(probe, making)
    tag = _tag(probe, made)
    request = _for(probe, made, tag)
    answer = probe.send(request)
    _done(probe, making, answer, "the present version")
    after = _tag(probe, made)
    operation = _changing(making)
    expect(
        after != tag,
        f"`{operation}` changes a record, and its version stays the same",
        expected=f"another ETag than {tag}",
        got=after,
        answer=answer,
    )
    told = answer.headers.get("etag")
    expect(
        told in (None, after),
        f"`{operation}` tells another version than the record is then shown with",
        expected=after,
        got=told,
        answer=answer,
    )
    late = probe.send(request)
    expect(
        late.status in (409, 412),
        f"`{operation}` is done for a version that has gone by",
        expected="412, or 409 where it cannot be done any more",
        got=late.status,
        answer=late,
    )
    expect(
        _tag(probe, made) == after,
        f"`{operation}` changed something, though it refused a version that has gone by",
        expected=after,
        got="another ETag",
    )


def _any(probe: Probe, *, making: Making) -> None:
    made = makings.make(probe, making)
    answer = probe.send(_for(probe, made, "*"))
    _done(probe, making, answer, "whatever version there is (`If-Match: *`, RFC 9110 section 13.1.1)")


def _together(probe: Probe, *, making: Making) -> None:
    made = makings.make(probe, making)
    tag = _tag(probe, made)
    answers = probe.at_once([_for(probe, made, tag)] * AT_ONCE)
    operation = _changing(making)
    for answer in answers:
        probe.in_contract(operation, answer)
    _once(operation, answers)


def _done(probe: Probe, making: Making, answer: Answer, what: str) -> None:
    operation = _changing(making)
    expect(
        answer.status < 300,
        f"`{operation}` is not done for {what}",
        expected="an answer of 200 to 299",
        got=f"{answer.status} {answer.text[:300]}",
        answer=answer,
    )
    probe.in_contract(operation, answer)


def _changing(making: Making) -> str:
    assert making.changes is not None
    return making.changes.operation


def _once(operation: str, answers: list[Answer]) -> None:
    done = [answer for answer in answers if answer.status < 300]
    others = [answer for answer in answers if answer.status not in (409, 412) and answer not in done]
    expect(
        len(done) == 1 and not others,
        f"`{operation}` is done {len(done)} times when {len(answers)} who saw one version do it at once",
        expected="once; 412 or 409 to the others",
        got=", ".join(str(answer.status) for answer in answers),
        remedy="compare the version and write the change in one transaction",
        answer=done[-1] if done else answers[0],
    )


def _wrong_making(probe: Probe, *, making: Making) -> None:
    request = makings.prepare(probe, making, headers={IF_MATCH: '"not-a-version-of-this"'})
    operation = probe.operation(making.makes.operation)
    before = standing(probe, operation, request.path)
    because = "a version that is not the present one"
    refused(probe, operation.id, probe.send(request), documented(probe, operation.id, 412), because)
    unchanged(probe, operation, request.path, before, because)


def _gone_by(probe: Probe, *, making: Making) -> None:
    made = makings.make(probe, making)
    tag = _tag(probe, made)
    operation = probe.operation(making.makes.operation)
    request = _again(made, tag)
    first = probe.send(request)
    expect(
        first.status == making.makes.status,
        f"`{operation.id}` is not done for the present version",
        expected=making.makes.status,
        got=f"{first.status} {first.text[:300]}",
        answer=first,
    )
    before = standing(probe, operation, request.path)
    because = "a version that has gone by"
    refused(probe, operation.id, probe.send(request), documented(probe, operation.id, 412), because)
    unchanged(probe, operation, request.path, before, because)


def _made_together(probe: Probe, *, making: Making) -> None:
    made = makings.make(probe, making)
    request = _again(made, _tag(probe, made))
    answers = probe.at_once([request] * AT_ONCE)
    for answer in answers:
        probe.in_contract(making.makes.operation, answer)
    _once(making.makes.operation, answers)


def _again(made: Made, version: str) -> Request:
    return replace(made.request, headers={**made.request.headers, IF_MATCH: version})
