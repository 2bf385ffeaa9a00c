"""How things stand: what a target shows before and after a call, to see whether the call changed anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.conformance.checks import Unjudged, expect
from scenarios.conformance.known import (
    FORMAT,
    answers_json,
    counts,
    names_in,
    page_size,
    plain_lists,
    reads,
    records_in,
)
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer
from scenarios.openapi import Operation

Standing = Mapping[str, Any]
"""What each reading said, by the reading."""


def standing(probe: Probe, operation: Operation, path: Mapping[str, str]) -> Standing:
    """What the target shows of whatever the operation would change.

    That is the thing that its path leads to, where a reading has the longest beginning of the path; else the
    list at its own address, and where that does not count or is not there, the other lists of the service.
    """
    service = probe.service
    owners = [
        one
        for one in reads(service)
        if answers_json(service, one) and _leads_on(one.path, operation.path, names_in(one))
    ]
    if not owners:
        return {one.id: _shown(probe, one, {}) for one in plain_lists(service)}
    owner = max(owners, key=lambda one: len(one.path))
    shown = {owner.id: _shown(probe, owner, {name: path[name] for name in names_in(owner)})}
    if not names_in(owner) and not counts(service, owner):
        others = [one for one in plain_lists(service) if page_size(one) and one.id != owner.id]
        shown |= {one.id: _shown(probe, one, {}) for one in others}
    return shown


def unchanged(
    probe: Probe, operation: Operation, path: Mapping[str, str], before: Standing, because: str
) -> None:
    """Raise Missed where the target stands otherwise than it did."""
    after = standing(probe, operation, path)
    for name, stood in before.items():
        expect(
            after[name] == stood,
            f"`{operation.id}` changed something, though it refused {because}: `{name}` shows it",
            expected=_brief(stood),
            got=_brief(after[name]),
            remedy="decide whether to refuse before anything is written",
        )


def _leads_on(shorter: str, longer: str, names: list[str]) -> bool:
    """Whether one path begins another, or is the same but for the format that it ends with."""
    same = shorter == longer or FORMAT.sub("", shorter) == FORMAT.sub("", longer)
    return same or bool(names and longer.startswith(f"{shorter}/"))


def _shown(probe: Probe, reading: Operation, path: Mapping[str, str]) -> Any:
    try:
        answer: Answer = probe.ask(reading.id, path=path, query=page_size(reading))
    except Unjudged:
        return "no answer"
    if answer.status != 200:
        return answer.status
    if names_in(reading):
        return answer.body
    total = answer.body.get("total") if isinstance(answer.body, dict) else None
    return {"total": total, "first": records_in(answer.body)[:50]}


def _brief(stood: Any) -> str:
    if isinstance(stood, dict) and set(stood) == {"total", "first"} and stood["total"] is not None:
        return f"{stood['total']} in all"
    return str(stood)[:300]
