from __future__ import annotations

from typing import Any, Literal

import pytest

from scenarios.arazzo import Criterion
from scenarios.criteria import NotACondition, check_readable, judge, read_condition
from scenarios.expressions import Scope

BODY = {
    "total": 2,
    "status": "open",
    "ready": True,
    "none": None,
    "count": "12",
    "items": [{"uprn": "100", "a/b": 1}, {"uprn": "200"}],
}


def holds(
    condition: str, kind: Literal["simple", "regex", "jsonpath"] = "simple", context: str | None = None
) -> bool:
    scope = Scope(
        inputs={"key": "k"},
        steps={"look": {"uprn": "200", "count": 2}},
        request={
            "url": "http://x/y",
            "method": "GET",
            "header": {},
            "query": {"q": "1"},
            "path": {},
            "body": None,
        },
        answer={"status": 200, "header": {"etag": '"v1"'}, "body": BODY},
    )
    return judge(Criterion(condition=condition, type=kind, context=context), scope).passed


@pytest.mark.parametrize(
    "condition",
    [
        "$statusCode == 200",
        "$response.body#/status == 'open'",
        '$response.body#/status == "open"',
        "$response.body#/status != 'Open'",
        "$response.body#/total >= 2 && $response.body#/total < 3",
        "$statusCode == 404 || $statusCode == 200",
        "$statusCode == 404 && $statusCode == 403 || $response.body#/ready == true",
        "$response.body#/none == null",
        "$response.body#/items/1/uprn == $steps.look.outputs.uprn",
        "$response.body#/items/0/a~1b == 1",
        "$response.body#/count > 2",
        "$response.body#/count == 12",
        "$response.header.ETag == '\"v1\"'",
        "$request.query.q == '1'",
        "$method == 'GET' && $url == 'http://x/y'",
    ],
)
def test_a_condition_that_is_true_holds(condition: str) -> None:
    assert holds(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "$statusCode == 201",
        "$statusCode == 200 && $response.body#/total > 2",
        "$response.body#/status == 'OPEN'",
        "$response.body#/ready == 1",
        "$response.body#/items/9/uprn == '1'",
        "$response.body#/absent == null",
        "$response.body#/none < 1",
        "$steps.other.outputs.uprn == '1'",
    ],
)
def test_a_condition_that_is_false_or_finds_nothing_does_not_hold(condition: str) -> None:
    assert not holds(condition)


@pytest.mark.parametrize(
    ("query", "context", "expected"),
    [
        ("$[?length(@.items) == 2]", "$response.body", True),
        ("$[?@.items[?@.uprn == '200']]", "$response.body", True),
        ("$[?@.items[?@.uprn == {$steps.look.outputs.uprn}]]", "$response.body", True),
        ("$[?@.total == {$steps.look.outputs.count}]", "$response.body", True),
        ("$[?length(@) == 2]", "$response.body#/items", True),
        ("$[?@.items[?@.uprn == '300']]", "$response.body", False),
        ("$[?!@.items[?@.uprn == '300']]", "$response.body", True),
        ("$[?@ == 'open']", "$response.body#/absent", False),
        ("$[?value(@.items[0].uprn) == '100']", "$response.body", True),
        ("$[?@.items[1].uprn]", "$response.body", True),
    ],
)
def test_a_jsonpath_criterion_holds_where_it_finds_something(
    query: str, context: str, expected: bool
) -> None:
    assert holds(query, "jsonpath", context) is expected


def test_a_regex_is_searched_for_in_its_context() -> None:
    assert holds("^op", "regex", "$response.body#/status")
    assert not holds("^pen", "regex", "$response.body#/status")
    assert holds("^2..$", "regex", "$statusCode")


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "$statusCode",
        "$statusCode = 200",
        "$statusCode == 200 and $statusCode < 300",
        "($statusCode == 200)",
        "!$response.body#/ready == true",
        "$statusCode == 200 &&",
        "$statusCode == 200 300",
        "$statusCod == 200",
        "$response.body#/a == 'open",
    ],
)
def test_a_condition_that_cannot_be_read_is_refused(condition: str) -> None:
    with pytest.raises(NotACondition):
        read_condition(condition)


@pytest.mark.parametrize(
    ("kind", "condition", "context", "message"),
    [
        ("regex", "(", "$response.body", "not a regular expression"),
        ("jsonpath", "$[?@.a = 1]", "$response.body", "not a JSONPath query"),
        ("jsonpath", "$[?@.a == 1]", None, "needs a `context`"),
        ("jsonpath", "$[?@.a[0].b == 1]", "$response.body", "write `value"),
        ("jsonpath", "$[?1 < @['a'][-1]]", "$response.body", "write `value"),
    ],
)
def test_a_criterion_that_could_never_be_judged_is_refused(
    kind: Any, condition: str, context: str | None, message: str
) -> None:
    with pytest.raises(NotACondition, match=message):
        check_readable(Criterion(condition=condition, type=kind, context=context))


def test_what_was_seen_is_told_beside_what_was_expected() -> None:
    scope = Scope(inputs={}, answer={"status": 409, "header": {}, "body": {"title": "Already reported"}})
    criterion = Criterion(condition="$statusCode == 201 || $response.body#/title == 'x'")

    assert judge(criterion, scope).got == '$statusCode was 409; $response.body#/title was "Already reported"'
