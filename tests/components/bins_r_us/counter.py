"""The counter: who calls, when, and how what a rule gives becomes an answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from council import Caller, Council
from defects import broken
from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from jobs import Row, Work
from lists import Page
from post import Post
from refusals import Refused
from shapes import Listing, Shown
from starlette.types import Message
from store import Store

LARGEST_BODY = 1_000_000
Handler = Callable[[Request], Any]


@dataclass(frozen=True)
class Office:
    """What every call shares."""

    council: Council
    store: Store
    post: Post


class Route(APIRoute):
    """A route that looks at the key first, then at the address, the body, and at last the clock."""

    def get_route_handler(self) -> Handler:
        """What FastAPI calls."""
        answer = super().get_route_handler()

        async def handled(request: Request) -> Response:
            office: Office = request.app.state.office
            request.state.caller = await self._admitted(request, office.council)
            self._refuse_unknown_parameters(request)
            if request.method != "GET":
                request = await self._with_body(request)
            request.state.work = await office.post.work_now()
            answered: Response = await answer(request)
            return answered

        return handled

    async def _admitted(self, request: Request, council: Council) -> Caller:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip() if kind.lower() == "bearer" else ""
        if not key and "key" in self._parameters:
            key = request.query_params.get("key", "")
            if broken("open-calendar"):
                return Caller("anybody", frozenset())
        caller = await council.caller(key) if key else None
        if caller is None:
            detail = "Send a key of this council as `Authorization: Bearer KEY`; what came is none"
            raise Refused(401, "not-authenticated", detail, {"WWW-Authenticate": "Bearer"})
        what, slot = "read" if request.method == "GET" else "write", council.membership.slot
        if not caller.may(slot, what):
            had = ", ".join(sorted(caller.scopes)) or "none"
            raise Refused(403, "not-allowed", f"The key lacks the scope {slot}:{what}; it has {had}")
        return caller

    @property
    def _parameters(self) -> set[str]:
        return {parameter.alias for parameter in self.dependant.query_params}

    def _refuse_unknown_parameters(self, request: Request) -> None:
        unknown = [name for name in request.query_params if name not in self._parameters]
        if unknown and not broken("unknown-parameter-ignored"):
            known = ", ".join(sorted(self._parameters)) or "none"
            detail = f"There is no query parameter {unknown[0]!r} here; known: {known}"
            raise Refused(422, "unknown-parameter", detail)

    async def _with_body(self, request: Request) -> Request:
        """The request with its body read as far as it may go, so that FastAPI finds it read."""
        announced = request.headers.get("content-length", "0")
        left, receive = LARGEST_BODY, request.receive

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0 or (announced.isdigit() and int(announced) > LARGEST_BODY):
                detail = f"A body has {LARGEST_BODY:,} bytes at most; send less at a time"
                raise Refused(413, "body-too-large", detail)
            return message

        request = Request(request.scope, counted)
        await request.body()
        kind = request.headers.get("content-type", "")
        if self.body_field is not None and not kind.partition(";")[0].strip().lower().endswith("json"):
            detail = f"The body must be application/json; it came with {kind or 'no Content-Type'}"
            raise Refused(415, "media-type-not-supported", detail)
        return request


@dataclass(frozen=True)
class Counter:
    """One call that was let in, at its moment of council time."""

    request: Request
    office: Office
    work: Work
    caller: Caller
    body: bytes

    @property
    def base_url(self) -> str:
        """This program's address as the client wrote it, also where somebody passed the call on."""
        told = self.request.headers.get
        scheme = told("x-forwarded-proto", self.request.url.scheme)
        host = told("x-forwarded-host", self.request.url.netloc)
        return f"{scheme}://{host}{told('x-forwarded-prefix', '').rstrip('/')}"

    def show(self, shape: type[Shown], found: Row, status: int = 200) -> Response:
        """What was found, in its shape; the version of what can change is its ETag."""
        shown = shape.model_validate(found)
        headers = {"ETag": f'"{shown.version}"'} if "version" in shape.model_fields else {}
        return Response(shown.model_dump_json(), status, headers, _media_type())

    def list(self, shape: type[Shown], page: Page) -> Response:
        """A page of a list, with links to the others."""
        address = f"{self.base_url}{self.request.url.path}"
        link = page.links(address, self.request.query_params.multi_items())
        listing = Listing[shape].model_validate(page, from_attributes=True)  # type: ignore[valid-type]
        return Response(listing.model_dump_json(), 200, {"Link": link}, _media_type())

    def change(
        self, shape: type[Shown], status: int, key: str | None, rule: Callable[..., Row], *asked: Any
    ) -> Response:
        """Do what is asked, in one transaction with its events and with the answer to its Idempotency-Key."""
        with self.office.store.transaction():
            self._refuse_another_state()
            answer = self._first_answer(key)
            if answer is None:
                answer = self.show(shape, rule(self.work, *asked), status)
                self._keep(key, answer)
        self.office.post.ring()
        return answer

    def _refuse_another_state(self) -> None:
        """Refuse to write into other records than those that were there when the call came."""
        if self.work.moment.state != self.office.store.state:
            detail = "The council's records were taken over anew meanwhile; nothing was done. Ask again"
            raise Refused(503, "unavailable", detail, {"Retry-After": "1"})

    def _first_answer(self, key: str | None) -> Response | None:
        if key is None or broken("idempotency-key-ignored"):
            return None
        query = "SELECT * FROM first_answers WHERE caller = ? AND operation = ? AND key = ?"
        first = self.work.one(query, *self._asked(key))
        if first is None:
            return None
        if first["asked"] != self._fingerprint and not broken("idempotency-body-unchecked"):
            detail = f"The Idempotency-Key {key!r} was used before with another body; send a new one"
            raise Refused(422, "idempotency-key-reused", detail)
        return Response(first["body"], first["status"], json.loads(first["headers"]))

    def _keep(self, key: str | None, answer: Response) -> None:
        if key is None or broken("idempotency-key-ignored"):
            return
        kept = (self._fingerprint, answer.status_code, json.dumps(dict(answer.headers)), answer.body)
        row = (*self._asked(key), *kept)
        self.work.db.execute("INSERT INTO first_answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def _asked(self, key: str) -> tuple[str, str, str]:
        return self.caller.name, f"{self.request.method} {self.request.url.path}", key

    @property
    def _fingerprint(self) -> bytes:
        return hashlib.sha256(self.body).digest()


def _media_type() -> str:
    return "text/html; charset=iso-8859-1" if broken("wrong-charset") else "application/json"


# For OpenAPI alone: by the time FastAPI asks, the route has let the caller in.
_KEY = HTTPBearer(scheme_name="key", description="A key of the council.", auto_error=False)


async def _counter(request: Request, _key: Annotated[Any, Depends(_KEY)]) -> Counter:
    body = b"" if request.method == "GET" else await request.body()
    return Counter(request, request.app.state.office, request.state.work, request.state.caller, body)


Call = Annotated[Counter, Depends(_counter)]
"""The call that an operation answers."""
