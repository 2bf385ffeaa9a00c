"""The command `council conform`, typed where a council is served and a target answers beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.failure import Failure
from scenarios import packs
from tests.conftest import KEY
from tests.scenarios.tampering import Tampered

ONE = "waste.journey.missed-bin-reported-twice"
"""A check that a target elsewhere can be put to without joining the council."""


PACKS = packs.load()


@dataclass(frozen=True)
class Said:
    """What a command said and its exit code; a failure that a person can mend is 2, as it is for the user."""

    code: int
    text: str


@dataclass
class Desk:
    """A folder to type in. `target` is where what is tested answers, with somebody in the way of it."""

    folder: Path
    sandbox: str
    target: str
    between: Tampered
    monkeypatch: pytest.MonkeyPatch
    environment: Mapping[str, str] = field(default_factory=dict)

    def put(self, name: str, text: str) -> Path:
        """Write a file."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def conform(self, *words: str) -> Said:
        """Type the command, with the served sandbox and its key."""
        self.monkeypatch.chdir(self.folder)
        # To read them takes longer than most of these runs.
        self.monkeypatch.setattr(packs, "load", lambda *folders: PACKS)
        asked = ["conform", *words, "--url", self.sandbox, "--key", KEY]
        done = CliRunner().invoke(app, asked, env=dict(self.environment))
        if isinstance(done.exception, Failure):
            return Said(2, f"{done.output}council: {done.exception}")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return Said(done.exit_code, done.output)
