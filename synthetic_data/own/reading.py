"""Reading one CSV file, row by row: its columns as values, and every fault in a cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from synthetic_data.own.faults import Fault
from synthetic_data.own.sheets import Column, SheetPlan
from synthetic_data.own.values import Unfit, nearest
from synthetic_data.town import Dates, Integers, Text

MOST_ROWS = 300_000
MOST_BYTES = 200_000_000
"""A town that is brought is built as one block, in memory."""
_ASK = "Write the columns as `council import --template FOLDER` shows them"


@dataclass(slots=True)
class Sheet:
    """What one file says: for each column its cells and what they say, None where nothing usable.

    ``lines`` are the lines of the rows in the file. ``torn`` holds what the cells of rows with too few
    or too many fields would say, by column, so that nothing else is blamed for being without them.
    """

    plan: SheetPlan
    file: str
    lines: list[int] = field(default_factory=list)
    cells: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    torn: dict[str, set[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> list[Any]:
        """The values of a column, None in every row if it was left out."""
        return self.values.get(name) or [None] * len(self)

    def has(self, name: str) -> bool:
        """Whether the column is there."""
        return name in self.values

    def codes(self, name: str) -> Integers:
        """The values of a column of words or whole numbers, -1 where there is none."""
        return np.array([-1 if each is None else each for each in self.column(name)], dtype=np.int64)

    def days(self, name: str) -> Dates:
        """The values of a column of dates, NaT where there is none."""
        nothing = np.datetime64("NaT", "D")
        return np.array([nothing if each is None else each for each in self.column(name)], dtype="M8[D]")

    def text(self, name: str) -> Text:
        """The values of a column of text, None where there is none."""
        return np.array(self.column(name), dtype=object)

    def blame(self, row: int, column: str, wrong: str, remedy: str, *, unsafe: bool = False) -> None:
        """Note a fault of one row's cell."""
        value = self.cells[column][row].strip() if column in self.cells else ""
        self.faults.append(Fault(self.file, self.lines[row], column, value, wrong, remedy, unsafe))

    def blame_file(self, wrong: str, remedy: str, line: int = 0, column: str = "") -> None:
        """Note a fault of the file, or of one line."""
        self.faults.append(Fault(self.file, line, column, "", wrong, remedy))


def read(path: Path, plan: SheetPlan) -> Sheet:
    """Read a file as a sheet; whatever is wrong with it is among the sheet's faults."""
    sheet = Sheet(plan, path.name)
    try:
        if path.stat().st_size > MOST_BYTES:
            sheet.blame_file(f"is larger than {MOST_BYTES // 1_000_000} MB", "Bring fewer people")
            return sheet
        with path.open(encoding="utf-8-sig", newline="") as file:
            _read_rows(file, sheet)
    except UnicodeDecodeError:
        sheet.blame_file(*_encoding(path))
    except OSError as error:
        sheet.blame_file(f"cannot be read ({error.strerror})", "Check the path")
    for column in plan.columns:
        if column.name in sheet.cells:
            _read_column(sheet, column)
    return sheet


def _encoding(path: Path) -> tuple[str, str, int]:
    """What to say of a file that is not UTF-8, and of which line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.startswith((b"\xff\xfe", b"\xfe\xff")):
                break
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                likely = (
                    "it is probably Windows-1252" if line[error.start] >= 0x80 else "its encoding is unknown"
                )
                return f"is not written in UTF-8; {likely}", "Save it as CSV UTF-8", number
    return "is not written in UTF-8 but in UTF-16", "Save it as CSV UTF-8", 1


def _read_rows(file: TextIO, sheet: Sheet) -> None:
    reader = csv.reader(file, strict=True)
    rows: list[list[str]] = []
    names: list[str] = []
    before = 0
    try:
        names = [name.strip() for name in next((row for row in reader if any(row)), [])]
        if not _header_stands(sheet, names):
            return
        for row, before in _lines(reader):
            if len(row) != len(names):
                _tear(sheet, names, row, before)
                continue
            rows.append(row)
            sheet.lines.append(before)
            if len(rows) > MOST_ROWS:
                sheet.blame_file(f"has more than {MOST_ROWS:,} rows", "Bring fewer people")
                break
    except csv.Error as error:
        line = before + 1 if "unexpected end" in str(error) else reader.line_num
        sheet.blame_file(f"cannot be read as CSV ({error})", "Check the quotation marks from here on", line)
    if not rows and not any(fault.line or fault.wrong for fault in sheet.faults):
        sheet.blame_file("has a header and no rows", "Add a row for each")
    columns = zip(*rows, strict=True) if rows else (() for _ in names)
    known = set(sheet.plan.names)
    for name, cells in zip(names, columns, strict=True):
        if name in known and name not in sheet.cells:
            sheet.cells[name] = tuple(cells)


def _lines(reader: Any) -> Iterator[tuple[list[str], int]]:
    """Each row that is not blank, and the line on which it begins."""
    begins = reader.line_num + 1
    for row in reader:
        if row and any(row):
            yield row, begins
        begins = reader.line_num + 1


def _header_stands(sheet: Sheet, names: list[str]) -> bool:
    """Whether the header names every column that is needed, and no other twice or unknown."""
    plan = sheet.plan
    if not any(names):
        sheet.blame_file("is empty", _ASK)
        return False
    if len(names) == 1:
        for separator, called in ((";", "semicolons"), ("\t", "tabs")):
            if separator in names[0]:
                sheet.blame_file(f"is separated by {called}", "Save it with commas", 1)
                return False
    missing = [name for name in plan.needed if name not in names]
    for place, name in enumerate(names):
        if name in names[:place]:
            sheet.blame_file("there are two columns of this name", "Keep one", 1, name)
        elif name not in plan.names:
            likely = nearest(name, [each for each in plan.names if each not in names])
            meant = f"Perhaps {likely} is meant" if likely else f"The columns are {', '.join(plan.names)}"
            sheet.blame_file("there is no such column", meant, 1, name or f"column {place + 1}")
    for name in missing:
        sheet.blame_file("this column is missing", _ASK, 1, name)
    return True


def _tear(sheet: Sheet, names: list[str], row: list[str], line: int) -> None:
    for name, cell in zip(names, row, strict=False):
        sheet.torn.setdefault(name, set()).add(cell.strip())
    sheet.blame_file(
        f"the row has {len(row)} fields and the header {len(names)}",
        "Put text with a comma in quotation marks, and keep empty fields",
        line,
    )


def _read_column(sheet: Sheet, column: Column) -> None:
    """Read each different cell of a column once."""
    cells = sheet.cells[column.name]
    said: dict[str, Any] = {}
    unfit: dict[str, Unfit] = {}
    for cell in set(cells):
        tidy = cell.strip()
        said[cell] = None
        if not tidy:
            if column.otherwise is None:
                unfit[cell] = Unfit("nothing is written here", "Every row needs it")
            continue
        try:
            said[cell] = column.read(tidy)
        except Unfit as refusal:
            unfit[cell] = refusal
    sheet.values[column.name] = [said[cell] for cell in cells]
    if unfit:
        for row, cell in enumerate(cells):
            if why := unfit.get(cell):
                sheet.blame(row, column.name, why.wrong, why.remedy)
