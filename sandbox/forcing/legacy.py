"""Profiles of systems that councils really have, each a file in ``sandbox/legacy/`` that sets rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from sandbox.failure import Failure
from sandbox.forcing.behaviours import did_you_mean
from sandbox.forcing.rule import RuleConditions, RuleWanted
from service_apis.kit.problems import NotFound
from service_apis.kit.schemas import Schema

FOLDER = Path(__file__).parents[1] / "legacy"


class NoSuchProfile(NotFound):
    """There is no profile of that name of a legacy system. They are listed at /sandbox/legacy."""


class ProfileUnreadable(Failure):
    """A file of ``sandbox/legacy/`` is not what it should be."""


class LegacyProfile(Schema):
    """A system that councils have: what it is called, what it imitates and where that is met, and its rules.

    ``breaks`` says what in a caller's program it finds out.
    """

    title: str
    imitates: str
    breaks: str
    rules: list[RuleWanted]


@cache
def profiles() -> Mapping[str, LegacyProfile]:
    """Every profile by name, which is that of its file. Raises ProfileUnreadable."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.yaml"))}


def profile_named(name: str) -> LegacyProfile:
    """The profile of that name. Raises NoSuchProfile."""
    found = profiles().get(name)
    if found is None:
        there = ", ".join(profiles())
        raise NoSuchProfile(
            f"There is no profile called {name}. {did_you_mean(name, profiles())}There are: {there}"
        )
    return found


def rules_of(profile: LegacyProfile, under: RuleConditions) -> list[RuleWanted]:
    """The profile's rules, where and until when was asked."""
    asked = {
        name: getattr(under, name) for name in under.model_fields_set & RuleConditions.model_fields.keys()
    }
    return [each.model_copy(update=asked) for each in profile.rules]


def _read(file: Path) -> LegacyProfile:
    import yaml

    try:
        return LegacyProfile.model_validate(yaml.safe_load(file.read_text()))
    except (yaml.YAMLError, ValidationError) as error:
        raise ProfileUnreadable(f"{file} is no profile of a legacy system: {error}") from error
