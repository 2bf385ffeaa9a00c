"""``council component shadow``: a component answers a day of the council's traffic beside the stub."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.groups import grouped
from sandbox.cli.options import DEFAULT_DATA, SERVER, Data, SandboxKey
from sandbox.cli.webhooks import OfCouncil
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.reach import Reached

LOOKS_EVERY_SECONDS = 0.3
MOST_GROUPS = 20
"""How many groups of differences are shown, the largest."""
LIMITS = "Limits"


class NotCompared(Failure):
    """A run did not come to its end. The message says why."""


@dataclass(frozen=True)
class Calls:
    """The options that say what is sent."""

    recorded: Annotated[
        bool, typer.Option("--recorded", help="Send the calls that the council's journal has kept.")
    ] = False
    days: Annotated[int, typer.Option("--days", min=1, max=31, help="How many days of traffic.")] = 1
    calls: Annotated[
        int | None,
        typer.Option(
            "--calls", min=1, max=100_000, help="How many calls, shared out as they come. Without it: all."
        ),
    ] = None
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="An errand of the pack's traffic.yaml; can be given several times."),
    ] = None
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same calls.")] = 1
    no_noise: Annotated[
        bool, typer.Option("--no-noise", help="Do not compare the stub with itself first.")
    ] = False
    noise: Annotated[
        Path | None,
        typer.Option(
            "--noise", help="A YAML file of what may differ: each a place, and why it means nothing."
        ),
    ] = None

    @property
    def wanted(self) -> dict[str, Any]:
        """The same as the control API takes it."""
        return {
            "kind": "recorded" if self.recorded else "day",
            "days": self.days,
            "calls": self.calls,
            "only": self.only or [],
            "seed": self.seed,
            "learn_noise": not self.no_noise,
            "noise": [] if self.noise is None else _declared(self.noise),
        }


def _declared(file: Path) -> list[dict[str, Any]]:
    """What a file of noise declares. Raises NotNoise."""
    from sandbox.shadow.noise import Noise

    fields = ("place", "why", "operation", "within_seconds", "presence")
    return [{field: getattr(each, field) for field in fields} for each in Noise.of_file(file)]


@dataclass(frozen=True)
class Limits:
    """The options that say what may be otherwise."""

    different: Annotated[
        int,
        typer.Option(
            "--different", min=0, help="So many calls may be answered otherwise.", rich_help_panel=LIMITS
        ),
    ] = 0
    slower: Annotated[
        float | None,
        typer.Option(
            "--slower",
            min=0,
            help="So many milliseconds may it be slower, at the median.",
            rich_help_panel=LIMITS,
        ),
    ] = None

    def beyond(self, summary: dict[str, Any]) -> list[str]:
        """In what a result is beyond the limits."""
        beyond = []
        apart = summary["different"] + summary["events_different"]
        if apart > self.different:
            beyond.append(f"{apart:,} differed, and {self.different:,} may")
        if self.slower is not None and summary["median_slower_ms"] > self.slower:
            slower = summary["median_slower_ms"]
            beyond.append(f"It was {slower:.0f} ms slower, and may be {self.slower:.0f}")
        if not summary["calls"]:
            beyond.append("Nothing was compared")
        return beyond


@grouped
def shadow(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name, as `council component list` shows it.")
    ],
    calls: Calls,
    limits: Limits,
    council: OfCouncil = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    sandbox: Annotated[
        str | None,
        typer.Option(
            "--sandbox",
            help="A running sandbox. Without it: the one that serves the data folder.",
            rich_help_panel=SERVER,
        ),
    ] = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send a day of the council's traffic to a component and to the stub, on a fork, and compare them.

    Ends with 0 where all is within the limits, 1 where it is not, 2 where it could not run.
    """
    from sandbox.reach import reached, the_council

    with reached(data, sandbox, key) as there:
        address = f"/sandbox/councils/{the_council(there, council)}/components/{name}"
        begun = there.ask("POST", f"{address}/shadow", json=calls.wanted)
        with _stopped_if_interrupted(there, address):
            _follow(there, address, begun["number"], quiet=as_json)
        result = there.ask("GET", f"{address}/comparisons/{begun['number']}")
    if result["state"] != "done":
        raise NotCompared(f"{name} was not compared to the end: {result['problem']}")
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        _show(name, result["summary"])
    if beyond := limits.beyond(result["summary"]):
        typer.echo("; ".join(beyond), err=True)
        raise typer.Exit(1)


def _follow(there: Reached, address: str, number: int, *, quiet: bool) -> None:
    """Show how far the run is, until it is over."""
    from sandbox.reach import Refused

    shown = ""
    on_terminal = sys.stderr.isatty()
    while True:
        try:
            told = there.ask("GET", f"{address}/shadow")
        except Refused as over:
            if over.status != 404:
                raise
            break
        if told["number"] != number:
            break
        line = told["doing"] + (f": {told['sent']:,} of {told['of']:,}" if told["sent"] else "")
        if not quiet and on_terminal:
            typer.echo(f"\r\033[K{line}", nl=False, err=True)
        elif not quiet and told["doing"] != shown:
            typer.echo(line, err=True)
        shown = told["doing"]
        time.sleep(LOOKS_EVERY_SECONDS)
    if not quiet and on_terminal:
        typer.echo("\r\033[K", nl=False, err=True)


@contextmanager
def _stopped_if_interrupted(there: Reached, address: str) -> Iterator[None]:
    """Stop the run where whoever waits for it does not wait any longer."""
    try:
        yield
    except KeyboardInterrupt:
        there.ask("DELETE", f"{address}/shadow")
        raise


def _show(name: str, summary: dict[str, Any]) -> None:
    typer.echo(summary["sentence"])
    if summary["events"]:
        told = f"{summary['events']:,} events were told"
        typer.echo(
            f"{told}; {summary['events_different']:,} differed" if summary["events_different"] else told
        )
    groups = summary["groups"]
    for group in groups[:MOST_GROUPS]:
        typer.echo(f"{group['count']:>6}  {group['operation']}: {group['sentence']}")
    if len(groups) > MOST_GROUPS:
        typer.echo(f"        and {len(groups) - MOST_GROUPS} more")
    for each in summary["left_out"]:
        typer.echo(f"{each['count']:>6}  left out: {each['why']}")
    if groups:
        typer.echo(f"# An example of each: council component compare {name} --examples", err=True)
