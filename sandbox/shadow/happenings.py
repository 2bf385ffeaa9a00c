"""Happenings: the events of both sides, beside one another: missing, not expected, twice, out of order."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.components.references import References
from sandbox.shadow.causes import ABSENT, Cause, Difference
from sandbox.shadow.meaning import Found
from sandbox.shadow.noise import Noise
from sandbox.shadow.telling_plainly import clipped

EVENTS = "events"
"""What stands for the operation where events differ."""
Event = Mapping[str, Any]
_Told = dict[tuple[str, str], list[Event]]


def compare_events(
    ours: Sequence[Event], theirs: Sequence[Event], references: References, noise: Noise
) -> list[Difference]:
    """What sets apart the events that the component told, each difference of each event once.

    Events are CloudEvents, in the order they were told in; those of different subjects have no order among
    each other. ``references`` translates what the component calls its cases. When a thing was told means
    nothing.
    """
    told = [_translated(each, references) for each in theirs]
    our_told, their_told = _by_case(ours), _by_case(told)
    differences: list[Difference] = []
    missing: list[Event] = []
    extra: list[Event] = []
    for key, events in our_told.items():
        others = their_told.get(key, [])
        missing += events[len(others) :]
        for again in others[len(events) :]:
            name = named_event(again["type"])
            differences.append(
                _told(again, Cause.EVENT_TWICE, f"an event told twice: {name}", ABSENT, again["subject"])
            )
        for one, other in zip(events, others, strict=False):
            differences += _data(one, other, noise)
    for key, events in their_told.items():
        if key not in our_told:
            extra += events
    differences += _of_other_subjects(missing, extra)
    for each in missing:
        told_of = f"an event is missing: {named_event(each['type'])}"
        differences.append(_told(each, Cause.EVENT_MISSING, told_of, each["subject"], ABSENT))
    for each in extra:
        told_of = f"an event that the stub does not tell: {named_event(each['type'])}"
        differences.append(_told(each, Cause.EVENT_EXTRA, told_of, ABSENT, each["subject"]))
    return differences + _orders(ours, told)


def named_event(type: str) -> str:
    """What an event tells: ``virtual-council.waste.missed-collection.reported`` in words."""
    steps = type.split(".")
    return clipped(" ".join(steps[2:] if len(steps) > 3 else steps).replace("-", " "), 60)


def _translated(event: Event, references: References) -> Event:
    data = references.ours(json.dumps(event.get("data")))
    return {**event, "subject": references.ours(str(event.get("subject", ""))), "data": json.loads(data)}


def _by_case(events: Sequence[Event]) -> _Told:
    told: _Told = defaultdict(list)
    for each in events:
        told[each["type"], each["subject"]].append(each)
    return dict(told)


def _data(ours: Event, theirs: Event, noise: Noise) -> list[Difference]:
    if ours["data"] == theirs["data"]:
        return []
    found = Found(EVENTS, noise)
    found.walk(f"/{ours['type']}/data", ours["data"], theirs["data"])
    name = named_event(ours["type"])
    return [
        Difference(
            each.place,
            each.ours,
            each.theirs,
            each.cause,
            f"{name}: {each.sentence}",
            f"{name}: {each.plain}",
        )
        for each in found
    ]


def _of_other_subjects(missing: list[Event], extra: list[Event]) -> list[Difference]:
    """Events that were told, but of another subject; they are taken out of both lists."""
    differences = []
    for each in list(missing):
        for other in extra:
            if other["type"] == each["type"] and other["data"] == each["data"]:
                missing.remove(each)
                extra.remove(other)
                plain = f"an event of another subject: {named_event(each['type'])}"
                amount = f"{clipped(other['subject'])} instead of {clipped(each['subject'])}"
                values = each["subject"], other["subject"]
                differences.append(
                    Difference(each["type"], *values, Cause.EVENT_SUBJECT, f"{plain} ({amount})", plain)
                )
                break
    return differences


def _orders(ours: Sequence[Event], theirs: Sequence[Event]) -> list[Difference]:
    """Subjects of which both told the same events, but not in the same order."""
    differences = []
    our_types, their_types = _types_of_subjects(ours), _types_of_subjects(theirs)
    for subject, types in our_types.items():
        others = their_types.get(subject, [])
        if types != others and Counter(types) == Counter(others):
            first = next(one for one, other in zip(types, others, strict=True) if one != other)
            plain = f"events in another order: {named_event(first)} is not told when the stub tells it"
            values = [named_event(each) for each in types], [named_event(each) for each in others]
            differences.append(Difference(first, *values, Cause.EVENT_ORDER, plain, plain))
    return differences


def _types_of_subjects(events: Sequence[Event]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = defaultdict(list)
    for each in events:
        told[each["subject"]].append(each["type"])
    return told


def _told(event: Event, cause: Cause, plain: str, ours: Any, theirs: Any) -> Difference:
    return Difference(event["type"], ours, theirs, cause, plain, plain)
