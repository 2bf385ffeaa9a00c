"""What ``council conform`` tests: the sandbox's own services, or what answers elsewhere, and its keys."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.cli.conform_presets import PANEL_TARGET, CouldNot, plainly, preset_of, typed

if TYPE_CHECKING:
    from sandbox.running import RunningSandbox
    from scenarios.conformance.target import KeyPlace, Target


@dataclass(frozen=True)
class Aim:
    """The options that say what is tested."""

    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            help="Where it answers. Without it: the sandbox's own service.",
            rich_help_panel=PANEL_TARGET,
        ),
    ] = None
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Every service of the sandbox, and the journeys across them.",
            rich_help_panel=PANEL_TARGET,
        ),
    ] = False
    target_key: Annotated[
        str | None,
        typer.Option(
            "--target-key",
            envvar="TARGET_KEY",
            help="The target's own key, where it has joined no council.",
            rich_help_panel=PANEL_TARGET,
        ),
    ] = None
    key_place: Annotated[
        str | None,
        typer.Option(
            "--key-place",
            help="Where the target wants its key: [b]bearer[/b], [b]basic[/b] (the key is user:password), "
            "[b]header:X-Api-Key[/b] or [b]query:api_key[/b].",
            show_default="bearer",
            rich_help_panel=PANEL_TARGET,
        ),
    ] = None
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust",
            metavar="FILE",
            help="A PEM file of certificate authorities to trust besides the machine's.",
            rich_help_panel=PANEL_TARGET,
        ),
    ] = None
    restart: Annotated[
        str,
        typer.Option(
            "--restart",
            help="A command line that stops it and starts it again, for the check of what it then still has.",
            show_default=False,
            rich_help_panel=PANEL_TARGET,
        ),
    ] = ""
    image: Annotated[
        str,
        typer.Option(
            "--image",
            help="The digest of the image that it runs from, for the record.",
            show_default=False,
            rich_help_panel=PANEL_TARGET,
        ),
    ] = ""

    def targets(
        self, there: RunningSandbox, services: Sequence[str] | None, context: typer.Context
    ) -> list[Target]:
        """The targets of a run; raises CouldNot where the options do not say which."""
        from sandbox import running
        from scenarios.conformance.target import Target

        slugs = running.services_of(there)
        if self.everything == bool(services):
            raise CouldNot(f"Name the service to test, or --all. There are: {', '.join(slugs)}")
        tested = [self._slug(service, slugs) for service in services or slugs]
        addresses = self._addresses(tested, context)
        if not addresses:
            return [Target(slug) for slug in tested]
        keys, place = self._keys(context), self._place()
        return [
            Target(
                slug,
                addresses[slug],
                component=running.component_at(there, slug, addresses[slug]) or "",
                keys=keys,
                key_place=place,
                restart=self.restart,
                image=self.image,
                trusted=self.trust,
            )
            if slug in addresses
            else Target(slug)
            for slug in tested
        ]

    def asked(self, context: typer.Context) -> set[str]:
        """The addresses of the targets."""
        found = [self.target] if self.target else preset_of(context).addresses.values()
        return {address.rstrip("/") for address in found}

    def _slug(self, service: str, slugs: Sequence[str]) -> str:
        from scenarios.conformance import presets
        from scenarios.problems import suggestion

        slug = service.replace("-", "_")
        if slug not in slugs:
            words = presets.names(Path())
            near = suggestion(service, [*(each.replace("_", "-") for each in slugs), *words])
            raise CouldNot(f"There is no service or preset `{service}`; {near}")
        return slug

    def _addresses(self, tested: Sequence[str], context: typer.Context) -> dict[str, str]:
        if self.target is not None:
            if self.everything:
                raise CouldNot("--all tests the sandbox's own services; with --target name one service")
            if len(tested) > 1:
                raise CouldNot("--target is one address, so name one service; a preset can have several")
            return {tested[0]: self.target.rstrip("/")}
        own = preset_of(context).addresses
        return {name.replace("-", "_"): address.rstrip("/") for name, address in own.items()}

    def _keys(self, context: typer.Context) -> dict[str, str]:
        with plainly():
            keys = preset_of(context).keys_in(os.environ)
        if self.target_key and ("everything" not in keys or typed(context, "target_key")):
            keys["everything"] = self.target_key
        return keys

    def _place(self) -> KeyPlace:
        from scenarios.conformance.presets import placed

        try:
            return placed(self.key_place or "bearer")
        except ValueError as wrong:
            raise CouldNot(f"--key-place {self.key_place}: {wrong}") from wrong
