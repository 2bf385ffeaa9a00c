"""The independent Arazzo runner, where there is one: `redocly`, named by REDOCLY or found on PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scenarios import Packs, respect

REDOCLY = os.environ.get("REDOCLY") or shutil.which("redocly")
LONGEST = 300
"""Seconds that it may take over all the journeys; it takes about thirty on two cores."""


def verdicts(packs: Packs, base_url: str, council: str, key: str, folder: Path) -> dict[str, bool]:
    """Each journey that it walked, and whether that passed.

    Without the runner the test is skipped, or fails where the stage `runners` was promised.
    """
    if REDOCLY is None:
        _lacking("redocly is not on PATH, nor named by the variable REDOCLY")
    layout = respect.lay_out(packs, base_url, council, key, folder)
    done = subprocess.run(
        [str(REDOCLY), *layout.arguments],
        cwd=layout.folder,
        env={**os.environ, **respect.ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert key not in done.stdout
    assert (layout.folder / respect.REPORT).exists(), done.stdout + done.stderr
    return respect.verdicts(layout)


def _lacking(reason: str) -> None:
    if "runners" in os.environ.get("COUNCIL_STAGE", "").split(","):
        pytest.fail(f"COUNCIL_STAGE promises the other runner, but {reason}")
    pytest.skip(reason)
