"""``council clock`` as people type it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sandbox.cli.clock import NoLength, understood
from tests.sandbox.test_command import council


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("8w", {"by": "P56D"}),
        ("3 days", {"by": "P3D"}),
        ("12h", {"by": "PT12H"}),
        ("90 minutes", {"by": "PT90M"}),
        ("P3DT4H", {"by": "P3DT4H"}),
        ("10 working days", {"by_working_days": 10}),
        ("1 Working Day", {"by_working_days": 1}),
        ("next", {"to_next_due": True}),
        ("2026-09-01", {"to": "2026-09-01T08:00:00+00:00"}),
        ("2026-12-01T09:30:00Z", {"to": "2026-12-01T09:30:00+00:00"}),
    ],
)
def test_how_far_is_understood(typed: str, sent: dict[str, Any]) -> None:
    assert understood(typed) == sent


@pytest.mark.parametrize("typed", ["soon", "-3d", "3 fortnights", "2026-13-01", "2026-09-01T10:00", ""])
def test_what_is_not_understood_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(NoLength, match="8w"):
        understood(typed)


@pytest.fixture
def data(built_folder: Path, tmp_path: Path) -> str:
    """A data folder that nobody serves."""
    shutil.copytree(built_folder, tmp_path / "council-data")
    return str(tmp_path / "council-data")


def test_a_clock_is_advanced_where_nobody_serves_and_says_what_happened(data: str, tmp_path: Path) -> None:
    done = council("clock", "fairwater", "--data", data, "advance", "10", "working", "days", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Mon 15 Jun 2026 09:00" in done.stdout
    assert "council tax recovery: weekly" in done.stdout
    told = council("clock", "fairwater", "--data", data, "--json", cwd=tmp_path)
    assert json.loads(told.stdout)["now"] == "2026-06-15T08:00:00Z"


def test_a_long_advance_is_counted_by_kind(data: str, tmp_path: Path) -> None:
    done = council("clock", "fairwater", "--data", data, "advance", "2026-12-24", cwd=tmp_path)
    assert "council tax recovery, from Wed  3 Jun 2026 to Wed 23 Dec 2026" in done.stdout
    assert len(done.stdout.splitlines()) < 12


def test_a_clock_set_back_is_refused_in_one_line(data: str, tmp_path: Path) -> None:
    done = council("clock", "fairwater", "--data", data, "advance", "2026-05-01", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be taken back" in done.stderr


def test_the_calendar_says_which_day_lies_ten_working_days_on(data: str, tmp_path: Path) -> None:
    words = ("calendar", "--from", "2026-12-21", "--after", "5")
    done = council("clock", "fairwater", "--data", data, *words, cwd=tmp_path)
    assert "Christmas Day" in done.stdout
    assert "5 working days after Mon 21 Dec 2026: Wed 30 Dec 2026" in done.stdout


def test_the_only_council_need_not_be_named(data: str, tmp_path: Path) -> None:
    done = council("clock", "advance", "3d", "--data", data, cwd=tmp_path)
    assert "Thu  4 Jun 2026 09:00" in done.stdout


def test_a_word_that_is_no_action_is_refused_with_those_that_are(data: str, tmp_path: Path) -> None:
    done = council("clock", "fairwater", "rewind", "--data", data, cwd=tmp_path)
    assert done.returncode == 2
    assert "freeze" in done.stderr
