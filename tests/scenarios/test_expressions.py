from __future__ import annotations

from typing import Any

import pytest

from scenarios.expressions import NotAnExpression, NoValue, Scope, fill, parse

SCOPE = Scope(
    inputs={"key": "k", "count": 2},
    steps={"find": {"uprn": "100", "ready": True, "list": [1]}},
    workflows={"first": {"outputs": {"reference": "R-1"}}},
    answer={"status": 200, "header": {"location": "/x"}, "body": {"a": {"b": [10, 20]}}},
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$inputs.count", 2),
        ("{$inputs.count}", 2),
        ("n{$inputs.count}", "n2"),
        ("Bearer {$inputs.key}", "Bearer k"),
        ("{$inputs.key}/{$steps.find.outputs.uprn}", "k/100"),
        ("is {$steps.find.outputs.ready}", "is true"),
        ("$steps.find.outputs.list", [1]),
        ("$workflows.first.outputs.reference", "R-1"),
        ("$response.header.Location", "/x"),
        ("$response.body#/a/b/1", 20),
        ("$5.00 in {braces}", "$5.00 in {braces}"),
        ({"uprn": ["$steps.find.outputs.uprn"], "n": 1}, {"uprn": ["100"], "n": 1}),
    ],
)
def test_an_expression_is_replaced_by_what_it_finds(value: Any, expected: Any) -> None:
    assert fill(value, SCOPE) == expected


@pytest.mark.parametrize(
    "value",
    [
        "$inputs.other",
        "$steps.gone.outputs.a",
        "$steps.find.outputs.b",
        "$response.body#/a/b/2",
        "$outputs.x",
    ],
)
def test_an_expression_that_finds_nothing_says_so(value: str) -> None:
    with pytest.raises(NoValue) as nothing:
        fill(value, SCOPE)
    assert value in str(nothing.value)


@pytest.mark.parametrize(
    "text", ["$input.key", "$steps.find.uprn", "$response.body.a", "$response.body#a", "$"]
)
def test_what_only_looks_like_an_expression_is_refused(text: str) -> None:
    with pytest.raises(NotAnExpression):
        parse(text)
