"""``council component watch``, ``go-live`` and ``roll-back``: who answers in a slot from the next call on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from sandbox.cli.component_options import By, Component, SandboxUrl, Why, asked, component_of, signed
from sandbox.cli.groups import grouped
from sandbox.cli.leaving import KeepOurs, take_back_from
from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey
from sandbox.cli.webhooks import OfCouncil
from sandbox.failure import Failure

PANEL_SHARE, PANEL_GATE, PANEL_ANSWERS = "Whose calls", "The gate", "Its answers"

EVERYBODY = 100
"""Of so many homes in a hundred: the whole slot, with the calls that are about no home."""
Operation = Annotated[
    list[str] | None,
    typer.Option(
        "--operation",
        metavar="OPERATION",
        help="An operationId to fill instead of the whole slot; can be given several times.",
        rich_help_panel=PANEL_SHARE,
    ),
]


class NotADuration(Failure):
    """A time limit is written in seconds or milliseconds: 2s, 500ms."""


class SayWhich(Failure):
    """Either a component is named, or a slot."""


@dataclass(frozen=True)
class Whose:
    """The options that say whose calls a component answers; none of them: everybody's."""

    percent: Annotated[
        int | None,
        typer.Option(
            "--percent", min=1, max=100, help="Of so many homes in a hundred.", rich_help_panel=PANEL_SHARE
        ),
    ] = None
    home: Annotated[
        list[str] | None,
        typer.Option(
            "--home",
            metavar="UPRN",
            help="Of a home; can be given several times.",
            rich_help_panel=PANEL_SHARE,
        ),
    ] = None
    resident: Annotated[
        list[str] | None,
        typer.Option(
            "--resident",
            metavar="ID",
            help="About a resident; can be given several times.",
            rich_help_panel=PANEL_SHARE,
        ),
    ] = None
    ward: Annotated[
        list[str] | None,
        typer.Option(
            "--ward",
            metavar="WARD",
            help="Of a ward, by name or code; can be given several times.",
            rich_help_panel=PANEL_SHARE,
        ),
    ] = None

    def filling(self) -> dict[str, Any]:
        """The mode and the share of the setting."""
        share = {
            "percent": self.percent or 0,
            "homes": self.home or [],
            "residents": self.resident or [],
            "wards": self.ward or [],
        }
        if not any(share.values()) or self.percent == EVERYBODY:
            return {"mode": "live"}
        return {"mode": "share", "share": share}


@dataclass(frozen=True)
class Limiting:
    """The options of the gate: its limits, and the reason to go through it all the same."""

    calls: Annotated[
        int | None,
        typer.Option(
            "--calls",
            min=1,
            help="At least so many calls are to have been compared.",
            show_default="500",
            rich_help_panel=PANEL_GATE,
        ),
    ] = None
    different: Annotated[
        float | None,
        typer.Option(
            "--different",
            min=0,
            max=100,
            help="At most so much of a hundred may have been answered differently.",
            show_default="0.5",
            rich_help_panel=PANEL_GATE,
        ),
    ] = None
    slower: Annotated[
        float | None,
        typer.Option(
            "--slower",
            min=0,
            max=60_000,
            help="At most so many milliseconds may it have been slower at the median.",
            show_default="250",
            rich_help_panel=PANEL_GATE,
        ),
    ] = None
    override: Annotated[
        str | None,
        typer.Option(
            "--override",
            metavar="REASON",
            help="Go through with something unmet; the reason stands in the history and its evidence.",
            rich_help_panel=PANEL_GATE,
        ),
    ] = None

    def gate(self) -> dict[str, Any]:
        """What of it is sent."""
        given = {"calls": self.calls, "percent": self.different, "slower_ms": self.slower}
        told: dict[str, Any] = {"limits": {name: value for name, value in given.items() if value is not None}}
        return told if self.override is None else {**told, "override": self.override}


