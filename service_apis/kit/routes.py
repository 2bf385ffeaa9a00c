"""Routes: a plain function becomes an HTTP operation.

A service's ``api.py`` writes, for example::

    routes = Routes("waste")

    @routes.get("/rounds/{reference}", problems=(NoSuchRound,))
    def show_round(work: Work, reference: Reference) -> Round: ...

and the kit does the rest, in one place: the scope is checked, the function runs in one
transaction that is committed before the answer exists, ETag, Link, Idempotency-Key and
If-Match work, an unknown query parameter is refused, and the OpenAPI says all of it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Query, Request
from fastapi.responses import Response

from service_apis.kit.keyed_route import KEY_SCHEME
from service_apis.kit.lists import MAX_PER_PAGE, Listing, Page
from service_apis.kit.operation import Operation, StandardOperation
from service_apis.kit.problems import (
    BodyTooLarge,
    IdempotencyKeyReused,
    MediaTypeNotSupported,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotJson,
    Problem,
    StaleVersion,
    TooManyRequests,
    Unavailable,
    Unprocessable,
)
from service_apis.kit.schemas import InvalidRequestDetails, VersionedSchema

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Function = Callable[..., Any]
Refusal = Callable[[Request, Exception], Awaitable[Response]]


# A coroutine, because FastAPI would run a plain function in a thread for every list.
async def _turn_to(
    page: Annotated[int, Query(ge=1, le=1_000_000, description="Which page, from 1.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="Records on a page.")] = 50,
) -> Page:
    return Page.model_construct(page=page, per_page=per_page)


AskedPage = Annotated[Page, Depends(_turn_to)]
"""The page of a list that the client asked for, by ``page`` and ``per_page``."""

_IDEMPOTENCY_KEY = Header(
    max_length=255,
    description="Names this request: sent again with the same body, it gets the first answer again.",
)
_IF_MATCH = Header(
    max_length=255, description="The ETag that the change is meant for; 412 if the thing has changed since."
)
_KEY = Query(max_length=200, description="The key, for a program that cannot send a header.")
_NAMES = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation as FastAPI needs it."""

    path: str
    endpoint: Callable[..., Any]
    options: Mapping[str, Any]


class Routes:
    """The HTTP operations of one service, in the order of their declaration."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.routes: list[Route] = []
        self.refusals: dict[type[Exception], Refusal] = {}
        """How a service that follows a published standard answers what is refused, by kind of exception."""

    def get(
        self, path: str, *, problems: tuple[type[Problem], ...] = (), key_in_address: bool = False
    ) -> Callable[[Function], Function]:
        """A read: needs the scope ``{slug}:read``; with ``key_in_address`` the key may come as ``?key=``."""
        return self._operation("GET", path, 200, problems, key_in_address=key_in_address)

    def post(
        self,
        path: str,
        *,
        status: int = 201,
        changes: bool = False,
        problems: tuple[type[Problem], ...] = (),
    ) -> Callable[[Function], Function]:
        """A write that makes something; a repeat under one Idempotency-Key gets the first answer.

        ``changes`` says that it also changes a thing with a version, which If-Match may name.
        """
        return self._operation("POST", path, status, problems, changes)

    def put(self, path: str, *, problems: tuple[type[Problem], ...] = ()) -> Callable[[Function], Function]:
        """A write that replaces something."""
        return self._operation("PUT", path, 200, problems)

    def patch(self, path: str, *, problems: tuple[type[Problem], ...] = ()) -> Callable[[Function], Function]:
        """A write that changes part of something."""
        return self._operation("PATCH", path, 200, problems)

    def standard(
        self, method: Method, path: str, **options: Any
    ) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        """An operation of a published standard: open to all unless the function refuses them.

        The function gets ``work`` and, where it names them, ``door`` and ``form``; see
        :class:`StandardOperation`. ``options`` are FastAPI's own, such as ``responses``.
        """

        def declare(function: Callable[..., Response]) -> Callable[..., Response]:
            operation = StandardOperation(self.slug, method, function, options.get("status_code", 200))
            operation.signature = _own_signature(inspect.signature(function, eval_str=True))
            described = {"methods": [method], "response_model": None, **_description(function), **options}
            self.routes.append(Route(path, operation.as_endpoint(), described))
            return function

        return declare

    def _operation(
        self,
        method: Method,
        path: str,
        status: int,
        problems: tuple[type[Problem], ...],
        changes: bool = False,
        key_in_address: bool = False,
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            signature = inspect.signature(function, eval_str=True)
            answer = signature.return_annotation
            operation = Operation(self.slug, method, function, status, key_in_address=key_in_address)
            raw = inspect.isclass(answer) and issubclass(answer, Response)
            changes_version = changes or (method in ("PUT", "PATCH") and _is_versioned(answer))
            options = {
                "methods": [method],
                "status_code": status,
                "response_model": None if raw else answer,
                "responses": _responses(problems, answer, method, status, changes_version),
                "openapi_extra": {"security": [{KEY_SCHEME: []}]},
                **_description(function),
            }
            if raw:
                options["response_class"] = answer
            operation.signature = _signature(signature, operation, changes_version)
            operation.checks_path_only = set(signature.parameters) - {"work"} <= set(_NAMES.findall(path))
            self.routes.append(Route(path, operation.as_endpoint(), options))
            return function

        return declare


def _description(function: Function) -> dict[str, Any]:
    """What OpenAPI says of a function: the operation's id is its name."""
    return {
        "operation_id": function.__name__,
        "name": function.__name__,
        "description": inspect.cleandoc(function.__doc__ or ""),
        "summary": function.__name__.replace("_", " ").capitalize(),
    }


