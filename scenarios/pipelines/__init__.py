"""Conformance in a pipeline: a recipe in plain shell, an action for GitHub and a component for GitLab.

They are in the wheel, so that `conform.sh` is at hand wherever the command is:
`python -c 'from scenarios.pipelines import RECIPE; print(RECIPE)'`.
"""

from __future__ import annotations

from pathlib import Path

RECIPE = Path(__file__).parent / "conform.sh"
"""The recipe: POSIX shell, told what to do by variables of the environment."""
