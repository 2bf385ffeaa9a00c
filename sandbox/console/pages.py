"""The console's addresses, and what each answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from sandbox.console.explained import explained
from sandbox.console.faults import for_people, no_page
from sandbox.console.fidelity import shown as fidelity_shown
from sandbox.console.front import VERDICTS, journeys_shown, neighbours, services_shown
from sandbox.console.guides import EXAMPLE_ADDRESS, guides
from sandbox.console.rendering import HEADERS, page
from sandbox.console.trying import tried
from sandbox.councils import Councils
from sandbox.fidelity import NotMeasured, read_report
from sandbox.fidelity_charts import CHARTS, draw
from sandbox.keys import Keyring


class Pages:
    """The pages of one sandbox."""

    def __init__(self, councils: Councils, gateway: ASGIApp, keyring: Keyring) -> None:
        self._councils = councils
        self._gateway = gateway
        self._keyring = keyring

    async def front(self, request: Request) -> Response:
        """The first page, about ``?council=NAME`` or else the first council."""
        name = request.query_params.get("council", self._councils.first.name)
        council = self._councils.get(name)
        others = neighbours(self._councils)
        if council is None:
            return page("no_council.html", status=404, name=name, neighbours=others)
        services = services_shown(council)
        counts = [each.open_cases for each in services if each.open_cases is not None]
        return page(
            "front.html",
            council=council,
            services=services,
            open_cases=sum(counts) if counts else None,
            journeys=journeys_shown(council),
            verdicts=VERDICTS,
            neighbours=others,
            base=_base(request),
            first=self._councils.first.name,
        )

    async def council(self, request: Request) -> Response:
        """Where a council's services begin: leads people to its page, programs to its entry."""
        name = quote(request.path_params["council"], safe="")
        told = f"/?council={name}" if for_people(request) else f"/sandbox/councils/{name}"
        return RedirectResponse(told)

    async def try_one(self, request: Request) -> Response:
        """What one example of a service answers; ``number`` counts the service's examples from 1."""
        wanted = request.path_params
        council = self._councils.get(wanted["council"])
        if council is None:
            return self._no_council(request)
        service = next(
            (each for each in council.services.values() if each.url_name == wanted["service"]), None
        )
        if service is None:
            return no_page(f"{council.facts['title']} has no service called {wanted['service']}.")
        number = wanted["number"]
        if not 1 <= number <= len(service.tries):
            return no_page(f"{service.title} has {len(service.tries)} examples, and no number {number}.")
        example = service.tries[number - 1]
        key = self._keyring.first.secret
        outcome = await tried(self._gateway, council, service, example, key, _base(request))
        return page(
            "try.html", council=council, service=service, example=example, number=number, outcome=outcome
        )

    async def fidelity(self, request: Request) -> Response:
        """How far to trust a council's town."""
        council = self._councils.get(request.path_params["council"])
        if council is None:
            return self._no_council(request)
        try:
            report = read_report(council.file)
        except NotMeasured as reason:
            title = council.facts["title"]
            return page("not_measured.html", status=404, name=council.name, title=title, reason=str(reason))
        return page(
            "fidelity.html",
            base="page.html",
            svgs=None,
            name=council.name,
            title=council.facts["title"],
            **fidelity_shown(report),
        )

    async def fidelity_chart(self, request: Request) -> Response:
        """One chart of a council's fidelity, as SVG."""
        council, chart = self._councils.get(request.path_params["council"]), request.path_params["chart"]
        if council is None or chart not in CHARTS:
            return no_page(f"There is no chart at {request.url.path}.")
        try:
            drawn = await asyncio.to_thread(draw, read_report(council.file))
        except NotMeasured as reason:
            return no_page(str(reason))
        return Response(drawn[chart], media_type="image/svg+xml", headers=HEADERS)

    def _no_council(self, request: Request) -> Response:
        name = request.path_params["council"]
        return page("no_council.html", status=404, name=name, neighbours=neighbours(self._councils))

    async def problems(self, request: Request) -> Response:
        """Every kind of refusal."""
        return page("problems.html", problems=explained(self._councils.services.values()), unknown=None)

    async def problem(self, request: Request) -> Response:
        """One kind of refusal: what it means and what to do."""
        every = explained(self._councils.services.values())
        name = request.path_params["name"]
        meant = [each for each in every if each.name == name]
        if not meant:
            return page("problems.html", status=404, problems=every, unknown=name)
        return page("problem.html", meant=meant)

    async def guides(self, request: Request) -> Response:
        """Every guide."""
        return page("guides.html", guides=guides().values(), unknown=None)

    async def guide(self, request: Request) -> Response:
        """One guide."""
        name = request.path_params["name"]
        guide = guides().get(name)
        if guide is None:
            return page("guides.html", status=404, guides=guides().values(), unknown=name)
        html = guide.html.replace(EXAMPLE_ADDRESS, _base(request))
        return page("guide.html", guide=replace(guide, html=html))

    async def accessibility(self, request: Request) -> Response:
        """How accessible the pages are, as public bodies have to say."""
        return page("accessibility.html")


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
