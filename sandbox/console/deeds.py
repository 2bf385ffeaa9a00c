"""What the forms of the driving page ask of the control API, and how its answer is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from sandbox.console import words

MOST_TOLD = 20
STEPS: dict[str, dict[str, Any]] = {
    "day": {"by": "P1D"},
    "week": {"by": "P7D"},
    "working-days": {"by_working_days": 10},
    "next": {"to_next_due": True},
}
SPEEDS = {"60": "a minute", "3600": "an hour", "86400": "a day"}
LIFETIMES = {"PT1H": "an hour", "P1D": "a day", "P7D": "a week", "": "until it is deleted"}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a form: one sentence, more lines where there is more to say, and whether it was done."""

    sentence: str
    lines: Sequence[str] = ()
    done: bool = True


@dataclass(frozen=True, slots=True)
class Deed:
    """One call of the control API about a council (``path`` below it), and how its answer is told.

    ``council`` names another than the one that is driven.
    """

    method: str
    path: str
    sent: Any
    told: Callable[[Any], Told]
    council: str = ""


Form = Mapping[str, str]


def deed(act: str, form: Form) -> Deed | None:
    """What a form asks for; None where there is no such form."""
    wanted = _DEEDS.get(act)
    return None if wanted is None else wanted(form)


def _advance(form: Form) -> Deed:
    return Deed("POST", "/clock", STEPS.get(form.get("step", ""), {}), _what_happened)


def _run(form: Form) -> Deed:
    speed = form.get("speed", "")
    passing = SPEEDS.get(speed, f"{speed} seconds")
    sent = {"speed": float(speed) if re.fullmatch(r"\d{1,9}", speed) else speed}
    return Deed("POST", "/clock/run", sent, lambda _: Told(f"The clock runs: {passing} in each second."))


def _freeze(_form: Form) -> Deed:
    return Deed(
        "POST",
        "/clock/freeze",
        None,
        lambda clock: Told(f"The clock stands still, at {_moment(clock['now'])}."),
    )


def _save(form: Form) -> Deed:
    sent = {"name": slug(form.get("name", ""))}
    return Deed("POST", "/snapshots", sent, lambda saved: Told(f"The council is saved as {saved['name']}."))


def _restore(form: Form) -> Deed:
    name = form.get("snapshot", "")
    return Deed(
        "POST",
        f"/snapshots/{quote(name, safe='')}/restore",
        None,
        lambda back: Told(
            f"The council is as it was saved as {name}; its clock shows {_moment(back['now'])}."
        ),
    )


def _discard(form: Form) -> Deed:
    name = form.get("snapshot", "")
    path = f"/snapshots/{quote(name, safe='')}"
    return Deed("DELETE", path, None, lambda _: Told(f"The saved state {name} is deleted."))


def _reset(_form: Form) -> Deed:
    return Deed(
        "POST",
        "/reset",
        None,
        lambda back: Told(f"The council is as it was made; its clock shows {_moment(back['now'])}."),
    )


def _fork(form: Form) -> Deed:
    name, lifetime = slug(form.get("name", "")), form.get("lifetime", "")
    sent = {"name": name} if name else {}
    if lifetime:
        sent["lifetime"] = lifetime
    return Deed("POST", "/forks", sent, lambda made: Told(f"There is a fork now: {made['title']}."))


def _delete(form: Form) -> Deed:
    fork = form.get("fork", "")
    return Deed("DELETE", "", None, lambda _: Told(f"{words.label(fork)} is deleted."), fork or "-")


def _lift(form: Form) -> Deed:
    path = f"/rules/{quote(form.get('rule', ''), safe='')}"
    return Deed("DELETE", path, None, lambda _: Told("The council no longer behaves in that way."))


_DEEDS: dict[str, Callable[[Form], Deed]] = {
    "advance": _advance,
    "run": _run,
    "freeze": _freeze,
    "save": _save,
    "restore": _restore,
    "discard": _discard,
    "reset": _reset,
    "fork": _fork,
    "delete": _delete,
    "lift": _lift,
}


def slug(typed: str) -> str:
    """A name as the sandbox writes names: ``Before the demo`` is ``before-the-demo``."""
    return "-".join(re.findall(r"[a-z0-9]+", typed.lower()))[:40].rstrip("-")


def _what_happened(told: Mapping[str, Any]) -> Told:
    sentence = f"The clock went from {_moment(told['was'])} to {_moment(told['now'])}."
    count = told["happened_in_all"]
    if count == 0:
        return Told(sentence, ["Nothing fell due on the way."])
    if count <= MOST_TOLD:
        return Told(
            sentence,
            [f"{_moment(each['at'])}: {_what(each)}, {_about(each['subject'])}" for each in told["happened"]],
        )
    return Told(
        sentence,
        [
            f"{_what(each)}, {words.count(each['count'])} times from {_day(each['first'])} "
            f"to {_day(each['last'])}"
            for each in told["by_kind"]
        ],
    )


def _what(happening: Mapping[str, Any]) -> str:
    return f"{words.label(happening['service'])}: {happening['kind'].replace('_', ' ')}"


def _about(subject: str) -> str:
    try:
        return words.day(date.fromisoformat(subject))
    except ValueError:
        return subject


def _moment(instant: str) -> str:
    return words.moment(datetime.fromisoformat(instant))


def _day(instant: str) -> str:
    return words.day(datetime.fromisoformat(instant).date())
