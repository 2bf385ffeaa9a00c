"""Pages that act: their forms are taken from our own pages alone and sent to the control API, and what came
of each is kept to be shown after a redirect, so that a page that is loaded again does nothing again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from sandbox import machine
from sandbox.console.deeds import Told
from sandbox.console.faults import no_page
from sandbox.console.front import neighbours
from sandbox.console.rendering import HEADERS, page
from sandbox.console.unforged import Forms
from sandbox.councils import Councils
from sandbox.inside import Answer, call
from sandbox.keys import Keyring

MOST_REMEMBERED, MOST_FIELDS = 100, 20
ACTING_HEADERS = HEADERS | {
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    )
}
"""These pages alone may send a form, and to ourselves alone."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent, and the key that it acts with."""

    form: dict[str, str]
    key: str


class Acting:
    """What all acting pages of one sandbox, which listens at ``host``, do in one way."""

    def __init__(self, councils: Councils, gateway: ASGIApp, keyring: Keyring, host: str) -> None:
        self.councils = councils
        self.forms = Forms(host)
        self._gateway = gateway
        self._keyring = keyring
        self._told: dict[str, Told] = {}

    @property
    def proof(self) -> dict[str, Any]:
        """What a page's forms must bring: the token, and whether a key is asked for."""
        return {"token": self.forms.token, "ask_for_key": self.forms.ask_for_key}

    @property
    def own_key(self) -> str:
        """The key that a page reads with."""
        return self._keyring.first.secret

    async def sent(self, request: Request) -> Sent | Response:
        """A form that our own page sent; for any other, the page that refuses it."""
        async with request.form(max_files=0, max_fields=MOST_FIELDS) as sent:
            fault = self.forms.fault_of_place(request) or self.forms.fault_of(request, sent)
            form = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
        if fault:
            return no_page(fault, status=403)
        return Sent(form, form.get("key", "") if self.forms.ask_for_key else self.own_key)

    async def ask(
        self, request: Request, path: str, key: str, method: str = "GET", sent: Any = None
    ) -> Answer:
        """Ask the control API about a council: ``path`` begins with its name."""
        host = request.headers["host"]
        address = f"/sandbox/councils{path}"
        return await call(self._gateway, address, key, host, method=method, sent=sent, for_page=True)

    async def listed(self, request: Request, path: str) -> list[Any]:
        """What a list of the control API holds; nothing where this sandbox keeps no such list."""
        answer = await self.ask(request, path, self.own_key)
        return list(answer.json["items"]) if answer.status == 200 else []

    def remember(self, told: Told) -> str:
        """Keep what became of a form, and say under which number it is shown (``?done=``)."""
        number = machine.unlike_any()
        self._told[number] = told
        while len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        return number

    def told(self, request: Request) -> Told | None:
        """What became of the form that led to this page."""
        return self._told.get(request.query_params.get("done", ""))

    def no_council(self, request: Request) -> Response:
        """The page that says that there is no such council."""
        name = request.path_params["council"]
        return page("no_council.html", status=404, name=name, neighbours=neighbours(self.councils))


def back_to(page_path: str, council: str, done: str) -> str:
    """Where a form leads to: its page, at what came of it."""
    return f"{page_path}/{quote(council, safe='')}?done={done}#told"


def refused(answer: Answer) -> Told | None:
    """What the control API said in refusing; None where it did not refuse."""
    if answer.status < 400:
        return None
    said: Any = answer.json if answer.body else {}
    return Told(str(said.get("detail", "The sandbox refused.")), done=False)