def _own_signature(signature: inspect.Signature) -> inspect.Signature:
    """A standard's function's parameters as FastAPI is to read them, with the request."""
    kinds = inspect.Parameter.KEYWORD_ONLY
    given = ("work", "door", "form")
    kept = [each.replace(kind=kinds) for name, each in signature.parameters.items() if name not in given]
    return inspect.Signature([*kept, inspect.Parameter("request", kinds, annotation=Request)])


def _is_versioned(answer: Any) -> bool:
    return inspect.isclass(answer) and issubclass(answer, VersionedSchema)


def _signature(
    signature: inspect.Signature, operation: Operation, changes_version: bool
) -> inspect.Signature:
    """The function's parameters without ``work``, with the request and the headers the kit reads."""
    kinds = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        parameter.replace(kind=kinds) for name, parameter in signature.parameters.items() if name != "work"
    ]
    parameters.append(inspect.Parameter("request", kinds, annotation=Request))
    if operation.key_in_address:
        parameters.append(_optional("key", _KEY))
    if operation.method == "POST":
        parameters.append(_optional("idempotency_key", _IDEMPOTENCY_KEY))
    if changes_version:
        parameters.append(_optional("if_match", _IF_MATCH))
    return inspect.Signature(parameters)


def _optional(name: str, place: Any) -> inspect.Parameter:
    """A parameter that the kit reads for the function, in a header or in the address."""
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, annotation=Annotated[str | None, place], default=None)


_HEADERS = {
    "ETag": {"description": "The version of what is shown, for If-Match.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}},
    "Link": {"description": "RFC 8288 links to the other pages.", "schema": {"type": "string"}},
}


def _responses(
    problems: tuple[type[Problem], ...], answer: Any, method: Method, status: int, changes_version: bool
) -> dict[int | str, dict[str, Any]]:
    general: list[type[Problem]] = [NotAuthenticated, NotAllowed, NotFound, Unprocessable]
    # The sandbox can be told to refuse any call so, and a caller has to be ready for it.
    general += [TooManyRequests, Unavailable]
    if method != "GET":
        general += [NotJson, BodyTooLarge, MediaTypeNotSupported]
    if changes_version:
        general.append(StaleVersion)
    if method == "POST":
        general.append(IdempotencyKeyReused)
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in (*problems, *general):
        by_status.setdefault(problem.status, []).append(problem)
    responses: dict[int | str, dict[str, Any]] = {
        code: {
            "model": InvalidRequestDetails,
            "description": "; ".join(dict.fromkeys(kind.title() for kind in kinds)),
            "content": {"application/problem+json": {}},
        }
        for code, kinds in sorted(by_status.items())
    }
    for code in (TooManyRequests.status, Unavailable.status):
        responses[code]["headers"] = {"Retry-After": _HEADERS["Retry-After"]}
    headers = {}
    if _is_versioned(answer):
        headers["ETag"] = _HEADERS["ETag"]
    if inspect.isclass(answer) and issubclass(answer, Listing):
        headers["Link"] = _HEADERS["Link"]
    if headers:
        responses[status] = {"headers": headers}
    return responses
