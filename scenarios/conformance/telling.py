"""Telling: what a target told of what happened, read where it tells it.

The council's own services tell the council's feed of events; a component that has joined it posts them at its
door, whose inbox is read. A target that has joined nothing tells nobody who could be asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator

from scenarios.conformance.checks import Missed, Skipped, Unjudged

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

Event = Mapping[str, Any]
PATIENCE = 5.0
"""Seconds that a component has to tell what happened."""
SETTLED = 0.5
"""Seconds after which a component has told what it would."""
_PAGE = 200


@dataclass(frozen=True)
class Item:
    """One thing that was taken in: the event, and what became of it (`taken`, `repeated` or `refused`)."""

    event: Event | None
    outcome: str
    reason: str


@dataclass(frozen=True)
class Told:
    """What was told after a place, in order, and the place after it."""

    items: tuple[Item, ...]
    next: str

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that were taken, without those that were repeated or refused."""
        return tuple(each.event for each in self.items if each.event is not None and each.outcome == "taken")

    def of(self, type: str, subject: str | None = None) -> list[Event]:
        """The events of a type, and on a subject."""
        return [
            each
            for each in self.events
            if each.get("type") == type and (subject is None or each.get("subject") == subject)
        ]


def need_ears(probe: Probe) -> None:
    """Raise Skipped where nobody could hear what the target tells."""
    if not probe.target.joined:
        raise Skipped(
            "events are told to a council, and the target has not joined it; see `council component add`"
        )


def place(probe: Probe) -> str:
    """The place after all that was told so far."""
    need_ears(probe)
    found = since(probe, "0").next
    if probe.target.incumbent:
        return found
    ends = time.perf_counter() + PATIENCE
    while time.perf_counter() < ends:
        # What happened before may still be on its way.
        time.sleep(SETTLED)
        there = since(probe, found).next
        if there == found:
            break
        found = there
    return found


def since(probe: Probe, after: str) -> Told:
    """What was told after a place."""
    items: list[Item] = []
    while True:
        answer = probe.control("GET", f"{_path(probe)}after={after}&limit={_PAGE}")
        found = answer.body["items"]
        items += [_item(each, own=probe.target.incumbent) for each in found]
        after = str(answer.body["next"])
        if len(found) < _PAGE:
            return Told(tuple(items), after)


def awaited(probe: Probe, after: str, done: Callable[[Told], bool]) -> Told:
    """What was told after a place, once it is all that was waited for, and what came right after it.

    The council's own services tell what happened before they answer; a component has some seconds.
    """
    told = since(probe, after)
    if probe.target.incumbent:
        return told
    ends = time.perf_counter() + PATIENCE
    while not done(told) and time.perf_counter() < ends:
        time.sleep(0.1)
        told = since(probe, after)
    return settled(probe, after)


def settled(probe: Probe, after: str) -> Told:
    """What was told after a place, once nothing more is to be expected."""
    if not probe.target.incumbent:
        time.sleep(SETTLED)
    return since(probe, after)


def now(probe: Probe) -> datetime:
    """The council's time."""
    told = str(probe.control("GET", "/clock").body["now"])
    return datetime.fromisoformat(told)


def expect_well_formed(event: Event) -> None:
    """Raise Missed where it is no CloudEvent 1.0 in its JSON form."""
    for error in _form().iter_errors(dict(event)):
        where = "/".join(map(str, error.instance_path)) or "the event"
        raise Missed(
            f"an event is no CloudEvent 1.0: {where}",
            expected=error.message[:300],
            got=str(dict(event))[:300],
            remedy="see CloudEvents 1.0, JSON Event Format",
        )


def expect_apart(events: Sequence[Event]) -> None:
    """Raise Missed where two events have one id."""
    seen: set[tuple[str, str]] = set()
    for each in events:
        named = (str(each.get("source")), str(each.get("id")))
        if named in seen:
            raise Missed("two events have the same id", expected="an id of its own for each", got=named[1])
        seen.add(named)


def _path(probe: Probe) -> str:
    if probe.target.incumbent:
        return f"/events?type={quote(types_of(probe))}&"
    return f"/components/{quote(probe.target.component, safe='')}/events?"


def types_of(probe: Probe) -> str:
    """The pattern of the types of the service's events."""
    return f"virtual-council.{probe.target.service.replace('_', '-')}.*"


def _item(told: Any, *, own: bool) -> Item:
    try:
        if own:
            return Item({name: value for name, value in told.items() if name != "position"}, "taken", "")
        return Item(told["event"], str(told["outcome"]), str(told.get("reason") or ""))
    except (KeyError, TypeError, AttributeError) as unread:
        raise Unjudged(f"what was told could not be read: {unread}") from unread


@cache
def _form() -> Draft202012Validator:
    """The rules of CloudEvents 1.0 for an event in JSON, section 3 of the specification."""
    text = {"type": "string", "minLength": 1}
    return Draft202012Validator(
        {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "subject", "time"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": text,
                "source": {**text, "format": "uri-reference"},
                "type": text,
                "subject": text,
                "time": {**text, "format": "date-time"},
                "datacontenttype": text,
                "data": {},
            },
            "propertyNames": {"pattern": "^([a-z0-9]+|data_base64)$"},
        },
        validate_formats=True,
    )
