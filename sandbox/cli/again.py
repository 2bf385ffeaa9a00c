"""The one line that does again what a command did: what was typed or left to the place, no secret."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import typer

GIVEN = ("COMMANDLINE", "ENVIRONMENT")
HIDDEN = "***"


def command_line(
    ctx: typer.Context, settled: Mapping[str, object], left_out: frozenset[str] = frozenset()
) -> str:
    """The command with the options that it was given, and those of `settled` by the names of its parameters.

    A setting of None leaves an option out. Options of keys are never told: they are read from the
    environment. `left_out` names others that decide nothing, such as where reports go.
    """
    words = ["council", *_path(ctx)]
    options: list[str] = []
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if name in left_out or name.endswith("key"):
            continue
        value = settled[name] if name in settled else _given(ctx, name)
        if value is None or value is False or value == ():
            continue
        said = [_safe(each) for each in (value if isinstance(value, (list, tuple)) else (value,))]
        if parameter.param_type_name == "argument":
            words += said
        elif value is True:
            options.append(parameter.opts[0])
        else:
            options += [part for each in said for part in (parameter.opts[0], each)]
    return shlex.join([*words, *options])


def _path(ctx: Any) -> Iterator[str]:
    """The names of the command and of those that it stands under, but for `council` itself."""
    if ctx.parent is not None:
        yield from _path(ctx.parent)
        yield ctx.info_name or ""


def _given(ctx: typer.Context, name: str) -> Any:
    source = ctx.get_parameter_source(name)
    return ctx.params.get(name) if source is not None and source.name in GIVEN else None


def _safe(value: object) -> str:
    """The value as it is typed, without what an address says before its host."""
    text = str(value.value) if isinstance(value, Enum) else str(value)
    parts = urlsplit(text) if "://" in text else None
    if parts is None or "@" not in parts.netloc:
        return text
    return urlunsplit(parts._replace(netloc=f"{HIDDEN}@{parts.netloc.rpartition('@')[2]}"))
