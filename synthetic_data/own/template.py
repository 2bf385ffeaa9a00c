"""The template: three CSV files to be filled in, with examples, and a guide to their columns."""

from __future__ import annotations

import csv
import io

from synthetic_data.own.sheets import PLANS, Column, SheetPlan

GUIDE = "columns.md"
_HEAD = "| Column | Needed | What it says | If left out or empty |\n|---|---|---|---|"


def template() -> dict[str, str]:
    """The text of each file of the template, by its name."""
    return {GUIDE: guide()} | {f"{plan.name}.csv": example(plan) for plan in PLANS}


def example(plan: SheetPlan) -> str:
    """A sheet with its header and a few rows that stand."""
    written = io.StringIO()
    rows = csv.DictWriter(written, plan.names, restval="", lineterminator="\n")
    rows.writeheader()
    rows.writerows(plan.examples)
    return written.getvalue()


def guide() -> str:
    """What each column means, whether it is needed, and what happens where it says nothing."""
    parts = [_OPENING]
    for plan in PLANS:
        parts.append(f"## {plan.name}.csv\n\n{_HEAD}")
        parts[-1] += "".join(f"\n{_row(column)}" for column in plan.columns)
    worded = {column.name: column.words for plan in PLANS for column in plan.columns if column.words}
    parts.append("## The words\n")
    parts[-1] += "".join(
        f"\n- `{name}`: {', '.join(f'`{word}`' for word in words)}" for name, words in worded.items()
    )
    return "\n\n".join(parts) + "\n"


def _row(column: Column) -> str:
    needed = "yes" if column.otherwise is None else ""
    return f"| `{column.name}` | {needed} | {column.meaning} | {column.otherwise or 'a fault'} |"


_OPENING = """# The columns

Save the sheets as CSV, separated by commas, in UTF-8. The order of the columns is free. Those that are not
needed may be left out, or their fields left empty; then they are made up, in the shares of the authority that
the council is shaped like. Dates are year, month and day: 1980-12-31. The rows of the template are examples:
replace them.

Identifiers must be ones that are never issued: UPRNs 9999xxxxxxxx, postcodes ZZ90 to ZZ98, mobile numbers
07700 900xxx, e-mail addresses at example.com, .org or .net. Points must lie at sea: eastings 600000 to
740000, northings 500000 to 660000. If your people are synthetic and have other identifiers, state it with
`--synthetic`. Never bring real people's data."""
