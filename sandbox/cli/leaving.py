"""``council component compare-records``, ``take-back`` and ``leave``: the way out, and the proof of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.component_options import By, Component, SandboxUrl, Why, asked, component_of, signed
from sandbox.cli.containers import remove_container
from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey
from sandbox.cli.webhooks import OfCouncil

if TYPE_CHECKING:
    from sandbox.reach import Reached

MOST_SHOWN = 20
"""How many differences are shown; the control API gives the first hundred."""

KeepOurs = Annotated[
    bool,
    typer.Option("--keep-ours", help="Leave the council's own account of every case as it is."),
]


def add_to(group: typer.Typer) -> None:
    """Add these commands to those of components."""
    group.command("compare-records")(compare_records)
    group.command("take-back")(take_back)
    group.command("leave")(leave)


def compare_records(
    name: Component,
    by: By = None,
    why: Why = "",
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Ask a component for all records of its slot, and compare them with what the council holds."""
    with asked(council, data, sandbox, key) as (there, address):
        result = ask_back(there, f"{address}/components/{name}", by, why, take_back=False)
    if not result["is_whole"]:
        raise typer.Exit(1)


def take_back(
    name: Component,
    by: By = None,
    why: Why = "",
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Take cases back from a component that was rolled back: as it told callers, so they stand here."""
    with asked(council, data, sandbox, key) as (there, address):
        result = ask_back(there, f"{address}/components/{name}", by, why, take_back=True)
    if result["taken_back"] is None:
        raise typer.Exit(1)


def leave(
    name: Component,
    keep_ours: KeepOurs = False,
    by: By = None,
    why: Why = "",
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let a component go for good: roll it back, take its cases back, compare all records, remove it.

    Where it gives no account of the records, it is rolled back but not removed, so that you can ask again.
    """
    with asked(council, data, sandbox, key) as (there, address):
        component = f"{address}/components/{name}"
        slot = component_of(there, address, name)["slot"]
        answered = _is_filling(there, address, slot, name)
        if answered:
            wanted = {"why": why or f"{name} leaves", "by": signed(by)}
            there.ask("POST", f"{address}/slots/{slot}/roll-back", json=wanted)
            typer.echo(f"Rolled back: the stub answers for {slot} again.")
        if not keep_ours and _answered_for_cases(there, component):
            result = ask_back(there, component, by, why, take_back=True)
            if result["taken_back"] is None:
                typer.echo(f"{name} is not removed; try again, or add --keep-ours to leave without it.")
                raise typer.Exit(1)
        result = ask_back(there, component, by, why, take_back=False)
        if result["fault"]:
            typer.echo(
                f"{name} is not removed, as nothing shows what it holds. When it answers, try again; "
                f"`council component remove {name}` removes it all the same."
            )
            raise typer.Exit(1)
        there.ask("DELETE", component)
        remove_container(there, address.split("/")[3], name, data)
    typer.echo(f"Removed {name}; its key opens nothing any more. What came back of it is kept.")
    if not result["is_whole"]:
        raise typer.Exit(1)


def ask_back(there: Reached, component: str, by: str | None, why: str, *, take_back: bool) -> dict[str, Any]:
    """Ask a component at this address of the control API for its records, and tell how they compare."""
    wanted = {"take_back": take_back, "by": signed(by), "why": why}
    result: dict[str, Any] = there.ask("POST", f"{component}/returned", json=wanted)
    for line in told(result):
        typer.echo(line)
    return result


def take_back_from(
    there: Reached, address: str, fillings: list[dict[str, Any]], by: str | None, why: str
) -> None:
    """Take cases back from the components that answered for all of a slot, and were rolled back just now."""
    answered = (each for each in fillings if each["operation"] is None and each["mode"] in ("share", "live"))
    for name in dict.fromkeys(each["component"] for each in answered):
        result = ask_back(there, f"{address}/components/{name}", by, why, take_back=True)
        if result["taken_back"] is None:
            typer.echo(f"The stub's own account stands. To try again: council component take-back {name}")


def told(result: dict[str, Any]) -> list[str]:
    """What came back, in lines to read."""
    lines = [f"{result['sentence']}."]
    if result["follow_ups"]:
        count = result["follow_ups"]
        lines.append(f"{count:,} {'write was' if count == 1 else 'writes were'} still on the way to it.")
    for table in result["tables"]:
        if table["renamed"]:
            lines.append(f"  {table['table']}: {table['renamed']:,} came under the component's own reference")
        if table["left_out"]:
            lines.append(f"  {table['table']}: it does not keep {', '.join(table['left_out'])}")
    lines += [f"  {_difference(each)}" for each in result["differences"][:MOST_SHOWN]]
    if len(result["differences"]) > MOST_SHOWN:
        lines.append("  and more; the control API lists them at .../returned")
    if result["taken_back"] is not None:
        count = result["taken_back"]
        records = "1 record is" if count == 1 else f"{count:,} records are"
        lines.append(f"Taken back: {records} now as the component told callers.")
    lines += [f"  left as it was: {each}" for each in result["not_taken"]]
    return lines


def _difference(each: dict[str, Any]) -> str:
    where = f"{each['table']} {each['reference']}"
    if each["what"] == "missing":
        return f"{where} did not come back"
    if each["what"] == "unknown":
        return f"{where} came back, and nobody here knows it"
    fields = (f"{one['field']} is {one['ours']!r} here and {one['theirs']!r} there" for one in each["fields"])
    return f"{where}: {'; '.join(fields)}"


def _is_filling(there: Reached, address: str, slot: str, name: str) -> bool:
    fillings = there.ask("GET", f"{address}/slots/{slot}")["fillings"]
    return any(each["component"] == name for each in fillings)


def _answered_for_cases(there: Reached, component: str) -> bool:
    return bool(there.ask("GET", f"{component}/returned")["answered_for_cases"])
