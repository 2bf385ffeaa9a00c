"""``council component``: those that the command line itself starts, in containers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.cli.options import DEFAULT_DATA, SERVER, Data, SandboxKey
from sandbox.cli.webhooks import OfCouncil
from sandbox.failure import Failure

if TYPE_CHECKING:
    from sandbox.containers.adding import Place
    from sandbox.reach import Reached

CONTAINER = "From an image"

Component = Annotated[
    str, typer.Argument(metavar="NAME", help="Its name, as `council component list` shows it.")
]
SandboxUrl = Annotated[
    str | None,
    typer.Option(
        "--sandbox",
        help="A running sandbox on this machine. Without it: the one that serves the data folder.",
        rich_help_panel=SERVER,
    ),
]
Wait = Annotated[
    float,
    typer.Option("--wait", min=1, max=3_600, help="For how many seconds it may take to answer."),
]


class OneOrTheOther(Failure):
    """A component was to be started from an image and to answer elsewhere too, or neither."""


@dataclass(frozen=True, slots=True)
class FromImage:
    """How a component is started from an image."""

    image: Annotated[
        str | None,
        typer.Option(
            "--image",
            help="Start it from this image, in a container with no way out but to the council; instead of "
            "--url.",
            rich_help_panel=CONTAINER,
        ),
    ] = None
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            min=1,
            max=65_535,
            help="The port that it answers at in its container.",
            show_default="the one that the image EXPOSEs",
            rich_help_panel=CONTAINER,
        ),
    ] = None
    pull: Annotated[
        bool,
        typer.Option("--pull", help="Fetch the image from its registry first.", rich_help_panel=CONTAINER),
    ] = False
    memory: Annotated[
        int,
        typer.Option(
            "--memory",
            min=16,
            max=65_536,
            help="How many MB of memory it may take.",
            rich_help_panel=CONTAINER,
        ),
    ] = 512
    wait: Annotated[
        float,
        typer.Option(
            "--wait",
            min=1,
            max=3_600,
            help="For how many seconds it may take to answer.",
            rich_help_panel=CONTAINER,
        ),
    ] = 60

    def refuse_with(self, url: str | None, env_file: Path | None, spec: Path | None = None) -> None:
        """Refuse words that do not go together. Raises OneOrTheOther."""
        if sum(each is not None for each in (self.image, url, spec)) != 1:
            raise OneOrTheOther(
                "A component answers at an address (--url http://127.0.0.1:9000), or is started from an "
                "image (--image NAME): name one of the two. Or name its OpenAPI alone (--spec FILE), to see "
                "what would have to be implemented"
            )
        if self.image is not None and env_file is not None:
            raise OneOrTheOther(
                "What a component from an image is started with goes to its container and nowhere else; "
                "leave out --env-file"
            )
        if self.image is None and (self.port is not None or self.pull):
            raise OneOrTheOther(
                "--port and --pull are about an image; name it with --image, or leave them out"
            )


def add_from_image(
    there: Reached, council: str, name: str, slot: str, options: FromImage, data: Path
) -> None:
    """Register a component and start it from its image, or leave nothing."""
    from sandbox.containers.adding import Place, Wanted, add

    assert options.image is not None
    wanted = Wanted(
        council,
        name,
        slot,
        options.image,
        options.port,
        options.pull,
        f"{options.memory}m",
        options.wait,
    )
    note = add(Place(there, data), wanted, lambda line: typer.echo(line, err=True))
    typer.echo(f"{name} runs from {note.image}, and answers at {note.url}; it is to fill {slot}")
    typer.echo(
        f"# Then: council component check {name}; to be rid of it: council component remove {name}", err=True
    )


def remove_container(there: Reached, council: str, name: str, data: Path) -> None:
    """Remove the container of a component, if it was given one."""
    from sandbox.containers.adding import Place, remove

    if remove(Place(there, data), council, name):
        typer.echo("Its container, network and records are removed too")


def container_states(there: Reached, council: str, data: Path) -> dict[str, str]:
    """How the containers of a council's components fare, by component."""
    from sandbox.containers.adding import Place, states

    return states(Place(there, data), council)


def start(
    name: Component,
    council: OfCouncil = None,
    wait: Wait = 60,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Start a component's container again, after `stop`, a fault of its own, or a restart of the machine."""
    from sandbox.containers.adding import start

    with _place(council, data, sandbox, key) as (place, called):
        note = start(place, called, name, wait)
    typer.echo(f"{name} runs from {note.image}, and answers at {note.url}")


def stop(
    name: Component,
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Stop a component's container; `start` lets it go on with the records that it has."""
    from sandbox.containers.adding import stop

    with _place(council, data, sandbox, key) as (place, called):
        stop(place, called, name)
    typer.echo(f"Stopped {name}; `council component start {name}` starts it again")


def log(
    name: Component,
    council: OfCouncil = None,
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show the last that a component in a container wrote, and what it asked for that is not its own."""
    from sandbox.containers.adding import said

    with _place(council, data, sandbox, key) as (place, called):
        for line in said(place, called, name):
            typer.echo(line)


def tidy(
    sandbox: SandboxUrl = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Clear away containers and networks that no component has any more, as a killed command leaves them."""
    from sandbox.containers.adding import Place, clear_leftovers
    from sandbox.containers.engine import engine
    from sandbox.reach import reached

    with reached(data, sandbox, key) as there, engine() as client:
        cleared = clear_leftovers(Place(there, data), client)
    for council, component in cleared:
        typer.echo(f"Cleared away what was left of {component} of {council}")
    if not cleared:
        typer.echo("Nothing was left behind")


@contextmanager
def _place(
    council: str | None, data: Path, sandbox: str | None, key: str | None
) -> Iterator[tuple[Place, str]]:
    from sandbox.containers.adding import Place
    from sandbox.reach import reached, the_council

    with reached(data, sandbox, key) as there:
        yield Place(there, data), the_council(there, council)
