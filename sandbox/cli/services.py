"""``council services``, ``openapi`` and ``new-service``."""

from __future__ import annotations

import difflib
import json
from typing import Annotated, Any

import typer

from sandbox.failure import Failure
from service_apis.kit.discovery import discover
from service_apis.kit.service import Service


class NoSuchService(Failure):
    """There is no service of that name."""


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("services", rich_help_panel="Services")(list_services)
    app.command("openapi", rich_help_panel="Services")(openapi)
    app.command("new-service", rich_help_panel="Services")(new_service)


def list_services() -> None:
    """List the lines of business, with a sentence each."""
    from rich.console import Console
    from rich.table import Table

    table = Table("Service", "What it does", "Standard", box=None)
    for slug, service in discover().items():
        table.add_row(slug, service.summary, service.standard or "")
    Console().print(table)


def openapi(
    name: Annotated[str, typer.Argument(metavar="SERVICE", help="A service, such as waste.")],
) -> None:
    """Print a service's OpenAPI document."""
    typer.echo(json.dumps(contract_of(name), indent=2))


def contract_of(name: str) -> dict[str, Any]:
    """The OpenAPI document of a service, which whoever fills its slot is held to. Raises NoSuchService."""
    from service_apis.kit.application import application, truthful

    return truthful(application(_named(name)).openapi())


def _named(name: str) -> Service:
    services = discover()
    service = services.get(name.replace("-", "_"))
    if service is None:
        nearest = difflib.get_close_matches(name.replace("-", "_"), services, n=1)
        hint = f"Did you mean {nearest[0]}? " if nearest else ""
        raise NoSuchService(f"There is no service called {name}. {hint}There are: {', '.join(services)}")
    return service


def new_service(
    name: Annotated[str, typer.Argument(help="The new folder's name: lower-case words joined by _.")],
) -> None:
    """Write the folder of a new service, with a journey, ready to be made your own."""
    from sandbox.scaffold import write_service

    for path in write_service(name):
        typer.echo(path)
    typer.echo(
        f"Councils built before this have no records of it: build one to try it, "
        f"`council up --name try-{name.replace('_', '-')}`"
    )
