"""Importing: a council of the people, households and addresses that a user brings as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.blocks import BlockRecords, Plan, Progress, records_of
from sandbox.failure import Failure
from sandbox.recognition import Sighting, sightings

if TYPE_CHECKING:
    from synthetic_data.own.brought import Brought
    from synthetic_data.own.faults import Fault
    from synthetic_data.own.reading import Sheet
    from synthetic_data.town import Town

AT_SEA = ((600_000, 740_000), (500_000, 660_000))
"""Eastings and northings of the part of the North Sea in which towns lie."""
_REMEDY = "Use one that is never issued, or state with --synthetic that the data are synthetic"
_CALLED = {"uprn": "UPRN", "usrn": "USRN", "nino": "National Insurance number", "nhs_number": "NHS number"}


class CannotImport(Failure):
    """What was brought has faults; nothing was built."""


class CannotWrite(Failure):
    """A file could not be written."""


@dataclass(frozen=True, slots=True)
class BroughtTown:
    """The engine of an imported council: its town is there already, as one block."""

    town: Town

    def blocks(self, plan: Plan, services: Sequence[str], progress: Progress) -> Iterator[BlockRecords]:
        """The records that these services, named by slug, have of the town."""
        yield records_of(self.town, services, progress)


def look_through(brought: Brought, plan: Plan, *, stated_synthetic: bool) -> list[Fault]:
    """Every fault of what was brought, identifiers that could be somebody's among them.

    Those are let be where somebody states that the data are synthetic.
    """
    from synthetic_data.own.checking import check

    check(brought, plan.as_of, plan.profile.nation)
    if not stated_synthetic:
        for sheet in brought:
            _refuse_unsafe(sheet)
        _refuse_on_land(brought.addresses)
    return brought.faults


def town_brought(brought: Brought, plan: Plan) -> Town:
    """The town of what was brought, which must be without fault."""
    from synthetic_data.own.town import town_of

    return town_of(
        brought,
        plan.profile,
        seed=plan.seed,
        as_of=plan.as_of,
        name=plan.name,
        identifiers=plan.identifiers,
    )


def _refuse_unsafe(sheet: Sheet) -> None:
    """Look at every value as the audit does; a reference to another sheet was looked at there."""
    from synthetic_data.own.sheets import ADDRESSES

    for column, values in sheet.values.items():
        if column in _NOT_LOOKED_AT or (column == "uprn" and sheet.plan is not ADDRESSES):
            continue
        outside = {value: seen for value in set(values) if (seen := _outside(column, value))}
        if outside:
            for row, value in enumerate(values):
                for each in outside.get(value, ()):
                    kind = _CALLED.get(each.kind, each.kind.replace("_", " "))
                    sheet.blame(row, column, f"holds a {kind} that could be somebody's", _REMEDY, unsafe=True)


_NOT_LOOKED_AT = {
    *("kind", "dwelling_type", "bedrooms", "council_tax_band", "empty_since", "second_home"),
    *("tenure", "moved_in", "cars", "sex", "born", "role", "ethnic_group", "economic_class", "student"),
    *("country_of_birth", "english", "disability", "health", "unpaid_care", "household", "works", "income"),
    *("easting", "northing", "latitude", "longitude"),
}
"""Columns of words of ours, dates, and small numbers; and points, which are looked at as such."""


def _outside(column: str, value: object) -> tuple[Sighting, ...]:
    return tuple(each for each in sightings(column, value) if each.range is None)


def _refuse_on_land(sheet: Sheet) -> None:
    """Points could be somebody's house unless they lie at sea."""
    import numpy as np

    from synthetic_data.own.placing import to_grid

    wrong = "lies where there may be houses"
    for column, (least, most) in zip(("easting", "northing"), AT_SEA, strict=True):
        for row, value in enumerate(sheet.column(column)):
            if value is not None and not least <= value <= most:
                sheet.blame(row, column, wrong, _REMEDY, unsafe=True)
    pairs = zip(sheet.column("latitude"), sheet.column("longitude"), strict=True)
    rows = [(row, *pair) for row, pair in enumerate(pairs) if None not in pair]
    if not rows:
        return
    latitude, longitude = (np.array([each[part] for each in rows], dtype=np.float64) for part in (1, 2))
    for (row, *_), *point in zip(rows, *to_grid(latitude, longitude), strict=True):
        if not all(least <= part <= most for part, (least, most) in zip(point, AT_SEA, strict=True)):
            sheet.blame(row, "latitude", wrong, _REMEDY, unsafe=True)


def write_faults(faults: Iterable[Fault], path: Path) -> None:
    """Write every fault as a row of CSV. Raises CannotWrite."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("file", "line", "column", "value", "wrong", "remedy"))
            rows.writerows(
                (each.file, each.line or "", each.column, each.value, each.wrong, each.remedy)
                for each in faults
            )
    except OSError as error:
        raise CannotWrite(f"{path} could not be written: {error.strerror}. Name another file.") from error


def write_template(folder: Path) -> list[str]:
    """Write the template's files into a folder and return their names. Raises CannotWrite."""
    from synthetic_data.own.template import template

    files = template()
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise CannotWrite(
            f"{folder} holds {', '.join(there)} already, and nothing was changed. Name another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotWrite(
            f"The template could not be written to {folder}: {error.strerror}. Name another folder."
        ) from error
    return list(files)
