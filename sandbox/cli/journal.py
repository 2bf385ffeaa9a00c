"""``council journal``: the calls of a council, listed, followed, shown in full, and sent again elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.reach import Reached

DIFFERED = 1
POLLED_EVERY_SECONDS = 0.5
LISTED = "list"

Status = Annotated[str | None, typer.Option("--status", help="A status, or a class of them: [b]5xx[/b].")]
Service = Annotated[str | None, typer.Option("--service", help="A service as in addresses, or sandbox.")]
Operation = Annotated[str | None, typer.Option("--operation", help="An operation's id.")]
Method = Annotated[str | None, typer.Option("--method", help="An HTTP method.")]
Caller = Annotated[str | None, typer.Option("--caller", help="The name of a key.")]
Containing = Annotated[str | None, typer.Option("--path", help="What the address contains.")]
Fault = Annotated[str | None, typer.Option("--fault", help="A behaviour that was forced; [b]*[/b] for any.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many calls, the latest.")]
Follow = Annotated[bool, typer.Option("--follow", help="Go on with each call that comes, until Ctrl-C.")]
Har = Annotated[
    Path | None, typer.Option("--har", help="Write an HTTP archive (HAR 1.2) to this file instead.")
]
OfCouncil = Annotated[
    str | None, typer.Option("--council", help="The council; can be left out where there is only one.")
]
Onto = Annotated[str, typer.Option("--onto", help="The council to send the calls to, such as a fork.")]
First = Annotated[str | None, typer.Option("--from", help="The id of the first call to send.")]
Last = Annotated[str | None, typer.Option("--to", help="The id of the last call to send.")]


class CannotWrite(Failure):
    """The archive cannot be written where it was asked for."""


class NobodyServes(Failure):
    """Calls were to be followed of a council that nobody serves."""


class _ListedUnlessNamed(TyperGroup):
    """Commands of which the first is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [LISTED, *args]
        return super().parse_args(ctx, args)


def add_to(app: typer.Typer) -> None:
    """Add these commands under ``council journal``."""
    journal = typer.Typer(
        cls=_ListedUnlessNamed, help="The calls that a council had: [b]council journal fairwater[/b]."
    )
    for name, command in ((LISTED, list_calls), ("show", show), ("replay", replay), ("empty", empty)):
        journal.command(name)(command)
    app.add_typer(journal, name="journal", rich_help_panel="Councils")


