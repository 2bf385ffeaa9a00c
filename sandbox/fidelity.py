"""How far to trust a council's town: the report made when it was built, kept in the council's own file.

It is kept whole, with the published figures that it compares, so that a file that is copied or mailed
says by itself what it was made from. ``synthetic_data.fidelity_report`` says what a report holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, String
from sqlalchemy.orm import Mapped, mapped_column

from sandbox.failure import Failure
from sandbox.journeys import Base

FORM = 2
"""The form of the report. A change to what it holds raises it, and older ones are no longer read."""


class NotMeasured(Failure):
    """The council was built by a version that did not measure its town, or kept another form of report."""


class FidelityRecord(Base):
    """One part of the report, or one ward: ``part`` is its name, or ``ward`` with the ward's number."""

    __tablename__ = "council_fidelity"

    part: Mapped[str] = mapped_column(String(60), primary_key=True)
    content: Mapped[Any] = mapped_column(JSON)


def keep_report(connection: Connection, report: Mapping[str, Any]) -> None:
    """Keep a report in the file that is being built."""
    parts = {name: content for name, content in report.items() if name != "wards"}
    parts["form"] = {"number": FORM}
    parts |= {f"ward {number:04d}": ward for number, ward in enumerate(report["wards"], start=1)}
    rows = [{"part": part, "content": content} for part, content in parts.items()]
    connection.execute(FidelityRecord.__table__.insert(), rows)  # type: ignore[attr-defined]


def read_report(file: Path) -> dict[str, Any]:
    """The report of the council in a file, which is not changed. Raises NotMeasured."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT part, content FROM council_fidelity ORDER BY part").fetchall()
    except sqlite3.DatabaseError as error:
        raise NotMeasured(
            f"{file.stem} holds no measure of its town ({error}): it was built by an earlier version, or is "
            "damaged. Build it again, or a new one with --name, to see how closely it keeps to the figures."
        ) from error
    parts = {part: json.loads(content) for part, content in rows}
    form = parts.pop("form", {}).get("number")
    if form != FORM:
        raise NotMeasured(
            f"{file.stem} holds a report of form {form}, and this version reads form {FORM}. Build it again, "
            "or use the version that built it."
        )
    wards = [parts.pop(part) for part in sorted(parts) if part.startswith("ward ")]
    return {**parts, "wards": wards}
