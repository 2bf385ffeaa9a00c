"""``council force``: let a council's systems fail their callers, for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url
from sandbox.cli.states import STATES, as_duration
from sandbox.failure import Failure
from sandbox.reach import Reached, reached, the_council

WHICH = "Which calls"
HOW_LONG = "How often and how long"

Service = Annotated[
    str | None,
    typer.Option(
        "--service", help="Only calls of this service, such as [b]waste[/b].", rich_help_panel=WHICH
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        help="The same seed meets the same calls.",
        show_default="7",
        rich_help_panel=HOW_LONG,
    ),
]
Count = Annotated[
    int | None,
    typer.Option("--count", min=1, help="How many calls are met, at most.", rich_help_panel=HOW_LONG),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="TIME",
        help="How long in real time: [b]90s[/b], [b]15m[/b], [b]1h[/b] or ISO 8601.",
        show_default="15m",
        rich_help_panel=HOW_LONG,
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until",
        formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
        metavar="INSTANT",
        help="Until when by the council's clock, with its zone: [b]2026-06-01T22:00Z[/b].",
        rich_help_panel=HOW_LONG,
    ),
]


class NotAParameter(Failure):
    """What was given with ``--with`` is no ``NAME=VALUE``."""


force = typer.Typer(help="Let a council's systems fail their callers, for a while.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(force, name="force", rich_help_panel=STATES)


@force.command("behaviours")
def list_behaviours(url: Url = None, key: SandboxKey = None, data: Data = DEFAULT_DATA) -> None:
    """List the behaviours that can be forced, with their parameters."""
    from sandbox.control.rules_shapes import BehaviourShown
    from sandbox.forcing.behaviours import BEHAVIOURS

    shown = [BehaviourShown.of_behaviour(each) for each in BEHAVIOURS.values()]
    for each in shown:
        typer.echo(f"{each.name}: {each.sentence} If the call writes: {each.of_a_write}")
        for parameter in each.parameters:
            values = ", ".join(parameter.words) or f"{parameter.least:g} to {parameter.most:g}"
            default = "" if parameter.default is None else f"; {parameter.default} unless said"
            typer.echo(f"    {parameter.name} ({values}{default}): {parameter.sentence}")


@force.command("set")
def set_rule(
    behaviour: Annotated[str, typer.Argument(help="What to force; `council force behaviours` lists them.")],
    council: CouncilArgument = None,
    parameters: Annotated[
        list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="A parameter of the behaviour.")
    ] = None,
    service: Service = None,
    operation: Annotated[
        str | None,
        typer.Option(
            "--operation", help="Only calls of this operationId of its OpenAPI.", rich_help_panel=WHICH
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", help="Only calls by this HTTP method.", rich_help_panel=WHICH),
    ] = None,
    share: Annotated[
        float,
        typer.Option(
            "--share", min=0, max=1, help="The share of them that is met.", rich_help_panel=HOW_LONG
        ),
    ] = 1.0,
    seed: Seed = None,
    count: Count = None,
    lasts: For = None,
    until: Until = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Force a behaviour on calls of a council's services, or on its events."""
    wanted = {
        "behaviour": behaviour,
        "parameters": dict(_parameter(each) for each in parameters or ()),
        "operation": operation,
        "methods": [each.upper() for each in method] if method else None,
        "share": share,
        **_conditions(service, seed, count, lasts, until),
    }
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        _show([sandbox.ask("POST", f"/sandbox/councils/{name}/rules", json=wanted)])


@force.command("legacy")
def behave_like(
    profile: Annotated[
        str | None, typer.Argument(help="The profile; without one, they are listed.", show_default=False)
    ] = None,
    council: CouncilArgument = None,
    service: Service = None,
    seed: Seed = None,
    count: Count = None,
    lasts: For = None,
    until: Until = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let a council behave like a legacy system that councils really have."""
    if profile is None:
        _list_profiles()
        return
    wanted = {"profile": profile, **_conditions(service, seed, count, lasts, until)}
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        _show(sandbox.ask("POST", f"/sandbox/councils/{name}/legacy", json=wanted)["items"])


@force.command("list")
def list_rules(
    council: CouncilArgument = None, url: Url = None, key: SandboxKey = None, data: Data = DEFAULT_DATA
) -> None:
    """List the rules that hold on a council."""
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        rules = sandbox.ask("GET", f"/sandbox/councils/{name}/rules")["items"]
        _show(rules)
        if not rules:
            typer.echo(f"Nothing is forced on {name}")


@force.command("stop")
def lift_rules(
    council: CouncilArgument = None,
    rule: Annotated[
        str | None, typer.Argument(help="Only this one, such as [b]r1[/b].", show_default="all")
    ] = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """End the rules of a council before their time."""
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        lifted = _lifted(sandbox, name, rule)
        typer.echo(f"Ended {', '.join(each['id'] for each in lifted) or 'nothing: there was no rule'}")


def _lifted(sandbox: Reached, council: str, rule: str | None) -> list[dict[str, Any]]:
    if rule is not None:
        return [sandbox.ask("DELETE", f"/sandbox/councils/{council}/rules/{rule}")]
    ended: list[dict[str, Any]] = sandbox.ask("DELETE", f"/sandbox/councils/{council}/rules")["items"]
    return ended


def _list_profiles() -> None:
    from sandbox.forcing.legacy import profiles

    for name, each in profiles().items():
        typer.echo(f"{name}: {each.imitates.strip()}\n    It finds out: {each.breaks.strip()}")


def _conditions(
    service: str | None, seed: int | None, count: int | None, lasts: str | None, until: datetime | None
) -> dict[str, Any]:
    """The conditions that were given."""
    given = {
        "service": service.replace("_", "-") if service else None,
        "seed": seed,
        "count": count,
        "lasts": as_duration(lasts),
        "until": None if until is None else until.isoformat(),
    }
    return {name: value for name, value in given.items() if value is not None}


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise NotAParameter(f"--with takes NAME=VALUE, such as seconds=2; not {text!r}")
    return name.strip(), value.strip()


def _show(rules: Iterable[Mapping[str, Any]]) -> None:
    for rule in rules:
        typer.echo(f"{rule['id']}  {_said(rule)}")


def _said(rule: Mapping[str, Any]) -> str:
    """A rule in a line: what, on which calls, how often, and until when."""
    said = ", ".join(f"{name}={value}" for name, value in rule["parameters"].items())
    between = rule["between"]
    parts = [
        rule["behaviour"] + (f" ({said})" if said else ""),
        f"on {rule['service'] or 'every service'}",
        f"operation {rule['operation']}" if rule["operation"] else "",
        "/".join(rule["methods"] or ()),
        "searches alone" if rule["searching"] else "",
        f"from {between['start']} to {between['end']}" if between else "",
        f"{rule['share']:.0%} of them" if rule["share"] < 1 else "",
        f"{rule['count'] - rule['forced']} more" if rule["count"] else "",
        f"until {rule['ends_at']}" if rule["ends_at"] else "",
        f"until {rule['until']} by the council's clock" if rule["until"] else "",
        f"forced {rule['forced']} of {rule['seen']} seen" if rule["seen"] else "",
    ]
    return ", ".join(each for each in parts if each)
