"""``council scenarios run`` and ``list``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.options import DEFAULT_DATA, Data, FixedKey
from sandbox.failure import Failure

FAILED = 1

Url = Annotated[
    str | None, typer.Option("--url", help="A running sandbox. Without it, one is started for the run.")
]
CouncilName = Annotated[
    str | None, typer.Option("--council", help="The council to run on.", show_default="the first")
]
Only = Annotated[
    list[str] | None, typer.Option("--only", help="A journey or a pack; can be given several times.")
]
AlsoPacks = Annotated[
    list[Path] | None,
    typer.Option(
        "--packs",
        metavar="FOLDER",
        help="A folder of your own journeys, beside ours; can be given several times.",
    ),
]
Junit = Annotated[Path | None, typer.Option("--junit", help="Write a JUnit report to this file.")]


class CouldNot(Failure):
    """The journeys could not be run."""


def add_to(app: typer.Typer) -> None:
    """Add these commands under ``council scenarios``."""
    scenarios = typer.Typer(help="Journeys that prove what a council does.", no_args_is_help=True)
    scenarios.command("run")(run)
    scenarios.command("list")(list_journeys)
    app.add_typer(scenarios, name="scenarios", rich_help_panel="Scenarios")


def list_journeys() -> None:
    """List the journeys and the requirements that each proves."""
    from scenarios import packs

    for journey in packs.load(packs.FOLDER).journeys:
        typer.echo(f"{journey.id:<44} {journey.title}  [{', '.join(journey.proves)}]")


def run(
    url: Url = None,
    council: CouncilName = None,
    only: Only = None,
    also: AlsoPacks = None,
    junit: Junit = None,
    key: FixedKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Run the journeys: exit code 0 if all pass, 1 if any fails, 2 if they could not be run."""
    import scenarios
    from sandbox import running
    from scenarios import junit as report_file
    from scenarios import packs
    from scenarios.report import details, step_line, summary
    from scenarios.results import StepResult

    def show(step: StepResult) -> None:
        typer.echo(step_line(step))
        for line in details(step):
            typer.echo(line)

    try:
        loaded = packs.load(packs.FOLDER, *(also or []))
        loaded.chosen(only)
        if junit is not None:
            report_file.check_writable(junit)
        if council and not url:
            raise CouldNot("--council names one of a running sandbox; say where that is with --url")
        place = nullcontext(running.there(url, council, key, data)) if url else running.temporary()
        with place as sandbox:
            result = scenarios.run(loaded, sandbox.url, sandbox.council, sandbox.key, only=only, on_step=show)
            sandbox.tell(result)
        if junit is not None:
            report_file.write(result, junit)
    except scenarios.CouldNotRun as failure:
        raise CouldNot(str(failure)) from failure
    for line in summary(result):
        typer.echo(line)
    if not result.passed:
        raise typer.Exit(FAILED)
