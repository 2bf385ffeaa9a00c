"""``council up``, ``build``, ``list`` and ``delete``."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox import ask, machine
from sandbox.ask import Ask
from sandbox.cli.exporting import DatabaseUrl
from sandbox.cli.options import (
    DEFAULT_DATA,
    SERVER,
    AsOf,
    DaskScheduler,
    Data,
    FixedKey,
    IdentifierMode,
    Like,
    Mess,
    Name,
    Residents,
    SandboxKey,
    Seed,
    Url,
    Workers,
    as_day,
    as_mode,
)
from sandbox.folder import CHECKED, STATED, DataFolder, OtherVersion, read_facts
from sandbox.reach import reached
from service_apis.kit.discovery import discover

if TYPE_CHECKING:
    from sandbox.build import Plan
    from sandbox.build import Progress as Show
    from sandbox.engines import Engine
    from sandbox.stores import Database

INTERRUPTED = 130
_PEOPLE = {None: "generated", CHECKED: "imported", STATED: "imported as synthetic"}

Host = Annotated[
    str,
    typer.Option("--host", envvar="COUNCIL_HOST", help="The address to listen at.", rich_help_panel=SERVER),
]
Port = Annotated[
    int,
    typer.Option("--port", envvar="COUNCIL_PORT", min=1, max=65535, help="The port.", rich_help_panel=SERVER),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        envvar="COUNCIL_ALLOW",
        help="What the sandbox may call (for webhooks) besides loopback: a host, an address or a network.",
        show_envvar=True,
        rich_help_panel=SERVER,
    ),
]
ServicePort = Annotated[
    list[str] | None,
    typer.Option(
        "--service-port",
        help="Let one service answer at a port of its own as well: [b]street-reports=8101[/b].",
        rich_help_panel=SERVER,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for name, command in (("up", up), ("build", build), ("list", list_councils), ("delete", delete)):
        app.command(name, rich_help_panel="Councils")(command)


def up(
    like: Like = None,
    residents: Residents = None,
    seed: Seed = None,
    as_of: AsOf = None,
    name: Name = None,
    identifiers: IdentifierMode = None,
    mess: Mess = None,
    workers: Workers = None,
    dask: DaskScheduler = None,
    data: Data = DEFAULT_DATA,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    service_port: ServicePort = None,
    key: FixedKey = None,
    allow: Allow = None,
) -> None:
    """Serve a council, building it first if there is none. Without options: the demo council."""
    from sandbox.app import Sandbox
    from sandbox.serving import Addresses, greeting, listening, open_to_callers, serve, service_ports

    services = discover()
    asked = Ask(like, residents, seed, as_day(as_of), name, as_mode(identifiers), mess)
    ports = service_ports(service_port or [], [service.url_name for service in services.values()])
    addresses = Addresses(host, port, ports)
    folder = DataFolder(data)
    with listening(addresses) as sockets, folder.served(addresses.url):
        first = ask.already_there(folder, asked) or _build(folder, asked, workers, dask)
        sandbox = Sandbox(
            folder,
            services,
            first,
            key=key,
            ports=ports,
            host=addresses.host,
            allow=allow or (),
        )
        try:
            open_to_callers(sockets)
            lines = [
                *greeting(sandbox, addresses.url),
                *(f"Own port {addresses.own_url(port)} ({service})" for port, service in ports.items()),
            ]
            for unreadable in sandbox.councils.unreadable.values():
                typer.echo(f"Left out: {unreadable}", err=True)
            serve(sandbox, sockets, lambda: typer.echo("\n".join(lines)))
        finally:
            sandbox.close()


def build(
    like: Like = None,
    residents: Residents = None,
    seed: Seed = None,
    as_of: AsOf = None,
    name: Name = None,
    identifiers: IdentifierMode = None,
    mess: Mess = None,
    database: DatabaseUrl = None,
    workers: Workers = None,
    dask: DaskScheduler = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Build a council without serving it."""
    asked = Ask(like, residents, seed, as_day(as_of), name, as_mode(identifiers), mess)
    if asked.is_open:
        asked = Ask(name=ask.DEMO_NAME)
    if database is not None:
        from sandbox.stores import Database

        _build(Database.at(database), asked, workers, dask)
        return
    folder = DataFolder(data)
    there = ask.already_there(folder, asked)
    if there is not None:
        raise ask.ThereAlready(f"{there} is there already; serve it with `council up --name {there}`")
    _build(folder, asked, workers, dask)


