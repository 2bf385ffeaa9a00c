"""The page of slots: who fills each, how candidates compare with the stub, and a button for each step."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox import machine
from sandbox.console.acting import ACTING_HEADERS, Acting, Sent, back_to, refused
from sandbox.console.deeds import Deed, Told
from sandbox.console.faults import no_page
from sandbox.console.rendering import page
from sandbox.console.slot_checks import Checks
from sandbox.console.slot_deeds import REPLAYS, ask_back, kept_out, remove, slot_deed
from sandbox.console.slot_view import Candidate, last_steps, steps_of
from service_apis.kit.council import Council


class Slots:
    """The pages of slots of one sandbox."""

    def __init__(self, acting: Acting, checks: Checks) -> None:
        self._acting = acting
        self._checks = checks

    async def first(self, request: Request) -> Response:
        """Leads to the slots of the first council."""
        return RedirectResponse(f"/slots/{quote(self._acting.councils.first.name, safe='')}")

    async def show(self, request: Request) -> Response:
        """The slots of one council, and what came of the form that led here (``?done=``)."""
        council = self._acting.councils.get(request.path_params["council"])
        if council is None:
            return self._acting.no_council(request)
        if fault := self._acting.forms.fault_of_place(request):
            return no_page(fault, status=421)
        return page(
            "slots.html",
            headers=ACTING_HEADERS,
            council=council,
            told=self._acting.told(request),
            slots=await self._slots(request, council),
            # A browser does not load a page again by a link to a part of the address that it is at.
            again=machine.unlike_any(),
            replays={name: words for name, (words, _) in REPLAYS.items()},
            **self._acting.proof,
        )

    async def act(self, request: Request) -> Response:
        """Take the step that a form asks for, and lead back to the page."""
        council = self._acting.councils.get(request.path_params["council"])
        if council is None:
            return self._acting.no_council(request)
        sent = await self._acting.sent(request)
        if isinstance(sent, Response):
            return sent
        told = await self._do(request, council, sent)
        if told is None:
            return no_page(f"There is no such step at {request.url.path}.")
        return RedirectResponse(back_to("/slots", council.name, self._acting.remember(told)), 303)

    async def _do(self, request: Request, council: Council, sent: Sent) -> Told | None:
        component = sent.form.get("component", "")
        if sent.form.get("step") == "check":
            return await self._check(request, council, component, sent.key)
        if sent.form.get("step") == "leave":
            return await self._leave(request, council, component, sent)
        wanted = slot_deed(request.path_params["slot"], sent.form)
        return None if wanted is None else await self._carry_out(request, council, wanted, sent.key)

    async def _carry_out(self, request: Request, council: Council, wanted: Deed, key: str) -> Told:
        path = f"/{quote(council.name, safe='')}{wanted.path}"
        answer = await self._acting.ask(request, path, key, wanted.method, wanted.sent)
        said = answer.json if answer.body else {}
        return kept_out(said) or refused(answer) or wanted.told(said)

    async def _leave(self, request: Request, council: Council, component: str, sent: Sent) -> Told:
        """Take the cases back that it answered for, compare all records, and let it go."""
        path = f"/{quote(council.name, safe='')}/components/{quote(component, safe='')}/returned"
        answer = await self._acting.ask(request, path, sent.key)
        if refusal := refused(answer):
            return refusal
        lines: list[str] = []
        for take_back in (True, False) if answer.json["answered_for_cases"] else (False,):
            wanted = ask_back(component, sent.form, take_back=take_back)
            told = await self._carry_out(request, council, wanted, sent.key)
            if not told.done:
                return told
            lines += [told.sentence, *told.lines]
        gone = await self._carry_out(request, council, remove(component), sent.key)
        return Told(gone.sentence, lines, gone.done)

    async def _check(self, request: Request, council: Council, component: str, key: str) -> Told:
        path = f"/{quote(council.name, safe='')}/components/{quote(component, safe='')}"
        if refusal := refused(await self._acting.ask(request, path, key)):
            return refusal
        base = f"{request.url.scheme}://{request.url.netloc}"
        if why_not := self._checks.start(council.name, component, base, key):
            return Told(why_not, done=False)
        return Told(f"{component} is being checked. That takes a minute or two; its verdict is shown below.")

    async def _slots(self, request: Request, council: Council) -> list[dict[str, Any]]:
        root = f"/{quote(council.name, safe='')}"
        slots = []
        for each in await self._acting.listed(request, f"{root}/slots"):
            answer = await self._acting.ask(request, f"{root}/slots/{each['slot']}", self._acting.own_key)
            told = answer.json
            shown = [await self._candidate(request, council, told, one) for one in told["candidates"]]
            slots.append({**told, "candidates": shown})
        return slots

    async def _candidate(
        self, request: Request, council: Council, slot: dict[str, Any], told: dict[str, Any]
    ) -> Candidate:
        name = told["name"]
        root = f"/{quote(council.name, safe='')}/components/{name}"

        async def found(path: str) -> Any:
            answer = await self._acting.ask(request, root + path, self._acting.own_key)
            return answer.json if answer.status == 200 else None

        fillings = [each for each in slot["fillings"] if each["component"] == name]
        returned = await found("/returned")
        answered = bool(returned and returned["answered_for_cases"])
        return Candidate(
            told=told,
            fillings=fillings,
            comparison=await found("/comparisons/latest"),
            replay=await found("/shadow"),
            check=self._checks.of(council.name, name),
            returned=returned["items"][0] if returned and returned["items"] else None,
            steps=[*steps_of(slot["next"], name), *([] if fillings else last_steps(name, answered))],
        )
