"""The page to drive a council with: its clock, its saved states, its forks, and what is forced on it.

The forms are sent to the control API, and what came of them is shown after a redirect, so that a page that
is loaded again does nothing again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from sandbox import machine
from sandbox.console.deeds import LIFETIMES, SPEEDS, Deed, Told, deed
from sandbox.console.faults import no_page
from sandbox.console.front import neighbours
from sandbox.console.rendering import HEADERS, page
from sandbox.console.unforged import Forms
from sandbox.councils import Councils
from sandbox.forks import origin_of
from sandbox.inside import Answer, call
from sandbox.keys import Keyring
from service_apis.kit.council import Council

CALLS_READ, CALLS_SHOWN, MOST_REMEMBERED = 200, 15, 100
DRIVING_HEADERS = HEADERS | {
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "form-action 'none'", "form-action 'self'"
    )
}
"""These pages alone may send a form, and to ourselves alone."""


class Driving:
    """The driving pages of one sandbox, which listens at ``host``."""

    def __init__(self, councils: Councils, gateway: ASGIApp, keyring: Keyring, host: str) -> None:
        self._councils = councils
        self._gateway = gateway
        self._keyring = keyring
        self._forms = Forms(host)
        self._told: dict[str, Told] = {}

    async def show(self, request: Request) -> Response:
        """The page about one council, and what came of the form that led to it (``?done=``)."""
        council = self._councils.get(request.path_params["council"])
        if council is None:
            return self._no_council(request)
        if fault := self._forms.fault_of_place(request):
            return no_page(fault, status=421)
        told = self._told.get(request.query_params.get("done", ""))
        return page("drive.html", headers=DRIVING_HEADERS, told=told, **await self._shown(request, council))

    async def act(self, request: Request) -> Response:
        """Do what a form asks for, and lead back to the page."""
        council = self._councils.get(request.path_params["council"])
        if council is None:
            return self._no_council(request)
        async with request.form(max_files=0, max_fields=10) as sent:
            fault = self._forms.fault_of_place(request) or self._forms.fault_of(request, sent)
            form = {name: value.strip() for name, value in sent.items() if isinstance(value, str)}
        if fault:
            return no_page(fault, status=403)
        wanted = deed(request.path_params["act"], form)
        if wanted is None:
            return no_page(f"There is nothing at {request.url.path}.")
        key = form.get("key", "") if self._forms.ask_for_key else self._keyring.first.secret
        done = self._remember(await self._do(request, council, wanted, key))
        return RedirectResponse(f"/drive/{quote(council.name)}?done={done}#told", 303)

    async def _do(self, request: Request, council: Council, wanted: Deed, key: str) -> Told:
        forks = {each.name for each in self._councils if origin_of(each) == council.name}
        if wanted.council and wanted.council not in forks:
            return Told(f"{wanted.council} is not a fork of {council.facts['title']}.", done=False)
        path = f"/{quote(wanted.council or council.name, safe='')}{wanted.path}"
        answer = await self._ask(request, path, key, wanted.method, wanted.sent)
        told: Any = answer.json if answer.body else {}
        if answer.status >= 400:
            return Told(str(told.get("detail", "The sandbox refused.")), done=False)
        return wanted.told(told)

    async def _shown(self, request: Request, council: Council) -> dict[str, Any]:
        key = self._keyring.first.secret

        async def listed(path: str) -> list[Any]:
            """What a list holds; nothing where this sandbox keeps no such list."""
            answer = await self._ask(request, f"/{council.name}{path}", key)
            return list(answer.json["items"]) if answer.status == 200 else []

        clock = (await self._ask(request, f"/{council.name}/clock", key)).json
        return {
            "council": council,
            "clock": clock,
            "snapshots": await listed("/snapshots"),
            "forks": await listed("/forks"),
            "rules": await listed("/rules"),
            # Without those that only read the sandbox, as this page itself does.
            "calls": [
                each
                for each in await listed(f"/journal?limit={CALLS_READ}")
                if (each["service"], each["method"]) != ("sandbox", "GET")
            ][:CALLS_SHOWN],
            "speeds": SPEEDS,
            "lifetimes": LIFETIMES,
            "token": self._forms.token,
            "ask_for_key": self._forms.ask_for_key,
        }

    async def _ask(
        self, request: Request, path: str, key: str, method: str = "GET", sent: Any = None
    ) -> Answer:
        host = request.headers["host"]
        return await call(self._gateway, f"/sandbox/councils{path}", key, host, method=method, sent=sent)

    def _remember(self, told: Told) -> str:
        number = machine.unlike_any()
        self._told[number] = told
        while len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        return number

    def _no_council(self, request: Request) -> Response:
        name = request.path_params["council"]
        return page("no_council.html", status=404, name=name, neighbours=neighbours(self._councils))
