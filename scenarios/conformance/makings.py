"""Makings: how a check makes a record, whatever the service, by what the pack's `records.yaml` says.

    making = makings.of(packs, "waste")[0]
    request = makings.prepare(probe, making)            # what it needs is found; nothing is sent
    made = makings.make(probe, making)                  # sent, and held to the contract
    answer = makings.show(probe, made)
    request = makings.change(probe, made)               # ready to be sent

Whatever is found is found by asking the target, so each may raise Skipped: there is nothing to try it on.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenarios.conformance.checks import Missed, Skipped, Unjudged
from scenarios.conformance.readings import NotThere, at
from scenarios.council import CONTROL
from scenarios.exchange import Answer, Request
from scenarios.expressions import NoValue, Scope, as_text, fill, parse
from scenarios.records import FORM, Call, Making, Shown

if TYPE_CHECKING:
    from scenarios.conformance.keys import Name
    from scenarios.conformance.probe import Probe
    from scenarios.packs import Packs

_KEY = "$inputs.key"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Made:
    """A record that was made: its reference, the request that made it and the answer."""

    making: Making
    reference: str
    request: Request
    answer: Answer

    def scope(self, key: str = "") -> Scope:
        """What the expressions of what is asked afterwards can see."""
        inputs = {"reference": self.reference, "key": key, "unique": unique_text(None)}
        return Scope(inputs=inputs, request=self.request.seen(), answer=_seen(self.answer))


def of(packs: Packs, service: str) -> tuple[Making, ...]:
    """The makings of a service, in the order of its pack."""
    records = packs.records.get(service)
    return records.makings if records else ()


def operations(making: Making, *fields: str) -> tuple[str, ...]:
    """The operations that a check of this making needs: that of `makes`, and of the fields named."""
    wanted = ("makes", *fields)
    return tuple(dict.fromkeys(call.operation for name, call in making.calls() if name in wanted))


def prepare(
    probe: Probe,
    making: Making,
    *,
    nth: int = 1,
    key: Name | None = "everything",
    headers: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Request:
    """The request that makes a record, ready to be sent. What it needs is found first.

    A higher `nth` finds another home, person or day. `body` are fields that are sent in place of the
    making's own. `key` None sends none.
    """
    journey = probe.place.packs.journey(making.finds)
    others = [name for name in journey.services if name != probe.target.service]
    if others and not probe.target.joined:
        what = "the council's clock" if others == [CONTROL] else f"`{others[0]}`"
        raise Skipped(f"what it needs is found with {what}, and the target has not joined the council")
    outputs = probe.follow(making.finds, given={"nth": str(nth)})
    if making.picks is not None:
        outputs = _picked(making, outputs)
    inputs = {"unique": unique_text(probe), "key": "" if key is None else probe.key(key)}
    scope = Scope(inputs=inputs, outputs=outputs)
    try:
        return request_of(probe, making.makes, scope, key=key, headers=headers, body=body)
    except NoValue as nothing:
        raise Unjudged(f"`{making.name}` cannot be made: {nothing}") from nothing


def make(probe: Probe, making: Making, *, nth: int = 1, body: Mapping[str, Any] | None = None) -> Made:
    """A record, made; raises Missed where the target does not make it as the contract says."""
    request = prepare(probe, making, nth=nth, body=body)
    return taken(probe, making, request, probe.send(request))


def taken(probe: Probe, making: Making, request: Request, answer: Answer) -> Made:
    """What an answer says was made; raises Missed where that is nothing."""
    probe.in_contract(making.makes.operation, answer)
    if answer.status != making.makes.status:
        raise Missed(
            f"{making.makes.operation} does not take a good request",
            expected=str(making.makes.status),
            got=f"{answer.status} {answer.text[:300]}",
            answer=answer,
        )
    return Made(making, reference(making, request, answer), request, answer)


def reference(making: Making, request: Request, answer: Answer) -> str:
    """The reference of what was made, out of the answer; raises Missed where it has none."""
    found = parse(making.answers)
    try:
        if found.root == "response" and found.part == "body":
            value = at(answer, found.pointer or "")
        else:
            value = Scope(inputs={}, request=request.seen(), answer=_seen(answer)).value(found)
    except (NotThere, NoValue) as nothing:
        raise Missed(
            f"{making.makes.operation} does not say the reference of what it made",
            expected=f"a value at {making.answers}",
            got=str(nothing),
            answer=answer,
        ) from nothing
    return as_text(value)


def shown(probe: Probe, made: Made, *, key: Name | None = "everything") -> Request:
    """The request that reads a record; raises Skipped where it can only be seen in a list."""
    if made.making.shows is None:
        raise Skipped(f"a {made.making.name} cannot be read one by one")
    return _after(probe, made, made.making.shows, key)


def show(probe: Probe, made: Made, *, key: Name | None = "everything") -> Answer:
    """The answer in which a record is shown, held to the contract."""
    return _held(probe, made.making.shows, shown(probe, made, key=key))


def record(making: Making, answer: Answer) -> Any:
    """The record within the answer that shows it; raises Missed where it is not there."""
    pointer = making.shows.record if making.shows else ""
    try:
        return at(answer, pointer)
    except NotThere as nothing:
        raise Missed(
            "the answer has no record where the contract has one",
            expected=f"a record at `{pointer}`",
            got=str(nothing),
            answer=answer,
        ) from nothing


def listed(probe: Probe, made: Made, *, key: Name | None = "everything") -> Request:
    """The request for the list that a record is in; raises Skipped where there is none."""
    if made.making.lists is None:
        raise Skipped(f"there is no list of every {made.making.name}")
    return _after(probe, made, made.making.lists, key)


def change(
    probe: Probe, made: Made, *, key: Name | None = "everything", headers: Mapping[str, str] | None = None
) -> Request:
    """The request that changes a record; raises Skipped where it cannot be changed."""
    if made.making.changes is None:
        raise Skipped(f"a {made.making.name} cannot be changed")
    return _after(probe, made, made.making.changes, key, headers)


def request_of(
    probe: Probe,
    call: Call,
    scope: Scope,
    *,
    key: Name | None = "everything",
    headers: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Request:
    """The request of one call of `records.yaml`; raises NoValue.

    Where the call itself has a place for the key (`$inputs.key`), it goes there and nowhere else.
    """
    sent = call.body if body is None else {**(call.body or {}), **body}
    own_place = _KEY in (list(call.query.values()) + list((sent or {}).values()))
    return probe.request(
        call.operation,
        path={name: as_text(value) for name, value in fill(call.path, scope).items()},
        query={name: as_text(value) for name, value in fill(_kept(call.query, key), scope).items()},
        headers={**fill(call.headers, scope), **(headers or {})},
        body=None if sent is None else fill(_kept(sent, key), scope),
        content_type=call.content_type,
        key=None if own_place else key,
    )


def unique_text(probe: Probe | None) -> str:
    """A text that no other making has: neither of this run nor, given its probe, of another."""
    number = next(_numbers)
    return f"{probe.place.began:%Y%m%d%H%M%S}-{number}" if probe else f"n{number}"


def is_form(call: Call) -> bool:
    return call.content_type == FORM


def _kept(values: Mapping[str, Any], key: Name | None) -> dict[str, Any]:
    """The values without the place of a key that is not sent."""
    return {name: value for name, value in values.items() if key is not None or value != _KEY}


def _after(
    probe: Probe, made: Made, call: Call, key: Name | None, headers: Mapping[str, str] | None = None
) -> Request:
    scope = made.scope("" if key is None else probe.key(key))
    try:
        return request_of(probe, call, scope, key=key, headers=headers)
    except NoValue as nothing:
        raise Missed(
            f"{call.operation} cannot be asked for what was made: {nothing}", answer=made.answer
        ) from nothing


def _held(probe: Probe, call: Shown | None, request: Request) -> Answer:
    assert call is not None
    answer = probe.send(request)
    probe.in_contract(call.operation, answer)
    if answer.status != call.status:
        raise Missed(
            f"{call.operation} does not show what was made",
            expected=str(call.status),
            got=f"{answer.status} {answer.text[:300]}",
            answer=answer,
        )
    return answer


def _picked(making: Making, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs, with the fields of the entry that has the most of what the making picks by."""
    assert making.picks is not None
    entries = outputs.get(making.picks.output)
    most = making.picks.most
    good = [
        each for each in entries or () if isinstance(each, dict) and isinstance(each.get(most), int | float)
    ]
    if not good or max(each[most] for each in good) < 1:
        raise Skipped(f"`{making.finds}` found nothing of which any `{most}` is left")
    best = max(good, key=lambda each: float(each[most]))
    return {**best, **{name: value for name, value in outputs.items() if name != making.picks.output}}


def _seen(answer: Answer) -> dict[str, Any]:
    return answer.seen()
