"""A fault in what was brought: where it is, what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``line`` counts from 1 (the header), 0 where it is of the whole file.

    ``unsafe`` marks a value that is well written and could be somebody's.
    """

    file: str
    line: int
    column: str
    value: str
    wrong: str
    remedy: str
    unsafe: bool = False

    def __str__(self) -> str:
        where = ", ".join(
            part for part in (self.file, f"line {self.line}" if self.line else "", self.column) if part
        )
        shown = self.value if len(self.value) <= _SHOWN else self.value[: _SHOWN - 1] + "…"
        said = f"{shown!r} {self.wrong}" if self.value else self.wrong
        return f"{where}: {said}. {self.remedy}."


_SHOWN = 60
