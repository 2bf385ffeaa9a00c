"""What can be reported, as ``catalogue.json`` says: services, their questions, how each is dealt with."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from defects import wrong
from refusals import NotFound
from written import instant

_WRITTEN: dict[str, Any] = json.loads(Path(__file__).with_name("catalogue.json").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = {each["service_code"]: each for each in _WRITTEN["services"]}
FIXMYSTREET = [
    {"code": code, "description": code.replace("_", " ").capitalize(), "datatype": "string"}
    | {"required": False, "datatype_description": "", "variable": True, "automated": "server_set"}
    for code in _WRITTEN["asked_of_fixmystreet"]
]
"""What FixMyStreet answers by itself, whatever is reported."""
STAGES: dict[str, str] = _WRITTEN["stages"]
OTHER_ENDINGS: dict[str, str] = _WRITTEN["other_endings"]
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,40})\](?:\[\])?")
_LONGEST_ANSWER, _LONGEST_TEXT = 400, 4000


class Stage(NamedTuple):
    """A state that a report reaches so many working days after the one before, and what is said then."""

    wait: int
    state: str
    note: str


def service(code: str) -> dict[str, Any]:
    """One service. Raises NotFound."""
    if code not in SERVICES:
        raise NotFound(f"service_code {code} was not found; there are: {', '.join(SERVICES)}")
    return SERVICES[code]


def told(each: dict[str, Any]) -> dict[str, Any]:
    """A service as the list of services tells of it."""
    groups: list[str] = each["groups"]
    kept = ("service_code", "service_name", "description")
    entry = {name: each[name] for name in kept} | {"metadata": bool(each["questions"])}
    entry |= {"type": each["type"], "keywords": each["keywords"], "group": groups[0]}
    return entry | ({"groups": groups} if len(groups) > 1 else {})


def definition(each: dict[str, Any]) -> dict[str, Any]:
    """The questions of a service, in their order."""
    questions = [*each["questions"], *FIXMYSTREET] if each["questions"] else []
    attributes = [{**question, "order": place} for place, question in enumerate(questions, start=1)]
    return {"service_code": each["service_code"], "attributes": attributes}


def notice(each: dict[str, Any]) -> str:
    """What whoever reports is told to expect."""
    return f"{each['team']} aims to deal with this within {sum(each['working_days'])} working days."


def stages(each: dict[str, Any], ending: str = "fixed") -> list[Stage]:
    """How a report of a service comes to an end: received, then worked on or turned down."""
    first, *waits = each["working_days"]
    received = Stage(first, "open", f"{each['team']} has received your report.")
    if ending != "fixed":
        return [received, Stage(2, ending, OTHER_ENDINGS[ending])]
    # A short way leaves out the investigation, a shorter one the ordering of the work.
    states = {1: [], 2: ["action_scheduled"]}.get(len(waits), list(STAGES))
    between = [Stage(wait, state, STAGES[state]) for wait, state in zip(waits[:-1], states, strict=False)]
    return [received, *between, Stage(waits[-1], "fixed", each["done"])]


def ending_of(each: dict[str, Any], answers: dict[str, list[str]]) -> str:
    """How a report will end if nobody intervenes: land that is not the council's is not its to clear."""
    question, answer = each.get("not_ours", ("", ""))
    return "not_councils_responsibility" if answer in answers.get(question, []) else "fixed"


def answers_in(form: list[tuple[str, str]]) -> dict[str, list[str]]:
    """The answers in a form, by the code of their question."""
    answers: dict[str, list[str]] = {}
    for name, value in form:
        if attribute := _ATTRIBUTE.fullmatch(name):
            answers.setdefault(attribute[1], []).append(value)
    return answers


def faults(each: dict[str, Any], answers: dict[str, list[str]]) -> Iterator[str]:
    """What is wrong with the answers to the questions of a service."""
    asked = {question["code"]: question for question in [*each["questions"], *FIXMYSTREET]}
    asked = {code: question for code, question in asked.items() if question["variable"]}
    for code, values in answers.items():
        if code not in asked:
            yield f"attribute[{code}] is not asked here; these are: {', '.join(asked)}"
        elif fault := _fault(asked[code], values):
            yield f"attribute[{code}] {fault}"
    for code, question in asked.items():
        if question["required"] and code not in answers and not wrong("required-not-demanded"):
            yield f"attribute[{code}] was not sent, and is required"


def _fault(question: dict[str, Any], values: list[str]) -> str | None:
    keys = [choice["key"] for choice in question.get("values", ())]
    kind = question["datatype"]
    longest = _LONGEST_TEXT if kind == "text" else _LONGEST_ANSWER
    if len(values) > 1 and kind != "multivaluelist":
        return "takes one value"
    for value in values:
        if keys and value not in keys:
            return f"{value} is none of its values; they are: {', '.join(keys)}"
        if len(value) > longest:
            return f"is longer than {longest} characters"
        if kind == "number" and not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value):
            return f"{value} is not a number"
        if kind == "datetime":
            instant(question["code"], value)
    return None
