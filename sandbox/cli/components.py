"""``council component``: suppliers' products that join a council to fill one of its slots."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli import containers, going_live, leaving, mapping, slots
from sandbox.cli.checking import Spec, check, compare_spec
from sandbox.cli.comparing import compare
from sandbox.cli.component_options import Component, SandboxUrl, asked
from sandbox.cli.containers import FromImage
from sandbox.cli.groups import grouped
from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey
from sandbox.cli.shadow import shadow
from sandbox.cli.webhooks import OfCouncil
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.reach import Reached

PAGE = 200
MOST_SHOWN = 20
"""How much of what a component sent is shown, the latest of it."""


class EnvironmentNotWritten(Failure):
    """The file that the environment was to be written to cannot be written."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="Let a product of yours fill a slot: register it, check it, let it answer callers.",
        no_args_is_help=True,
        add_completion=False,
    )
    group.command("check")(check)
    group.command("shadow")(shadow)
    group.command("compare")(compare)
    for name, command in (("add", add), ("list", list_components), ("show", show), ("remove", remove)):
        group.command(name)(command)
    group.command("watch")(going_live.watch)
    group.command("go-live")(going_live.go_live)
    group.command("roll-back")(going_live.roll_back)
    group.command("history")(slots.history)
    group.command("map")(mapping.map_component)
    for each in (containers.start, containers.stop, containers.log, containers.tidy):
        group.command(each.__name__)(each)
    leaving.add_to(group)
    app.add_typer(group, name="component", rich_help_panel="Components")


@contextmanager
def _asked(
    council: str | None, data: Path, sandbox: str | None, key: str | None
) -> Iterator[tuple[Reached, str]]:
    """The sandbox, and the address of the council's components on it."""
    with asked(council, data, sandbox, key) as (there, address):
        yield there, f"{address}/components"


@grouped
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it: [b]bins-r-us[/b].")],
    slot: Annotated[
        str, typer.Option("--for", help="The slot that it fills: a service's slug, such as [b]waste[/b].")
    ],
    image: FromImage,
    url: Annotated[
        str | None, typer.Option("--url", help="Where it answers: [b]http://127.0.0.1:9000[/b].")
    ] = None,
    spec: Spec = None,
    mapping_file: mapping.MappingFile = None,
    council: OfCouncil = None,
    env_file: Annotated[
        Path | None,
        typer.Option(
            "--env-file", help="Write what to start it with to this file, for its owner alone to read."
        ),
    ] = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Register a component for a slot, and show what to start it with: its key and secret, this once.

    With --spec alone nothing is registered: it says what would have to be implemented, and what breaks.
    """
    image.refuse_with(url, env_file, spec)
    if spec is not None:
        compare_spec(slot, spec)
        return
    if env_file is not None:
        _refuse_unwritable(env_file)
    declared = None if mapping_file is None else mapping.mapping_of(mapping_file, slot)
    with _asked(council, data, sandbox, key) as (there, address):
        if image.image is not None:
            containers.add_from_image(there, address.split("/")[3], name, slot, image, data)
            if declared is not None:
                mapping.declare(there, f"{address}/{name}", declared)
            return
        made = there.ask("POST", address, json={"name": name, "slot": slot, "url": url})
        if declared is not None:
            mapping.declare(there, f"{address}/{name}", declared)
    environment = made["environment"]
    if env_file is None:
        for variable, value in environment.items():
            typer.echo(f"export {variable}={shlex.quote(value)}")
        typer.echo(
            f"# {name} joined for {made['slot']}. Start it with these at {made['url']}; they are not shown "
            "again.",
            err=True,
        )
    else:
        _write(env_file, environment)
        typer.echo(
            f"{name} joined for {made['slot']}. What to start it with is in {env_file}, and is not shown "
            "again:\n"
            f"  (set -a; . {shlex.quote(_as_path(env_file))}; exec YOUR-COMMAND)"
        )
    typer.echo(f"# Then see what it sent with: council component show {name}", err=True)


def list_components(
    council: CouncilArgument = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """List a council's components."""
    from rich.console import Console
    from rich.table import Table

    with _asked(council, data, sandbox, key) as (there, address):
        items = there.ask("GET", address)["items"]
        states = containers.container_states(there, address.split("/")[3], data)
    if not items:
        typer.echo(
            "There are no components; `council component add NAME --for waste --url http://127.0.0.1:9000` "
            "registers one"
        )
        return
    table = Table(box=None)
    columns = ("Component", "Slot", "Answers at", "Taken", "Repeated", "Refused")
    for column in (*columns, "Container") if states else columns:
        table.add_column(column, overflow="fold", no_wrap=column == "Component")
    for each in items:
        counts = (str(each[name]) for name in ("taken", "repeated", "refused"))
        table.add_row(
            each["name"],
            each["slot"],
            each["url"],
            *counts,
            *([states.get(each["name"], "")] if states else []),
        )
    Console().print(table)


def show(
    name: Component,
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show a component, and the latest of what it sent: taken, repeated, or refused and why."""
    with _asked(council, data, sandbox, key) as (there, address):
        told = there.ask("GET", f"{address}/{name}")
        sent = _everything_sent(there, f"{address}/{name}/events")
    typer.echo(f"{told['name']} joined for {told['slot']} of {told['council']}; it answers at {told['url']}")
    typer.echo(f"Joined {told['joined_at'][:16].replace('T', ' ')}; {_counted(sent)}")
    for each in sent[-MOST_SHOWN:]:
        event = each["event"] or {}
        what = f"{event.get('type', 'no event')}  {event.get('subject', '')}".rstrip()
        why = f"  {each['reason']}" if each["reason"] else ""
        typer.echo(f"{each['position']:>6}  {each['outcome']:<8}  {what}{why}")


def remove(
    name: Component,
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let a component leave: its key opens nothing any more, and what it sent is forgotten."""
    with _asked(council, data, sandbox, key) as (there, address):
        there.ask("DELETE", f"{address}/{name}")
        typer.echo(f"Removed {name}; its key opens nothing any more")
        containers.remove_container(there, address.split("/")[3], name, data)


def _everything_sent(there: Reached, address: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    after, more = 0, True
    while more:
        page = there.ask("GET", address, params={"after": after, "limit": PAGE})
        sent += page["items"]
        after, more = page["next"], len(page["items"]) == PAGE
    return sent


def _counted(sent: list[dict[str, Any]]) -> str:
    if not sent:
        return "it has sent nothing yet"
    outcomes = [each["outcome"] for each in sent]
    counts = (f"{outcomes.count(each)} {each}" for each in ("taken", "repeated", "refused"))
    return f"it sent {len(sent)}: {', '.join(counts)}"


def _refuse_unwritable(file: Path) -> None:
    """Before anything is registered: what is shown once is not to be lost."""
    if file.is_dir() or not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
        raise EnvironmentNotWritten(f"{file} cannot be written; nothing was registered. Name another file.")


def _write(file: Path, environment: Mapping[str, str]) -> None:
    """Write a file that a shell, Docker and systemd take alike, readable by its owner from the first byte."""
    lines = "".join(f"{variable}={value}\n" for variable, value in environment.items())
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(lines)
        unfinished.rename(file)
    except OSError as error:
        raise EnvironmentNotWritten(
            f"{file} could not be written: {error.strerror}. Here it is, for this once:\n{lines}"
        ) from error


def _as_path(file: Path) -> str:
    """The path as `.` takes it, which would look for a bare name elsewhere."""
    return str(file) if "/" in str(file) else f"./{file}"
