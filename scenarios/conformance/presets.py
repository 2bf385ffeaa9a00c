"""Presets: files that hold a target's address, options and the names of its keys, so that the next run is one
word.

`council conform bins-r-us` reads `bins-r-us.conform.yaml` or `conform/bins-r-us.yaml`. A preset holds no
secret: it says which environment variable holds each key. What it names by a path is looked for from the
working folder, as it would be on the command line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scenarios.conformance.keys import Name
from scenarios.conformance.target import KeyPlace
from scenarios.conformance.written import read as read_written
from scenarios.conformance.written import wrong
from scenarios.problems import CouldNotRun

ENDING = ".conform.yaml"
FOLDER = "conform"
WHAT = "preset"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9_.-]+")


class KeyNotSet(CouldNotRun):
    """The variable in which a key should be is not set."""


class PresetThere(CouldNotRun):
    """A preset would have taken the place of another file."""


def _from_variable(written: Any) -> Any:
    """Refuse a key itself, without saying it again."""
    if not isinstance(written, dict):
        raise wrong("a preset is read by many, so no key stands in it: write {env: VARIABLE}")
    return written


def _variable(written: Any) -> Any:
    if not isinstance(written, str) or not _VARIABLE.fullmatch(written):
        raise wrong("should be the name of an environment variable, in capitals: TARGET_KEY")
    return written


def _address(written: Any) -> Any:
    """One address is that of the preset's one service."""
    addresses = written if isinstance(written, dict) else {"": written}
    for address in addresses.values():
        try:
            parts = urlsplit(address) if isinstance(address, str) else None
        except ValueError:
            parts = None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise wrong("should be an address such as http://127.0.0.1:9000")
        if parts.password or parts.username:
            raise wrong("holds a password; name its variable under `keys`, with `key_place: basic`")
    return addresses


def _place(written: Any) -> Any:
    return placed(written) if isinstance(written, str) else placed("")


def placed(text: str) -> KeyPlace:
    """Where a target wants its key: `bearer`, `basic`, `header:X-Api-Key` or `query:api_key`.

    Raises ValueError.
    """
    place, _, name = text.partition(":")
    if place == "bearer" and not name:
        return KeyPlace()
    if place == "basic" and not name:
        return KeyPlace("basic")
    if place == "header" and _HEADER.fullmatch(name):
        return KeyPlace("header", name)
    if place == "query" and _HEADER.fullmatch(name):
        return KeyPlace("query", name)
    raise wrong("should be bearer, basic, header:NAME or query:NAME")


def as_text(place: KeyPlace) -> str:
    """A place as it is written: `header:X-Api-Key`."""
    return f"{place.place}:{place.name}" if place.place in ("header", "query") else place.place


class KeyFrom(BaseModel):
    """Where a key is to be had: the environment variable that holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Annotated[str, BeforeValidator(_variable)]


class Preset(BaseModel):
    """What a run is to be. Every field can be left out; what is typed on the command line goes before it.

    `service` is one service, `services` several of the sandbox's own, and `all` is true for all of them with
    the journeys across. `target` is where the service answers; for several, a mapping from each to its
    address. `keys` are by the names of `scenarios.conformance.keys`. `sandbox` is the address of a running
    sandbox and `council` the one to test on. `packs` are folders of further journeys. `trust` is a PEM file,
    `restart` a command line, `image` a digest, `max_time` in seconds. `reports` gives the file of each
    report: `junit: reports/junit.xml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    service: str = ""
    services: tuple[str, ...] = ()
    all: bool = False
    target: Annotated[dict[str, str], BeforeValidator(_address)] = Field(default_factory=dict)
    key_place: Annotated[KeyPlace, BeforeValidator(_place)] = KeyPlace()
    keys: dict[Name, Annotated[KeyFrom, BeforeValidator(_from_variable)]] = Field(default_factory=dict)
    sandbox: str = ""
    council: str = ""
    only: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    examples: int = Field(default=15, ge=1, le=10_000)
    workers: int = Field(default=2, ge=1, le=16)
    max_time: float = Field(default=600, ge=1, le=86_400)
    fail_fast: bool = False
    trust: str = ""
    restart: str = ""
    image: str = ""
    baseline: str = ""
    reports: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_one_mind(self) -> Preset:
        if sum((bool(self.service), bool(self.services), self.all)) > 1:
            raise wrong("name one of `service`, `services` and `all`")
        if "" in self.target and not self.service:
            raise wrong("`target` is one address, so name one `service`")
        stray = [name for name in self.target if name and name not in self.tested]
        if stray:
            raise wrong(f"`target` has an address for `{stray[0]}`, which is not among the services")
        return self

    @property
    def tested(self) -> tuple[str, ...]:
        """The services that it names, as they are written."""
        return (self.service,) if self.service else self.services

    @property
    def addresses(self) -> dict[str, str]:
        """The address of each service that is tested elsewhere."""
        return {name or self.service: address for name, address in self.target.items()}

    def keys_in(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Each key by its name; raises KeyNotSet, which names the variable."""
        for name, place in self.keys.items():
            if not environment.get(place.env):
                raise KeyNotSet(
                    f"the preset's key `{name}` is in {place.env}, which is not set: put the key in that "
                    "environment variable, or take the line out"
                )
        return {name: environment[place.env] for name, place in self.keys.items()}


def read(file: Path) -> Preset:
    """The preset in a file; raises BrokenFile with every mistake that was found."""
    return read_written(file, Preset, [*Preset.model_fields, *KeyFrom.model_fields], WHAT)


def find(word: str, folder: Path) -> Path | None:
    """The file of the preset that is called so, in a working folder; None where there is none."""
    if not _WORD.fullmatch(word):
        return None
    places = (folder / f"{word}{ENDING}", folder / FOLDER / f"{word}.yaml")
    return next((place for place in places if place.is_file()), None)


def names(folder: Path) -> list[str]:
    """What the presets of a working folder are called."""
    own = [file.name.removesuffix(ENDING) for file in folder.glob(f"*{ENDING}")]
    return sorted({*own, *(file.stem for file in (folder / FOLDER).glob("*.yaml"))})


def written(preset: Preset) -> str:
    """The preset as YAML, with the fields that were given."""
    fields = preset.model_dump(mode="python", exclude_unset=True)
    if "key_place" in fields:
        fields["key_place"] = as_text(preset.key_place)
    if "target" in fields and "" in preset.target:
        fields["target"] = preset.target[""]
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=1000)


def save(preset: Preset, file: Path) -> None:
    """Write a preset where no file is yet; raises PresetThere, and CouldNotRun where it cannot be written."""
    try:
        with file.open("x", encoding="utf-8") as text:
            text.write(written(preset))
    except FileExistsError as there:
        raise PresetThere(f"{file} is already there; name another file, or take it away first") from there
    except OSError as failure:
        raise CouldNotRun(f"{file} cannot be written: {failure.strerror}") from failure
