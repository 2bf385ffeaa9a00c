"""Two answers are compared by what they mean."""

from __future__ import annotations

import pytest

from sandbox.components.asking import Answered
from sandbox.shadow.causes import Cause
from tests.sandbox.shadow.answers import CALENDAR, XML, answer, differences, refusal, sentences

CASES = [{"reference": f"MC-{number}", "return_by": "2026-06-05"} for number in range(1, 13)]
FEED = """BEGIN:VCALENDAR
PRODID:-//Ours//EN
BEGIN:VEVENT
SUMMARY:Refuse bin
DTSTART;VALUE=DATE:20260602
DTSTAMP:20260601T080000Z
UID:1@ours
DESCRIPTION:Not on Monday\\, because
  of May Day.
END:VEVENT
BEGIN:VEVENT
SUMMARY:Food bin
DTSTART;VALUE=DATE:20260603
UID:2@ours
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (answer({"a": 1, "b": [1, {"c": None}]}), answer(b'{ "b": [1.0, {"c": null}], "a": 1 }')),
        (answer({"at": "2026-06-01T10:00:00+01:00"}), answer({"at": "2026-06-01T09:00:00Z"})),
        (answer({"at": "2026-06-01T09:00:00Z"}), answer({"at": "2026-06-01T09:00:00.000+00:00"})),
        (answer({}), answer({}, kind="application/json; charset=UTF-8")),
        (answer({}, etag='"1"'), answer({}, etag='W/"another"')),
        (answer({}, allow="GET, POST"), answer({}, allow="post,get,OPTIONS")),
        (
            answer(None, 201, location="http://here/cases/1?a=b"),
            answer(None, 201, location="/cases/1?a=b"),
        ),
        (refusal(409, "already-reported"), refusal(409, "already-reported", "It was reported before.")),
        (answer({}, 429, retry_after="10"), answer({}, 429, retry_after="30")),
        (
            answer("<?xml version='1.0'?><rs><r><lat>55.10</lat><n/></r></rs>", kind=XML),
            answer("<rs>\n <r><lat>55.1</lat>\n<n></n></r>\n</rs>", kind=XML),
        ),
        (
            answer(FEED, kind=CALENDAR),
            answer(
                FEED.replace("\n", "\r\n").replace("@ours", "@theirs").replace("T080000Z", "T090000Z"),
                kind=CALENDAR,
            ),
        ),
    ],
)
def test_answers_that_mean_the_same_have_no_difference(ours: Answered, theirs: Answered) -> None:
    assert sentences(ours, theirs) == []
    assert sentences(theirs, ours) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "place", "cause", "sentence"),
    [
        (
            answer({"collection_date": "2026-06-02"}),
            answer({"collection_date": "2026-06-03"}),
            "/collection_date",
            Cause.LATER,
            "a later collection date (by 1 day)",
        ),
        (
            answer({"reported_at": "2026-06-02T10:00:00Z"}),
            answer({"reported_at": "2026-06-02T10:00:00+01:00"}),
            "/reported_at",
            Cause.EARLIER,
            "an earlier reported at time (by 1 hour)",
        ),
        (
            answer({"requested_datetime": "2026-06-02T10:00:00+01:00"}),
            answer({"requested_datetime": "2026-06-02T10:00:00"}),
            "/requested_datetime",
            Cause.FORM,
            "a requested datetime without its zone "
            "(2026-06-02T10:00:00 instead of 2026-06-02T10:00:00+01:00)",
        ),
        (
            answer({"charge_pence": 4000}),
            answer({"charge_pence": 3650}),
            "/charge_pence",
            Cause.LOWER,
            "a lower charge (by £3.50)",
        ),
        (
            answer({"case": {"return_by": "2026-06-02"}}),
            answer({"case": {}}),
            "/case/return_by",
            Cause.MISSING,
            "a field is missing: return_by",
        ),
        (
            answer({"n": True}),
            answer({"n": 1}),
            "/n",
            Cause.KIND,
            "another kind of value of n (a number instead of true or false)",
        ),
        (
            answer({"status": "collected"}),
            answer({"status": "reported"}),
            "/status",
            Cause.VALUE,
            "another status (reported instead of collected)",
        ),
        (
            answer({"items": CASES}),
            answer({"items": CASES[:4] + CASES[5:]}),
            "/items/*",
            Cause.LACKS,
            "the list lacks some (1 of 12)",
        ),
        (
            answer({"items": CASES}),
            answer({"items": CASES[::-1]}),
            "order of /items",
            Cause.ORDER,
            "the list in another order",
        ),
        (
            answer({}, 201),
            refusal(409, "already-reported"),
            "status",
            Cause.STATUS,
            "refused what the stub took: 409 Already reported",
        ),
        (
            refusal(409, "already-reported"),
            answer({}, 201),
            "status",
            Cause.STATUS,
            "took what the stub refused with 409 Already reported",
        ),
        (
            refusal(409, "already-reported"),
            refusal(409, "too-late"),
            "/type",
            Cause.REFUSAL,
            "refused for another reason (too late instead of already reported)",
        ),
        (
            answer({}),
            answer("Traceback", 500, "text/plain"),
            "status",
            Cause.STATUS,
            "failed with 500 Internal Server Error where the stub answers 200 OK",
        ),
        (answer({}, etag='"1"'), answer({}), "header etag", Cause.MISSING, "a header is missing: ETag"),
        (
            answer({}, link='<http://x/a?page=3>; rel="next"'),
            answer({}, link='<http://x/a?page=2>; rel="next"'),
            "header link",
            Cause.HEADER,
            "a next link that leads elsewhere",
        ),
        (answer({}), answer("<p>Oh</p>"), "body", Cause.UNREADABLE, "a body that is not JSON"),
        (
            answer(FEED, kind=CALENDAR),
            answer(FEED.replace("20260603", "20260604"), kind=CALENDAR),
            "/events/*/start",
            Cause.LATER,
            "a later start (by 1 day)",
        ),
        (
            answer(FEED, kind=CALENDAR),
            answer("BEGIN:VCALENDAR\n", kind=CALENDAR),
            "body",
            Cause.UNREADABLE,
            "a body that is not a calendar",
        ),
    ],
)
def test_a_difference_is_told_by_its_cause(
    ours: Answered, theirs: Answered, place: str, cause: Cause, sentence: str
) -> None:
    (found,) = differences(ours, theirs)
    assert (found.place, found.cause, found.sentence) == (place, cause, sentence)


def test_what_every_record_of_a_list_has_is_one_difference() -> None:
    later = [{**each, "return_by": "2026-06-06"} for each in CASES]
    assert sentences(answer({"items": CASES}), answer({"items": later})) == [
        "a later return by date (by 1 day)"
    ]


def test_a_record_that_is_lost_does_not_make_those_behind_it_differ() -> None:
    dates = [{"stream": "food", "collection_date": f"2026-06-{day:02}"} for day in range(1, 9)]
    assert sentences(answer({"collections": dates}), answer({"collections": dates[:3] + dates[4:]})) == [
        "the list of collections lacks some (1 of 8)"
    ]


def test_a_refused_call_is_not_compared_by_its_words_but_by_what_it_is_made_of() -> None:
    bare = answer({"type": "/problems/too-late", "title": "Too late", "status": 409}, 409, "application/json")
    assert sentences(refusal(409, "too-late"), bare) == [
        "another media type (application/json instead of application/problem+json)",
        "a refusal without its detail",
    ]
