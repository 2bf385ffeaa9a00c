"""The mistakes that suppliers make are told by their right cause, from a pair of answers to one call."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from sandbox.components.asking import Answered
from sandbox.components.references import References
from sandbox.shadow.causes import Cause
from sandbox.shadow.comparing import compare
from sandbox.shadow.happenings import compare_events
from sandbox.shadow.noise import Noise
from sandbox.shadow.tally import Tally
from tests.sandbox.shadow.answers import CALENDAR, JSON, XML, answer, call, refusal

COMPONENTS = Path(__file__).parents[2] / "components"
MISSED = {
    "uprn": "999900000017",
    "stream": "refuse",
    "collection_date": "2026-05-27",
    "version": 1,
    "reference": "MC-000012",
    "reported_at": "2026-06-01T08:00:00Z",
    "return_by": "2026-06-03",
    "status": "reported",
}
BOOKING = {"reference": "BC-000004", "charge_pence": 4000, "status": "booked", "refund_pence": 4000}
LIST = [{**MISSED, "reference": f"MC-{number:06}"} for number in range(1, 5)]
PAGE = {"items": LIST, "page": 2, "per_page": 4, "total": 11}
REPORT = (
    "<service_requests><request><service_request_id>SR1</service_request_id><status>closed</status>"
    "<description>Bags &lt; 3 &amp; a café</description><media_url>http://img.example/1</media_url>"
    "<requested_datetime>2026-05-30T10:00:00+01:00</requested_datetime>"
    "<lat>55.034027</lat><long>2.204058</long></request></service_requests>"
)
FEED = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{}\nDTSTART:20260602T{}\nEND:VEVENT\nEND:VCALENDAR\n"
DENIED = refusal(401, "not-authenticated")
FORBIDDEN = refusal(403, "not-allowed")
ERRORS = answer("<errors><error><code>400</code></error></errors>", 400, XML)


def report(**changed: Any) -> Answered:
    """The report as XML, with some texts otherwise."""
    text = REPORT
    for value in changed.values():
        text = text.replace(*value)
    return answer(text, kind=XML)


def case(code: int = 200, **changed: Any) -> Answered:
    """A missed bin, with some fields otherwise."""
    return answer({**MISSED, **changed}, code)


ANSWERS: dict[str, tuple[Answered, Answered, Cause]] = {
    "return-by-a-day-late": (case(201), case(201, return_by="2026-06-04"), Cause.LATER),
    "bank-holidays-forgotten": (case(201), case(201, return_by="2026-06-02"), Cause.EARLIER),
    "bank-holidays-of-scotland": (case(201), case(201, return_by="2026-06-04"), Cause.LATER),
    "summer-time-forgotten": (
        answer(FEED.format("Refuse bin", "070000Z"), kind=CALENDAR),
        answer(FEED.format("Refuse bin", "080000Z"), kind=CALENDAR),
        Cause.LATER,
    ),
    "own-clock": (case(), case(reported_at="2026-11-25T03:00:00Z"), Cause.LATER),
    "charge-counts-one-too-many": (
        answer(BOOKING),
        answer({**BOOKING, "charge_pence": 5000}),
        Cause.HIGHER,
    ),
    "refund-forgotten": (answer(BOOKING), answer({**BOOKING, "refund_pence": 0}), Cause.LOWER),
    "place-not-given-back": (
        answer({"items": [{"collection_date": "2026-06-02", "free": 6}]}),
        answer({"items": [{"collection_date": "2026-06-02", "free": 5}]}),
        Cause.LOWER,
    ),
    "if-match-ignored": (refusal(412, "stale-version"), answer(BOOKING), Cause.STATUS),
    "stale-cancellation": (refusal(412, "stale-version"), answer(BOOKING), Cause.STATUS),
    "double-booking": (refusal(409, "day-full"), answer(BOOKING, 201), Cause.STATUS),
    "forgets-on-restart": (case(), refusal(404, "no-such-reference"), Cause.STATUS),
    "withdrawn-comes-back": (case(status="withdrawn"), case(status="collected"), Cause.VALUE),
    "status-filter-ignored": (answer({"items": LIST[:2]}), answer({"items": LIST}), Cause.HAS_MORE),
    "other-homes-leak": (answer({"items": LIST[:2]}), answer({"items": LIST}), Cause.HAS_MORE),
    "page-edge-lost": (answer(PAGE), answer({**PAGE, "items": LIST[1:]}), Cause.LACKS),
    "total-of-page": (answer(PAGE), answer({**PAGE, "total": 4}), Cause.LOWER),
    "link-to-itself": (
        answer(PAGE, link='<http://x/c?page=2>; rel="first", <http://x/c?page=3>; rel="next"'),
        answer(PAGE, link='<http://x/c?page=2>; rel="first", <http://x/c?page=2>; rel="next"'),
        Cause.HEADER,
    ),
    "unknown-parameter-ignored": (refusal(422, "invalid-request"), answer(PAGE), Cause.STATUS),
    "unknown-stream-accepted": (refusal(422, "invalid-request"), case(201), Cause.STATUS),
    "impossible-date-accepted": (refusal(422, "invalid-request"), case(201), Cause.STATUS),
    "names-in-ascii": (answer({"name": "Zoë"}), answer({"name": "Zo?"}), Cause.VALUE),
    "expired-key-honoured": (DENIED, answer(PAGE), Cause.STATUS),
    "foreign-key-honoured": (DENIED, answer(PAGE), Cause.STATUS),
    "read-key-may-write": (FORBIDDEN, case(201), Cause.STATUS),
    "open-calendar": (DENIED, answer(FEED, kind=CALENDAR), Cause.STATUS),
    "ok-on-failure": (
        refusal(409, "not-cancellable"),
        answer({"type": "/problems/not-cancellable", "status": 409}),
        Cause.STATUS,
    ),
    "trace-shown": (
        refusal(404, "no-such-reference"),
        answer("Traceback (most recent call last)", 500, "text/plain"),
        Cause.STATUS,
    ),
    "wrong-problem-type": (
        refusal(409, "already-reported"),
        refusal(409, "already-reported", kind=JSON),
        Cause.MEDIA_TYPE,
    ),
    "wrong-charset": (
        answer(PAGE),
        answer(PAGE, kind="text/html; charset=iso-8859-1"),
        Cause.MEDIA_TYPE,
    ),
    "slow-slots": (answer({"items": []}), answer({"items": []}, seconds=2.5), Cause.SLOW),
    "idempotency-key-ignored": (case(201), case(201, reference="MC-000013"), Cause.VALUE),
    "idempotency-body-unchecked": (refusal(422, "idempotency-key-reused"), case(201), Cause.STATUS),
    "xml-unescaped": (report(), report(a=("&lt;", "<"), b=("&amp;", "&")), Cause.UNREADABLE),
    "xml-latin1": (report(), answer(REPORT, kind="text/xml; charset=ISO-8859-1"), Cause.CHARSET),
    "xml-as-html": (report(), answer(REPORT, kind="text/html; charset=utf-8"), Cause.MEDIA_TYPE),
    "lat-long-swapped": (report(), report(a=("55.034027", "2.204058")), Cause.LOWER),
    "time-without-zone": (report(), report(a=("+01:00", "")), Cause.FORM),
    "status-ignored": (answer(LIST[:1]), answer(LIST), Cause.HAS_MORE),
    "first-code-only": (answer(LIST), answer(LIST[:1]), Cause.LACKS),
    "last-day-missing": (answer(LIST), answer(LIST[:3]), Cause.LACKS),
    "page-drops-one": (answer(LIST), answer(LIST[1:]), Cause.LACKS),
    "page-size-ignored": (answer(LIST[:1]), answer(LIST), Cause.HAS_MORE),
    "oldest-first": (answer(LIST), answer(LIST[::-1]), Cause.ORDER),
    "read-key-writes": (answer("", 403, XML), answer(LIST[:1], 201), Cause.STATUS),
    "key-refused-with-401": (answer("", 403, XML), answer("", 401, XML), Cause.STATUS),
    "jurisdiction-ignored": (answer("", 404, XML), answer(LIST), Cause.STATUS),
    "failure-as-200": (ERRORS, answer(ERRORS.body, 200, XML), Cause.STATUS),
    "never-closed": (report(), report(a=("closed", "open")), Cause.VALUE),
    "closed-as-fixed": (report(), report(a=("closed", "fixed")), Cause.VALUE),
    "reopen-ignored": (report(a=("closed", "open")), report(), Cause.VALUE),
    "bank-holidays-worked": (
        answer([{"expected_datetime": "2026-06-02T15:00:00+01:00"}]),
        answer([{"expected_datetime": "2026-06-01T15:00:00+01:00"}]),
        Cause.EARLIER,
    ),
    "required-not-demanded": (ERRORS, report(), Cause.STATUS),
    "unicode-mangled": (report(), report(a=("café", "cafÃ©")), Cause.VALUE),
    "unicode-refused": (report(), ERRORS, Cause.STATUS),
    "far-away-accepted": (ERRORS, report(), Cause.STATUS),
    "token-of-another": (report(), report(a=("SR1", "SR0")), Cause.VALUE),
    "update-taken-twice": (answer(LIST[:2]), answer([*LIST[:2], LIST[3]]), Cause.HAS_MORE),
    "updates-slow": (report(), answer(REPORT, kind=XML, seconds=2.6), Cause.SLOW),
    "media-lost": (report(), report(a=("http://img.example/1", "")), Cause.VALUE),
    "description-leaks": (
        answer([{"description": None}]),
        answer([{"description": "Somebody else's"}]),
        Cause.VALUE,
    ),
    "reporter-shown": (answer([{"id": "1"}]), answer([{"id": "1", "email": "a@x.example"}]), Cause.EXTRA),
}
EVENTS: dict[str, tuple[list[str], Cause]] = {
    "event-missing": ([], Cause.EVENT_MISSING),
    "update-event-missing": ([], Cause.EVENT_MISSING),
    "event-twice": (["MC-1", "MC-1"], Cause.EVENT_TWICE),
    "event-too-early": (["MC-1", "MC-2"], Cause.EVENT_EXTRA),
    "event-of-the-home": (["999900000017"], Cause.EVENT_SUBJECT),
    "event-of-the-update": (["U-1"], Cause.EVENT_SUBJECT),
}
OTHERWISE = {
    "version-stands-still": "It takes two looks at one case; test_tally shows it.",
    "signature-of-other-bytes": "The door refuses such an event, so that it is one that is missing.",
}


def told(subject: str) -> dict[str, Any]:
    """An event about a subject."""
    return {"type": "virtual-council.waste.missed-collection.reported", "subject": subject, "data": {}}


def test_every_defect_of_the_components_is_shown_here() -> None:
    names = {
        name
        for component in ("bins_r_us", "road_watch")
        for name in run_path(str(COMPONENTS / component / "defects.py"))["DEFECTS"]
    }
    assert names <= ANSWERS.keys() | EVENTS.keys() | OTHERWISE.keys()


@pytest.mark.parametrize("defect", ANSWERS)
def test_a_defect_is_told_by_its_cause(defect: str) -> None:
    ours, theirs, cause = ANSWERS[defect]
    tally, noise = Tally(), Noise.usual()
    tally.add("show_case", call("/cases/1"), ours, theirs, compare("show_case", ours, theirs, noise))
    assert cause in {each.cause for each in tally.summary().groups}


@pytest.mark.parametrize("defect", EVENTS)
def test_a_defect_of_events_is_told_by_its_cause(defect: str) -> None:
    subjects, cause = EVENTS[defect]
    found = compare_events([told("MC-1")], [told(each) for each in subjects], References(), Noise())
    assert [each.cause for each in found] == [cause]
