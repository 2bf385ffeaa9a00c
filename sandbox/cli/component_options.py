"""What the commands about components and slots share: their options, and the way to the control API."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.options import SERVER
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.reach import Reached

Component = Annotated[
    str, typer.Argument(metavar="NAME", help="Its name, as `council component list` shows it.")
]
SandboxUrl = Annotated[
    str | None,
    typer.Option(
        "--sandbox",
        help="A running sandbox. Without it: the one that serves the data folder, or the folder itself.",
        rich_help_panel=SERVER,
    ),
]
PANEL_HISTORY = "For the history"
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Who does it.",
        show_default="your login name",
        rich_help_panel=PANEL_HISTORY,
    ),
]
Why = Annotated[
    str, typer.Option("--why", metavar="TEXT", help="Why it is done.", rich_help_panel=PANEL_HISTORY)
]


def signed(by: str | None) -> str | None:
    """Who does it: as was said, or by the login name. Where there is none the key's name stands."""
    try:
        return by or getpass.getuser()
    except (KeyError, OSError):  # as in a container, for a user that the system does not list
        return None


class NoSuchComponent(Failure):
    """The council has no component of that name."""


@contextmanager
def asked(
    council: str | None, data: Path, sandbox: str | None, key: str | None
) -> Iterator[tuple[Reached, str]]:
    """The sandbox, and the address of the council on its control API."""
    from sandbox.reach import reached, the_council

    with reached(data, sandbox, key) as there:
        yield there, f"/sandbox/councils/{the_council(there, council)}"


def component_of(there: Reached, address: str, name: str) -> dict[str, Any]:
    """A component as it is listed with the council at this address. Raises NoSuchComponent."""
    listed: list[dict[str, Any]] = there.ask("GET", f"{address}/components")["items"]
    for each in listed:
        if each["name"] == name:
            return each
    names = ", ".join(each["name"] for each in listed)
    raise NoSuchComponent(
        f"There is no component {name}; "
        + (f"there are: {names}" if names else f"`council component add {name} --for waste` registers it")
    )
