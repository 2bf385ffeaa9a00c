"""Presets and baselines of ``council conform``: read before the other options, which go before them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli import reporting
from sandbox.failure import Failure

if TYPE_CHECKING:
    from scenarios.conformance.baselines import Baseline
    from scenarios.conformance.presets import Preset

PANEL_TARGET, PANEL_CHECKS = "What is tested", "Which checks"
_PRESET, _FILE = "virtual_council.preset", "virtual_council.preset.file"
_RENAMED = {"all": "everything", "sandbox": "url", "packs": "also"}
"""Fields of a preset whose option is called otherwise in the command."""
_GIVEN = ("COMMANDLINE", "DEFAULT_MAP")


class CouldNot(Failure):
    """The checks could not be run."""


@contextmanager
def plainly() -> Iterator[None]:
    """A run that cannot take place is a failure that a person can mend."""
    from scenarios.problems import CouldNotRun

    try:
        yield
    except CouldNotRun as failure:
        raise CouldNot(str(failure)) from failure


def preset_of(context: typer.Context) -> Preset:
    """The preset of this run; an empty one where none was named."""
    from scenarios.conformance.presets import Preset

    taken: Preset | None = context.meta.get(_PRESET)
    return taken or Preset()


def _named(context: typer.Context, words: list[str] | None) -> list[str] | None:
    """The services typed; of one word that is no service's name, those of the preset called so."""
    if not words or len(words) > 1:
        return words or None
    from scenarios.conformance import presets

    file = presets.find(words[0], Path())
    if file is None or _is_service(words[0]):
        return words
    return _taken(context, file).get("services")


def _is_service(word: str) -> bool:
    from service_apis.kit.discovery import discover

    return word.replace("-", "_") in discover()


def _from_file(context: typer.Context, file: Path | None) -> Path | None:
    if file is not None:
        _taken(context, file)
    return file


def _taken(context: typer.Context, file: Path) -> dict[str, Any]:
    """Take a preset: what it says are the defaults of the options, and so what is typed goes before it."""
    from scenarios.conformance import presets, written
    from scenarios.problems import Mistake, suggestion

    if _PRESET in context.meta:
        raise CouldNot("A run has one preset: name it by its word or with --preset, not by both")
    with plainly():
        preset = presets.read(file)
        reports = _reports(context)
        stray = [name for name in preset.reports if name not in reports]
        if stray:
            message = f"there is no report `{stray[0]}`; {suggestion(stray[0], reports)}"
            mistake = Mistake(str(file), f"$.reports.{stray[0]}", message)
            raise written.mistaken(file, presets.WHAT, [mistake])
    defaults = {
        _RENAMED.get(name, name): value
        for name, value in preset.model_dump(exclude_unset=True).items()
        if name not in ("service", "services", "target", "key_place", "keys", "reports")
    }
    if preset.tested:
        defaults["services"] = list(preset.tested)
    if preset.service in preset.addresses:
        defaults["target"] = preset.addresses[preset.service]
    if "key_place" in preset.model_fields_set:
        defaults["key_place"] = presets.as_text(preset.key_place)
    context.meta[_PRESET], context.meta[_FILE] = preset, file
    context.default_map = {**defaults, **preset.reports}
    return defaults


def _reports(context: typer.Context) -> list[str]:
    """The names of the options that write a report."""
    options = context.command.params
    return [
        str(option.name) for option in options if getattr(option, "rich_help_panel", "") == reporting.PANEL
    ]


Services = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SERVICE",
        help="The service whose slot it fills ([b]waste[/b]), or a preset in the working folder: "
        "[b]bins-r-us[/b] for bins-r-us.conform.yaml or conform/bins-r-us.yaml.",
        is_eager=True,
        callback=_named,
        show_default=False,
    ),
]


@dataclass(frozen=True)
class Presetting:
    """The options of presets and baselines."""

    preset: Annotated[
        Path | None,
        typer.Option(
            "--preset",
            help="A file with the target's address, options and the names of its keys.",
            is_eager=True,
            callback=_from_file,
            rich_help_panel=PANEL_TARGET,
        ),
    ] = None
    save_preset: Annotated[
        Path | None,
        typer.Option(
            "--save-preset",
            help="Write the options of this run to a new preset; keys by their variables alone.",
            rich_help_panel=PANEL_TARGET,
        ),
    ] = None
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            help="A file of known failures, each with reason, owner and last day: they do not count.",
            rich_help_panel=PANEL_CHECKS,
        ),
    ] = None

    def known(self, now: datetime) -> Baseline | None:
        """The failures that are known at this time of the machine."""
        from scenarios.conformance import baselines

        return baselines.read(self.baseline, now.date()) if self.baseline is not None else None

    def settled(self, context: typer.Context) -> dict[str, object]:
        """What takes the preset again, whatever it was called by."""
        file = context.meta.get(_FILE)
        if file is None:
            return {}
        return {"preset": file} if self.preset is not None else {"preset": file, "services": None}

    def check_saving(self) -> None:
        """Raise CouldNot before a run, where its preset could not be saved after it."""
        if self.save_preset is None:
            return
        if self.save_preset.exists():
            raise CouldNot(f"{self.save_preset} is already there; name another file, or take it away first")
        if not self.save_preset.parent.is_dir():
            raise CouldNot(f"There is no folder {self.save_preset.parent} for the preset; make it first")

    def save(self, context: typer.Context) -> None:
        """Save the options of a run that took place, if that was asked for."""
        if self.save_preset is None:
            return
        from scenarios.conformance import presets

        with plainly():
            presets.save(_preset_from(context), self.save_preset)


def _preset_from(context: typer.Context) -> Preset:
    """The preset that would give the options of this run again."""
    from scenarios.conformance.presets import Preset

    before = preset_of(context)
    given = {
        name: _plain(value) for name, value in context.params.items() if _source(context, name) in _GIVEN
    }
    fields: dict[str, Any] = {
        name: given[_RENAMED.get(name, name)]
        for name in Preset.model_fields
        if _RENAMED.get(name, name) in given and name not in ("target", "services", "key_place")
    }
    services = given.get("services") or context.params.get("services") or []
    fields |= {"service": services[0]} if len(services) == 1 else {"services": services} if services else {}
    if context.params.get("target"):
        fields["target"] = context.params["target"]
    elif before.addresses:
        fields["target"] = before.addresses
    if context.params.get("key_place"):
        fields["key_place"] = context.params["key_place"]
    keys = {name: {"env": place.env} for name, place in before.keys.items()}
    if context.params.get("target_key") and "everything" not in keys:
        keys["everything"] = {"env": "TARGET_KEY"}
    reports = {name: given[name] for name in _reports(context) if name in given}
    return Preset.model_validate(
        fields | ({"keys": keys} if keys else {}) | ({"reports": reports} if reports else {})
    )


def typed(context: typer.Context, name: str) -> bool:
    """Whether an option was typed on the command line."""
    return _source(context, name) == "COMMANDLINE"


def _source(context: typer.Context, name: str) -> str:
    source = context.get_parameter_source(name)
    return source.name if source is not None else ""


def _plain(value: Any) -> Any:
    """The value of an option as YAML has it."""
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value
