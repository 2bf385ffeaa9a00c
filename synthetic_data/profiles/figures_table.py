"""Reading the figures: one authority's row of a table, with its blanks filled.

A blank count becomes the neighbours' count per head times this authority's population; a
blank rate becomes the neighbours' median. Neighbours are the region when at least three
of its authorities published the figure, else the nation, else England and Wales.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from statistics import median

FIGURES = Path(__file__).parent / "figures"

ENOUGH_NEIGHBOURS = 3

_RATE_MARKS = ("_pct", "pct_", "_per_", "median_", "_rate_", "imd2025_", "_pay_")
_NEVER_FILLED = ("county_name",)


def read_row(table: str, gss_code: str) -> dict[str, str]:
    """The row of one authority as published, blanks and all.

    Raises:
        KeyError: the table has no such authority.
    """
    with (FIGURES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
        for line in file:
            if line.startswith(gss_code):
                return dict(zip(header, next(csv.reader([line])), strict=True))
    raise KeyError(gss_code)


@cache
def read_table(table: str) -> tuple[dict[str, str], ...]:
    """Every authority's row."""
    with (FIGURES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def is_rate(column: str) -> bool:
    """Whether a figure is a rate, rank or price, which does not grow with the population."""
    return any(mark in column for mark in _RATE_MARKS)


def filled_row(table: str, authority: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """One authority's row with blanks filled, and what was assumed: column to explanation."""
    row = read_row(table, authority["gss_code"])
    assumed: dict[str, str] = {}
    for column, figure in row.items():
        if figure or column in _NEVER_FILLED:
            continue
        if column.startswith("ct_band_"):
            row[column] = "0"
            continue
        row[column], assumed[column] = _from_neighbours(table, column, authority)
    return row, assumed


def _from_neighbours(table: str, column: str, authority: dict[str, str]) -> tuple[str, str]:
    published = {row["gss_code"]: float(row[column]) for row in read_table(table) if row[column]}
    authorities = [row for row in read_table("authorities") if row["gss_code"] in published]
    place, neighbours = "England and Wales", authorities
    for wider in ("region", "nation"):
        near = [a for a in authorities if a[wider] == authority[wider]]
        if len(near) >= ENOUGH_NEIGHBOURS:
            place, neighbours = authority[wider], near
            break
    figures = [published[a["gss_code"]] for a in neighbours]
    if is_rate(column):
        return str(median(figures)), f"the median of {place}"
    heads = sum(int(a["population_census"]) for a in neighbours)
    count = round(sum(figures) / heads * int(authority["population_census"]))
    return str(count), f"{place}, in proportion to population"
