"""Success criteria: is the answer what the journey says it should be?

simple    `$statusCode == 201 && $response.body#/status == 'open'`: comparisons joined by && and ||.
regex     a regular expression searched for in the context.
jsonpath  an RFC 9535 query that must find something. As in the standard's own example and in other runners,
          `$` is a list that holds the context, so that `$[?@.status == 'open']` speaks of the context itself.

Texts are compared with regard to case, and a number equals the same number written as text, as in
`redocly respect`, so that a journey has one verdict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError

from scenarios.arazzo import Criterion
from scenarios.expressions import (
    Expression,
    NotAnExpression,
    NoValue,
    Scope,
    fill_query,
    parse,
    without_expressions,
)
from scenarios.results import Check

_JSONPATH = JSONPathEnvironment(strict=True)
_TOKEN = re.compile(
    r"""\s*(?:(?P<expression>\$[^\s=<>]*)
    |'(?P<single>[^']*)'|"(?P<double>[^"]*)"
    |(?P<number>\d+(?:\.\d+)?)(?![\w.])
    |(?P<word>true|false|null)\b
    |(?P<operator>==|!=|<=|>=|<|>|&&|\|\|))""",
    re.VERBOSE,
)
_INDEXED = r"@(?:\.\w+|\[[^\]?]*\])*\[-?\d+\](?:\.\w+|\[[^\]?]*\])*"
_COMPARED = r"(?:==|!=|<=?|>=?)"
_INDEX_COMPARED = re.compile(rf"{_INDEXED}\s*{_COMPARED}|{_COMPARED}\s*{_INDEXED}")
_DELIMITED = re.compile(r"^/.*/[a-z]*$")
_WORDS = {"true": True, "false": False, "null": None}


class NotACondition(ValueError):
    """A condition that cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


Operand = Expression | Literal


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Operand
    operator: str
    right: Operand

    def holds(self, scope: Scope) -> bool:
        return _compare(self.operator, _value(self.left, scope), _value(self.right, scope))


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives (joined by ||), each of comparisons that must all hold (joined by &&)."""

    alternatives: tuple[tuple[Comparison, ...], ...]

    def holds(self, scope: Scope) -> bool:
        return any(all(one.holds(scope) for one in alternative) for alternative in self.alternatives)

    def expressions(self) -> Iterator[Expression]:
        for alternative in self.alternatives:
            for comparison in alternative:
                yield from (
                    operand
                    for operand in (comparison.left, comparison.right)
                    if isinstance(operand, Expression)
                )


def read_condition(text: str) -> Condition:
    """Read a simple condition; raises NotACondition."""
    tokens = list(_tokens(text))
    alternatives: list[tuple[Comparison, ...]] = []
    comparisons: list[Comparison] = []
    for start in range(0, max(len(tokens), 1), 4):
        part = tokens[start : start + 3]
        if len(part) < 3 or not _is_comparison(part):
            raise NotACondition(
                f"`{text}` is not a comparison such as `$statusCode == 200`, or several joined by && and || "
                "(no parentheses and no `!`: write a criterion for each instead)"
            )
        comparisons.append(Comparison(part[0], part[1], part[2]))
        joint = tokens[start + 3] if start + 3 < len(tokens) else None
        if joint not in ("&&", "||", None):
            raise NotACondition(f"`{text}`: comparisons are joined by && or ||, not by `{joint}`")
        if joint is not None and start + 4 >= len(tokens):
            raise NotACondition(f"`{text}` ends with `{joint}`")
        if joint != "&&":
            alternatives.append(tuple(comparisons))
            comparisons = []
    return Condition(tuple(alternatives))


def check_readable(criterion: Criterion) -> None:
    """Raise NotACondition or NotAnExpression where a criterion could never be judged."""
    if criterion.type == "simple":
        read_condition(criterion.condition)
        return
    if criterion.context is None:
        raise NotACondition(f"a {criterion.type} criterion needs a `context`, e.g. `$response.body`")
    parse(criterion.context)
    if criterion.type == "regex":
        if _DELIMITED.search(criterion.condition):
            raise NotACondition(
                f"`{criterion.condition}` stands between slashes, which other runners take away"
            )
        try:
            re.compile(criterion.condition)
        except re.error as wrong:
            raise NotACondition(f"`{criterion.condition}` is not a regular expression: {wrong}") from wrong
    else:
        indexed = _INDEX_COMPARED.search(criterion.condition)
        if indexed:
            raise NotACondition(
                f"`{indexed.group()}` compares one of a list by its place, which other runners find false: "
                "write `value(@.items[0].uprn)`, or a criterion on `$response.body#/items/0/uprn`"
            )
        try:
            _JSONPATH.compile(without_expressions(criterion.condition))
        except JSONPathError as wrong:
            first = str(wrong).splitlines()[0]
            raise NotACondition(f"`{criterion.condition}` is not a JSONPath query: {first}") from wrong


def judge(criterion: Criterion, scope: Scope) -> Check:
    """Hold one criterion against what `scope` sees; what cannot be found does not hold."""
    expected = (
        criterion.condition if criterion.type == "simple" else f"{criterion.type} {criterion.condition}"
    )
    try:
        if criterion.type == "simple":
            condition = read_condition(criterion.condition)
            return Check("criterion", condition.holds(scope), expected, _seen(condition, scope))
        context = scope.value(parse(criterion.context or ""))
        if criterion.type == "regex":
            text = context if isinstance(context, str) else json.dumps(context)
            passed = re.search(criterion.condition, text) is not None
        else:
            query = _JSONPATH.compile(fill_query(criterion.condition, scope))
            passed = bool(query.findall([context]))
    except (NoValue, JSONPathError) as missing:
        return Check("criterion", False, expected, str(missing))
    return Check("criterion", passed, expected, f"{criterion.context} was {excerpt(context)}")


def all_hold(criteria: tuple[Criterion, ...], scope: Scope) -> bool:
    return all(judge(criterion, scope).passed for criterion in criteria)


def excerpt(value: Any, length: int = 300) -> str:
    """A value as one line of JSON, cut short."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else text[:length] + "..."


