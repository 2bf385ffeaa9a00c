"""``council slots`` and ``council component history``: who fills what, since when, by whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.component_options import SandboxUrl, asked, component_of
from sandbox.cli.going_live import refuse_both
from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey
from sandbox.cli.webhooks import OfCouncil

if TYPE_CHECKING:
    from sandbox.reach import Reached

PAGE = 200
LONGEST_LINE = 3_000


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("slots", rich_help_panel="Components")(slots)


def slots(
    council: CouncilArgument = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """List a council's slots: who fills each, since when, who set it so, and how it fares."""
    from rich.console import Console
    from rich.table import Table

    with asked(council, data, sandbox, key) as (there, address):
        items = there.ask("GET", f"{address}/slots")["items"]
    table = Table(box=None)
    for column in ("Slot", "Filled by", "Mode", "Since", "By", "Fares"):
        table.add_column(column, overflow="fold", no_wrap=column == "Slot")
    for each in items:
        for row in _rows(each):
            table.add_row(*row)
    Console().print(table)


def history(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The component.")] = None,
    slot: Annotated[str | None, typer.Option("--slot", help="A slot: [b]waste[/b].")] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            metavar="FILE",
            help="Write the whole history of the slot, signed: see [b]council evidence[/b].",
        ),
    ] = None,
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show what was done to a slot, by whom and why, and what befell it; the latest last."""
    refuse_both(name, slot)
    if evidence is not None:
        from sandbox.cli.reporting import Reports

        Reports(json=evidence).check()
    with asked(council, data, sandbox, key) as (there, address):
        where = slot or _slot_of(there, address, name or "")
        changes = _every_change(there, f"{address}/slots/{where}/changes")
        shown = there.ask("GET", f"{address}/slots/{where}")
    for change in changes:
        if name in (None, change["component"]):
            for line in _told(change):
                typer.echo(line)
    typer.echo(shown["overview"])
    if evidence is not None:
        _write(evidence, address.rpartition("/")[2], shown, changes, data)


def _slot_of(there: Reached, address: str, name: str) -> str:
    """The slot of a component, also of one that has left."""
    for each in there.ask("GET", f"{address}/slots")["items"]:
        changes = _every_change(there, f"{address}/slots/{each['slot']}/changes")
        if any(change["component"] == name for change in changes):
            return str(each["slot"])
    return str(component_of(there, address, name)["slot"])


def _rows(slot: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    if not slot["fillings"]:
        yield slot["slot"], "the stub", "", "", "", ""
    for each in slot["fillings"]:
        part = f" {each['operation']}" if each["operation"] else ""
        yield (
            f"{slot['slot']}{part}",
            each["component"],
            each["mode"] if each["share"] is None else f"share: {_shared(each['share'])}",
            _minute(each["since"]),
            each["by"],
            each["fares"]["sentence"],
        )


def _shared(share: dict[str, Any]) -> str:
    parts = [f"{share['percent']} %"] if share["percent"] else []
    parts += [f"{len(share[what])} {what}" for what in ("homes", "residents", "wards") if share[what]]
    return ", ".join(parts)


def _told(change: dict[str, Any]) -> Iterator[str]:
    from scenarios.conformance.reports import harmless

    why = f": {change['why']}" if change["why"] else ""
    said = harmless.line(f"{change['what']}. {change['by']}{why}", LONGEST_LINE)
    yield f"{change['number']:>5}  {_minute(change['at'])}  {said}"
    if change["overriding"]:
        yield f"       {harmless.line(change['overriding'], LONGEST_LINE)}"


def _minute(instant: str) -> str:
    return instant[:16].replace("T", " ")


def _every_change(there: Reached, address: str) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    after, more = 0, True
    while more:
        page = there.ask("GET", address, params={"after": after, "limit": PAGE})
        changes += page["items"]
        after, more = page["next"], len(page["items"]) == PAGE
    return changes


def _write(
    file: Path, council: str, shown: dict[str, Any], changes: list[dict[str, Any]], data: Path
) -> None:
    """Write the signed history of a slot, whole or not at all."""
    from sandbox import __version__, machine
    from sandbox.cli.conform import signer_of
    from sandbox.cli.reporting import written
    from sandbox.components.histories import FORMAT, HistoryRecord

    record = HistoryRecord.model_validate(
        {
            "format": FORMAT,
            "written": machine.now(),
            "made_with": __version__,
            "council": council,
            "slot": shown["slot"],
            "title": shown["title"],
            "overview": shown["overview"],
            "changes": changes,
            "candidates": shown["candidates"],
        }
    )
    written(file, signer_of(data).signed(record))
    typer.echo(f"Wrote {file}; `council evidence verify {file}` says whether it is as it was signed")
