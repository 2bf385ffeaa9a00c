"""RESULTS.md: the last figures of each benchmark, a section each."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
HEAD = """# Results

Each written by its own module: `python -m tests.benchmarks.build`, `.clock`, `.forks`, ... Measured on
two shared processor cores: compare the figures of one table with each other, not with another machine's.
"""


def write(title: str, note: str, columns: list[str], rows: list[list[str]]) -> None:
    """Prints a table and puts it in RESULTS.md in place of the section of the same title."""
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    section = f"## {title}\n\n{note}\n\n{table}\n"
    text = FILE.read_text() if FILE.exists() else HEAD
    old = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if old.search(text):
        text = old.sub(lambda _: section + "\n", text)
    else:
        text = text.rstrip("\n") + "\n\n" + section
    FILE.write_text(text.rstrip("\n") + "\n")
    print(section)
