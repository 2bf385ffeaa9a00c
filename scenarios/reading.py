"""Reading the YAML of packs: as YAML 1.2 would, and with every mistake named by file and place. Lines
are found by `scenarios.lines`.

Dates stay texts and `yes`, `no`, `on` and `off` are words, as other runners read them; a key written twice is
a mistake, where PyYAML alone would keep the last and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from scenarios.problems import BrokenPacks, Mistake, suggestion
from scenarios.reckoning import KINDS

LARGEST = 1_000_000

_Model = TypeVar("_Model", bound=BaseModel)
_TAGS = {"parameter", "reference", *KINDS}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader (libyaml's, where it is there) with the scalars of YAML 1.2's core schema."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _shape, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_shape), [*_first, ""])


def _once_each(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"`{key}` is written twice", node.start_mark)
    mapping: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return mapping


_Loader.add_constructor("tag:yaml.org,2002:map", _once_each)


def read(file: Path, name: str, model: type[_Model], vocabulary: Iterable[str]) -> _Model:
    """Read one file into its model; raises BrokenPacks. `name` is how messages call the file."""
    try:
        if file.stat().st_size > LARGEST:
            raise BrokenPacks([Mistake(name, "$", f"is larger than {LARGEST:,} bytes; split it")])
        with file.open(encoding="utf-8") as text:
            written = yaml.load(text, Loader=_Loader)  # a subclass of SafeLoader
    except yaml.YAMLError as wrong:
        raise BrokenPacks([_not_yaml(name, wrong)]) from wrong
    except (OSError, UnicodeDecodeError) as wrong:
        raise BrokenPacks([Mistake(name, "$", f"cannot be read: {wrong}")]) from wrong
    if not isinstance(written, dict):
        raise BrokenPacks([Mistake(name, "$", "should be a mapping of names to values")])
    try:
        return model.model_validate(_without_extensions(written))
    except ValidationError as wrong:
        known = set(vocabulary)
        raise BrokenPacks([_mistake(name, dict(error), known) for error in wrong.errors()]) from wrong


def _not_yaml(name: str, wrong: yaml.YAMLError) -> Mistake:
    mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    message = f"is not YAML: {' '.join(str(wrong).split())}"
    return Mistake(name, "$", message, mark.line + 1 if mark else None)


def _without_extensions(written: Any, *, free: bool = False) -> Any:
    """The document without others' `x-` fields; a payload or an inputs schema is left as it is (`free`)."""
    if isinstance(written, list):
        return [_without_extensions(inner) for inner in written]
    if not isinstance(written, dict) or free:
        return written
    return {
        name: _without_extensions(inner, free=name in ("payload", "inputs"))
        for name, inner in written.items()
        if not str(name).startswith("x-") or name == "x-proves"
    }


def _mistake(file: str, error: dict[str, Any], vocabulary: set[str]) -> Mistake:
    location = [part for part in error["loc"] if part not in _TAGS]
    last = str(location[-1]) if location else ""
    match error["type"]:
        case "extra_forbidden":
            message = f"`{last}` has no meaning here; {suggestion(last, vocabulary)}"
        case "missing":
            message = f"`{last}` is missing"
        case "literal_error":
            message = f"{error['input']!r} should be {error['ctx']['expected']}"
        case "union_tag_invalid":
            kinds = [kind.strip(" '") for kind in error["ctx"]["expected_tags"].split(",")]
            message = f"`{error['ctx']['tag']}` is no kind of this; {suggestion(error['ctx']['tag'], kinds)}"
        case _:
            message = f"{error['msg'][:1].lower()}{error['msg'][1:]}"
    return Mistake(file, json_path(location), message)


def json_path(location: Iterable[str | int]) -> str:
    """`$.workflows[0].steps[1].stepId`"""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
