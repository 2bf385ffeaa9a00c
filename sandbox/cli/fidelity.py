"""``council fidelity``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.ask import DEMO_NAME
from sandbox.cli.options import DEFAULT_DATA, Data
from sandbox.failure import Failure
from sandbox.folder import DataFolder, NoSuchCouncil, read_facts

Council = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="The council to look at.", show_default="fairwater, or the first"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")]
Page = Annotated[
    Path | None,
    typer.Option(
        "--page", metavar="FILE", help="Write it as one HTML file, with charts, that needs nothing beside it."
    ),
]


class CouldNotWrite(Failure):
    """The page could not be written."""


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("fidelity", rich_help_panel="Councils")(fidelity)


def fidelity(
    name: Council = None, as_json: AsJson = False, page: Page = None, data: Data = DEFAULT_DATA
) -> None:
    """Say how closely a council's town keeps to the published figures, and what is assumed."""
    from sandbox.fidelity import read_report

    folder = DataFolder(data)
    name = name or _first(folder)
    file = folder.existing(name)
    title = read_facts(file)["title"]
    report = read_report(file)
    if page is not None:
        _write(page, report, title)
    if as_json:
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    elif page is None:
        _tell(name, report)


def _write(page: Path, report: Mapping[str, Any], title: str) -> None:
    from sandbox.console.fidelity import page_alone
    from sandbox.fidelity_charts import draw

    try:
        page.write_text(page_alone(report, title, draw(report)), encoding="utf-8")
    except OSError as error:
        raise CouldNotWrite(f"The page {page} could not be written: {error.strerror}") from error
    typer.echo(f"Wrote {page}", err=True)


def _tell(name: str, report: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from sandbox.console.fidelity import would_change
    from sandbox.console.words import percent, points

    summary, place = report["summary"], report["shaped_like"]
    table = Table("Margin", "Counted", "Off by", "Furthest off", box=None)
    table.columns[1].justify = table.columns[2].justify = "right"
    for margin in sorted(report["margins"], key=lambda each: -float(each["total_variation"])):
        table.add_row(
            margin["label"],
            f"{margin['counted']:,} {margin['counts']}",
            percent(margin["total_variation"]),
            escape(f"{margin['worst_label']}, {points(margin['worst_difference'])}"),
        )
    Console().print(table)
    typer.echo(
        f"{name}: of {summary['margins']} published margins of {place}, the one furthest off is "
        f"{summary['worst_label']}, by {percent(summary['total_variation'])}: of 10,000 {summary['counts']}, "
        f"{would_change(report)} would have to be different for it to fit exactly"
    )
    if report["brought"]:
        typer.echo(f"Its people were brought, not generated: {report['brought']}. They need not fit.")
    typer.echo("Assumed, for want of published figures:")
    for sentence in report["assumed_in_brief"]:
        typer.echo(f"- {sentence}")
    for sentence in _filled(report):
        typer.echo(sentence)


def _filled(report: Mapping[str, Any]) -> list[str]:
    """Where figures that the authority did not publish were taken from."""
    place, filled = report["shaped_like"], report["filled"]
    if not filled:
        return [f"Every figure that is used was published for {place} itself."]
    taken = Counter(figure["taken_from"] for figure in filled)
    touched = report["summary"]["filled_margins"]
    return [
        f"Not published for {place}: {len(filled)} figures, which --json names; "
        f"{touched or 'none'} of the margins above {'is' if touched == 1 else 'are'} touched.",
        *(f"- {count} taken from {taken_from}" for taken_from, count in taken.items()),
    ]


def _first(folder: DataFolder) -> str:
    names = folder.names()
    if not names:
        raise NoSuchCouncil(f"There are no councils in {folder.path} yet; `council build` makes one")
    return DEMO_NAME if DEMO_NAME in names else names[0]
