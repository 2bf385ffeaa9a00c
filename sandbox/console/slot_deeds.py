"""What the forms of the page of slots ask of the control API, and how its answer is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from sandbox.console import words
from sandbox.console.deeds import MOST_TOLD, Deed, Form, Told

SHARES = (10, 50)
"""The percentages of homes for which there is a button each; for all of them a component is live."""
REPLAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "some": ("600 calls of a day: enough for the gate", {"kind": "day", "calls": 600}),
    "few": ("100 calls of a day: a first look", {"kind": "day", "calls": 100, "learn_noise": False}),
    "day": ("as many calls as such a council has in a day", {"kind": "day"}),
    "recorded": ("the calls that the journal has recorded", {"kind": "recorded"}),
}
"""What can be replayed: in words, and as the control API takes it."""


def slot_deed(slot: str, form: Form) -> Deed | None:
    """What a form about a slot asks for; None where there is no such step."""
    step, _, number = form.get("step", "").partition(" ")
    if step == "share" and re.fullmatch(r"\d{1,3}", number):
        return _fill(slot, form, "share", {"percent": int(number)})
    wanted = _DEEDS.get(step)
    return None if wanted is None else wanted(slot, form)


def kept_out(said: Mapping[str, Any]) -> Told | None:
    """What the gate has against a step, in words; None where it was refused for something else."""
    if not said.get("unmet"):
        return None
    lines = [f"{each['what']}." for each in said["unmet"]]
    return Told(
        "It may not answer callers yet, because something is missing. Take the steps that are missing, or "
        "give a reason to go ahead all the same.",
        lines,
        done=False,
    )


def _replay(_slot: str, form: Form) -> Deed:
    _, sent = REPLAYS.get(form.get("calls", ""), REPLAYS["some"])
    name = form.get("component", "")
    return Deed(
        "POST",
        f"/components/{quote(name, safe='')}/shadow",
        sent,
        lambda _: Told(f"Calls are being replayed to {name} and to the stub. How far it is stands below."),
    )


def _stop(_slot: str, form: Form) -> Deed:
    path = f"/components/{quote(form.get('component', ''), safe='')}/shadow"
    return Deed("DELETE", path, None, lambda _: Told("The replay is stopped."))


def _watch(slot: str, form: Form) -> Deed:
    return _fill(slot, form, "shadow")


def _ward(slot: str, form: Form) -> Deed:
    return _fill(slot, form, "share", {"wards": [form.get("ward", "")]})


def _live(slot: str, form: Form) -> Deed:
    return _fill(slot, form, "live")


def _fill(slot: str, form: Form, mode: str, share: Mapping[str, Any] | None = None) -> Deed:
    sent: dict[str, Any] = {
        "component": form.get("component", ""),
        "mode": mode,
        "share": share,
        "fallback": form.get("fallback") == "yes",
        **_reason(form),
    }
    if form.get("override"):
        sent["override"] = form["override"]
    return Deed("PUT", f"/slots/{quote(slot, safe='')}", sent, _filled)


def _roll_back(slot: str, form: Form) -> Deed:
    sent = {"component": form.get("component") or None, **_reason(form)}
    return Deed("POST", f"/slots/{quote(slot, safe='')}/roll-back", sent, _filled)


def _reason(form: Form) -> dict[str, Any]:
    """Who and why. Where nobody says who, the name of the key stands in the history."""
    return {"by": form.get("by") or None, "why": form.get("why", "")}


def _take_back(_slot: str, form: Form) -> Deed:
    return ask_back(form.get("component", ""), form, take_back=True)


def _look(_slot: str, form: Form) -> Deed:
    return ask_back(form.get("component", ""), form, take_back=False)


def ask_back(component: str, form: Form, *, take_back: bool) -> Deed:
    """Ask a component for its records, and with ``take_back`` take its account of its cases."""
    sent = {"take_back": take_back, **_reason(form)}
    return Deed("POST", f"/components/{quote(component, safe='')}/returned", sent, came_back)


def remove(component: str) -> Deed:
    """Let a component go."""
    return Deed(
        "DELETE",
        f"/components/{quote(component, safe='')}",
        None,
        lambda _: Told(f"{component} has left; its key opens nothing any more."),
    )


def came_back(told: Mapping[str, Any]) -> Told:
    """What became of asking a component for its records."""
    lines = [_difference(each) for each in told["differences"][:MOST_TOLD]]
    lines += [f"Left as it was: {each}." for each in told["not_taken"]]
    if told["taken_back"] is not None:
        taken = words.count(told["taken_back"])
        lines.insert(0, f"Taken back: {taken} records now stand as the product told callers.")
    return Told(f"{told['sentence']}.", lines, done=not told["fault"])


def _difference(each: Mapping[str, Any]) -> str:
    where = f"{words.label(each['table'])} {each['reference']}"
    if each["what"] == "missing":
        return f"{where} did not come back."
    if each["what"] == "unknown":
        return f"{where} came back, and nobody here knows it."
    fields = (
        f"{words.label(one['field']).lower()} is {one['ours']} here and {one['theirs']} there"
        for one in each["fields"]
    )
    return f"{where}: {'; '.join(fields)}."


_DEEDS: dict[str, Callable[[str, Form], Deed]] = {
    "compare": _replay,
    "stop": _stop,
    "watch": _watch,
    "ward": _ward,
    "go-live": _live,
    "take-back": _take_back,
    "look": _look,
    "roll-back": _roll_back,
}


def _filled(slot: Mapping[str, Any]) -> Told:
    return Told(f"{slot['title']}: {slot['overview']}")
