"""Which checks ``council conform`` runs, and how: the options that choose and limit them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.conform_presets import PANEL_CHECKS


@dataclass(frozen=True)
class Choice:
    """The options that choose the checks."""

    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="A check, the beginning of its name, a kind or a requirement; can be given several times.",
            rich_help_panel=PANEL_CHECKS,
        ),
    ] = None
    also: Annotated[
        list[Path] | None,
        typer.Option(
            "--packs",
            metavar="FOLDER",
            help="A folder of your own journeys and requirements, beside ours; can be given several times.",
            rich_help_panel=PANEL_CHECKS,
        ),
    ] = None
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            min=0,
            max=2**32 - 1,
            help="The same seed gives the same cases.",
            rich_help_panel=PANEL_CHECKS,
        ),
    ] = 1
    examples: Annotated[
        int,
        typer.Option(
            "--examples",
            min=1,
            max=10_000,
            help="Requests of each kind generated for an operation: fewer are quicker, more find more.",
            rich_help_panel=PANEL_CHECKS,
        ),
    ] = 15
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, max=16, help="How many at a time.", rich_help_panel=PANEL_CHECKS),
    ] = 3
    max_time: Annotated[
        float,
        typer.Option(
            "--max-time", min=1, max=86_400, help="Seconds that it may take.", rich_help_panel=PANEL_CHECKS
        ),
    ] = 600
    fail_fast: Annotated[
        bool,
        typer.Option(
            "--fail-fast", "-x", help="Begin nothing more once one fails.", rich_help_panel=PANEL_CHECKS
        ),
    ] = False

    @property
    def folders(self) -> list[Path]:
        """The folders of journeys and requirements beside ours."""
        return self.also or []
