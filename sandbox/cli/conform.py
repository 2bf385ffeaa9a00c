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

from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.running import RunningSandbox
    from scenarios.conformance.record import Made
    from scenarios.conformance.target import Target

FAILED = 1
PANEL_TARGET, PANEL_CHECKS, PANEL_REPORTS = "What is tested", "Which checks", "Reports"

ServiceName = Annotated[
    str | None, typer.Argument(metavar="SERVICE", help="The service whose slot it fills: waste.")
]
TargetUrl = Annotated[
    str | None,
    typer.Option(
        "--target",
        help="Where it answers. Without it: the sandbox's own service.",
        rich_help_panel=PANEL_TARGET,
    ),
]
Everything = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Every service of the sandbox, and the journeys across them.",
        rich_help_panel=PANEL_TARGET,
    ),
]
TargetKey = Annotated[
    str | None,
    typer.Option(
        "--target-key",
        envvar="TARGET_KEY",
        help="The target's own key, where it has joined no council.",
        rich_help_panel=PANEL_TARGET,
    ),
]
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
Trust = Annotated[
    Path | None,
    typer.Option(
        "--trust",
        metavar="FILE",
        help="A PEM file of certificate authorities to trust besides the machine's.",
        rich_help_panel=PANEL_TARGET,
    ),
]
AlsoPacks = Annotated[
    list[Path] | None,
    typer.Option(
        "--packs",
        metavar="FOLDER",
        help="A folder of your own journeys and requirements, beside ours; can be given several times.",
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
Examples = Annotated[
    int,
    typer.Option(
        "--examples",
        min=1,
        max=10_000,
        help="Requests of each kind that are generated for an operation: fewer are quicker, more find more.",
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


class CouldNot(Failure):
    """The checks could not be run."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("conform", rich_help_panel="Scenarios")(conform)


def conform(
    service: ServiceName = None,
    target: TargetUrl = None,
    everything: Everything = False,
    target_key: TargetKey = None,
    trust: Trust = None,
    url: Url = None,
    council: CouncilName = None,
    only: Only = None,
    also: AlsoPacks = None,
    listed: Listed = False,
    seed: Seed = 1,
    examples: Examples = 15,
    workers: Workers = 2,
    max_time: MaxTime = 600,
    fail_fast: FailFast = False,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Test what fills a service's slot: exit code 0 if it passes, 1 if not, 2 if it could not be tested."""
    from scenarios import packs
    from scenarios.conformance import running
    from scenarios.conformance.reports import text
    from scenarios.conformance.running import Wanted
    from scenarios.problems import CouldNotRun

    try:
        loaded = packs.load(packs.FOLDER, *(also or []))
        with _sandbox(url, council, key, data) as there:
            wanted = Wanted(
                base_url=there.url,
                council=there.council,
                key=there.key,
                targets=_targets(there, service, target, target_key, trust, everything=everything),
                packs=loaded,
                made_with=made_with(),
                now=_now,
                across=everything,
                only=only,
                seed=seed,
                examples=examples,
                workers=workers,
                fail_fast=fail_fast,
                seconds=max_time,
                command=shlex.join(["council", *sys.argv[1:]]),
            )
            if listed:
                with running.prepared(wanted) as ready:
                    _echo(text.listing(ready))
                return
            ran = running.run(wanted, lambda result: _echo(text.line(result)))
    except CouldNotRun as failure:
        raise CouldNot(str(failure)) from failure
    _echo(text.summary(ran.record))
    if not ran.record.passed:
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


def _targets(
    there: RunningSandbox,
    service: str | None,
    address: str | None,
    key: str | None,
    trust: Path | None,
    *,
    everything: bool,
) -> list[Target]:
    from sandbox import running
    from scenarios.conformance.target import Target

    slugs = running.services_of(there)
    if everything == (service is not None):
        raise CouldNot(f"Name the service to test, or --all. There are: {', '.join(slugs)}")
    if service is None:
        if address is not None:
            raise CouldNot("--all tests the sandbox's own services; with --target name one service")
        return [Target(slug) for slug in slugs]
    slug = service.replace("-", "_")
    if slug not in slugs:
        raise CouldNot(f"There is no service {service!r}; there are: {', '.join(slugs)}")
    if address is None:
        return [Target(slug)]
    joined = running.component_at(there, slug, address)
    keys = {"everything": key} if key else {}
    return [Target(slug, address.rstrip("/"), component=joined or "", keys=keys, trusted=trust)]


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