@grouped
def go_live(
    name: Component,
    whose: Whose,
    limiting: Limiting,
    operation: Operation = None,
    fallback: Annotated[
        bool | None,
        typer.Option(
            "--fallback/--no-fallback",
            help="Where it does not answer, the stub does.",
            show_default="as it was, or no",
            rich_help_panel=PANEL_ANSWERS,
        ),
    ] = None,
    time_limit: Annotated[
        str,
        typer.Option("--time-limit", help="How long it may take: 2s, 500ms.", rich_help_panel=PANEL_ANSWERS),
    ] = "5s",
    by: By = None,
    why: Why = "",
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let a component answer callers in its slot: everybody, or a share of them. It has to pass the gate."""
    wanted = {
        "component": name,
        **whose.filling(),
        **limiting.gate(),
        "operations": operation or None,
        "seconds": seconds_of(time_limit),
        "by": signed(by),
        "why": why,
    }
    with asked(council, data, sandbox, key) as (there, address):
        slot = component_of(there, address, name)["slot"]
        if fallback is None:
            fillings = there.ask("GET", f"{address}/slots/{slot}")["fillings"]
            fallback = any(each["fallback"] for each in fillings if each["component"] == name)
        filled = there.ask("PUT", f"{address}/slots/{slot}", json={**wanted, "fallback": fallback})
    typer.echo(f"{filled['overview']} {_at_gate(filled)}")
    typer.echo(f"Back to the stub at any moment: council component roll-back {name}")


def watch(
    name: Component,
    operation: Operation = None,
    by: By = None,
    why: Why = "",
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send a component a copy of its slot's calls, while the stub goes on answering all of them."""
    wanted = {
        "component": name,
        "mode": "shadow",
        "operations": operation or None,
        "by": signed(by),
        "why": why,
    }
    with asked(council, data, sandbox, key) as (there, address):
        slot = component_of(there, address, name)["slot"]
        filled = there.ask("PUT", f"{address}/slots/{slot}", json=wanted)
    typer.echo(filled["overview"])
    typer.echo(f"How its answers compare: council component compare {name}")


def roll_back(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The component; it stays registered.")
    ] = None,
    slot: Annotated[
        str | None, typer.Option("--slot", help="A whole slot, whoever fills it: [b]waste[/b].")
    ] = None,
    keep_ours: KeepOurs = False,
    by: By = None,
    why: Why = "",
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let the stub fill a slot again, from the next call on. It was kept in step, so nothing is lost.

    Then its cases are taken back as the component told callers.
    """
    refuse_both(name, slot)
    with asked(council, data, sandbox, key) as (there, address):
        where = slot or component_of(there, address, name or "")["slot"]
        before = there.ask("GET", f"{address}/slots/{where}")["fillings"]
        told = there.ask(
            "POST",
            f"{address}/slots/{where}/roll-back",
            json={"component": name, "by": signed(by), "why": why},
        )
        was = [each for each in before if name in (None, each["component"])]
        typer.echo(told["overview"] if was else f"Nothing to roll back. {told['overview']}")
        if not keep_ours:
            take_back_from(there, address, was, by, why)


def refuse_both(name: str | None, slot: str | None) -> None:
    """Raise SayWhich where not exactly one of the two is given."""
    if (name is None) == (slot is None):
        raise SayWhich("Name a component, or a slot with --slot waste")


def seconds_of(text: str) -> float:
    """The seconds of a time limit as it is typed. Raises NotADuration."""
    number, unit = text.strip().removesuffix("ms"), 0.001
    if number == text.strip():
        number, unit = number.removesuffix("s"), 1.0
    try:
        seconds = float(number) * unit
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 60:
        raise NotADuration(f"--time-limit {text}: write it as 2s or 500ms, 60s at most")
    return seconds


def _at_gate(filled: Mapping[str, Any]) -> str:
    gate = filled["gate"]
    if gate is None:
        return "It answered them already, so the gate was not asked."
    if gate["open"]:
        return "The gate was open."
    return f"Overridden: {'; '.join(each['what'] for each in gate['unmet'])}."
