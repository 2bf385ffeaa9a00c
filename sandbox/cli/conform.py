"""``council conform``: does what fills a service's slot keep the slot's contract and requirements?"""

from __future__ import annotations

import platform
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.cli import reporting
from sandbox.cli.again import command_line
from sandbox.cli.conform_checks import Choice
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
from sandbox.cli.reporting import ReportPaths, Reports

if TYPE_CHECKING:
    from sandbox.evidence import Signer
    from sandbox.running import RunningSandbox
    from scenarios.conformance.record import Made
    from scenarios.conformance.running import Ran, Wanted

FAILED = 1
NO_MATTER = frozenset(
    {"junit", "json", "html", "badge", "har", "summary", "listed", "covered", "save_preset"}
)
"""Options that decide nothing of what a run comes to."""
Settled = Mapping[str, object]

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
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        help="Test on a council made for this run alone, whose clock starts on this day.",
        show_default="2026-06-01, where no sandbox is running",
        rich_help_panel=PANEL_TARGET,
    ),
]
Listed = Annotated[
    bool,
    typer.Option("--list", help="List the checks and requirements; run none.", rich_help_panel=PANEL_CHECKS),
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
    ctx: typer.Context,
    aim: Aim,
    presetting: Presetting,
    choice: Choice,
    paths: ReportPaths,
    services: Services = None,
    url: Url = None,
    council: CouncilName = None,
    as_of: AsOf = None,
    listed: Listed = False,
    covered: Covered = False,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Test what fills a service's slot: exit code 0 if it passes, 1 if not, 2 if it could not be tested."""
    from scenarios import packs
    from scenarios.conformance import running
    from scenarios.conformance.reports import text
    from scenarios.conformance.running import Wanted

    presetting.check_saving()
    reports = paths.reports()
    reports.check()
    signer = signer_of(data) if reports.json is not None and not (listed or covered) else None
    with plainly():
        loaded = packs.load(packs.FOLDER, *choice.folders)
    with plainly(), _sandbox(url, council, as_of, key, data, aim.asked(ctx)) as (there, settled):
        wanted = Wanted(
            base_url=there.url,
            council=there.council,
            key=there.key,
            targets=aim.targets(there, services, ctx),
            packs=loaded,
            made_with=made_with(),
            now=_now,
            across=aim.everything,
            only=choice.only,
            seed=choice.seed,
            examples=choice.examples,
            workers=choice.workers,
            fail_fast=choice.fail_fast,
            seconds=choice.max_time,
            command=command_line(ctx, {**settled, "seed": choice.seed, **presetting.settled(ctx)}, NO_MATTER),
            baseline=presetting.known(_now()),
        )
        if covered or listed:
            _show_coverage(wanted) if covered else _list(wanted)
            return
        if any(target.component for target in wanted.targets):
            typer.echo(f"Testing on {there.council}: records are added to it, and its clock is moved on")
        ran = running.run(wanted, lambda result: reporting.echo(text.line(result)))
    _report(ran, reports, signer)
    presetting.save(ctx)
    if not ran.record.passed:
        raise typer.Exit(FAILED)


def _report(ran: Ran, reports: Reports, signer: Signer | None) -> None:
    """Say what came of a run, and write its reports."""
    from scenarios.conformance.reports import text

    reporting.echo(text.summary(ran.record))
    signed = partial(signer.signed, ran.record) if signer else None
    reports.write(ran.record, signed=signed, exchanges=ran.exchanges)
    if reports.named:
        typer.echo(f"Wrote {', '.join(map(str, reports.named))}")


def _list(wanted: Wanted) -> None:
    """Print what there is to run."""
    from scenarios.conformance import running
    from scenarios.conformance.reports import text

    with running.prepared(wanted) as ready:
        reporting.echo(text.listing(ready))


def made_with() -> Made:
    """The versions of what decides a result."""
    from sandbox import __version__
    from scenarios.conformance.record import Made

    try:
        fuzzer = version("schemathesis")
    except PackageNotFoundError:
        fuzzer = ""
    return Made(virtual_council=__version__, python=platform.python_version(), schemathesis=fuzzer)


def _show_coverage(wanted: Wanted) -> None:
    from scenarios.conformance import coverage, running

    with running.prepared(wanted) as ready:
        covered = coverage.of_run(ready)
    reporting.echo(coverage.told(covered))
    if any(one.wanting for one in covered):
        raise typer.Exit(FAILED)


@contextmanager
def _sandbox(
    url: str | None,
    council: str | None,
    as_of: datetime | None,
    key: str | None,
    data: Path,
    addresses: Collection[str],
) -> Iterator[tuple[RunningSandbox, Settled]]:
    """The sandbox to test on, and the options that would find it, or make one like it, again.

    Where no council is named it is the one that a target at one of the addresses has joined.
    """
    from sandbox import running
    from sandbox.folder import DataFolder

    if as_of is not None and (url or council):
        raise CouldNot("--as-of makes a council for this run; leave it out, or --url and --council")
    if url is not None and "@" in url:
        raise CouldNot("--url holds a user or password, which every report would show; leave it out")
    if url is None and as_of is None and data.exists():
        url = DataFolder(data).server() or None
    if url is not None:
        there = running.there(url, council, key, data)
        there = there if council else running.where_joined(there, addresses)
        yield there, {"url": there.url, "council": there.council, "data": None}
        return
    if council is not None:
        raise CouldNot("--council names one of a running sandbox; say where that is with --url")
    day = as_of.date() if as_of else running.AS_OF
    with running.temporary(day) as there:
        yield there, {"as_of": day, "data": None}


def signer_of(data: Path) -> Signer:
    """Who signs for a data folder; says so where a key is made for it."""
    from sandbox import evidence
    from sandbox.folder import DataFolder

    folder = DataFolder(data)
    made = not evidence.key_file(folder).exists()
    signer = evidence.signer(folder)
    if made:
        typer.echo(f"Made a key to sign with, {signer.fingerprint}, in {evidence.key_file(folder)}", err=True)
    return signer


def _now() -> datetime:
    from sandbox import machine

    return machine.now()
