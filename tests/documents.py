"""What README and the guides show people to type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "sandbox" / "guides").glob("*.md")))
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^## `([^`\n]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A file that is shown whole: its path as the heading, then its contents."""


@dataclass(frozen=True)
class Shown:
    """Something that a page shows: a line for a terminal, or a block of Python; ``block`` counts blocks."""

    page: str
    kind: str
    text: str
    block: int

    def __str__(self) -> str:
        return f"{self.page}: {self.text.splitlines()[0][:70]}"


def shown() -> list[Shown]:
    """Everything that the pages show to be typed, in their order; files that they show whole are not."""
    found = []
    for page in PAGES:
        for number, (kind, block) in enumerate(_BLOCK.findall(_FILE.sub("", page.read_text()))):
            pieces = block.splitlines() if kind in ("console", "bash") else [block]
            found += [Shown(page.name, kind, piece, number) for piece in pieces if piece.strip()]
    return found


def files_shown(page: str) -> dict[str, str]:
    """The files that a guide shows whole, by their path."""
    return dict(_FILE.findall((ROOT / "sandbox" / "guides" / page).read_text()))


def lines_of_readme(*starts: str) -> list[str]:
    """README's lines for a terminal that begin so."""
    return [each.text for each in shown() if each.page == "README.md" and each.text.startswith(starts)]
