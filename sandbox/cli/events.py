"""``council events``: what has happened in a council, and what happens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.reach import Reached

PAGE = 200
WAIT_SECONDS = 25
NO_TYPE = "-"
"""No event is of this type: asked for it, the feed tells only where it ends."""
GONE = 410


class NothingHappens(Failure):
    """A council was to be followed that nobody serves."""


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("events", rich_help_panel="Councils")(events)


def events(
    council: CouncilArgument = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what happens from now on, until interrupted.")
    ] = False,
    of_type: Annotated[
        str | None,
        typer.Option("--type", help="Only of this type, or pattern of types: [b]virtual-council.waste.*[/b]"),
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Only on this subject.")] = None,
    after: Annotated[
        str | None, typer.Option("--after", help="Only what came after this place in the feed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Each as a CloudEvent on a line.")] = False,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a council's events, the oldest first."""
    from sandbox.reach import reached, the_council

    with reached(data, url, key) as sandbox:
        address = f"/sandbox/councils/{the_council(sandbox, council)}/events"
        if follow and not sandbox.url:
            raise NothingHappens(
                "Nothing happens in a council that nobody serves; start it with `council up`"
            )
        wanted = {"type": of_type, "subject": subject}
        try:
            nothing = True
            for event in _events(sandbox, address, wanted, after, follow):
                typer.echo(json.dumps(event, ensure_ascii=False) if as_json else _line(event))
                nothing = False
            if nothing:
                typer.echo("There are no such events yet", err=True)
        except KeyboardInterrupt:
            if not follow:
                raise


def _events(
    sandbox: Reached, address: str, wanted: Mapping[str, str | None], after: str | None, follow: bool
) -> Iterator[dict[str, Any]]:
    from sandbox.reach import Refused

    if follow and after is None:
        after = sandbox.ask("GET", address, params={"type": NO_TYPE})["next"]
    while True:
        wait = WAIT_SECONDS if follow else 0
        asked = {**wanted, "after": after, "limit": PAGE, "wait": wait}
        try:
            feed = sandbox.ask("GET", address, params=asked)
        except Refused as refused:
            if refused.status != GONE or not follow:
                raise
            typer.echo(f"council: {refused}", err=True)
            after = sandbox.ask("GET", address, params={"type": NO_TYPE})["next"]
            continue
        yield from feed["items"]
        after = feed["next"]
        if not follow and len(feed["items"]) < PAGE:
            return


def _line(event: Mapping[str, Any]) -> str:
    """An event on a line: when, what, on what, and what else is said of it."""
    when = str(event["time"])[:16].replace("T", " ")
    what = str(event["type"]).removeprefix("virtual-council.")
    said = ", ".join(f"{name} {_brief(value)}" for name, value in event["data"].items())
    return f"{when}  {what:<44}  {event['subject']:<14}  {said}".rstrip()


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
