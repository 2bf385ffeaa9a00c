"""The kinds of refusal, each explained from the docstring of its class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.console import words
from service_apis.kit.problems import Problem, all_problems
from service_apis.kit.service import Service


@dataclass(frozen=True, slots=True)
class Explained:
    """A kind of refusal. ``service`` is the one whose own it is, or None where it is the sandbox's."""

    name: str
    title: str
    status: int
    explanation: str
    service: Service | None


def explained(services: Iterable[Service]) -> list[Explained]:
    """Every kind of refusal by name; one name may stand for several services' own."""
    owners = list(services)
    # A kind that descends from two others is met twice.
    found = [_explained(kind, owners) for kind in dict.fromkeys(all_problems())]
    return sorted(found, key=lambda each: (each.name, each.service.title if each.service else ""))


def _explained(kind: type[Problem], services: list[Service]) -> Explained:
    owner = next((each for each in services if kind.__module__.startswith(f"{each.package}.")), None)
    return Explained(kind.name(), words.label(kind.name()), kind.status, kind.explanation(), owner)
