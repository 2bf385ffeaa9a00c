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
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Query, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.responses import Response
from fastapi.security.base import SecurityBase

from service_apis.kit.door import SCOPE_KEY, Caller, Door
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
    Unprocessable,
)
from service_apis.kit.schemas import InvalidRequestDetails, VersionedSchema

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Function = Callable[..., Any]
Refusal = Callable[[Request, Exception], Awaitable[Response]]


def _turn_to(
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


class KeyWithScope(SecurityBase):
    """The demand for a key with one scope, checked before anything else of the request is."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.scheme_name = "key"
        self.model = HTTPBearerModel(
            description="An API key of this sandbox, as `Authorization: Bearer KEY`."
        )

    async def __call__(self, request: Request) -> Caller:
        """The caller; raises NotAuthenticated or NotAllowed."""
        door: Door = request.scope[SCOPE_KEY]
        return door.admit(self.scope)


class KeyInHeaderOrAddress(KeyWithScope):
    """The same demand, for programs that cannot send a header: the key may come as ``?key=``."""

    async def __call__(
        self,
        request: Request,
        key: Annotated[
            str | None, Query(max_length=200, description="The key, for a program that cannot send a header.")
        ] = None,
    ) -> Caller:
        """The caller by the header or, without a known key there, by the address."""
        door: Door = request.scope[SCOPE_KEY]
        if door.caller is None and key is not None:
            door = replace(
                door,
                caller=door.caller_of_key(key),
                refusal="This sandbox does not know the key in the address",
            )
        return door.admit(self.scope)


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
        demand = KeyInHeaderOrAddress if key_in_address else KeyWithScope
        return self._operation("GET", path, 200, problems, demand=demand)

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

    def plain(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """An operation in the framework's own style, for a service that follows a standard to the letter."""
        self.routes.append(Route(path, endpoint, options))

    def _operation(
        self,
        method: Method,
        path: str,
        status: int,
        problems: tuple[type[Problem], ...],
        changes: bool = False,
        demand: type[KeyWithScope] = KeyWithScope,
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            signature = inspect.signature(function, eval_str=True)
            answer = signature.return_annotation
            operation = Operation(self.slug, method, function, status)
            raw = inspect.isclass(answer) and issubclass(answer, Response)
            changes_version = changes or (method != "GET" and _is_versioned(answer))
            options = {
                "methods": [method],
                "status_code": status,
                "response_model": None if raw else answer,
                "responses": _responses(problems, answer, method, status, changes_version),
                **_description(function),
            }
            if raw:
                options["response_class"] = answer
            key = demand(operation.scope)
            operation.signature = _signature(signature, key, method, changes_version)
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
    signature: inspect.Signature, key: KeyWithScope, method: Method, changes_version: bool
) -> inspect.Signature:
    """The function's parameters without ``work``, with the request and the headers the kit reads."""
    kinds = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        parameter.replace(kind=kinds) for name, parameter in signature.parameters.items() if name != "work"
    ]
    parameters.append(inspect.Parameter("request", kinds, annotation=Request))
    parameters.append(inspect.Parameter("caller", kinds, annotation=Annotated[Caller, Depends(key)]))
    if method == "POST":
        parameters.append(
            inspect.Parameter(
                "idempotency_key", kinds, annotation=Annotated[str | None, _IDEMPOTENCY_KEY], default=None
            )
        )
    if changes_version:
        parameters.append(
            inspect.Parameter("if_match", kinds, annotation=Annotated[str | None, _IF_MATCH], default=None)
        )
    return inspect.Signature(parameters)


_HEADERS = {
    "ETag": {"description": "The version of what is shown, for If-Match.", "schema": {"type": "string"}},
    "Link": {"description": "RFC 8288 links to the other pages.", "schema": {"type": "string"}},
}


def _responses(
    problems: tuple[type[Problem], ...], answer: Any, method: Method, status: int, changes_version: bool
) -> dict[int | str, dict[str, Any]]:
    general: list[type[Problem]] = [NotAuthenticated, NotAllowed, NotFound, Unprocessable]
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
    headers = {}
    if _is_versioned(answer):
        headers["ETag"] = _HEADERS["ETag"]
    if inspect.isclass(answer) and issubclass(answer, Listing):
        headers["Link"] = _HEADERS["Link"]
    if headers:
        responses[status] = {"headers": headers}
    return responses
