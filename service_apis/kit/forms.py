"""Forms: fields as browsers and the clients of older standards send them, and the questions of a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from service_apis.kit.clock import instant_of
from service_apis.kit.problems import Unprocessable
from service_apis.kit.schemas import FaultInRequest

NOT_IN_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Control characters, and the rest of what XML 1.0 cannot carry, escaped or not."""
LONGEST_ANSWER, LONGEST_TEXT = 400, 4000

Datatype = Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
F = TypeVar("F", bound=BaseModel)


class InvalidForm(Unprocessable):
    """The form has faults; ``errors`` lists each with its field. Mend them and send it again."""

    @classmethod
    def of(cls, *faults: tuple[str, str]) -> InvalidForm:
        """The problem with each (field, what is wrong with it)."""
        errors = [FaultInRequest(where=where, what=what).model_dump() for where, what in faults]
        return cls(f"{errors[0]['where']}: {errors[0]['what']}", errors=errors)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a form asks. ``values`` are the (key, name) pairs of a list.

    Where ``variable`` is false nothing is asked: the text is shown to whoever fills in the form.
    """

    code: str
    description: str
    datatype: Datatype = "string"
    required: bool = False
    datatype_description: str = ""
    values: tuple[tuple[str, str], ...] = ()
    variable: bool = True


def choice(code: str, text: str, choices: str, *, required: bool = False, several: bool = False) -> Question:
    """A question with a list of choices, written ``key Name; key Name``."""
    kind: Datatype = "multivaluelist" if several else "singlevaluelist"
    pairs = (each.strip().partition(" ") for each in choices.split(";"))
    hint = "Choose all that apply." if several else "Choose one."
    return Question(code, text, kind, required, hint, tuple((key, name) for key, _, name in pairs))


def texts(fields: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """The fields that hold something. Raises InvalidForm for files and characters that no text has."""
    kept: list[tuple[str, str]] = []
    faults: list[tuple[str, str]] = []
    for name, value in fields:
        if not isinstance(value, str):
            faults.append((name, "is a file; text is taken here"))
        elif NOT_IN_TEXT.search(name + value):
            faults.append((name, "holds a control character; leave it out"))
        elif value.strip():
            kept.append((name, value.strip()))
    if faults:
        raise InvalidForm.of(*faults)
    return kept


def shaped(shape: type[F], fields: Iterable[tuple[str, str]]) -> F:
    """The fields in a shape; of a field sent twice the first counts. Raises InvalidForm."""
    first: dict[str, str] = {}
    for name, value in fields:
        first.setdefault(name, value)
    try:
        return shape.model_validate(first)
    except ValidationError as invalid:
        faults = [(".".join(map(str, fault["loc"])), _said(fault["msg"])) for fault in invalid.errors()]
        raise InvalidForm.of(*faults) from invalid


def _said(message: str) -> str:
    return "was not sent, and is required" if message == "Field required" else message


def moment(field: str, text: str) -> datetime:
    """A field's date and time as a UTC instant. Raises InvalidForm."""
    try:
        return instant_of(text)
    except ValueError as wrong:
        raise InvalidForm.of((field, f"{wrong}; write it as 2026-06-01T09:00:00Z")) from wrong


def ends(start: str | None, end: str | None) -> tuple[datetime | None, datetime | None]:
    """``start_date`` and ``end_date`` as instants, None where one is not given. Raises InvalidForm."""
    return moment("start_date", start) if start else None, moment("end_date", end) if end else None


def span(start: str | None, end: str | None, now: datetime, longest: timedelta) -> tuple[datetime, datetime]:
    """The time from ``start_date`` to ``end_date``: the latest, and the longest, where less is said.

    Raises InvalidForm where they lie too far apart or the wrong way round.
    """
    first, last = ends(start, end)
    try:
        last = last or (min(now, first + longest) if first and first < now else max(now, first or now))
        first = first or last - longest
        if not timedelta() <= last - first <= longest:
            raise InvalidForm.of(("end_date", f"must lie from 0 to {longest.days} days after start_date"))
    except OverflowError as outside:
        raise InvalidForm.of(("start_date", "lies too far from the present")) from outside
    return first, last


def form_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """A form in the words of OpenAPI: a field that may be left out is sent as text or not at all."""
    schema = shape.model_json_schema()
    for field in schema["properties"].values():
        field.update(field.pop("anyOf", [{}])[0])
        field.pop("default", None)
    return {**schema, "additionalProperties": False}


def faults_in_answers(
    questions: Iterable[Question], answers: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """What is wrong with the answers to a form's questions: each a code and a sentence's end."""
    asked = {question.code: question for question in questions if question.variable}
    faults = []
    for code, values in answers.items():
        if code not in asked:
            faults.append((code, f"is not asked here; these are: {', '.join(asked)}"))
        elif fault := _fault_in_answer(asked[code], values):
            faults.append((code, fault))
    missing = [code for code, question in asked.items() if question.required and code not in answers]
    return [*faults, *((code, "was not sent, and is required") for code in missing)]


def _fault_in_answer(question: Question, values: Sequence[str]) -> str | None:
    keys = [key for key, _ in question.values]
    if len(values) > 1 and question.datatype != "multivaluelist":
        return "takes one value"
    for value in values:
        if keys and value not in keys:
            return f"{value} is none of its values; they are: {', '.join(keys)}"
        if len(value) > (LONGEST_TEXT if question.datatype == "text" else LONGEST_ANSWER):
            return f"is longer than {LONGEST_ANSWER} characters, or than {LONGEST_TEXT} of a text"
        if question.datatype == "number" and not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value):
            return f"{value} is not a number"
        if question.datatype == "datetime":
            moment(question.code, value)
    return None
