"""Many comparisons are summed up in one plain sentence, and differences grouped by cause."""

from __future__ import annotations

import json
from math import nan

from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.shadow.causes import Cause
from sandbox.shadow.comparing import compare
from sandbox.shadow.noise import Noise
from sandbox.shadow.summary import Summary
from sandbox.shadow.tally import MOST_GROUPS, Tally
from tests.sandbox.shadow.answers import answer, call, refusal

CASE = answer({"reference": "MC-1", "return_by": "2026-06-05"})


def add(
    tally: Tally, ours: Answered, theirs: Answered, asked: Asked | None = None, afterwards: bool = False
) -> None:
    """Compare two answers and count them."""
    found = compare("show_case", ours, theirs, Noise())
    tally.add("show_case", asked or call("/cases/MC-1"), ours, theirs, found, afterwards=afterwards)


def late(days: int = 1, seconds: float = 0.05) -> Answered:
    """The case with a later day."""
    return answer({"reference": "MC-1", "return_by": f"2026-06-{5 + days:02}"}, seconds=seconds)


def test_many_calls_come_to_one_plain_sentence() -> None:
    tally = Tally()
    for _ in range(1197):
        add(tally, CASE, answer(b" " + CASE.body, seconds=0.05))
    for _ in range(7):
        add(tally, CASE, late())
    summary = tally.summary()
    assert summary.sentence == (
        "Of 1,204 calls 1,197 were answered alike; 7 gave a later return by date (by 1 day); "
        "it was 40 ms slower."
    )
    assert (summary.calls, summary.alike, summary.different) == (1204, 1197, 7)


def test_a_group_tells_the_commonest_amount_where_amounts_differ() -> None:
    tally = Tally()
    for days in (1, 2, 2):
        add(tally, CASE, late(days))
    (group,) = tally.summary().groups
    assert group.sentence == "a later return by date (most often by 2 days)"
    assert group.count == 3


def test_the_example_is_the_smallest_call_and_can_be_made_again_without_the_key() -> None:
    tally = Tally()
    body = json.dumps({"uprn": "999900000017", "note": "it's full"}).encode()
    asked = call("/cases", "POST", body, content_type="application/json", idempotency_key="a b", cookie="c")
    add(tally, answer({"a": 1}, 201), answer({}, 201), call("/cases", "POST", body + b" " * 500))
    add(tally, answer({"a": 1}, 201), answer({}, 201), asked)
    add(tally, answer({"a": 1}, 201), answer({}, 201), call("/cases", "POST", body + b" " * 50))
    (group,) = tally.summary().groups
    assert group.example.curl("http://127.0.0.1:8000/at") == (
        "curl -sS -X POST http://127.0.0.1:8000/at/cases "
        '-H "Authorization: Bearer $KEY" '
        "-H 'content-type: application/json' -H 'idempotency-key: a b' "
        """--data-binary '{"uprn": "999900000017", "note": "it'"'"'s full"}'"""
    )
    assert "vc_a_key" not in json.dumps(tally.summary().as_kept())


def test_a_key_in_a_query_is_masked_and_left_for_the_shell_to_fill_in() -> None:
    tally = Tally()
    add(tally, answer([1]), answer([2]), call("/requests.json", query="api_key=my-own-secret&page=1"))
    (group,) = tally.summary().groups
    assert "my-own-secret" not in json.dumps(tally.summary().as_kept())
    assert "api_key='\"$KEY\"'&page=1" in group.example.curl("http://x")


def test_a_summary_is_kept_and_read_back_as_it_was() -> None:
    tally = Tally(Noise.usual())
    add(tally, CASE, late())
    tally.add_events(2, [])
    tally.leave_out("It is a stream")
    summary = tally.summary()
    assert Summary.of_kept(json.loads(json.dumps(summary.as_kept()))) == summary


def test_who_does_not_answer_is_counted_with_why_and_not_as_alike() -> None:
    tally = Tally()
    tally.add("show_case", call("/a"), CASE, Unanswered("it is down", may_be_done=False), [])
    summary = tally.summary()
    assert (summary.calls, summary.alike, summary.different, summary.unanswered) == (1, 0, 1, 1)
    assert [(each.count, each.why) for each in summary.not_answered] == [(1, "it is down")]
    assert summary.sentence == "Of 1 call 0 were answered alike; 1 was not answered."
    assert summary.groups[0].cause is Cause.UNANSWERED


def test_differences_beyond_the_most_groups_are_counted_and_not_kept() -> None:
    tally = Tally()
    for number in range(MOST_GROUPS + 5):
        add(tally, answer({f"field{number}": 1}), answer({}))
    summary = tally.summary()
    assert len(summary.groups) == MOST_GROUPS
    assert summary.more_groups == 5
    assert summary.different == MOST_GROUPS + 5


def test_an_operation_that_is_slow_is_told_though_its_answers_are_alike() -> None:
    tally = Tally()
    for _ in range(3):
        add(tally, CASE, answer(CASE.body, seconds=2.51))
    summary = tally.summary()
    assert summary.alike == 3
    assert [(each.cause, each.sentence) for each in summary.groups] == [
        (Cause.SLOW, "took 2.5 seconds where the stub takes 0.01")
    ]


def test_a_call_that_was_not_timed_says_nothing_of_how_slow_it_was() -> None:
    tally = Tally()
    add(tally, CASE, answer(b" " + CASE.body, seconds=0.05))
    for _ in range(5):
        add(tally, CASE, answer(b" " + CASE.body, seconds=nan))
    assert tally.summary().sentence == "All 6 calls were answered alike; it was 40 ms slower."


def test_one_slow_call_of_many_is_not_a_slow_operation() -> None:
    tally = Tally()
    for seconds in (0.02, 0.02, 5):
        add(tally, CASE, answer(CASE.body, seconds=seconds))
    assert tally.summary().groups == ()


def test_a_version_that_stands_still_while_the_stubs_changes_is_told() -> None:
    tally = Tally()
    add(tally, answer({"n": 1}, etag='"1"'), answer({"n": 1}, etag='"a"'))
    add(tally, answer({"n": 1}, etag='"1"'), answer({"n": 1}, etag='"a"'))
    add(tally, answer({"n": 2}, etag='"2"'), answer({"n": 2}, etag='"a"'))
    add(tally, answer({"n": 2}, etag='"2"'), answer({"n": 2}, etag='"b"'))
    assert [each.sentence for each in tally.summary().groups] == [
        "an ETag that stands still while the thing changes",
        "an ETag that changes though the thing does not",
    ]


def test_what_is_read_back_afterwards_is_told_apart() -> None:
    tally = Tally()
    add(tally, CASE, late(), afterwards=True)
    assert tally.summary().sentence == (
        "Of 1 call 0 were answered alike; 1 afterwards gave a later return by date (by 1 day); "
        "it was 40 ms slower."
    )


def test_refusals_in_other_words_are_alike_and_noted() -> None:
    tally = Tally()
    add(tally, refusal(409, "too-late"), refusal(409, "too-late", "You come too late."))
    add(
        tally,
        refusal(409, "too-late"),
        answer(b" " + refusal(409, "too-late").body, 409, "application/problem+json"),
    )
    summary = tally.summary()
    assert (summary.alike, summary.worded_otherwise) == (2, 1)
