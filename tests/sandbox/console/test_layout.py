"""Answers of every kind are laid out in words that a reader without training understands."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sandbox.console.layout import MOST_COLUMNS, MOST_ROWS, Nothing, Record, Several, Table, Words, laid_out
from sandbox.console.reading import language, values
from sandbox.console.words import label, moment, value
from sandbox.inside import Answer

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 6, 1, 8, 0, tzinfo=UTC), "Monday 1 June 2026, 9:00 in the morning"),
        (datetime(2026, 1, 5, 12, 0, tzinfo=UTC), "Monday 5 January 2026, noon"),
        (datetime(2026, 1, 5, 0, 0, tzinfo=UTC), "Monday 5 January 2026, midnight"),
        (datetime(2026, 1, 5, 0, 5, tzinfo=UTC), "Monday 5 January 2026, 12:05 at night"),
        (datetime(2026, 1, 5, 12, 30, tzinfo=UTC), "Monday 5 January 2026, 12:30 in the afternoon"),
        (datetime(2026, 6, 1, 22, 59, tzinfo=UTC), "Monday 1 June 2026, 11:59 in the evening"),
        (datetime(2026, 6, 1, 23, 0, tzinfo=UTC), "Tuesday 2 June 2026, midnight"),
    ],
)
def test_an_instant_is_told_by_londons_clocks(instant: datetime, said: str) -> None:
    assert moment(instant) == said


@pytest.mark.parametrize(
    ("field", "told", "said"),
    [
        ("balance_pence", 123456, "£1,234.56"),
        ("balance_pence", -5, "-£0.05"),
        ("paid", True, "yes"),
        ("due", "2026-06-03", "Wednesday 3 June 2026"),
        ("born", "1974-05-08", "8 May 1974"),
        ("due", "2027-03-25", "Thursday 25 March 2027"),
        ("at", "2026-06-03T08:00:00Z", "Wednesday 3 June 2026, 9:00 in the morning"),
        ("due", "2026-02-31", "2026-02-31"),
        ("ethnic_group", "white_british", "white british"),
        ("postcode", "ZZ96 0YW", "ZZ96 0YW"),
        ("easting", 669499, "669499"),
    ],
)
def test_a_value_is_written_as_a_reader_would(field: str, told: object, said: str) -> None:
    assert value(field, told, TODAY) == said


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("uprn", "UPRN"),
        ("ward_code", "Ward code"),
        ("amount_pence", "Amount"),
        ("service_request_id", "Service request ID"),
    ],
)
def test_a_fields_name_is_written_as_words(field: str, said: str) -> None:
    assert label(field) == said


def test_records_become_a_table() -> None:
    shown = laid_out([{"stream": "food", "left": 1}, {"stream": "food", "left": None}], TODAY)
    rows = ((Words("food"), Words("1")), (Words("food"), Nothing()))
    assert shown == Table((), ("Stream", "Left"), rows, (), 0)


def test_what_many_columns_share_is_said_once() -> None:
    alike = {f"f{number}": number for number in range(MOST_COLUMNS)}
    shown = laid_out([{**alike, "n": 1, "x": None}, {**alike, "n": 2, "x": None}], TODAY)
    assert isinstance(shown, Table)
    assert shown.columns == ("N",)
    assert [name for name, _ in shown.alike] == [f"F{number}" for number in range(MOST_COLUMNS)]


def test_records_that_are_all_alike_are_still_counted() -> None:
    alike = {f"f{number}": number for number in range(MOST_COLUMNS + 1)}
    shown = laid_out([alike, alike], TODAY)
    assert isinstance(shown, Table)
    assert len(shown.rows) == 2
    assert shown.columns == ("F0",)


def test_what_a_table_leaves_out_is_said() -> None:
    shown = laid_out([{f"f{n}": row * n for n in range(1, 10)} for row in range(MOST_ROWS + 3)], TODAY)
    assert isinstance(shown, Table)
    assert shown.more_rows == 3
    assert shown.more_columns == ("F8", "F9")


def test_nesting_is_kept_and_nothing_is_said_to_be_nothing() -> None:
    shown = laid_out({"home": {"uprn": "1"}, "tags": ["a", "b"], "notes": [], "end": None}, TODAY)
    assert shown == Record(
        (
            ("Home", Record((("UPRN", Words("1")),))),
            ("Tags", Several((Words("a"), Words("b")))),
            ("Notes", Nothing()),
            ("End", Nothing()),
        )
    )


def test_xml_is_read_as_records() -> None:
    body = b"<all><one><id>1</id><note/></one><one><id>2</id><note>x</note></one></all>"
    answer = Answer(200, "text/xml; charset=utf-8", body)
    assert values(answer) == [{"id": "1", "note": None}, {"id": "2", "note": "x"}]
    assert language(answer) == "XML"


def test_xml_with_one_record_is_still_a_list() -> None:
    body = b"<service_requests><request><id>1</id></request></service_requests>"
    assert values(Answer(200, "text/xml", body)) == [{"id": "1"}]


def test_xml_that_is_broken_is_refused() -> None:
    with pytest.raises(ValueError, match="mismatched"):
        values(Answer(200, "text/xml", b"<a><b></a>"))


def test_a_calendar_is_read_as_days_in_order() -> None:
    body = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
        b"BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20260610\r\nSUMMARY:Recycling bin\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260603\r\nSUMMARY:Refuse bin\r\nEND:VEVENT\r\n"
        b"END:VCALENDAR\r\n"
    )
    assert values(Answer(200, "text/calendar", body)) == [
        {"day": "2026-06-03", "what": "Refuse bin"},
        {"day": "2026-06-10", "what": "Recycling bin"},
    ]