def list_calls(
    council: CouncilArgument = None,
    status: Status = None,
    service: Service = None,
    operation: Operation = None,
    method: Method = None,
    caller: Caller = None,
    path: Containing = None,
    fault: Fault = None,
    limit: Limit = 50,
    follow: Follow = False,
    har: Har = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """List the latest calls, oldest first."""
    from sandbox.reach import reached, the_council

    wanted = {
        "status": status,
        "service": service,
        "operation": operation,
        "method": method,
        "caller": caller,
        "path": path,
        "fault": fault,
    }
    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        if follow and not sandbox.url:
            raise NobodyServes(
                f"Nobody calls {name} while it is not served, so there is nothing to follow; start it with "
                "`council up`"
            )
        journal = f"/sandbox/councils/{name}/journal"
        if har is not None:
            archived = sandbox.ask("GET", f"{journal}/har", params=wanted)
            _write(har, archived)
            typer.echo(f"Wrote {len(archived['log']['entries'])} calls to {har}")
            return
        told = False
        for call in _calls(sandbox, journal, wanted, limit, follow):
            typer.echo(_line(call))
            told = True
        if not told:
            typer.echo("There are no such calls in the journal", err=True)


def _calls(
    sandbox: Reached, journal: str, wanted: dict[str, str | None], limit: int, follow: bool
) -> Iterator[dict[str, Any]]:
    listed = sandbox.ask("GET", journal, params={**wanted, "limit": limit})
    yield from reversed(listed["items"])
    reached_number = listed["next"]
    while follow:
        try:
            time.sleep(POLLED_EVERY_SECONDS)
        except KeyboardInterrupt:
            return
        listed = sandbox.ask("GET", journal, params={**wanted, "after": reached_number, "limit": 200})
        yield from listed["items"]
        reached_number = listed["next"]


def _write(file: Path, archived: Any) -> None:
    try:
        file.write_text(json.dumps(archived, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise CannotWrite(f"{file} could not be written: {error.strerror}") from error


def _line(call: dict[str, Any]) -> str:
    caused = ", ".join(
        f"{call[what]} {what.removesuffix('s') if call[what] == 1 else what}"
        for what in ("rows", "events")
        if call[what]
    )
    forced = f"forced: {call['fault']}" if call["fault"] else ""
    parts = [
        f"{call['at'][11:23]}  {call['status']:>3}  {call['method']:<6} {call['address']}",
        f"{call['milliseconds']:.1f} ms",
        call["caller"] or "no key",
        caused,
        forced,
        f"answered: {call['answered_by']}" if call["answered_by"] else "",
        call["note"] or "",
        call["request_id"],
    ]
    return "  ".join(part for part in parts if part)


def show(
    request_id: Annotated[str, typer.Argument(metavar="ID", help="A call's id, which its answer carried.")],
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show one call in full, with the rows and events that it caused."""
    from sandbox.reach import reached, the_council

    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        call = sandbox.ask("GET", f"/sandbox/councils/{name}/journal/{request_id}")
    for line in _in_full(call):
        typer.echo(line)


def _in_full(call: dict[str, Any]) -> Iterator[str]:
    yield f"{call['method']} {call['address']} -> {call['status']} in {call['milliseconds']} ms"
    yield f"By {call['caller'] or 'nobody known'} from {call['client'] or 'the sandbox itself'}"
    yield f"At {call['at']}, when it was {call['council_time']} in the council"
    yield f"Operation {call['operation'] or '(none)'} of {call['service']}"
    for said in (
        call["answered_by"] and f"Who answered: {call['answered_by']}",
        call["fault"] and f"Forced: {call['fault']}",
        call["note"],
    ):
        if said:
            yield said
    for half in ("request", "answer"):
        yield ""
        yield half.capitalize()
        yield from (f"  {each['name']}: {each['value']}" for each in call[half]["headers"])
        yield from _body(call[half]["body"])
    yield ""
    yield f"Rows: {call['rows']}" + _counted(call["rows_counted"])
    for row in call["rows_written"]:
        key = ", ".join(f"{name} {value}" for name, value in row["key"].items())
        yield f"  {row['table']} {row['change']}: {key}"
        for name in {**row["before"], **row["after"]}:
            sides = [row[side][name] for side in ("before", "after") if name in row[side]]
            yield f"    {name}: {' -> '.join(map(str, sides))}"
    yield f"Events: {call['events']}"
    for event in call["events_recorded"]:
        yield f"  {event['position']} {event['type']} {event['subject']}"


def _counted(counts: list[dict[str, Any]]) -> str:
    if not counts:
        return ""
    return " (" + ", ".join(f"{each['count']} {each['table']} {each['change']}" for each in counts) + ")"


def _body(body: dict[str, Any]) -> Iterator[str]:
    if not body["bytes"]:
        return
    text = body["text"]
    if text is None:
        yield f"  ({body['bytes']} bytes that are no text)"
        return
    with suppress(ValueError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    yield from (f"  {line}" for line in text.splitlines())
    if body["cut"]:
        yield f"  (cut: the whole has {body['bytes']} bytes)"


def replay(
    council: CouncilArgument = None,
    *,
    onto: Onto,
    first: First = None,
    last: Last = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send recorded calls again to another council: exit code 0 if all answers mean the same, else 1."""
    from sandbox.reach import reached, the_council

    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        wanted = {"onto": onto, "from": first, "to": last}
        told = sandbox.ask(
            "POST",
            f"/sandbox/councils/{name}/journal/replay",
            json={name: value for name, value in wanted.items() if value is not None},
        )
    for call in told["items"]:
        if call["outcome"] == "same" and not call["why"]:
            continue
        typer.echo(f"{call['outcome']:<12} {call['method']:<6} {call['address']}  {call['request_id']}")
        for line in (call["why"], *call["differences"]):
            if line:
                typer.echo(f"             {line}")
    typer.echo(
        f"{told['calls']} calls onto {onto}: {told['same']} the same, {told['different']} different, "
        f"{told['not_compared']} not compared, {told['left_out']} left out"
    )
    if told["different"]:
        raise typer.Exit(DIFFERED)


def empty(
    council: CouncilArgument = None, url: Url = None, key: SandboxKey = None, data: Data = DEFAULT_DATA
) -> None:
    """Forget every call so far."""
    from sandbox.reach import reached, the_council

    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        forgotten = sandbox.ask("DELETE", f"/sandbox/councils/{name}/journal")["forgotten"]
    typer.echo(f"The journal of {name} forgot {forgotten} call{'' if forgotten == 1 else 's'}")
