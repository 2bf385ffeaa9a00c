"""Open311's operations: each in JSON and in XML, open to read, with a key in the form to write."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Annotated, Any, get_args

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from service_apis.kit import spark
from service_apis.kit.door import SCOPE_KEY, Door
from service_apis.kit.forms import form_schema
from service_apis.kit.open311.shapes import MEMBERS, Discovery, EndpointEntry, Fault
from service_apis.kit.operation import FORM_MEDIA_TYPES
from service_apis.kit.problems import NotAllowed, NotAuthenticated, NotFound, Problem
from service_apis.kit.routes import Method, Routes
from service_apis.kit.schemas import Schema
from service_apis.kit.spark import Format

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,40})\](\[\])?")
_MOMENT = {"type": "string", "format": "date-time"}
_NOT_GIVEN = ({"type": "string", "maxLength": 0}, {"type": "null"})
When = Annotated[str | None, Query(max_length=40, json_schema_extra={"anyOf": [_MOMENT, *_NOT_GIVEN]})]
"""One end of a span of time. A client that leaves the field empty has not given it."""
Function = Callable[..., Response]
Declare = Callable[[Function], Function]


class NoSuchJurisdiction(NotFound):
    """The jurisdiction_id is not this council's. It may be left out: one council answers here."""


class Open311Routes(Routes):
    """The operations of one service that speaks Open311.

    A function is declared once, with its path and without a format; it is given ``format`` and
    becomes two operations: of its own name for ``.json``, and ``..._as_xml`` for ``.xml``.
    """

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        for kind in (Problem, RequestValidationError, HTTPException, Exception):
            self.refusals[kind] = refuse

    def reads(self, path: str, root: str, shape: Any) -> Declare:
        """A reading, open to all, of a ``shape`` under the element ``root``."""
        return self._in_both_formats("GET", path, root, shape, (400, 404), dependencies=[Depends(_for_us)])

    def takes(self, path: str, root: str, shape: Any, form: type[BaseModel]) -> Declare:
        """The taking of a ``form``; the function lets it in with :func:`admit`."""
        content = {kind: {"schema": form_schema(form)} for kind in FORM_MEDIA_TYPES}
        extra = {"requestBody": {"required": True, "content": content}}
        return self._in_both_formats("POST", path, root, shape, (400, 403, 404, 413), openapi_extra=extra)

    def _in_both_formats(
        self, method: Method, path: str, root: str, shape: Any, refused: Iterable[int], **options: Any
    ) -> Declare:
        def declare(function: Function) -> Function:
            for format in get_args(Format):
                responses = {200: spark.described(format, root, shape, "As asked.")}
                for status in refused:
                    said = REFUSALS[status]
                    responses[status] = spark.described(format, "errors", list[Fault], said)
                self.standard(
                    method,
                    f"{path}.{format}",
                    responses=responses,
                    response_class=JSONResponse if format == "json" else Response,
                    **options,
                )(_fixed(function, format))
            return function

        return declare


def _fixed(function: Function, format: Format) -> Function:
    """The function for one format, with a name of its own for OpenAPI."""

    @wraps(function)
    def in_format(**arguments: Any) -> Response:
        return function(format=format, **arguments)

    signature = inspect.signature(function, eval_str=True)
    kept = [each for name, each in signature.parameters.items() if name != "format"]
    in_format.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    in_format.__name__ = function.__name__ + ("" if format == "json" else f"_as_{format}")
    return in_format


def answer(format: Format, root: str, said: Schema | list[Schema]) -> Response:
    """An answer in the format asked for, under the element ``root``."""
    if isinstance(said, list):
        return spark.answer(format, root, [each.model_dump(mode="json") for each in said], MEMBERS)
    return spark.answer(format, root, said.model_dump(mode="json"), MEMBERS)


