"""``council webhook``: the receivers that are told what happens in a council."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.reach import Reached

DID_NOT_ARRIVE = 1
PAGE = 200

Webhook = Annotated[
    str, typer.Argument(metavar="WEBHOOK", help="Its id, as `council webhook list` shows it.")
]
OfCouncil = Annotated[
    str | None,
    typer.Option(
        "--council", help="The council; can be left out where there is only one.", show_default=False
    ),
]


class NotAsMeant(Failure):
    """A command was given what does not go together."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="Tell receivers what happens: register, test, replay.",
        no_args_is_help=True,
        add_completion=False,
    )
    for name, command in (
        ("add", add),
        ("list", list_webhooks),
        ("test", send_test),
        ("pause", pause),
        ("resume", resume),
        ("rotate", rotate),
        ("remove", remove),
        ("dead-letters", dead_letters),
        ("replay", replay),
    ):
        group.command(name)(command)
    app.add_typer(group, name="webhook", rich_help_panel="Councils")


@contextmanager
def _asked(
    council: str | None, data: Path, url: str | None, key: str | None
) -> Iterator[tuple[Reached, str]]:
    """The sandbox, and the address of the council's webhooks on it."""
    from sandbox.reach import reached, the_council

    with reached(data, url, key) as sandbox:
        yield sandbox, f"/sandbox/councils/{the_council(sandbox, council)}/webhooks"


def add(
    receiver: Annotated[str, typer.Argument(metavar="RECEIVER", help="The address to send events to.")],
    council: OfCouncil = None,
    of_type: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only events of this type, or pattern: [b]virtual-council.waste.*[/b]"),
    ] = None,
    subject: Annotated[
        list[str] | None, typer.Option("--subject", help="Only events on this subject.")
    ] = None,
    first_retry: Annotated[
        float | None, typer.Option("--first-retry", help="Seconds to the first retry; scales those after it.")
    ] = None,
    attempts: Annotated[
        int | None, typer.Option("--attempts", help="After how many an event is a dead letter.")
    ] = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Register a receiver, and show its signing secret this once."""
    wanted = {
        "url": receiver,
        "types": of_type or [],
        "subjects": subject or [],
        "first_retry_seconds": first_retry,
        "attempts": attempts,
    }
    with _asked(council, data, url, key) as (sandbox, address):
        made = sandbox.ask(
            "POST", address, json={name: each for name, each in wanted.items() if each is not None}
        )
    typer.echo(f"Webhook  {made['id']}\nSecret   {made['secret']}")


def list_webhooks(
    council: CouncilArgument = None, url: Url = None, key: SandboxKey = None, data: Data = DEFAULT_DATA
) -> None:
    """List a council's webhooks."""
    from rich.console import Console
    from rich.table import Table

    with _asked(council, data, url, key) as (sandbox, address):
        items = sandbox.ask("GET", address)["items"]
    if not items:
        typer.echo("There are no webhooks; `council webhook add http://127.0.0.1:9000/` registers one")
        return
    table = Table(box=None)
    for name in ("Webhook", "Receiver", "Types", "State", "Pending", "Arrived", "Dead"):
        table.add_column(name, overflow="fold", no_wrap=name == "Webhook")
    for each in items:
        counts = (str(each[name]) for name in ("pending", "delivered", "dead"))
        state = f"{each['state']}: {each['reason']}" if each["reason"] else each["state"]
        table.add_row(each["id"], each["url"], ", ".join(each["types"]) or "all", state, *counts)
    Console().print(table)


def send_test(
    webhook: Webhook,
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send a test event, and say what was answered; exit 1 if it did not arrive."""
    with _asked(council, data, url, key) as (sandbox, address):
        told = sandbox.ask("POST", f"{address}/{webhook}/test")
    said = f": {told['answer']}" if told["answer"] else ""
    if told["arrived"]:
        typer.echo(f"Arrived in {told['took_ms']} ms; answered {told['status']}{said}")
        return
    typer.echo(f"Did not arrive; {told['status'] or 'no status'}{said}", err=True)
    raise typer.Exit(DID_NOT_ARRIVE)


def pause(
    webhook: Webhook,
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Stop sending for a while. What happens meanwhile waits."""
    with _asked(council, data, url, key) as (sandbox, address):
        sandbox.ask("POST", f"{address}/{webhook}/pause")
    typer.echo(f"Paused {webhook}")


def resume(
    webhook: Webhook,
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send again, beginning with what waits."""
    with _asked(council, data, url, key) as (sandbox, address):
        waits = sandbox.ask("POST", f"{address}/{webhook}/resume")["pending"]
    typer.echo(f"Resumed {webhook}; {waits} pending")


def rotate(
    webhook: Webhook,
    council: OfCouncil = None,
    hours: Annotated[
        float,
        typer.Option("--overlap-hours", min=0, max=168, help="For how long the old secret signs as well."),
    ] = 24,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Give a webhook a new signing secret, shown this once."""
    overlap = f"PT{timedelta(hours=hours).total_seconds():.0f}S"
    with _asked(council, data, url, key) as (sandbox, address):
        told = sandbox.ask("POST", f"{address}/{webhook}/rotate", json={"overlap": overlap})
    typer.echo(f"Secret   {told['secret']}\nThe old one signs as well until {told['former_secret_ends_at']}")


def remove(
    webhook: Webhook,
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Remove a webhook, with its dead letters and its history."""
    with _asked(council, data, url, key) as (sandbox, address):
        sandbox.ask("DELETE", f"{address}/{webhook}")
    typer.echo(f"Removed {webhook}")


def dead_letters(
    webhook: Webhook,
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """List what was given up, the latest first, with what was last answered."""
    with _asked(council, data, url, key) as (sandbox, address):
        params = {"state": "dead", "per_page": PAGE}
        told = sandbox.ask("GET", f"{address}/{webhook}/deliveries", params=params)
    for each in told["items"]:
        last = each["attempts"][-1] if each["attempts"] else {"status": None, "answer": "no longer known"}
        said = " ".join(str(part) for part in (last["status"], last["answer"]) if part)
        typer.echo(f"{each['id']:>8}  {each['type']}  {each['subject']}  {said}")
    if told["total"] > len(told["items"]):
        typer.echo(f"and {told['total'] - len(told['items'])} more")
    if not told["items"]:
        typer.echo("There are no dead letters")


def replay(
    webhook: Webhook,
    delivery: Annotated[
        int | None, typer.Argument(metavar="DELIVERY", help="Its number, as dead-letters shows it.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that are dead.")] = False,
    council: OfCouncil = None,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Deliver a dead letter again, or all of them."""
    if (delivery is None) != every:
        raise NotAsMeant("Name the number of one dead letter, or say --all")
    with _asked(council, data, url, key) as (sandbox, address):
        if delivery is not None:
            sandbox.ask("POST", f"{address}/{webhook}/deliveries/{delivery}/replay")
            count = 1
        else:
            count = sandbox.ask("POST", f"{address}/{webhook}/deliveries/replay")["replayed"]
    typer.echo(f"{count} to be delivered again")
