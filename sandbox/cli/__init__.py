"""The ``council`` command."""

from __future__ import annotations

import sys

import typer

from sandbox.cli import (
    auditing,
    clock,
    components,
    conform,
    councils,
    events,
    evidence,
    exporting,
    fidelity,
    finding,
    forcing,
    importing,
    journal,
    journeys,
    matching,
    personas,
    services,
    slots,
    states,
    webhooks,
)
from sandbox.failure import Failure
from service_apis.kit.discovery import BrokenService

COULD_NOT = 2

app = typer.Typer(
    name="council",
    help="A fake local authority in a box: build one, serve it, prove products on it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
councils.add_to(app)
clock.add_to(app)
states.add_to(app)
importing.add_to(app)
auditing.add_to(app)
fidelity.add_to(app)
exporting.add_to(app)
services.add_to(app)
journal.add_to(app)
journeys.add_to(app)
conform.add_to(app)
evidence.add_to(app)
matching.add_to(app)
forcing.add_to(app)
finding.add_to(app)
personas.add_to(app)
events.add_to(app)
webhooks.add_to(app)
components.add_to(app)
slots.add_to(app)


def main() -> None:
    """Run the command; a failure that a person can mend is one plain message and exit code 2."""
    try:
        app()
    except (Failure, BrokenService) as failure:
        typer.echo(f"council: {failure}", err=True)
        sys.exit(COULD_NOT)