def _build(where: DataFolder | Database, asked: Ask, workers: int | None, dask: str | None) -> str:
    """Build what was asked, showing how far it has got, and return its name."""
    from sandbox.engines import chosen

    return build_shown(where, ask.plan_of(asked), chosen(workers, dask))


def build_shown(
    where: DataFolder | Database,
    plan: Plan,
    engine: Engine | None = None,
    more_facts: Mapping[str, Any] | None = None,
) -> str:
    """Build a council, showing how far it has got, and return its name. See ``sandbox.build.build``."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    started = machine.seconds()
    console = Console(stderr=True)
    columns = (TextColumn("Building {task.fields[name]}"), BarColumn(), TextColumn("{task.description}"))
    times = (
        TimeElapsedColumn(),
        TextColumn("and some"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
    )
    bar = Progress(*columns, *times, console=console, transient=True)
    try:
        with _Stop() as stop, bar:
            task = bar.add_task("", total=1.0, name=plan.name)

            def show(what: str, share: float) -> None:
                stop.look()
                bar.update(task, description=what, completed=share)

            facts = _built(where, plan, engine, show, more_facts)
    except KeyboardInterrupt:
        typer.echo(f"council: the building of {plan.name} was interrupted; nothing is left of it", err=True)
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(
        f"Built {plan.name}: {facts['residents']:,} residents in {facts['homes']:,} homes, shaped like "
        f"{facts['shaped_like']} ({facts['figures']}), in {machine.seconds() - started:.1f} s",
        err=True,
    )
    return plan.name


def _built(
    where: DataFolder | Database,
    plan: Plan,
    engine: Engine | None,
    show: Show,
    more_facts: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Build the council there and return what it says of itself."""
    from sandbox.build import build as build_council
    from sandbox.build import build_into

    if isinstance(where, DataFolder):
        return read_facts(build_council(where, plan, discover(), show, engine, more_facts))
    with where.building() as connection:
        build_into(connection, plan, discover(), show, engine, more_facts)
    with where.reading() as contents:
        return contents.facts


class _Stop:
    """A request to stop, by Ctrl-C or by a signal to terminate, that unwinds and is not forgotten.

    Python can lose an exception that a signal raises while an object is being thrown away; so the
    request is looked at again each time the build says how far it has got.
    """

    def __init__(self) -> None:
        self._asked = False

    def __enter__(self) -> _Stop:
        self._before = {each: signal.signal(each, self._ask) for each in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        raise KeyboardInterrupt

    def look(self) -> None:
        """Raise KeyboardInterrupt if it was asked for."""
        if self._asked:
            raise KeyboardInterrupt


def list_councils(data: Data = DEFAULT_DATA) -> None:
    """List the councils that there are."""
    from rich.console import Console
    from rich.table import Table

    folder = DataFolder(data)
    table = Table("Name", "Title", "Shaped like", "Residents", "Homes", "Seed", "As of", "People", box=None)
    for name in folder.names():
        try:
            facts = read_facts(folder.file(name))
        except OtherVersion as failure:
            typer.echo(f"{name}: {failure}", err=True)
            continue
        table.add_row(
            name,
            facts["title"],
            facts["shaped_like"],
            f"{facts['residents']:,}",
            f"{facts['homes']:,}",
            str(facts["seed"]),
            facts["as_of"],
            _PEOPLE[facts.get("imported")],
        )
    if table.row_count:
        Console().print(table)
    for name in folder.half_built():
        typer.echo(f"{name}: half-built; `council delete {name}` clears it away", err=True)
    if not folder.names() and not folder.half_built():
        typer.echo(f"There are no councils in {folder.path} yet; `council build` makes one")


def delete(
    name: Annotated[str, typer.Argument(help="The council to delete, whole or half-built.")],
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Delete a council and everything in it."""
    folder = None if url else DataFolder(data)
    if folder is not None and folder.server() is None:
        folder.remove(name)
    else:
        with reached(data, url, key) as sandbox:
            sandbox.ask("DELETE", f"/sandbox/councils/{name}")
    typer.echo(f"Deleted {name}")
