"""Groups of options: a frozen dataclass of annotated options, which a command takes as one parameter.

So a command with many options stays readable, and each group stands in the module that knows what it is for.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command as Typer is to see it: in place of each group, the group's options."""
    signature = inspect.signature(command, eval_str=True)
    groups: dict[str, Any] = {}
    typed: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        group, whole = parameter.annotation, is_dataclass(parameter.annotation)
        if whole:
            groups[name] = group
            typed += inspect.signature(group, eval_str=True).parameters.values()
        else:
            typed.append(parameter)

    @functools.wraps(command)
    def called(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{field.name: values.pop(field.name) for field in fields(group)})
        command(**values)

    flat = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in typed]
    called.__signature__ = signature.replace(parameters=flat)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in flat}
    return called