def _tokens(text: str) -> Iterator[Any]:
    """Operands as Expression or Literal, operators as text."""
    position = 0
    while position < len(text.rstrip()):
        found = _TOKEN.match(text, position)
        if not found:
            raise NotACondition(f"`{text}` cannot be read from `{text[position:].strip()[:30]}`")
        position = found.end()
        kind, written = found.lastgroup, found[found.lastgroup or 0]
        match kind:
            case "expression":
                try:
                    yield parse(written)
                except NotAnExpression as wrong:
                    raise NotACondition(str(wrong)) from wrong
            case "number":
                yield Literal(json.loads(written))
            case "word":
                yield Literal(_WORDS[written])
            case "operator":
                yield written
            case _:
                yield Literal(written)


def _is_comparison(part: list[Any]) -> bool:
    left, operator, right = part
    comparing = isinstance(operator, str) and operator not in ("&&", "||")
    return comparing and isinstance(left, Operand) and isinstance(right, Operand)


def _value(operand: Operand, scope: Scope) -> Any:
    return scope.value(operand) if isinstance(operand, Expression) else operand.value


def _seen(condition: Condition, scope: Scope) -> str:
    seen = []
    for expression in dict.fromkeys(condition.expressions()):
        try:
            seen.append(f"{expression.text} was {excerpt(scope.value(expression))}")
        except NoValue as missing:
            seen.append(str(missing))
    return "; ".join(seen)


def _compare(operator: str, left: Any, right: Any) -> bool:
    if isinstance(left, str) != isinstance(right, str):
        left, right = _number(left), _number(right)
    if operator in ("==", "!="):
        same = bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
        return same if operator == "==" else not same
    ordered = isinstance(left, str) and isinstance(right, str)
    if not ordered and not (isinstance(left, int | float) and isinstance(right, int | float)):
        return False
    match operator:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def _number(value: Any) -> Any:
    """A text that is written like a number as that number; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value
