"""``council fork``, ``reset``, ``snapshot`` and ``diff``: copies of a council, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url
from sandbox.failure import Failure
from sandbox.reach import reached, the_council

STATES = "States of a council"

SnapshotArgument = Annotated[str, typer.Argument(metavar="SNAPSHOT", help="The snapshot's name.")]
Council = Annotated[str, typer.Argument(metavar="COUNCIL", help="The council.")]
NewName = Annotated[
    str | None, typer.Option("--name", help="What to call it.", show_default="made from the council's")
]
Lifetime = Annotated[
    str | None,
    typer.Option("--lifetime", help="Let it end by itself: [b]30m[/b], [b]8h[/b], [b]2d[/b], or PT30M."),
]


class NotThere(Failure):
    """A file that was named is not there, or is there already."""


class NoDuration(Failure):
    """A length of time cannot be read."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("fork", rich_help_panel=STATES)(fork)
    app.command("reset", rich_help_panel=STATES)(reset)
    app.command("diff", rich_help_panel=STATES)(diff)
    snapshots = typer.Typer(help="States of a council that were saved.", no_args_is_help=True)
    for name, command in (
        ("save", save),
        ("list", list_snapshots),
        ("restore", restore),
        ("delete", delete),
        ("export", export),
        ("import", bring),
    ):
        snapshots.command(name)(command)
    app.add_typer(snapshots, name="snapshot", rich_help_panel=STATES)


def fork(
    council: CouncilArgument = None,
    name: NewName = None,
    lifetime: Lifetime = None,
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help="Begin with a saved state, not the present one.")
    ] = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a whole, independent copy of a council under a name of its own, with a key to it alone."""
    wanted = {"name": name, "lifetime": as_duration(lifetime), "snapshot": snapshot}
    with reached(data, url, key) as sandbox:
        parent = the_council(sandbox, council)
        made = sandbox.ask(
            "POST",
            f"/sandbox/councils/{parent}/forks",
            json={field: value for field, value in wanted.items() if value is not None},
        )
        typer.echo(f"{made['name']}: a fork of {parent}, where it is {made['now']}")
        if sandbox.url:
            typer.echo(f"Console  {sandbox.url}/?council={made['name']}")
            typer.echo(f"API      {sandbox.url}/councils/{made['name']}/")
        typer.echo(f"Key      {made['key']}")
        if made["ends_at"]:
            typer.echo(f"Ends     {made['ends_at']}")


def reset(
    council: CouncilArgument = None, url: Url = None, key: SandboxKey = None, data: Data = DEFAULT_DATA
) -> None:
    """Take a council back to what it was when it was built, forked or brought."""
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        back = sandbox.ask("POST", f"/sandbox/councils/{name}/reset")
        typer.echo(f"{name} is as it was made; its clock shows {back['now']}")


def save(
    council: Council,
    snapshot: SnapshotArgument,
    note: Annotated[str, typer.Option("--note", help="What it is saved for.")] = "",
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Save a council as it stands, under a name."""
    with reached(data, url, key) as sandbox:
        saved = sandbox.ask(
            "POST", f"/sandbox/councils/{council}/snapshots", json={"name": snapshot, "note": note}
        )
        typer.echo(f"Saved {council} as {snapshot}, where it is {saved['at']} ({_size(saved['size'])})")


def list_snapshots(
    council: CouncilArgument = None, url: Url = None, key: SandboxKey = None, data: Data = DEFAULT_DATA
) -> None:
    """List the states of a council that were saved."""
    from rich.console import Console
    from rich.table import Table

    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        saved = sandbox.ask("GET", f"/sandbox/councils/{name}/snapshots")["items"]
    if not saved:
        typer.echo(f"{name} has no snapshots; `council snapshot save {name} NAME` saves one")
        return
    table = Table("Snapshot", "Council's clock", "Saved", "Size", "Note", box=None)
    for each in saved:
        table.add_row(each["name"], each["at"], each["saved_at"][:19], _size(each["size"]), each["note"])
    Console().print(table)


