"""The journals of a sandbox's councils: one for each, from when it is opened until it is deleted."""

from __future__ import annotations

import asyncio
import os
from functools import partial

from sandbox.councils import Councils
from sandbox.failure import Failure
from sandbox.journal.journal import Journal
from sandbox.journal.masking import Masking
from sandbox.journal.noting import Noting
from sandbox.keys import Keyring
from service_apis.kit.causes import current
from service_apis.kit.council import Council

JOURNAL_MB = 16
"""The size of one council's journal on the disk, in megabytes of 10^6 bytes, unless another is asked for."""
SIZE_VARIABLE = "COUNCIL_JOURNAL_MB"
LARGEST_MB = 100_000
WRITTEN_EVERY_SECONDS = 0.25


class BadSize(Failure):
    """The size that was asked for of the journal is none."""


def asked_size() -> int:
    """The megabytes that the environment asks for. Raises BadSize."""
    asked = os.environ.get(SIZE_VARIABLE, "") or str(JOURNAL_MB)
    if not asked.isdigit() or int(asked) > LARGEST_MB:
        raise BadSize(
            f"{SIZE_VARIABLE} takes whole megabytes, {LARGEST_MB:,} at most, or 0 for no journal; "
            f"not {asked!r}"
        )
    return int(asked)


class Journals:
    """The journal of each open council, by its name; none where the size is 0."""

    def __init__(self, councils: Councils, keyring: Keyring, megabytes: int | None = None) -> None:
        self._councils = councils
        self._masking = Masking(keyring.secrets)
        self._bytes = (asked_size() if megabytes is None else megabytes) * 1_000_000
        self._kept: dict[str, Journal] = {}
        self.passage = Noting(self._kept.get)
        if self.on:
            for council in councils:
                self._begin(council)
            councils.when_opened.append(self._begin)
            councils.when_closed.append(self._end)

    @property
    def on(self) -> bool:
        """Whether journals are kept at all."""
        return self._bytes > 0

    @property
    def masking(self) -> Masking:
        """What masks secrets here."""
        return self._masking

    def of(self, council: Council) -> Journal | None:
        """The council's journal, or None where none are kept."""
        return self._kept.get(council.name)

    async def keep_written(self) -> None:
        """Write what has passed, again and again, until cancelled."""
        while True:
            await asyncio.sleep(WRITTEN_EVERY_SECONDS)
            for journal in list(self._kept.values()):
                if journal.pending:
                    await asyncio.to_thread(journal.write)

    def leave(self) -> None:
        """Let those go who follow a journal: the server is stopping."""
        for journal in self._kept.values():
            journal.bell.close()

    def close(self) -> None:
        """Write what has passed and close every journal."""
        for journal in self._kept.values():
            journal.close()
        self._kept.clear()

    def _begin(self, council: Council) -> None:
        file = self._councils.folder.notebook(council.name).with_suffix(".journal")
        self._kept[council.name] = Journal(file, self._bytes, self._masking, council.file.exists)
        council.watched = True
        council.when_rewound.append(partial(_note_that_it_was_taken_back, council))

    def _end(self, name: str) -> None:
        journal = self._kept.pop(name, None)
        if journal is not None:
            journal.close(keep=False)
            journal.bell.close()


def _note_that_it_was_taken_back(council: Council) -> None:
    causes = current.get()
    if causes is not None:
        causes.generation = council.generation
