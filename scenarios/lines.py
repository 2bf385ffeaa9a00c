"""Lines: where in a YAML file stands what a JSON path names, so that an editor can go there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from scenarios.problems import Mistake

_TOKENS = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


def located(mistakes: Iterable[Mistake], files: Mapping[str, Path]) -> list[Mistake]:
    """The mistakes with their lines, as far as they can be found. `files` are those read, by their names."""
    roots: dict[str, yaml.Node | None] = {}
    found = []
    for mistake in mistakes:
        if mistake.line is None and mistake.file in files:
            if mistake.file not in roots:
                roots[mistake.file] = _root(files[mistake.file])
            mistake = replace(mistake, line=_line(roots[mistake.file], mistake.path))
        found.append(mistake)
    return found


def _root(file: Path) -> yaml.Node | None:
    try:
        with file.open(encoding="utf-8") as text:
            root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
            return root
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return None


def _line(node: yaml.Node | None, path: str) -> int | None:
    """The line, from 1, of what the path names, or else of the last part of the path that is there."""
    if node is None:
        return None
    mark = node.start_mark
    for name, number in _TOKENS.findall(path):
        if isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == name), None)
            if entry is None:
                break
            mark, node = entry[0].start_mark, entry[1]
        elif isinstance(node, yaml.SequenceNode) and number and int(number) < len(node.value):
            node = node.value[int(number)]
            mark = node.start_mark
        else:
            break
    return int(mark.line) + 1
