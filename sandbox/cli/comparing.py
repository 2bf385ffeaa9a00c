"""``council component compare``: how a component answered compared with the stub, in plain English."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sandbox.cli.component_options import Component, SandboxUrl, asked
from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey
from sandbox.cli.webhooks import OfCouncil

LONGEST_BODY_SHOWN = 400

Number = Annotated[
    int | None,
    typer.Option("--number", min=1, max=999_999_999, help="Which comparison.", show_default="the latest"),
]
Examples = Annotated[
    bool, typer.Option("--examples", help="Show a call for each difference, as a curl line for either side.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")]
ListOnly = Annotated[bool, typer.Option("--list", help="List the comparisons that are kept.")]


def compare(
    name: Component,
    council: OfCouncil = None,
    number: Number = None,
    examples: Examples = False,
    list_only: ListOnly = False,
    as_json: AsJson = False,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show how a component answered compared with the stub: how many calls alike, and what differed.

    `council component shadow` compares it under traffic on a fork; while it is in shadow, live calls are
    compared.
    """
    with asked(council, data, sandbox, key) as (there, address):
        wanted = "" if list_only else f"/{number or 'latest'}"
        told = there.ask("GET", f"{address}/components/{name}/comparisons{wanted}")
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif list_only:
        _list(told["items"], name)
    else:
        _show(told, examples=examples)


def _list(items: list[dict[str, Any]], name: str) -> None:
    if not items:
        typer.echo(f"{name} has not been compared yet; `council component shadow {name}` compares it")
    for each in items:
        typer.echo(f"{each['number']:>4}  {_progress(each)}: {each['sentence']}")


def _show(told: dict[str, Any], *, examples: bool) -> None:
    typer.echo(f"Comparison {told['number']}, {_progress(told)}")
    if told["problem"]:
        typer.echo(f"It failed: {told['problem']}")
    typer.echo(told["sentence"])
    summary = told["summary"]
    if summary is None:
        return
    if summary["groups"]:
        typer.echo("")
        _table(summary["groups"])
        if summary["more_groups"]:
            typer.echo(f"and {summary['more_groups']:,} more, of other kinds yet")
        if not examples:
            typer.echo("\nWith --examples each is shown by a call")
    for line in _notes(summary):
        typer.echo(line)
    if examples:
        typer.echo(
            "\nThe calls were made on a copy of the council, with its clock where the day had come to.\n"
            "A case that was made there is found only there, and a call that changes something changes\n"
            "the product's own records."
        )
        _examples(summary["groups"])


def _progress(told: dict[str, Any]) -> str:
    """What was run, and how far it is."""
    if told["state"] == "running" and told["planned"]:
        return f"{told['what']} (running: {told['done']:,} of {told['planned']:,} calls)"
    return told["what"] if told["state"] == "done" else f"{told['what']} ({told['state']})"


def _table(groups: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None)
    table.add_column("Times", justify="right")
    table.add_column("Operation", overflow="fold")
    table.add_column("What differed", overflow="fold")
    for each in groups:
        # As text: what a component says is not to be read as markup.
        table.add_row(f"{each['count']:,}", Text(each["operation"]), Text(each["sentence"]))
    Console().print(table)


def _notes(summary: dict[str, Any]) -> list[str]:
    notes = [f"Not answered, {each['count']:,}: {each['why']}" for each in summary["not_answered"]]
    notes += [f"Left out, {each['count']:,}: {each['why']}" for each in summary["left_out"]]
    if summary["worded_otherwise"]:
        notes.append(f"Refused alike, in other words: {summary['worded_otherwise']:,}")
    if summary["events"]:
        alike = (
            "all alike" if not summary["events_different"] else f"{summary['events_different']:,} different"
        )
        notes.append(f"Events told by the stub: {summary['events']:,}, {alike}")
    learnt = sum(each["learnt"] for each in summary["noise"])
    if learnt:
        notes.append(f"Let pass, since the stub differs there from itself: {learnt:,} places")
    return ["", *notes] if notes else []


def _examples(groups: list[dict[str, Any]]) -> None:
    """A call for each difference; one that shows several is printed once."""
    last = None
    for group in groups:
        example = group["example"]
        call = (example["method"], example["path"], example["ours"]["curl"])
        typer.echo(f"\n{group['operation']}: {group['sentence']}")
        if call == last and example["method"]:
            typer.echo("  in the same call")
        for side, called in (("ours", "the stub"), ("theirs", "the component")):
            _side(called, example[side], group["place"], told=call == last or not example["method"])
        last = call


def _side(called: str, shown: dict[str, Any], place: str, *, told: bool) -> None:
    """What one side said; of a call that was ``told`` already only the value."""
    said = []
    if not told:
        if shown["curl"]:
            typer.echo(f"  {shown['curl']}")
        said.append(
            "no answer" if shown["status"] is None else f"{shown['status']} {_clipped(shown['body'])}"
        )
    if shown["value"] is not None and shown["value"] != "null":
        said.append(f"[{place}: {shown['value']}]")
    if said:
        typer.echo(f"  {called}: {'  '.join(said)}")


def _clipped(body: str | None) -> str:
    text = " ".join((body or "").split())
    return text if len(text) <= LONGEST_BODY_SHOWN else f"{text[: LONGEST_BODY_SHOWN - 1]}…"
