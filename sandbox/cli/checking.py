"""``council component check``: does a component keep its slot's contract, by what it says and as it acts?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.component_options import SandboxUrl, asked
from sandbox.cli.component_verdict import Trying, verdict_of
from sandbox.cli.conform_checks import Choice
from sandbox.cli.groups import grouped
from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey
from sandbox.cli.reporting import ReportPaths
from sandbox.cli.services import contract_of
from sandbox.cli.webhooks import OfCouncil
from sandbox.failure import Failure

if TYPE_CHECKING:
    from scenarios.divergence import Difference, Level

BREAKS = 1
LARGEST_SPEC_BYTES = 10_000_000
PANEL_BEFORE = "Before it has joined a council"

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="A component that joined a council: it is compared, and the checks are run on it.",
        show_default=False,
    ),
]
Slot = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="SLOT",
        help="The service whose place it takes: waste.",
        rich_help_panel=PANEL_BEFORE,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="Where it answers; its OpenAPI is read at /openapi.json there.",
        rich_help_panel=PANEL_BEFORE,
    ),
]
Spec = Annotated[
    Path | None,
    typer.Option(
        "--spec", help="Its OpenAPI as a JSON file, where nothing runs yet.", rich_help_panel=PANEL_BEFORE
    ),
]


class CannotCheck(Failure):
    """The component's OpenAPI cannot be had, or is none."""


@grouped
def check(
    ctx: typer.Context,
    trying: Trying,
    choice: Choice,
    paths: ReportPaths,
    name: Name = None,
    slot: Slot = None,
    url: Address = None,
    spec: Spec = None,
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Check a component: how its OpenAPI differs from the slot's, and whether it passes the slot's checks.

    With a NAME the checks of `council conform` are run on it, on a copy of its council, and what they come
    to is kept as its verdict: exit code 0 if it passed, 1 if not. Without one, its OpenAPI alone is compared:
    0 if nothing breaks, 1 if something does.
    """
    if name is None:
        if slot is None:
            raise CannotCheck(
                "Name a component that joined, or a slot with --for and its OpenAPI with --spec"
            )
        if (url is None) == (spec is None):
            raise CannotCheck("Say where the component answers with --url, or name its OpenAPI with --spec")
        compare_alone(slot, _read(spec) if spec is not None else _published(str(url), slot))
        return
    if slot or url or spec:
        raise CannotCheck(f"{name} has joined for a slot, with an address; leave out --for, --url and --spec")
    with asked(council, data, sandbox, key) as (there, address):
        passed = verdict_of(ctx, there, address, name, trying, choice, paths, data, _compared)
    if not passed:
        raise typer.Exit(BREAKS)


def compare_spec(slot: str, spec: Path) -> None:
    """Say what a component's OpenAPI lacks of a slot, and what breaks; exit code 1 where something does."""
    compare_alone(slot, _read(spec))


def compare_alone(slot: str, document: dict[str, Any]) -> None:
    """The same of a document that was read."""
    if _compare(slot, document, to_do=True):
        raise typer.Exit(BREAKS)


def _compared(slot: str, url: str) -> None:
    """Say how what answers at an address differs from the slot by what it says of itself."""
    _compare(slot, _published(url, slot), to_do=False)


def _compare(slot: str, document: dict[str, Any], *, to_do: bool) -> bool:
    """Print the differences; whether something breaks. With ``to_do`` also what is not implemented."""
    from scenarios.divergence import Level, differences, missing

    contract = contract_of(slot)
    found = differences(contract, document)
    for level in Level:
        for line in _told([one for one in found if one.level is level], level):
            typer.echo(line)
    if to_do and (left := missing(contract, document)):
        typer.echo("to be implemented, or left to the stub:")
        for line in (*(f"  {one}" for one in left), ""):
            typer.echo(line)
    counts = Counter(one.level for one in found)
    told = ", ".join(f"{counts[level]} {level.value}" for level in Level)
    typer.echo(f"{len(found)} differences from the slot for {slot}: {told}" if found else "No difference")
    return bool(counts[Level.BREAKING])


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
