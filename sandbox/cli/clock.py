"""``council clock``: read a council's clock and calendar, advance it, let it run and freeze it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url, as_day
from sandbox.failure import Failure
from sandbox.reach import reached, the_council

MOST_LINES = 20
ACTIONS = ("advance", "run", "freeze", "calendar")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_LENGTH = re.compile(r"(\d{1,6}) ?(w|weeks?|d|days?|h|hours?|m|minutes?)")
_WORKING_DAYS = re.compile(r"(\d{1,6}) ?working[ -]days?")

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ACTION",
        help="[b]advance HOW-FAR[/b], [b]run[/b], [b]freeze[/b] or [b]calendar[/b]; nothing reads it. "
        "HOW-FAR is [b]8w[/b], [b]3 days[/b], [b]P3D[/b], [b]10 working days[/b], a day "
        "([b]2026-09-01[/b], at nine), an instant, or [b]next[/b].",
        show_default=False,
    ),
]
OfService = Annotated[
    str | None, typer.Option("--service", help="advance next: to the next thing of this service.")
]
OfKind = Annotated[str | None, typer.Option("--kind", help="advance next: to the next thing of this kind.")]
Speed = Annotated[float, typer.Option("--speed", help="run: seconds of council time in one second.")]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="calendar: the first day.", show_default="today"),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="calendar: the last day.", show_default="four weeks on"),
]
After = Annotated[
    int | None,
    typer.Option("--after", help="calendar: tell which day lies so many working days after the first."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the control API's answer as JSON.")]


class NoLength(Failure):
    """How far the clock is to go was not understood."""


class NoSuchAction(Failure):
    """What is to be done with the clock was not understood."""


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("clock", rich_help_panel="Councils")(clock)


def clock(
    council: CouncilArgument = None,
    words: Words = None,
    service: OfService = None,
    kind: OfKind = None,
    speed: Speed = 60,
    first: From = None,
    last: To = None,
    after: After = None,
    as_json: AsJson = False,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Read a council's clock, advance it, let it run or freeze it; or show working days and bank holidays."""
    said = list(words or ())
    if council is not None and council in ACTIONS:
        said.insert(0, council)
        council = None
    action, rest = (said[0], said[1:]) if said else ("read", [])
    asked: dict[str, Any] = {}
    if action == "advance":
        of = {name: each for name, each in (("service", service), ("kind", kind)) if each is not None}
        asked["json"] = understood(" ".join(rest)) | of
    elif rest or action not in ("read", *ACTIONS):
        raise NoSuchAction(
            f"{' '.join(said)!r} is nothing that a clock can be told; say advance HOW-FAR, run, freeze or "
            "calendar, or nothing to read it"
        )
    elif action == "run":
        asked["json"] = {"speed": speed}
    elif action == "calendar":
        asked["params"] = {"from": as_day(first), "to": as_day(last), "working_days_after": after}
    method, path, in_words = _CALLS[action]
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        told = sandbox.ask(method, f"/sandbox/councils/{name}{path}", **asked)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for line in in_words({**told, "council": name}):
        typer.echo(line)


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


def _reading(told: Mapping[str, Any]) -> Iterator[str]:
    if not told["frozen"]:
        how = f"It runs: {told['speed']:g} seconds of it are one of ours."
    elif told["speed"] is not None:
        how = f"It stands still until it is served; then {told['speed']:g} seconds of it are one of ours."
    else:
        how = "It stands still."
    yield f"{told['council']}: {_moment(told['now'])}. {how}"
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


_CALLS: dict[str, tuple[str, str, Callable[[Mapping[str, Any]], Iterator[str]]]] = {
    "read": ("GET", "/clock", _reading),
    "advance": ("POST", "/clock", _what_happened),
    "run": ("POST", "/clock/run", _reading),
    "freeze": ("POST", "/clock/freeze", _reading),
    "calendar": ("GET", "/calendar", _days),
}
