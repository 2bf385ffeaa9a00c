"""Arazzo runtime expressions: `$steps.find.outputs.uprn`, and `Bearer {$inputs.key}` inside a longer text.

An expression that is the whole of a value keeps the type of what it finds; inside a text it is written as
text. The grammar is the Arazzo 1.0.1 one without `$sourceDescriptions` and `$components`, which the model
reads itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ROOTS = (
    "$url",
    "$method",
    "$statusCode",
    "$request",
    "$response",
    "$inputs",
    "$outputs",
    "$steps",
    "$workflows",
)

_NAME = r"[A-Za-z0-9_-]+"
_POINTER = r"(?:#(?P<pointer>(?:/(?:[^/~{}\s]|~[01])*)*))?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"\$(?P<root>url|method|statusCode)",
        rf"\$(?P<root>request|response)\.(?P<part>header|query|path)\.(?P<name>{_NAME})",
        rf"\$(?P<root>request|response)\.(?P<part>body){_POINTER}",
        rf"\$(?P<root>inputs|outputs)\.(?P<name>{_NAME})",
        rf"\$(?P<root>steps)\.(?P<of>{_NAME})\.(?P<part>outputs)\.(?P<name>{_NAME})",
        rf"\$(?P<root>workflows)\.(?P<of>{_NAME})\.(?P<part>inputs|outputs)\.(?P<name>{_NAME})",
    )
)
_EMBEDDED = re.compile(r"\{(\$[^{}]+)\}")
_ROOT_INSIDE = re.compile(
    r"\$(?:url|method|statusCode|(?:request|response|inputs|outputs|steps|workflows)\.)"
)
_LOOKS_LIKE_ONE = re.compile(r"\$[A-Za-z]\S*")


class NotAnExpression(ValueError):
    """A text that begins like a runtime expression and is not one."""


class NoValue(LookupError):
    """An expression that finds nothing: an output that was never set, a field that the answer lacks."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; `of` is the step or workflow, `part` e.g. `header`, `pointer` an RFC 6901 path."""

    text: str
    root: str
    of: str = ""
    part: str = ""
    name: str = ""
    pointer: str | None = None


@dataclass(slots=True)
class Scope:
    """What expressions can see. `request` and `answer` are there only while a step's own answer is judged.

    Both hold `header` (names in lower case), `body`, and the request also `query`, `path`, `url`, `method`;
    the answer also `status`.
    """

    inputs: Mapping[str, Any]
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    workflows: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    request: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None

    def value(self, expression: Expression) -> Any:
        """What the expression finds; raises NoValue where there is nothing."""
        text = expression.text
        match expression.root:
            case "url" | "method":
                return _key(self.request, expression.root, text)
            case "statusCode":
                return _key(self.answer, "status", text)
            case "request" | "response":
                return self._of_exchange(expression)
            case "inputs":
                return _key(self.inputs, expression.name, text)
            case "outputs":
                return _key(self.outputs, expression.name, text)
            case "steps":
                return _key(_key(self.steps, expression.of, text), expression.name, text)
            case _:
                workflow = _key(self.workflows, expression.of, text)
                return _key(_key(workflow, expression.part, text), expression.name, text)

    def _of_exchange(self, expression: Expression) -> Any:
        side = self.request if expression.root == "request" else self.answer
        found = _key(side, expression.part, expression.text)
        if expression.part == "body":
            return point(found, expression.pointer or "", expression.text)
        name = expression.name.lower() if expression.part == "header" else expression.name
        return _key(found, name, expression.text)


def parse(text: str) -> Expression:
    """Read one expression; raises NotAnExpression with what is wrong."""
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return Expression(
                text, **{name: part for name, part in found.groupdict().items() if part is not None}
            )
    raise NotAnExpression(f"`{text}` is not a runtime expression")


def whole(text: str) -> Expression | None:
    """The expression that a text is, bare or in braces, or None for plain text; raises NotAnExpression."""
    braced = _EMBEDDED.fullmatch(text)
    if braced:
        return parse(braced.group(1))
    return parse(text) if _LOOKS_LIKE_ONE.fullmatch(text) else None


def found_in(value: Any) -> Iterator[str]:
    """The text of every expression anywhere inside a value of a document, parsed or not."""
    for text in _texts(value):
        embedded = _EMBEDDED.findall(text)
        yield from embedded
        if not embedded and _LOOKS_LIKE_ONE.fullmatch(text):
            yield text


def unbraced_in(value: Any) -> Iterator[str]:
    """Texts in which an expression stands among other words without its braces."""
    for text in _texts(value):
        rest = _EMBEDDED.sub("", text)
        if not _LOOKS_LIKE_ONE.fullmatch(text) and _ROOT_INSIDE.search(rest):
            yield text


def fill(value: Any, scope: Scope) -> Any:
    """A value of a document with its expressions replaced; raises NoValue."""
    if isinstance(value, str):
        expression = whole(value)
        if expression:
            return scope.value(expression)
        return _EMBEDDED.sub(lambda found: as_text(scope.value(parse(found.group(1)))), value)
    if isinstance(value, Mapping):
        return {name: fill(inner, scope) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [fill(inner, scope) for inner in value]
    return value


def fill_query(query: str, scope: Scope) -> str:
    """A JSONPath query with its embedded expressions replaced by JSON literals (texts come out quoted)."""
    return _EMBEDDED.sub(lambda found: json.dumps(scope.value(parse(found.group(1)))), query)


def without_expressions(query: str) -> str:
    """The query with a literal in place of each embedded expression, to see whether it can be read at all."""
    return _EMBEDDED.sub("null", query)


def as_text(value: Any) -> str:
    """A value as it is written into a URL, a header or a longer text."""
    return value if isinstance(value, str) else json.dumps(value)


def point(value: Any, pointer: str, text: str) -> Any:
    """The part of `value` at a JSON pointer (RFC 6901); raises NoValue naming the expression."""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            raise NoValue(f"`{text}` finds nothing: there is no `{name}`")
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _key(place: Any, name: str, text: str) -> Any:
    if not isinstance(place, Mapping) or name not in place:
        raise NoValue(f"`{text}` finds nothing: it was not given, or the step that sets it did not run")
    return place[name]
