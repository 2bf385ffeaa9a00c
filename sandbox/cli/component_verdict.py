"""A run of the conformance checks on a component, on a copy of its council, and the verdict kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli import reporting
from sandbox.cli.again import command_line
from sandbox.cli.component_options import component_of
from sandbox.cli.conform_checks import Choice
from sandbox.cli.conform_presets import PANEL_TARGET, plainly
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.cli.reporting import ReportPaths
    from sandbox.reach import Reached, Running
    from sandbox.running import RunningSandbox
    from scenarios.conformance.record import Record
    from scenarios.conformance.running import Wanted

LIFETIME = "PT2H"
"""How long the copy stays where the command is killed; with it the component is back in its own council."""
SECONDS = 10.0
LARGEST_KEPT_BYTES = 900_000
"""A larger record is kept without the calls that show its failures; the control API takes no more."""


class CannotTry(Failure):
    """The checks cannot be run on the component as things are."""


@dataclass(frozen=True)
class Trying:
    """The options that say how a component is tried."""

    restart: Annotated[
        str,
        typer.Option(
            "--restart",
            help="A command line that stops it and starts it again, for the check of what it then still has.",
            show_default=False,
            rich_help_panel=PANEL_TARGET,
        ),
    ] = ""
    digest: Annotated[
        str,
        typer.Option(
            "--image-digest",
            help="The digest of the image that it runs from, for the record.",
            show_default=False,
            rich_help_panel=PANEL_TARGET,
        ),
    ] = ""


def verdict_of(
    ctx: typer.Context,
    there: Reached,
    address: str,
    name: str,
    trying: Trying,
    choice: Choice,
    paths: ReportPaths,
    data: Path,
    compare: Callable[[str, str], None],
) -> bool:
    """Compare a component with its slot, run the checks on it, keep the verdict; whether it passed.

    ``address`` is the council's on the control API of the sandbox ``there``.
    """
    from sandbox.cli.conform import signer_of
    from sandbox.reach import Running
    from scenarios.conformance import running
    from scenarios.conformance.reports import text

    reports = paths.reports()
    reports.check()
    component = component_of(there, address, name)
    if not isinstance(there, Running):
        raise CannotTry(f"No sandbox serves {data}, and {name} asks one; start it with `council up`")
    trial = f"{there.url}{address}/components/{name}/at"
    component["url"] = _as_the_council_calls_it(trial, component["url"])
    compare(component["slot"], component["url"])
    signer = signer_of(data)
    with plainly(), _tried(there, address, name) as copy:
        typer.echo(f"Checking {name} on {copy.council}, a copy of its council that is deleted afterwards")
        wanted = _wanted(ctx, copy, component, trying, choice)
        ran = running.run(wanted, lambda result: reporting.echo(text.line(result)))
    reporting.echo(text.summary(ran.record))
    reports.write(ran.record, signed=partial(signer.signed, ran.record), exchanges=ran.exchanges)
    if reports.named:
        typer.echo(f"Wrote {', '.join(map(str, reports.named))}")
    kept = there.ask(
        "POST",
        f"{address}/components/{name}/verdicts",
        json={"evidence": signer.evidence(_brief(ran.record))},
    )
    typer.echo(f"Kept as verdict {kept['number']} of {name}, signed by {kept['signer']}")
    if kept["partial"]:
        typer.echo("Only some checks were run: to go live it is to pass them all")
    elif kept["passed"]:
        typer.echo(f"Next, replay a day of calls and compare: council component shadow {name}")
    return bool(kept["passed"])


def _as_the_council_calls_it(trial: str, own: str) -> str:
    """The component's trial address in the sandbox, where what bridges its API is applied; or its own."""
    import httpx

    try:
        answer = httpx.get(f"{trial}/openapi.json", timeout=SECONDS)
    except httpx.HTTPError:
        return own
    return trial if answer.status_code == httpx.codes.OK else own


def _wanted(
    ctx: typer.Context, copy: RunningSandbox, component: dict[str, Any], trying: Trying, choice: Choice
) -> Wanted:
    from sandbox import machine
    from sandbox.cli.conform import NO_MATTER, made_with
    from scenarios import packs
    from scenarios.conformance.running import Wanted
    from scenarios.conformance.target import Target

    target = Target(
        component["slot"],
        component["url"],
        component=component["name"],
        restart=trying.restart,
        image=trying.digest,
    )
    return Wanted(
        base_url=copy.url,
        council=copy.council,
        key=copy.key,
        targets=[target],
        packs=packs.load(packs.FOLDER, *choice.folders),
        made_with=made_with(),
        now=machine.now,
        only=choice.only,
        seed=choice.seed,
        examples=choice.examples,
        workers=choice.workers,
        fail_fast=choice.fail_fast,
        seconds=choice.max_time,
        command=command_line(ctx, {"seed": choice.seed, "data": None}, NO_MATTER),
    )


@contextmanager
def _tried(there: Running, address: str, name: str) -> Iterator[RunningSandbox]:
    """A copy of the council, in which the component acts meanwhile."""
    from sandbox.reach import NotReached, Refused
    from sandbox.running import RunningSandbox

    made = there.ask("POST", f"{address}/forks", json={"lifetime": LIFETIME})
    whereabouts = f"{address}/components/{name}/whereabouts"
    try:
        there.ask("PUT", whereabouts, json={"council": made["name"]})
        try:
            # The caller's key: some checks make a council more, of which the fork's own may know nothing.
            yield RunningSandbox(there.url, made["name"], there.key)
        finally:
            # One that was removed meanwhile, or a sandbox that stopped, has let go of it by itself.
            with suppress(Refused, NotReached):
                there.ask("PUT", whereabouts, json={"council": None})
    finally:
        with suppress(Refused, NotReached):
            there.ask("DELETE", f"/sandbox/councils/{made['name']}")


def _brief(record: Record) -> Record:
    """The record as it is kept: of a very large one, without the calls that show failures."""
    if len(record.canonical) <= LARGEST_KEPT_BYTES:
        return record
    checks = tuple(each.model_copy(update={"shown": None}) for each in record.checks)
    return record.model_copy(update={"checks": checks})
