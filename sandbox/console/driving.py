"""The page to drive a council with: its clock, its saved states, its forks, and what is forced on it.

The forms are sent to the control API, and what came of them is shown after a redirect, so that a page that
is loaded again does nothing again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.console.acting import ACTING_HEADERS, Acting, back_to, refused
from sandbox.console.deeds import LIFETIMES, SPEEDS, Deed, Told, deed
from sandbox.console.faults import no_page
from sandbox.console.rendering import page
from sandbox.forks import origin_of
from service_apis.kit.council import Council

CALLS_READ, CALLS_SHOWN = 200, 15


class Driving:
    """The driving pages of one sandbox."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting

    async def show(self, request: Request) -> Response:
        """The page about one council, and what came of the form that led to it (``?done=``)."""
        council = self._acting.councils.get(request.path_params["council"])
        if council is None:
            return self._acting.no_council(request)
        if fault := self._acting.forms.fault_of_place(request):
            return no_page(fault, status=421)
        told = self._acting.told(request)
        return page("drive.html", headers=ACTING_HEADERS, told=told, **await self._shown(request, council))

    async def act(self, request: Request) -> Response:
        """Do what a form asks for, and lead back to the page."""
        council = self._acting.councils.get(request.path_params["council"])
        if council is None:
            return self._acting.no_council(request)
        sent = await self._acting.sent(request)
        if isinstance(sent, Response):
            return sent
        wanted = deed(request.path_params["act"], sent.form)
        if wanted is None:
            return no_page(f"There is nothing at {request.url.path}.")
        done = self._acting.remember(await self._do(request, council, wanted, sent.key))
        return RedirectResponse(back_to("/drive", council.name, done), 303)

    async def _do(self, request: Request, council: Council, wanted: Deed, key: str) -> Told:
        forks = {each.name for each in self._acting.councils if origin_of(each) == council.name}
        if wanted.council and wanted.council not in forks:
            return Told(f"{wanted.council} is not a fork of {council.facts['title']}.", done=False)
        path = f"/{quote(wanted.council or council.name, safe='')}{wanted.path}"
        answer = await self._acting.ask(request, path, key, wanted.method, wanted.sent)
        return refused(answer) or wanted.told(answer.json if answer.body else {})

    async def _shown(self, request: Request, council: Council) -> dict[str, Any]:
        async def listed(path: str) -> list[Any]:
            return await self._acting.listed(request, f"/{council.name}{path}")

        clock = (await self._acting.ask(request, f"/{council.name}/clock", self._acting.own_key)).json
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
            **self._acting.proof,
        }
