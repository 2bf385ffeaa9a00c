"""``council component check``: what in a component's OpenAPI is otherwise than in the slot's."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.services import contract_of
from sandbox.failure import Failure

if TYPE_CHECKING:
    from scenarios.divergence import Difference, Level

BREAKS = 1
LARGEST_SPEC_BYTES = 10_000_000

Slot = Annotated[str, typer.Option("--for", metavar="SLOT", help="The service whose place it takes: waste.")]
Address = Annotated[
    str | None, typer.Option("--url", help="Where it answers; its OpenAPI is read at /openapi.json there.")
]
Spec = Annotated[
    Path | None, typer.Option("--spec", help="Its OpenAPI as a JSON file, where nothing runs yet.")
]


class CannotCheck(Failure):
    """The component's OpenAPI cannot be had, or is none."""


def check(slot: Slot, url: Address = None, spec: Spec = None) -> None:
    """Say how a component's OpenAPI differs from the slot's: exit code 0 if nothing breaks, 1 if something
    does.
    """
    from scenarios.divergence import Level, differences

    if (url is None) == (spec is None):
        raise CannotCheck("Say where the component answers with --url, or name its OpenAPI with --spec")
    contract = contract_of(slot)
    document = _read(spec) if spec is not None else _published(str(url), slot)
    found = differences(contract, document)
    for level in Level:
        for line in _told([one for one in found if one.level is level], level):
            typer.echo(line)
    counts = Counter(one.level for one in found)
    told = ", ".join(f"{counts[level]} {level.value}" for level in Level)
    typer.echo(f"{len(found)} differences from the slot for {slot}: {told}" if found else "No difference")
    if counts[Level.BREAKING]:
        raise typer.Exit(BREAKS)


def _told(found: list[Difference], level: Level) -> list[str]:
    """The differences of one level, under a heading that says what they mean."""
    from scenarios.divergence import MEANINGS

    return [f"{level.value}: {MEANINGS[level]}", *(f"  {one}" for one in found), ""] if found else []


def _published(url: str, slot: str) -> dict[str, Any]:
    from scenarios.conformance.target import Target, published
    from scenarios.problems import CouldNotRun

    try:
        return published(Target(slot, url), url)
    except CouldNotRun as failure:
        raise CannotCheck(str(failure)) from failure


def _read(spec: Path) -> dict[str, Any]:
    try:
        if spec.stat().st_size > LARGEST_SPEC_BYTES:
            raise CannotCheck(
                f"{spec} is larger than {LARGEST_SPEC_BYTES:,} bytes; an OpenAPI document is not"
            )
        document = json.loads(spec.read_text())
    except OSError as fault:
        raise CannotCheck(f"{spec} cannot be read: {fault.strerror}") from fault
    except (ValueError, RecursionError) as fault:
        raise CannotCheck(f"{spec} is not JSON: {fault}") from fault
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise CannotCheck(f"{spec} is no OpenAPI document: it has no `paths`")
    return document
