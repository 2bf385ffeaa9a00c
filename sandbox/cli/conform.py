"""``council conform``: does what fills a service's slot keep the slot's contract and requirements?"""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.cli.conform_presets import (
    PANEL_CHECKS,
    PANEL_TARGET,
    CouldNot,
    Presetting,
    Services,
    plainly,
)
from sandbox.cli.conform_targets import Aim
from sandbox.cli.groups import grouped
from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey

if TYPE_CHECKING:
    from sandbox.running import RunningSandbox
    from scenarios.conformance.record import Made
    from scenarios.conformance.running import Wanted

FAILED = 1

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="A running sandbox. Without it: the one that serves the data folder, or one for this run alone.",
        rich_help_panel=PANEL_TARGET,
    ),
]
CouncilName = Annotated[
    str | None,
    typer.Option(
        "--council",
        help="The council to test on.",
        show_default="the first",
        rich_help_panel=PANEL_TARGET,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="A check, the beginning of its name, a kind or a requirement; can be given several times.",
        rich_help_panel=PANEL_CHECKS,
    ),
]
Listed = Annotated[
    bool,
    typer.Option("--list", help="List the checks and requirements; run none.", rich_help_panel=PANEL_CHECKS),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        min=0,
        max=2**32 - 1,
        help="The same seed gives the same cases.",
        rich_help_panel=PANEL_CHECKS,
    ),
]
Workers = Annotated[
    int,
    typer.Option("--workers", min=1, max=16, help="How many at a time.", rich_help_panel=PANEL_CHECKS),
]
MaxTime = Annotated[
    float,
    typer.Option(
        "--max-time", min=1, max=86_400, help="Seconds that it may take.", rich_help_panel=PANEL_CHECKS
    ),
]


FailFast = Annotated[
    bool,
    typer.Option(
        "--fail-fast", "-x", help="Begin nothing more once one fails.", rich_help_panel=PANEL_CHECKS
    ),
]


Covered = Annotated[
    bool,
    typer.Option(
        "--coverage",
        help="Show which requirements no check verifies and which operations none asks; run none.",
        rich_help_panel=PANEL_CHECKS,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("conform", rich_help_panel="Scenarios")(conform)


@grouped
def conform(
    context: typer.Context,
    aim: Aim,
    presetting: Presetting,
    services: Services = None,
    url: Url = None,
    council: CouncilName = None,
    only: Only = None,
    listed: Listed = False,
    covered: Covered = False,
    seed: Seed = 1,
    workers: Workers = 2,
    max_time: MaxTime = 600,
    fail_fast: FailFast = False,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Test what fills a service's slot: exit code 0 if it passes, 1 if not, 2 if it could not be tested."""
    from scenarios import packs
    from scenarios.conformance import baselines, running
    from scenarios.conformance.reports import text
    from scenarios.conformance.running import Wanted

    presetting.check_saving()
    with plainly(), _sandbox(url, council, key, data) as there:
        known = baselines.read(presetting.baseline, _now().date()) if presetting.baseline else None
        wanted = Wanted(
            base_url=there.url,
            council=there.council,
            key=there.key,
            targets=aim.targets(there, services, context),
            packs=packs.load(),
            made_with=made_with(),
            now=_now,
            across=aim.everything,
            only=only,
            seed=seed,
            workers=workers,
            fail_fast=fail_fast,
            seconds=max_time,
            command=shlex.join(["council", *sys.argv[1:]]),
            baseline=known,
        )
        if covered:
            _show_coverage(wanted)
            return
        if listed:
            with running.prepared(wanted) as ready:
                _echo(text.listing(ready))
            return
        ran = running.run(wanted, lambda result: _echo(text.line(result)))
    _echo(text.summary(ran.record))
    presetting.save(context)
    if not ran.record.passed:
        raise typer.Exit(FAILED)


def _show_coverage(wanted: Wanted) -> None:
    from scenarios.conformance import coverage, running

    with running.prepared(wanted) as ready:
        covered = coverage.of_run(ready)
    _echo(coverage.told(covered))
    if any(one.wanting for one in covered):
        raise typer.Exit(FAILED)


def made_with() -> Made:
    """The versions of what decides a result."""
    from sandbox import __version__
    from scenarios.conformance.record import Made

    try:
        fuzzer = version("schemathesis")
    except PackageNotFoundError:
        fuzzer = ""
    return Made(virtual_council=__version__, python=platform.python_version(), schemathesis=fuzzer)


@contextmanager
def _sandbox(url: str | None, council: str | None, key: str | None, data: Path) -> Iterator[RunningSandbox]:
    from sandbox import running
    from sandbox.folder import DataFolder

    if url is None and data.exists():
        url = DataFolder(data).server() or None
    if url is None and council is not None:
        raise CouldNot("--council names one of a running sandbox; say where that is with --url")
    if url is not None:
        yield running.there(url, council, key, data)
        return
    with running.temporary() as there:
        yield there


def _now() -> datetime:
    from sandbox import machine

    return machine.now()


def _echo(lines: Iterator[str]) -> None:
    for line in lines:
        typer.echo(line)
