"""Files in which a mapping is declared: YAML, read with every mistake named by its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sandbox.components.contract import Contract
from sandbox.components.mapping_faults import Fault, MappingDeclared, faults_in
from sandbox.failure import Failure
from scenarios.problems import suggestion

LARGEST_BYTES = 200_000
DEEPEST = 6
Lines = dict[tuple[str, ...], int]


class BrokenMapping(Failure):
    """A file of a mapping holds mistakes, or cannot be read; every mistake that was found is listed."""


def read(file: Path, contract: Contract) -> MappingDeclared:
    """The mapping that a file declares for a slot. Raises BrokenMapping."""
    lines: Lines = {}
    document, faults = _document(file, lines)
    try:
        declared = MappingDeclared.model_validate(document or {})
    except ValidationError as error:
        faults += [_fault(each) for each in error.errors()]
    else:
        faults += faults_in(declared, contract)
        if not faults:
            return declared
    count = f"{len(faults)} mistake{'s' if len(faults) != 1 else ''} in the mapping:"
    raise BrokenMapping("\n".join([count, *(_written(file, each, lines) for each in faults)]))


def _document(file: Path, lines: Lines) -> tuple[Any, list[Fault]]:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise BrokenMapping(f"{file} is larger than {LARGEST_BYTES:,} bytes; a mapping is not")
        text = file.read_text(encoding="utf-8")
        if any(isinstance(each, yaml.AliasToken) for each in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise BrokenMapping(f"{file} has an alias (`*name`); write out what it stands for")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BrokenMapping(f"{file} cannot be read: {why}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else str(file)
        raise BrokenMapping(f"{place}: {getattr(error, 'problem', None) or error}") from error
    faults: list[Fault] = []
    return (None if root is None else _value(root, (), lines, faults)), faults


def _value(node: yaml.Node, steps: tuple[str, ...], lines: Lines, faults: list[Fault]) -> Any:
    """What a node says. Names stay as they are written, so that a code `no` is not taken for `false`."""
    lines.setdefault(steps, node.start_mark.line + 1)
    if len(steps) > DEEPEST:
        faults.append(Fault(steps, "nothing goes so deep in a mapping"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*steps, str(at)), lines, faults) for at, each in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return yaml.SafeLoader("").construct_object(node, deep=True)
    said: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        below = (*steps, name)
        if name in said:
            faults.append(Fault((*below, "again"), f"{name} stands here twice"))
            lines[*below, "again"] = key.start_mark.line + 1
            continue
        lines[below] = key.start_mark.line + 1
        said[name] = _value(value, below, lines, faults)
    return said


def _fault(error: Any) -> Fault:
    steps = tuple(str(each) for each in error["loc"] if each != "[key]")
    if error["type"] == "extra_forbidden":
        there = MappingDeclared.model_fields.keys() - (set() if len(steps) == 1 else {"paths", "operations"})
        return Fault(steps, f"there is no such part; {suggestion(steps[-1], there)}")
    return Fault(steps, error["msg"])


def _written(file: Path, fault: Fault, lines: Lines) -> str:
    steps = fault.steps
    while steps and steps not in lines:
        steps = steps[:-1]
    place = f"{file}:{lines[steps]}" if steps in lines else str(file)
    return f"{place}: {'.'.join(each for each in fault.steps if each != 'again')}: {fault.message}"
