"""One request, one transaction: how a function of a service is run for a caller."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.types import Scope

from service_apis.kit.door import SCOPE_KEY, Door
from service_apis.kit.lists import Listing, links
from service_apis.kit.problems import IdempotencyKeyReused, MediaTypeNotSupported, Unprocessable
from service_apis.kit.records import FirstAnswer
from service_apis.kit.schemas import VersionedSchema
from service_apis.kit.work import Work

FORM_MEDIA_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class UnknownParameter(Unprocessable):
    """The address carries a query parameter that the operation does not know; its OpenAPI lists those."""


@dataclass
class Operation:
    """A service's function and all that surrounds a call of it."""

    slug: str
    method: str
    function: Callable[..., Any]
    status: int
    signature: inspect.Signature | None = None
    known_parameters: frozenset[str] = frozenset()
    key_in_address: bool = False
    """Whether the key may come as ``?key=``, from programs that cannot send a header."""
    checks_path_only: bool = False
    """Whether the function takes nothing but what stands in the path."""

    @cached_property
    def scope(self) -> str:
        """The scope a caller needs: reading asks for ``:read``, everything else for ``:write``."""
        return f"{self.slug}:{'read' if self.method == 'GET' else 'write'}"

    @cached_property
    def service(self) -> str:
        """The service's URL name."""
        return self.slug.replace("_", "-")

    def admit(self, scope: Scope) -> None:
        """Let the caller in, or raise NotAuthenticated or NotAllowed."""
        door: Door = scope[SCOPE_KEY]
        if self.key_in_address and door.caller is None:
            sent = parse_qs(scope["query_string"].decode("latin-1")).get("key")
            if sent:
                refusal = "This sandbox does not know the key in the address"
                door = replace(door, caller=door.caller_of_key(sent[0]), refusal=refusal)
                scope[SCOPE_KEY] = door
        door.admit(self.scope)

    def answer_at_once(self, scope: Scope) -> Response | None:
        """The answer to a read that has nothing but its path to be checked; None for any other.

        Such a read is what most clients mostly do, and FastAPI's way with parameters would take
        longer than the read itself. A path that does not fit is left to FastAPI to refuse.
        """
        if not self.checks_path_only or self.method != "GET" or scope["query_string"]:
            return None
        path: dict[str, str] = scope["path_params"]
        try:
            arguments = {name: shape.validate_python(path[name]) for name, shape in self._path_shapes.items()}
        except ValidationError:
            return None
        door: Door = scope[SCOPE_KEY]
        with door.council.reading(self.service, door.base_url) as work:
            return self._answer(Request(scope), door, self.function(work=work, **arguments))

    @cached_property
    def _path_shapes(self) -> dict[str, TypeAdapter[Any]]:
        parameters = inspect.signature(self.function, eval_str=True).parameters.values()
        return {each.name: TypeAdapter(each.annotation) for each in parameters if each.name != "work"}

    def as_endpoint(self) -> Callable[..., Any]:
        """The coroutine that FastAPI calls.

        On SQLite the work runs on the event loop itself: measured, that carries more requests
        than handing it to threads, with a shorter tail.
        """

        async def endpoint(request: Request, **arguments: Any) -> Response:
            door: Door = request.scope[SCOPE_KEY]
            self._refuse_unknown_parameters(request)
            arguments.pop("key", None)
            if self.method == "GET":
                with door.council.reading(self.service, door.base_url) as work:
                    return self._answer(request, door, self.function(work=work, **arguments))
            key = arguments.pop("idempotency_key", None)
            if_match = arguments.pop("if_match", None)
            body = await request.body()

            def answer(work: Work) -> Response:
                if key is None:
                    return self._answer(request, door, self.function(work=work, **arguments))
                # Without the council's name, so that a fork knows the keys that were used before it was made.
                path = request.scope["path"].removeprefix(request.scope["root_path"])
                seen = FirstAnswer(
                    caller=door.caller.name if door.caller else "",
                    operation=f"{self.method} {self.slug} {path[-200:]}",
                    key=key,
                    fingerprint=hashlib.sha256(body).hexdigest(),
                )
                return self._once(request, door, work, seen, arguments)

            return await self._write(door, answer, if_match)

        return self._named(endpoint)

    async def _write(
        self, door: Door, answer: Callable[[Work], Response], if_match: str | None = None
    ) -> Response:
        """The answer to a write: in its turn, in one transaction, heard by others before it is sent."""
        async with door.council.turn():
            with door.council.writing(self.service, if_match, door.base_url) as work:
                answered = answer(work)
            if work.recorded:
                door.council.deliver_events(work.recorded)
        return answered

    def _named(self, endpoint: Callable[..., Any]) -> Callable[..., Any]:
        """The endpoint with the function's own name, and the signature that FastAPI is to read."""
        endpoint.__name__ = self.function.__name__
        endpoint.__doc__ = self.function.__doc__
        endpoint.__module__ = self.function.__module__
        endpoint.__signature__ = self.signature  # type: ignore[attr-defined]
        endpoint.operation = self  # type: ignore[attr-defined]
        return endpoint

    def _once(
        self, request: Request, door: Door, work: Work, asked: FirstAnswer, arguments: dict[str, Any]
    ) -> Response:
        """The answer to a request that names itself: the first answer, if it was given one before."""
        first = work.session.get(FirstAnswer, (asked.caller, asked.operation, asked.key))
        if first is not None:
            if first.fingerprint != asked.fingerprint:
                raise IdempotencyKeyReused(
                    f"The Idempotency-Key {asked.key!r} was used before with another body; "
                    "send a new key with a new request"
                )
            return Response(first.body, first.status, dict(first.headers))
        answer = self._answer(request, door, self.function(work=work, **arguments))
        asked.status, asked.headers, asked.body = answer.status_code, dict(answer.headers), bytes(answer.body)
        work.session.add(asked)
        return answer

    def _answer(self, request: Request, door: Door, result: Any) -> Response:
        """The result as JSON bytes, made while the transaction is open, so that nothing loads after it."""
        if isinstance(result, Response):
            return result
        assert isinstance(result, BaseModel), f"{self.function.__name__} answered {type(result).__name__}"
        headers = {}
        if isinstance(result, VersionedSchema):
            headers["ETag"] = f'"{result.version}"'
        elif isinstance(result, Listing):
            address = f"{door.base_url}{request.scope['path'].removeprefix(request.scope['root_path'])}"
            headers["Link"] = links(result, address, request.query_params.multi_items())
        return Response(
            result.__pydantic_serializer__.to_json(result), self.status, headers, "application/json"
        )

    def _refuse_unknown_parameters(self, request: Request) -> None:
        if not request.scope["query_string"]:
            return
        for name in request.query_params:
            if name not in self.known_parameters:
                known = ", ".join(sorted(self.known_parameters)) or "none"
                raise UnknownParameter(f"There is no query parameter {name!r} here; known: {known}")


