"""How the signed history of a slot is told: what was done, by whom and why, and what was overridden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.components.histories import HistoryRecord
    from sandbox.evidence import HistoryEvidence


def told(found: HistoryEvidence, own: str | None) -> Iterator[str]:
    """The lines that tell of it; ``own`` is the fingerprint of this data folder."""
    from sandbox.cli.evidence import MEANING
    from scenarios.conformance.reports import harmless

    record = found.record
    yield f"signed by  {found.fingerprint}{' (this data folder)' if own == found.fingerprint else ''}"
    yield f"record     {found.digest} (SHA-256)"
    yield f"about      the slot for {harmless.line(record.title)} of {harmless.line(record.council)}"
    yield f"when       {record.written.isoformat(timespec='seconds')}"
    yield f"with       Virtual Council {harmless.line(record.made_with)}"
    for change in record.changes:
        why = f": {change.why}" if change.why else ""
        said = f"{change.what}. {change.by}{why}"
        yield f"  {change.at.isoformat(timespec='minutes')}  {harmless.line(said)}"
        if change.overriding:
            yield f"    {harmless.line(change.overriding)}"
    overrides = len(record.overrides)
    counted = {0: "no override", 1: "1 override"}.get(overrides, f"{overrides} overrides")
    changes = "1 change" if len(record.changes) == 1 else f"{len(record.changes)} changes"
    yield f"now        {harmless.line(record.overview)} {changes}, {counted}"
    yield from MEANING


def contradiction(record: HistoryRecord) -> str:
    """What in a history contradicts itself, in a sentence without its end; empty where nothing does."""
    numbers = [change.number for change in record.changes]
    if numbers != sorted(set(numbers)):
        return "its changes are not in the order in which they were made"
    if any(change.slot != record.slot for change in record.changes):
        return f"it tells of changes to other slots than {record.slot}"
    gates = [(change, (change.setting or {}).get("gate")) for change in record.changes]
    if any(gate and gate.get("unmet") and not change.overriding for change, gate in gates):
        return "it tells of a gate that was not met, and of no reason to go through it"
    return ""
