"""Files that a user writes for a run, presets and baselines: read into their shape, or refused with every
mistake named by file, line and the nearest right word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from scenarios import lines, reading
from scenarios.problems import BrokenPacks, CouldNotRun, Mistake

_Model = TypeVar("_Model", bound=BaseModel)
_OF_A_KEY = ".[key]"
"""What pydantic adds to the place of a name that is wrong itself."""


class BrokenFile(CouldNotRun):
    """A file holds mistakes; every one found is listed. `what` is what the file should be."""

    def __init__(self, what: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        count = f"{len(self.mistakes)} mistake{'s' if len(self.mistakes) != 1 else ''}"
        super().__init__("\n".join([f"{count} in the {what}:", *map(str, self.mistakes)]))


def read(file: Path, model: type[_Model], vocabulary: Iterable[str], what: str) -> _Model:
    """What a file holds; raises BrokenFile."""
    try:
        return reading.read(file, str(file), model, vocabulary)
    except BrokenPacks as broken:
        raise mistaken(file, what, broken.mistakes) from None


def mistaken(file: Path, what: str, mistakes: Iterable[Mistake]) -> BrokenFile:
    """The refusal of a file for its mistakes, with their lines."""
    plain = [replace(each, path=each.path.removesuffix(_OF_A_KEY)) for each in mistakes]
    return BrokenFile(what, lines.located(plain, {str(file): file}))


def wrong(message: str) -> PydanticCustomError:
    """A mistake that a validator found, said in these words alone."""
    return PydanticCustomError("written", "{message}", {"message": message})
