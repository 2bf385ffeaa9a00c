"""``council clock``: read a council's clock and calendar, advance it, let it run and freeze it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, Data, FixedKey, Url, as_day
from sandbox.failure import Failure
from sandbox.reach import reached

MOST_LINES = 20
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_LENGTH = re.compile(r"(\d{1,6}) ?(w|weeks?|d|days?|h|hours?|m|minutes?)")
_WORKING_DAYS = re.compile(r"(\d{1,6}) ?working[ -]days?")

clock = typer.Typer(help="Read, advance, run and freeze a council's clock.", no_args_is_help=True)

HowFar = Annotated[
    list[str],
    typer.Argument(
        metavar="HOW-FAR",
        help="[b]8w[/b], [b]3 days[/b], [b]P3D[/b], [b]10 working days[/b], day ([b]2026-09-01[/b], at nine "
        "in the morning), an instant, or [b]next[/b].",
        show_default=False,
    ),
]
OfService = Annotated[str | None, typer.Option("--service", help="To the [b]next[/b] thing of this service.")]
OfKind = Annotated[str | None, typer.Option("--kind", help="To the [b]next[/b] thing of this kind.")]
Speed = Annotated[
    float, typer.Option("--speed", help="Seconds of council time in one second; [b]3600[/b] is an hour.")
]
From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.", show_default="today")
]
To = Annotated[
    datetime | None,
    typer.Option(
        "--to", formats=["%Y-%m-%d"], help="The last day.", show_default="four weeks from the first"
    ),
]
After = Annotated[
    int | None, typer.Option("--after", help="Tell which day lies so many working days after the first.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the control API's answer as JSON.")]


class NoLength(Failure):
    """How far the clock is to go was not understood."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The council that is meant, and where it is reached."""

    council: str
    data: Path
    url: str | None
    key: str | None

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """What the control API answers about the council."""
        with reached(self.data, self.url, self.key) as sandbox:
            return sandbox.ask(method, f"/sandbox/councils/{self.council}{path}", **request)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(clock, name="clock", rich_help_panel="Councils")


@clock.callback(invoke_without_command=True)
def read(
    context: typer.Context,
    council: Annotated[str, typer.Argument(metavar="COUNCIL", help="The council.", show_default=False)],
    url: Url = None,
    key: FixedKey = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Read a council's clock, or move it: [b]council clock fairwater advance 8w[/b]."""
    context.obj = Meant(council, data, url, key)
    if context.invoked_subcommand is None:
        _say(context.obj.ask("GET", "/clock"), as_json, lambda told: _reading(council, told))


@clock.command()
def advance(
    context: typer.Context,
    how_far: HowFar,
    service: OfService = None,
    kind: OfKind = None,
    as_json: AsJson = False,
) -> None:
    """Advance the clock, and tell what fell due on the way."""
    wanted = understood(" ".join(how_far))
    wanted |= {name: each for name, each in (("service", service), ("kind", kind)) if each is not None}
    _say(context.obj.ask("POST", "/clock", json=wanted), as_json, _what_happened)


@clock.command()
def run(context: typer.Context, speed: Speed = 60, as_json: AsJson = False) -> None:
    """Let the clock run while the council is served."""
    told = context.obj.ask("POST", "/clock/run", json={"speed": speed})
    _say(told, as_json, lambda told: _reading(context.obj.council, told))


@clock.command()
def freeze(context: typer.Context, as_json: AsJson = False) -> None:
    """Let the clock stand still."""
    told = context.obj.ask("POST", "/clock/freeze")
    _say(told, as_json, lambda told: _reading(context.obj.council, told))


@clock.command()
def calendar(
    context: typer.Context, first: From = None, last: To = None, after: After = None, as_json: AsJson = False
) -> None:
    """Show working days and bank holidays."""
    period = {"from": as_day(first), "to": as_day(last), "working_days_after": after}
    _say(context.obj.ask("GET", "/calendar", params=period), as_json, _days)


def understood(text: str) -> dict[str, Any]:
    """How far to advance, as the control API is told it. Raises NoLength."""
    text = text.strip()
    plain = text.lower()
    if plain == "next":
        return {"to_next_due": True}
    if found := _WORKING_DAYS.fullmatch(plain):
        return {"by_working_days": int(found[1])}
    if found := _LENGTH.fullmatch(plain):
        number, unit = int(found[1]), _UNITS[found[2][0]]
        return {"by": f"P{number * 7}D" if unit == "weeks" else _duration(number, unit)}
    if text.startswith("P"):
        return {"by": text}
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or (moment.tzinfo is None and len(text) > len("2026-09-01")):
        raise NoLength(
            f"{text!r} does not say how far; say it like 8w, 3d, 12h, 10 working days, 2026-09-01, "
            "2026-09-01T14:00Z, P3D or next"
        )
    if moment.tzinfo is None:
        from service_apis.kit.clock import at

        moment = at(moment.date())
    return {"to": moment.isoformat()}


def _duration(number: int, unit: str) -> str:
    return f"P{number}D" if unit == "days" else f"PT{number}{unit[0].upper()}"


def _say(told: Any, as_json: bool, in_words: Any) -> None:
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for line in in_words(told):
            typer.echo(line)


def _reading(council: str, told: Mapping[str, Any]) -> Iterator[str]:
    if not told["frozen"]:
        how = f"It runs: {told['speed']:g} seconds of it are one of ours."
    elif told["speed"] is not None:
        how = f"It stands still until it is served; then {told['speed']:g} seconds of it are one of ours."
    else:
        how = "It stands still."
    yield f"{council}: {_moment(told['now'])}. {how}"
    for each in told["coming"][:5]:
        yield f"  {_moment(each['at'])}  {_what(each)}: {each['subject']}"


def _what_happened(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"From {_moment(told['was'])}"
    yield f"to   {_moment(told['now'])}"
    in_all = told["happened_in_all"]
    if in_all == 0:
        yield "Nothing fell due on the way."
    elif in_all <= MOST_LINES:
        yield "On the way:"
        for each in told["happened"]:
            yield f"  {_moment(each['at'])}  {_what(each)}: {each['subject']}"
    else:
        yield f"On the way {in_all:,} things fell due:"
        for each in told["by_kind"]:
            first, last = (_day(datetime.fromisoformat(each[name]).date()) for name in ("first", "last"))
            yield f"  {each['count']:>7,}  {_what(each)}, from {first} to {last}"


def _days(told: Mapping[str, Any]) -> Iterator[str]:
    first, last = (date.fromisoformat(told[name]) for name in ("first_day", "last_day"))
    yield f"{_day(first)} to {_day(last)}: {told['working_days']} working days of {len(told['days'])} days"
    for each in told["bank_holidays"]:
        yield f"  {_day(date.fromisoformat(each['day']))}  {each['name']}"
    if told["lands_on"] is not None:
        yield (
            f"{told['working_days_after']} working days after {_day(first)}: "
            f"{_day(date.fromisoformat(told['lands_on']))}"
        )


def _what(happening: Mapping[str, Any]) -> str:
    return f"{happening['service']} {happening['kind']}".replace("_", " ")


def _moment(instant: str) -> str:
    from service_apis.kit.clock import LONDON

    local = datetime.fromisoformat(instant).astimezone(LONDON)
    return f"{_day(local.date())} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day:>2} {day:%b %Y}"
