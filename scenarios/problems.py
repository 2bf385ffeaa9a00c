"""Why a run could not take place, as distinct from a journey that failed.

`CouldNotRun` and its kinds are raised before any journey starts; the command line answers them with exit
code 2. What goes wrong inside a journey is a result (`scenarios.results`), never an exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


class CouldNotRun(Exception):
    """The run did not take place; the message names the thing and the remedy."""


class CouncilUnreachable(CouldNotRun):
    """No council answers at that address, or what answers is not one."""


class KeyRefused(CouldNotRun):
    """The council does not accept the key."""


class UnknownCouncil(CouldNotRun):
    """The server runs, but has no council of that name."""


class UnknownJourney(CouldNotRun):
    """The run was limited to a journey or pack that does not exist."""


class ReportNotWritable(CouldNotRun):
    """The report cannot be written where it was asked for."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a file: where it is (`path` is a JSON path from the document's root) and the remedy.

    `line` counts from 1; None where it is not known.
    """

    file: str
    path: str
    message: str
    line: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}"


class BrokenPacks(CouldNotRun):
    """Journeys or requirements hold mistakes; every one found is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = f"{len(self.mistakes)} mistake{'s' if len(self.mistakes) != 1 else ''}"
        super().__init__("\n".join([f"{count} in the journeys:", *map(str, self.mistakes)]))


def nearest(name: str, known: Iterable[str], *, closeness: float = 0.6) -> str | None:
    """The known name most like `name`, or None where none is near (`closeness` runs from 0 to 1)."""
    found = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=closeness)
    return found[0] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """A clause to end a message about an unknown name: the nearest right one, or what there is."""
    names = sorted(set(known))
    near = nearest(name, names)
    if near:
        return f"did you mean `{near}`?"
    if not names:
        return "there are none"
    shown = ", ".join(f"`{known_name}`" for known_name in names[:12])
    return f"there are: {shown}" + (", ..." if len(names) > 12 else "")