def restore(
    council: Council,
    snapshot: SnapshotArgument,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Take a council back to a saved state. What it did since is undone."""
    with reached(data, url, key) as sandbox:
        back = sandbox.ask("POST", f"/sandbox/councils/{council}/snapshots/{snapshot}/restore")
        typer.echo(f"{council} is as it was saved in {snapshot}; its clock shows {back['now']}")


def delete(
    council: Council,
    snapshot: SnapshotArgument,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Delete a saved state; the council stays as it is."""
    with reached(data, url, key) as sandbox:
        sandbox.ask("DELETE", f"/sandbox/councils/{council}/snapshots/{snapshot}")
        typer.echo(f"Deleted the snapshot {snapshot} of {council}")


def export(
    council: Council,
    snapshot: SnapshotArgument,
    to: Annotated[
        Path | None, typer.Option("--to", help="The file.", show_default="COUNCIL-SNAPSHOT.council.zip")
    ] = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write a saved state as one file, to bring to another sandbox with [b]snapshot import[/b]."""
    file = to or Path(f"{council}-{snapshot}.council.zip")
    if file.exists():
        raise NotThere(f"{file} is there already; name another file with --to")
    with reached(data, url, key) as sandbox:
        sandbox.fetch(f"/sandbox/councils/{council}/snapshots/{snapshot}/file", file)
    typer.echo(f"Wrote {file} ({_size(file.stat().st_size)})")


def bring(
    file: Annotated[Path, typer.Argument(help="A file that was exported.")],
    name: NewName = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a council of a file that was exported elsewhere."""
    if not file.is_file():
        raise NotThere(f"There is no file {file}")
    with reached(data, url, key) as sandbox:
        made = sandbox.send("/sandbox/snapshots", file, {"name": name})
        typer.echo(f"{made['name']}: brought from {file}, where it is {made['now']}")
        typer.echo(f"Key      {made['key']}")


def diff(
    council: Council,
    other: Annotated[
        str | None,
        typer.Argument(
            metavar="[OTHER]", help="The council to compare with.", show_default="the council as it was made"
        ),
    ] = None,
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help="Compare with a saved state of the council.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, max=1000, help="Records of each kind that are shown.")] = 10,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Say what is otherwise in a council than in another, than in a snapshot, or than when it was made."""
    asked = {"from": other, "snapshot": snapshot, "limit": limit}
    with reached(data, url, key) as sandbox:
        found = sandbox.ask("GET", f"/sandbox/councils/{council}/differences", params=asked)
    for line in in_words(found):
        typer.echo(line)


def in_words(found: dict[str, Any]) -> Iterable[str]:
    """Differences as lines to read."""
    yield f"{found['council']}, compared with {found['compared_with']}"
    if found["clock_was"] != found["clock_now"]:
        yield f"  its clock: {found['clock_was']} -> {found['clock_now']}"
    if found["same"]:
        yield "  no record differs"
    service = ""
    for table in found["tables"]:
        if table["service"] != service:
            service = table["service"]
            yield f"{service}"
        counts = ", ".join(f"{table[how]:,} {how}" for how in ("added", "removed", "changed") if table[how])
        yield f"  {table['table'].replace('_', ' ')}: {counts}"
        for record in table["records"]:
            yield f"    {_SIGNS[record['change']]} {record['record']}  {_fields(record)}"
        shown = len(table["records"])
        if 0 < shown < table["added"] + table["removed"] + table["changed"]:
            yield f"    and {table['added'] + table['removed'] + table['changed'] - shown:,} more"


_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
MOST_FIELDS = 8


def _fields(record: dict[str, Any]) -> str:
    fields = record["fields"]
    if record["change"] == "changed":
        said = [f"{each['field']}: {_value(each, 'was')} -> {_value(each, 'now')}" for each in fields]
    else:
        side = "now" if record["change"] == "added" else "was"
        said = [f"{each['field']}={_value(each, side)}" for each in fields]
    return ", ".join([*said[:MOST_FIELDS], *(["..."] if len(said) > MOST_FIELDS else [])])


def _value(field: dict[str, Any], side: str) -> str:
    value = field[side]
    if value is None:
        return "nothing"
    if field["field"].endswith("_pence") and isinstance(value, int):
        return f"{'-' if value < 0 else ''}£{abs(value) / 100:,.2f}"
    return str(value)[:60]


def as_duration(typed: str | None) -> str | None:
    """A length of time as ISO 8601, from ``30m``, ``8h``, ``2d``, ``1w`` or itself. Raises NoDuration."""
    if typed is None or typed.upper().startswith("P"):
        return typed and typed.upper()
    number, unit = typed[:-1].strip(), typed[-1:]
    if not number.isdigit() or unit not in _UNITS:
        raise NoDuration(f"{typed!r} is no length of time; say it as 45s, 30m, 8h, 2d or 1w")
    return _UNITS[unit].format(number)


_UNITS = {"s": "PT{}S", "m": "PT{}M", "h": "PT{}H", "d": "P{}D", "w": "P{}W"}


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
