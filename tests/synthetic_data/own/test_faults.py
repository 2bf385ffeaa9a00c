"""Every fault in what is brought is found, on its line, with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthetic_data.own import reading
from tests.synthetic_data.own.arranging import brought_from, change, said_of, template_in

CELLS = [
    ("addresses", 2, {"uprn": ""}, "uprn: nothing is written here. Every row needs it."),
    ("addresses", 4, {"uprn": "99990000000x"}, "uprn: '99990000000x' is no UPRN. Write up to twelve digits"),
    ("addresses", 4, {"uprn": "9.999E+11"}, "uprn: '9.999E+11' was shortened by a spreadsheet"),
    ("addresses", 4, {"uprn": "999900000001"}, "uprn: '999900000001' is the uprn of an earlier row, line 2"),
    ("addresses", 2, {"line": ""}, "line: neither a line nor a number or building is written here."),
    ("addresses", 2, {"line": "x" * 121}, "has 121 characters. Shorten it to 120."),
    ("addresses", 2, {"street": "Alder\nWay"}, "holds a line break or another sign that cannot be printed"),
    ("addresses", 2, {"postcode": "LS1"}, "postcode: 'LS1' is no postcode. Write it such as ZZ90 1AA."),
    ("addresses", 2, {"easting": "660000"}, "northing: only half of the point is given"),
    ("addresses", 2, {"longitude": "2.2"}, "latitude: only half of the point is given"),
    ("addresses", 2, {"latitude": "95", "longitude": "2"}, "latitude: '95' is no number from 49 to 62"),
    ("addresses", 2, {"kind": "house"}, "kind: 'house' is not a word of this column."),
    (
        "addresses",
        2,
        {"dwelling_type": "Semi-detached"},
        "dwelling_type: 'Semi-detached' is not a word of this column. Perhaps 'semi_detached' is meant. "
        "The words are detached, semi_detached, terraced,",
    ),
    ("addresses", 2, {"bedrooms": "three"}, "bedrooms: 'three' is no whole number from 1 to 20"),
    ("addresses", 2, {"council_tax_band": "I"}, "council_tax_band: 'I' is a band of Wales alone."),
    ("addresses", 5, {"council_tax_band": "B"}, "'B' is for homes alone. Leave it empty for a communal"),
    ("addresses", 4, {"second_home": "yes"}, "second_home: 'yes' cannot be, for the home is empty"),
    ("addresses", 4, {"second_home": "perhaps"}, "'perhaps' is neither yes nor no. Write yes or no."),
    (
        "addresses",
        4,
        {"empty_since": "2026-06-02"},
        "'2026-06-02' is not before 2026-06-01, the council's day",
    ),
    ("households", 2, {"id": "H 1!"}, "id: 'H 1!' cannot be an id. Use letters, digits"),
    ("households", 3, {"id": "H1"}, "id: 'H1' is the id of an earlier row, line 2. Give each its own."),
    ("households", 3, {"uprn": "999900000001"}, "uprn: '999900000001' has a household already"),
    ("households", 3, {"uprn": "999900000009"}, "uprn: '999900000009' is no uprn of addresses.csv."),
    ("households", 3, {"uprn": "999900000004"}, "uprn: '999900000004' is a care home, not a home."),
    ("households", 3, {"uprn": "999900000003"}, "uprn: '999900000003' is empty by line 4 of addresses.csv."),
    ("households", 2, {"tenure": "owned"}, "tenure: 'owned' is not a word of this column. Perhaps 'owned_"),
    (
        "households",
        2,
        {"moved_in": "30/08/2014"},
        "'30/08/2014' is a date with the day first. Write 2014-08-30.",
    ),
    ("households", 2, {"moved_in": "2026-06-01"}, "'2026-06-01' is not before 2026-06-01"),
    ("households", 2, {"cars": "-1"}, "cars: '-1' is no whole number from 0 to 20"),
    ("residents", 2, {"forename": " "}, "forename: nothing is written here. Every row"),
    ("residents", 5, {"id": ""}, "id: nothing is written here. Fill in the column, or leave it out."),
    ("residents", 5, {"id": "R1"}, "id: 'R1' is the id of an earlier row, line 2"),
    ("residents", 4, {"household": "H7"}, "household: 'H7' is no id of households.csv."),
    ("residents", 4, {"household": ""}, "household: it is not said where this person lives."),
    ("residents", 4, {"uprn": "999900000001"}, "uprn: '999900000001' is not where household H2 lives."),
    ("residents", 5, {"uprn": "999900000001"}, "uprn: '999900000001' is a home, where people belong to a"),
    ("residents", 5, {"uprn": "999900000008"}, "uprn: '999900000008' is no uprn of addresses.csv."),
    ("residents", 5, {"role": "head"}, "role: 'head' is for those in a household. Write resident"),
    ("residents", 2, {"role": "resident"}, "role: 'resident' is for communal establishments."),
    (
        "residents",
        3,
        {"role": "head"},
        "role: 'head' is a second one of household H1, after line 2. Keep one.",
    ),
    ("residents", 3, {"role": "partner"}, "role: 'partner' is somebody under 18."),
    ("residents", 2, {"sex": "female"}, "sex: 'female' is not a word of this column. The words are F, M."),
    (
        "residents",
        2,
        {"born": "09/03/1984"},
        "born: '09/03/1984' is a date with the day first. Write 1984-03-09.",
    ),
    ("residents", 2, {"born": "31/02/1984"}, "born: '31/02/1984' is no date."),
    ("residents", 2, {"born": "1984-02-30"}, "born: '1984-02-30' is a day that the calendar has not."),
    ("residents", 2, {"born": "March 1984"}, "born: 'March 1984' is no date. Write year, month and day"),
    ("residents", 2, {"born": "1899-12-31"}, "born: '1899-12-31' is before 1900. Check the year."),
    ("residents", 3, {"born": "2026-12-01"}, "born: '2026-12-01' is not before 2026-06-01"),
    (
        "residents",
        2,
        {"ethnic_group": "white british"},
        "Perhaps 'white_british' is meant. The guide that --template writes lists the words.",
    ),
    ("residents", 3, {"economic_class": "students"}, "'students' is known from the age of 16 on, and this"),
    ("residents", 3, {"student": "yes"}, "student: 'yes' is known from the age of 18 on"),
    ("residents", 2, {"email": "mary at example"}, "email: 'mary at example' is no e-mail address."),
    ("residents", 2, {"mobile": "07700"}, "mobile: '07700' is no telephone number."),
]


@pytest.mark.parametrize(("sheet", "line", "fields", "said"), CELLS, ids=lambda part: str(part)[:40])
def test_a_fault_is_named_with_its_line_and_remedy(
    sheet: str, line: int, fields: dict[str, str], said: str, tmp_path: Path
) -> None:
    assert said_of(template_in(tmp_path)) == []
    change(tmp_path / f"{sheet}.csv", line, **fields)
    found = said_of(tmp_path)
    assert any(each.startswith(f"{sheet}.csv, line {line}, ") and said in each for each in found), found


@pytest.mark.parametrize(
    ("line", "fields", "said"),
    [
        (4, {"household": "H1"}, "households.csv, line 3, id: 'H2' has nobody in residents.csv."),
        (4, {"born": "2012-01-01"}, "households.csv, line 3, id: 'H2' has no adult in residents.csv."),
    ],
)
def test_a_household_needs_an_adult(line: int, fields: dict[str, str], said: str, tmp_path: Path) -> None:
    change(template_in(tmp_path) / "residents.csv", line, **fields)
    assert any(each.startswith(said) for each in said_of(tmp_path))


def test_one_row_s_fault_is_blamed_on_no_other(tmp_path: Path) -> None:
    change(template_in(tmp_path) / "residents.csv", 2, born="1984", sex="?")
    assert [each.partition(": ")[0] for each in said_of(tmp_path)] == [
        "residents.csv, line 2, born",
        "residents.csv, line 2, sex",
    ]


HOLE = "uprn,line,street,postcode\n999900000001,1 Alder Way,Alder Way,ZZ90 1AA\n"
FILES = [
    (b"", "addresses.csv: is empty."),
    (b"uprn,line,street,postcode\n", "addresses.csv: has a header and no rows. Add a row for each."),
    (b"uprn,line,postcode\n1,a,b\n", "addresses.csv, line 1, street: this column is missing."),
    (b"uprn,line,road,street,postcode\n", "addresses.csv, line 1, road: there is no such column."),
    (
        b"uprn,line,street,post code\n",
        "addresses.csv, line 1, post code: there is no such column. Perhaps postcode",
    ),
    (
        b"uprn,uprn,line,street,postcode\n",
        "addresses.csv, line 1, uprn: there are two columns of this name. Keep",
    ),
    (
        b"uprn;line;street;postcode\n1;2;3;4\n",
        "addresses.csv, line 1: is separated by semicolons. Save it with",
    ),
    (
        HOLE.encode() + b"1,2 Alder Way,Alder Way\n",
        "addresses.csv, line 3: the row has 3 fields and the header 4.",
    ),
    (HOLE.encode() + b"\n\n1,2,3,4,5\n", "addresses.csv, line 5: the row has 5 fields and the header 4."),
    (HOLE.encode() + b'1,"2,3,4\n', "addresses.csv, line 3: cannot be read as CSV (unexpected end of data)."),
    (
        HOLE.encode() + "1,2 Caf\u00e9,a,b\n".encode("cp1252"),
        "line 3: is not written in UTF-8; it is probably Windows-1252",
    ),
    (
        HOLE.encode("utf-16"),
        "addresses.csv, line 1: is not written in UTF-8 but in UTF-16. Save it as CSV UTF-8.",
    ),
]


@pytest.mark.parametrize(("content", "said"), FILES, ids=lambda part: str(part)[:50])
def test_a_file_that_cannot_be_read_says_why(content: bytes, said: str, tmp_path: Path) -> None:
    (template_in(tmp_path) / "addresses.csv").write_bytes(content)
    assert any(said in each for each in said_of(tmp_path)), said_of(tmp_path)


def test_a_file_that_is_not_there_is_a_fault_like_others(tmp_path: Path) -> None:
    (template_in(tmp_path) / "households.csv").unlink()
    change(tmp_path / "residents.csv", 2, sex="x")
    found = said_of(tmp_path)
    assert "households.csv: cannot be read (No such file or directory). Check the path." in found
    assert any("residents.csv, line 2, sex" in each for each in found)


def test_a_torn_row_is_the_only_one_blamed(tmp_path: Path) -> None:
    file = template_in(tmp_path) / "households.csv"
    file.write_text(file.read_text().replace("H2,999900000002,,,", "H2,999900000002,,"))
    (said,) = said_of(tmp_path)
    assert said.startswith("households.csv, line 3: the row has 4 fields and the header 5.")


def test_a_mark_at_the_beginning_and_capitals_in_postcodes_are_let_be(tmp_path: Path) -> None:
    file = template_in(tmp_path) / "addresses.csv"
    text = "\r\n".join(reversed([*file.read_text().replace("ZZ90 1AA", "zz901aa").splitlines()[1:]]))
    file.write_bytes(b"\xef\xbb\xbf" + (file.read_text().splitlines()[0] + "\r\n" + text).encode())
    brought = brought_from(tmp_path)
    assert brought.faults == []
    assert brought.addresses.column("postcode")[-1] == "ZZ90 1AA"


def test_a_line_break_in_quotation_marks_moves_the_count_of_lines(tmp_path: Path) -> None:
    file = template_in(tmp_path) / "residents.csv"
    rows = file.read_text().replace("Mary,Archer", '"Ma\nry",Archer').replace("1991-07-21", "1891-07-21")
    file.write_text(rows)
    found = said_of(tmp_path)
    assert any("line 2, forename" in each for each in found)
    assert any("line 5, born" in each for each in found)


def test_too_many_rows_are_refused_without_reading_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert "addresses.csv: has more than 3 rows. Bring fewer people." in said_of(template_in(tmp_path))


def test_a_column_that_is_missing_is_not_blamed_on_every_row(tmp_path: Path) -> None:
    for name in ("addresses", "residents"):
        file = template_in(tmp_path) / f"{name}.csv"
        file.write_text(file.read_text().replace("uprn,", "urpn,", 1).replace("household,", "home,", 1))
        said = [each.partition(". ")[0] for each in said_of(tmp_path)]
        expected = {
            "addresses": [
                "addresses.csv, line 1, uprn: this column is missing",
                "addresses.csv, line 1, urpn: there is no such column",
            ],
            "residents": [
                "residents.csv, line 1: it is not said where anybody lives",
                "residents.csv, line 1, home: there is no such column",
                "residents.csv, line 1, urpn: there is no such column",
            ],
        }
        assert said == expected[name]
