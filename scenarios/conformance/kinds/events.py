"""Events: what happened is told once, in order and signed, and what did not happen is not told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scenarios.conformance import makings, telling
from scenarios.conformance.checks import Check, Kind, Missed, Skipped, expect
from scenarios.conformance.makings import Made
from scenarios.conformance.readings import NotThere, field, same
from scenarios.conformance.receiver import Delivery, receiving
from scenarios.conformance.telling import Event, Told
from scenarios.exchange import Answer, Request
from scenarios.expressions import as_text, fill
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

TOLD, SIGNED, SINCE = "COUNCIL-044", "COUNCIL-045", "COUNCIL-042"
DELIVERED_WITHIN = 10.0
"""Seconds within which a webhook should have been called."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """For each kind of record whose making is told: the event of it, of its change and of its end."""
    telling_ones = [each for each in makings.of(packs, service.name) if each.events.made is not None]
    for making in telling_ones:
        yield from _of(making, service)
    if telling_ones:
        first = telling_ones[0]
        yield _check(service, "since", "What happened since a moment can be read", SINCE, first, tell_since)
        yield _check(service, "signed", "What is told is signed", SIGNED, first, sign)


def _of(making: Making, service: Service) -> Iterator[Check]:
    def check(name: str, claim: str, run: Run, *fields: str) -> Check:
        title = f"{making.name}: {claim}"
        return _check(service, f"{name}-{making.name}", title, TOLD, making, run, *fields)

    yield check("told", "that it was made is told once, and rightly", tell_made)
    if ("header", "idempotency-key") in service.operations[making.makes.operation].parameters or (
        making.once and making.again is not None and making.again.status < 400
    ):
        yield check(
            "told-repeated", "sent again as the same request it is told no second time", tell_repeated
        )
    yield check("untold", "of one that was refused nothing is told", tell_nothing)
    if making.changes is not None and making.events.changed is not None:
        yield check("told-changed", "a change is told once, after the making", tell_changed, "changes")
    if making.events.due is not None and making.shows is not None:
        yield check("told-due", "what falls due by itself is told once, on its day", tell_due, "shows")


Run = Callable[[Making, "Probe"], None]


def _check(
    service: Service, name: str, title: str, verifies: str, making: Making, run: Run, *fields: str
) -> Check:
    return Check(
        name=name,
        service=service.name,
        kind=Kind.EVENTS,
        title=f"{title}.",
        verifies=(verifies,),
        run=partial(run, making),
        operations=makings.operations(making, *fields),
    )


def tell_made(making: Making, probe: Probe) -> None:
    """One event, of the right type, on the right subject, with what it should say, at council time."""
    telling.need_ears(probe)
    request = makings.prepare(probe, making)
    before = telling.now(probe)
    place = telling.place(probe)
    made = makings.taken(probe, making, request, probe.send(request))
    subject, type = _subject(made), making.events.made or ""
    told = telling.awaited(probe, place, _has(type, subject))
    event = _one(told, type, subject, made.answer)
    _expect_none_else(told, type, made.answer)
    for each in told.events:
        telling.expect_well_formed(each)
    telling.expect_apart(told.events)
    _expect_time(event, before, telling.now(probe))
    _expect_data(made, making.events.data, event)


def tell_repeated(making: Making, probe: Probe) -> None:
    """The same request is sent twice, under one Idempotency-Key where there are such; it happened once."""
    telling.need_ears(probe)
    headers = {"Idempotency-Key": makings.unique_text(probe)}
    operation = probe.operation(making.makes.operation)
    named = ("header", "idempotency-key") in operation.parameters
    request = makings.prepare(probe, making, headers=headers if named else None)
    place = telling.place(probe)
    made = makings.taken(probe, making, request, probe.send(request))
    again = probe.send(request)
    type, subject = making.events.made or "", _subject(made)
    told = telling.awaited(probe, place, _has(type, subject))
    _one(told, type, subject, again)
    _expect_none_else(told, type, again)


def tell_nothing(making: Making, probe: Probe) -> None:
    """A request with nothing in it, and one for what was had already, are refused and told to nobody."""
    telling.need_ears(probe)
    request = makings.prepare(probe, making)
    taken = None
    if making.once and making.again is not None and making.again.status >= 400:
        taken = makings.taken(probe, making, request, probe.send(request))
        telling.awaited(probe, "0", _has(making.events.made or "", _subject(taken)))
    place = telling.place(probe)
    refused = [_emptied(request, making)] if request.body else []
    refused += [request] if taken is not None else []
    if not refused:
        raise Skipped(f"there is no way known here in which a {making.name} would be refused")
    for each in refused:
        answer = probe.send(each)
        if answer.status < 400:
            raise Skipped(f"it was to be refused, and was answered {answer.status}")
    told = telling.settled(probe, place)
    expect(
        not told.events,
        f"of a {making.name} that was refused something is told",
        expected="no event",
        got=", ".join(_named(each) for each in told.events),
    )


def _emptied(request: Request, making: Making) -> Request:
    """The request with nothing in its body but the key."""
    written = making.makes.body or {}
    kept = {name: value for name, value in request.body.items() if written.get(name) == "$inputs.key"}
    return replace(request, body=kept)


def tell_changed(making: Making, probe: Probe) -> None:
    """A change is told once, after the making; made again it changes nothing, and that is told to nobody."""
    telling.need_ears(probe)
    place = telling.place(probe)
    made = makings.make(probe, making)
    first, second = making.events.made or "", making.events.changed or ""
    subject = _subject(made)
    answer = probe.send(makings.change(probe, made))
    assert making.changes is not None
    expect(
        answer.status == making.changes.status,
        f"{making.changes.operation} does not make a good change",
        expected=making.changes.status,
        got=f"{answer.status} {answer.text[:300]}",
        answer=answer,
    )
    probe.send(makings.change(probe, made))
    told = telling.awaited(probe, place, _has(second, subject))
    event = _one(told, second, subject, answer)
    telling.expect_apart(told.events)
    order = [each["type"] for each in told.events if each.get("subject") == subject]
    expect(
        first in order and order.index(first) < order.index(second),
        f"the events on {subject} do not come in the order in which it happened",
        expected=f"{first} before {second}",
        got=", ".join(order),
        answer=answer,
    )
    telling.expect_well_formed(event)
    _expect_data(made, making.events.changed_data, event)


def tell_due(making: Making, probe: Probe) -> None:
    """The clock is advanced to the day that was said; what falls due is told once, and not again later."""
    telling.need_ears(probe)
    due = making.events.due
    assert due is not None
    made = makings.make(probe, making)
    shown = makings.show(probe, made)
    try:
        on = as_text(field(makings.record(making, shown), due.on))
        comes = datetime.fromisoformat(f"{on}T18:00:00+00:00" if len(on) == 10 else on)
    except (NotThere, ValueError) as nothing:
        raise Missed(f"`{due.on}` is no day or instant", got=str(nothing), answer=shown) from nothing
    place = telling.place(probe)
    before = telling.now(probe)
    probe.control("POST", "/clock", {"to": comes.isoformat()})
    # A component looks at the council's time when it is asked something.
    makings.show(probe, made)
    subject = _subject(made)
    told = telling.awaited(probe, place, _has(due.type, subject))
    event = _one(told, due.type, subject, shown)
    telling.expect_well_formed(event)
    _expect_time(event, before, telling.now(probe))
    expect(
        not due.exactly or datetime.fromisoformat(str(event["time"])).date() == comes.date(),
        f"{due.type} is not dated to the day that was said",
        expected=comes.date(),
        got=event["time"],
    )
    probe.control("POST", "/clock", {"by": "P1D"})
    makings.show(probe, made)
    _one(telling.settled(probe, place), due.type, subject, shown)


def tell_since(making: Making, probe: Probe) -> None:
    """From a place on, all that happened after it is told, in order, and nothing from before it."""
    telling.need_ears(probe)
    type = making.events.made or ""
    places, made = [telling.place(probe)], []
    for nth in (1, 2, 3):
        made.append(makings.make(probe, making, nth=1 if making.once else nth))
        subject = _subject(made[-1])
        told = telling.awaited(probe, places[-1], _has(type, subject))
        places.append(told.next)
    for number, start in enumerate(places[:-1]):
        right = [_subject(each) for each in made[number:]]
        got = [each["subject"] for each in telling.since(probe, start).of(type)]
        expect(
            got == right,
            "what happened since a moment is not told as it happened",
            expected=f"{type} on {', '.join(right)}",
            got=", ".join(map(str, got)) or "nothing",
        )


def sign(making: Making, probe: Probe) -> None:
    """Every delivery is signed, by the scheme of Standard Webhooks."""
    telling.need_ears(probe)
    if not probe.target.incumbent:
        _expect_none_refused(making, probe)
        return
    host = urlsplit(probe.council.base_url).hostname or ""
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise Skipped("the sandbox is elsewhere, and could not call a receiver on this machine")
    with receiving() as received:
        wanted = {"url": received.url, "types": [telling.types_of(probe)], "first_retry_seconds": 1}
        hook = probe.control("POST", "/webhooks", wanted).body
        try:
            made = makings.make(probe, making)
            type, subject = making.events.made or "", _subject(made)
            there = received.wait(lambda all: any(_is(each, type, subject) for each in all), DELIVERED_WITHIN)
            expect(there, f"{type} was not delivered", expected=subject, got="nothing", answer=made.answer)
        finally:
            probe.control("DELETE", f"/webhooks/{hook['id']}")
        for delivery in received.deliveries:
            _expect_signed(delivery, str(hook["secret"]))


def _expect_none_refused(making: Making, probe: Probe) -> None:
    place = telling.place(probe)
    made = makings.make(probe, making)
    type, subject = making.events.made or "", _subject(made)
    told = telling.awaited(probe, place, lambda told: any(each.outcome for each in told.items))
    refused = [each for each in told.items if each.outcome == "refused"]
    expect(
        not refused,
        "an event was refused at the component's door",
        expected="signed with COUNCIL_EVENTS_SECRET, as Standard Webhooks says",
        got=refused[0].reason if refused else "",
        remedy="sign webhook-id, webhook-timestamp and the very body that is sent",
    )
    _one(told, type, subject, made.answer)


def _expect_signed(delivery: Delivery, secret: str) -> None:
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    try:
        Webhook(secret).verify(delivery.body, dict(delivery.headers))
    except WebhookVerificationError as wrong:
        raise Missed(
            "a delivery is not signed as Standard Webhooks says",
            expected="a good webhook-signature",
            got=f"{wrong}: {delivery.headers.get('webhook-signature', 'none')}",
        ) from wrong
    try:
        event = json.loads(delivery.body)
    except ValueError as wrong:
        raise Missed("a delivery is not JSON", got=delivery.body[:200].decode(errors="replace")) from wrong
    telling.expect_well_formed({name: value for name, value in event.items() if name != "position"})


def _is(delivery: Delivery, type: str, subject: str) -> bool:
    try:
        event = json.loads(delivery.body)
    except ValueError:
        return False
    return isinstance(event, dict) and (event.get("type"), event.get("subject")) == (type, subject)


def _has(type: str, subject: str) -> Callable[[Told], bool]:
    return lambda told: bool(told.of(type, subject))


def _subject(made: Made) -> str:
    return as_text(fill(made.making.events.subject, made.scope()))


def _one(told: Told, type: str, subject: str, answer: Answer) -> Event:
    """The only event of a type on a subject; raises Missed where there is none or more than one."""
    found = told.of(type, subject)
    if len(found) != 1:
        refused = [f"refused: {each.reason}" for each in told.items if each.outcome == "refused"]
        others = [_named(each) for each in told.events]
        what = "is not told" if not found else f"is told {len(found)} times"
        raise Missed(
            f"{type} {what}",
            expected=f"one {type} on {subject}",
            got=", ".join([*others, *refused]) or "nothing",
            answer=answer,
        )
    return found[0]


def _expect_none_else(told: Told, type: str, answer: Answer) -> None:
    """Raise Missed where more is told of what happened once, be it on another subject."""
    expect(
        len(told.of(type)) == 1,
        f"{type} is told more often than it happened",
        expected="one event",
        got=", ".join(_named(each) for each in told.of(type)),
        answer=answer,
    )


def _named(event: Event) -> str:
    return f"{event.get('type')} on {event.get('subject')}"


def _expect_time(event: Event, before: datetime, after: datetime) -> None:
    try:
        at = datetime.fromisoformat(str(event.get("time")))
        right = before - timedelta(seconds=1) <= at <= after + timedelta(seconds=1)
    except (ValueError, TypeError):
        right = False
    expect(
        right,
        "an event is not dated by the council's time",
        expected=before.isoformat() if before == after else f"{before.isoformat()} to {after.isoformat()}",
        got=event.get("time"),
    )


def _expect_data(made: Made, data: Mapping[str, Any], event: Event) -> None:
    wanted: Mapping[str, Any] = fill(data, made.scope())
    said = event.get("data")
    if wanted and not isinstance(said, Mapping):
        raise Missed("an event has no data", expected=str(dict(wanted)), got=str(said))
    for name, value in wanted.items():
        assert isinstance(said, Mapping)
        got = said.get(name)
        expect(
            got == value or same(value, got),
            f"the data of {event['type']} does not say `{name}` rightly",
            expected=value,
            got=got if name in said else f"no `{name}`",
        )