def discovery(door: Door) -> Discovery:
    """Where Open311 is spoken: here alone."""
    since = f"{door.council.facts['as_of']} 09:00"
    endpoint = EndpointEntry(
        specification=SPECIFICATION,
        url=door.base_url,
        changeset=since,
        type="test",
        formats=["text/xml", "application/json"],
    )
    return Discovery(
        changeset=since,
        contact=f"{door.council.facts['title']} is a pretend council in a sandbox; ask whoever runs it.",
        key_service="The sandbox shows a key when it starts, and makes others through its control API.",
        endpoints=[endpoint],
    )


def answers_in(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The answers to questions in a form, by code: ``attribute[CODE]`` or ``attribute[CODE][]``."""
    answers: dict[str, list[str]] = {}
    for name, value in fields:
        if attribute := _ATTRIBUTE.fullmatch(name):
            answers.setdefault(attribute[1], []).append(value)
    return answers


async def _for_us(
    request: Request,
    jurisdiction_id: Annotated[str | None, Query(max_length=100, description="The council's name.")] = None,
    api_key: Annotated[str | None, Query(max_length=200, description="Not needed to read.")] = None,
) -> None:
    """What every reading may name."""
    _refuse_other_jurisdiction(request.scope[SCOPE_KEY], jurisdiction_id)


def admit(door: Door, fields: list[tuple[str, str]], scope: str) -> None:
    """Let a form in if its ``api_key`` may do what ``scope`` says.

    Raises NotAuthenticated, NotAllowed or NoSuchJurisdiction.
    """
    sent = dict(reversed(fields))
    caller = door.caller_of_key(sent.get("api_key", ""))
    if caller is None:
        said = "Invalid api_key received" if "api_key" in sent else "No api_key received"
        raise NotAuthenticated(f"{said}; send a key of this sandbox in the form's field api_key")
    if not caller.may(scope):
        raise NotAllowed(f"The api_key {caller.name!r} lacks the scope {scope}; use one that has it")
    _refuse_other_jurisdiction(door, sent.get("jurisdiction_id"))


def _refuse_other_jurisdiction(door: Door, jurisdiction_id: str | None) -> None:
    if jurisdiction_id and jurisdiction_id != door.council.name:
        raise NoSuchJurisdiction(
            f"jurisdiction_id {jurisdiction_id} was not found; here it is {door.council.name}, or left out"
        )


REFUSALS = {
    400: "The request cannot be fulfilled as it was made.",
    403: "The api_key is missing, unknown, or may not do this.",
    404: "What was named is not there: a service_code, service_request_id, token or jurisdiction_id.",
    405: "The address does not take this method.",
    413: "The body is too large.",
    500: "Something went wrong inside the sandbox.",
}
"""The standard knows 400, 403 and 404; the rest are HTTP's own, and said in the standard's shape."""
_STATUS_OF_PROBLEM = {401: 403, 403: 403, 404: 404, 405: 405, 413: 413}


async def refuse(request: Request, error: Exception) -> Response:
    """Any refusal in the standard's shape, in the format that the address ends with, else in XML."""
    headers: dict[str, str] = {}
    if isinstance(error, Problem):
        status = _STATUS_OF_PROBLEM.get(error.status, 400)
        listed = error.more.get("errors") or []
        faults = [f"{each['where']} {each['what']}" for each in listed] or [error.detail]
    elif isinstance(error, RequestValidationError):
        named = [fault for fault in error.errors() if fault["loc"][0] == "path"]
        status = 404 if named else 400
        faults = [f"{fault['loc'][-1]} {fault['input']} was not found" for fault in named]
        faults = faults or [f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors()]
    elif isinstance(error, HTTPException):
        status, headers = error.status_code, dict(error.headers or {})
        faults = [f"{request.method} {request.url.path}: {error.detail}"]
    else:
        status, faults = 500, [f"{REFUSALS[500]} Nothing was changed."]
    format: Format = "json" if request.url.path.endswith(".json") else "xml"
    body = [{"code": status, "description": fault} for fault in faults]
    refused = spark.answer(format, "errors", body, MEMBERS, status)
    refused.headers.update(headers)
    return refused