@dataclass
class StandardOperation(Operation):
    """An operation of a published standard, which says itself who may call and how that is answered.

    The function is given ``work`` and, where it names them, ``door`` and ``form`` (the parsed form of
    the body), and answers with a Response of its own.
    """

    def admit(self, scope: Scope) -> None:
        """Let everybody in: the function refuses whom the standard says it must."""

    def as_endpoint(self) -> Callable[..., Any]:
        """The coroutine that FastAPI calls."""
        named = inspect.signature(self.function).parameters

        async def endpoint(request: Request, **arguments: Any) -> Response:
            door: Door = request.scope[SCOPE_KEY]
            self._refuse_unknown_parameters(request)
            if "door" in named:
                arguments["door"] = door
            if self.method == "GET":
                with door.council.reading(self.service, door.base_url) as work:
                    return self._answer(request, door, self.function(work=work, **arguments))
            if "form" not in named:
                return await self._write(
                    door, lambda work: self._answer(request, door, self.function(work=work, **arguments))
                )
            _refuse_other_than_form(request)
            async with request.form() as form:
                return await self._write(
                    door,
                    lambda work: self._answer(
                        request, door, self.function(work=work, form=form, **arguments)
                    ),
                )

        return self._named(endpoint)


def _refuse_other_than_form(request: Request) -> None:
    sent = request.headers.get("content-type", "")
    if sent.partition(";")[0].strip().lower() not in FORM_MEDIA_TYPES:
        raise MediaTypeNotSupported(
            f"The body must be a form, {' or '.join(FORM_MEDIA_TYPES)}; "
            f"it came with {sent or 'no Content-Type'}"
        )
