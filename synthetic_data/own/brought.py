"""What was brought: the three sheets together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from synthetic_data.own.faults import Fault
from synthetic_data.own.reading import Sheet, read
from synthetic_data.own.sheets import ADDRESSES, HOUSEHOLDS, RESIDENTS


@dataclass(frozen=True, slots=True)
class Brought:
    """The sheets of addresses, households and residents, as they were read."""

    addresses: Sheet
    households: Sheet
    residents: Sheet

    def __iter__(self) -> Iterator[Sheet]:
        return iter((self.addresses, self.households, self.residents))

    @property
    def faults(self) -> list[Fault]:
        """Every fault found so far, sheet by sheet and line by line."""
        return [
            fault
            for sheet in self
            for fault in sorted(sheet.faults, key=lambda fault: (fault.line, fault.column))
        ]


def read_all(addresses: Path, households: Path, residents: Path) -> Brought:
    """Read the three files."""
    return Brought(read(addresses, ADDRESSES), read(households, HOUSEHOLDS), read(residents, RESIDENTS))
