"""What the page of slots shows of each component that joined: how it stands, and the steps to take next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.console import words
from sandbox.console.slot_checks import Check
from sandbox.console.slot_deeds import SHARES


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, and the step that it takes."""

    says: str
    step: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be taken: its buttons, what it will do, what is missing, and how it is typed."""

    name: str
    heading: str
    buttons: Sequence[Button]
    will: str
    unmet: Sequence[Mapping[str, Any]]
    command: str

    @property
    def is_recorded(self) -> bool:
        """Whether it changes who answers, so that it is written into the history who took it."""
        return self.name not in ("check", "compare", "look")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A component that joined for a slot, how it stands, and what can be done with it."""

    told: Mapping[str, Any]
    fillings: Sequence[Mapping[str, Any]]
    comparison: Mapping[str, Any] | None
    replay: Mapping[str, Any] | None
    returned: Mapping[str, Any] | None
    check: Check | None
    steps: Sequence[Step]

    @property
    def is_missing_something(self) -> bool:
        """Whether a step needs a reason to be taken all the same."""
        return any(step.unmet for step in self.steps)

    @property
    def can_answer(self) -> bool:
        """Whether a step lets it answer callers."""
        return any(step.name in ("share", "go-live") for step in self.steps)

    @property
    def checked(self) -> str:
        """What its latest check came to, in a sentence or two."""
        return _checked(self.told["verdict"])

    @property
    def compared(self) -> str:
        """What its latest comparison with the stub came to, in a sentence."""
        told = self.comparison
        if told is None:
            return "Not yet."
        if told["state"] == "failed":
            return f"The latest comparison broke off: {str(told['problem']).rstrip('.')}."
        return str(told["sentence"])


def _checked(verdict: Mapping[str, Any] | None) -> str:
    if verdict is None:
        return "Not yet."
    counts, when = verdict["counts"], words.instant(verdict["at"])
    tried = sum(counts.get(each, 0) for each in ("pass", "fail", "error"))
    missed = tried - counts.get("pass", 0)
    if verdict["passed"]:
        told = f"It passed, on {when}: {words.count(counts.get('pass', 0))} checks held."
    elif missed:
        told = f"It did not pass, on {when}: {words.count(missed)} of {words.count(tried)} checks failed."
    else:
        told = f"It did not pass, on {when}: not everything that must hold could be shown."
    if verdict["partial"]:
        told += " Only some of the checks were run."
    if not verdict["stands"]:
        told += " Something has changed since, so that it no longer counts."
    return told


_HEADINGS = {
    "check": "Check it",
    "compare": "Replay a day",
    "watch": "Watch it",
    "share": "Let it answer for some",
    "go-live": "Go live",
    "roll-back": "Roll back",
}
_BUTTONS = {
    "check": [Button("Check it", "check")],
    "compare": [Button("Replay a day", "compare")],
    "watch": [Button("Watch it beside the stub", "watch")],
    "share": [*(Button(f"Answer for {share} % of homes", f"share {share}") for share in SHARES)],
    "go-live": [Button("Answer for everybody (100 %)", "go-live")],
    "roll-back": [Button("Roll back to the stub", "roll-back")],
}


def steps_of(following: Sequence[Mapping[str, Any]], component: str) -> list[Step]:
    """The steps that are possible with a component now, in the order in which they are taken."""
    return [
        Step(
            each["step"],
            _HEADINGS[each["step"]],
            _BUTTONS[each["step"]],
            each["will"],
            each["unmet"],
            each["command"],
        )
        for each in following
        if each["component"] == component and each["step"] in _BUTTONS
    ]


def last_steps(component: str, answered: bool) -> list[Step]:
    """The steps that lead out, for a component that fills nothing; ``answered`` for cases once, or not."""
    looks = Step(
        "look",
        "See what it holds",
        [Button("Compare its records", "look")],
        f"Asks {component} for all its records and compares them with what the council holds",
        (),
        f"council component compare-records {component}",
    )
    takes = Step(
        "take-back",
        "Take the data back",
        [Button("Take its cases back", "take-back")],
        f"Asks {component} for its records: the cases that it answered for will stand here as it told them",
        (),
        f"council component take-back {component}",
    )
    leaves = Step(
        "leave",
        "Let it leave",
        [Button("Let it leave", "leave")],
        f"Takes the cases of {component} back, compares all records, and removes it with its key",
        (),
        f"council component leave {component}",
    )
    return [looks, takes, leaves] if answered else [looks, leaves]
