"""A service as a web application: its routes, its refusals, its OpenAPI and its documentation page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from service_apis.kit.door import SCOPE_KEY, Door
from service_apis.kit.keyed_route import KEY_SCHEME, KEY_SCHEME_MODEL, KeyedRoute
from service_apis.kit.links import with_links
from service_apis.kit.problems import (
    MEDIA_TYPE,
    BodyTooLarge,
    MediaTypeNotSupported,
    MethodNotAllowed,
    NotFound,
    NotJson,
    Problem,
    UnexpectedFault,
    Unprocessable,
)
from service_apis.kit.routes import Routes
from service_apis.kit.schemas import FaultInRequest
from service_apis.kit.service import Service

DOCS_ASSETS = "/assets/swagger"
"""Where the sandbox serves the documentation page's script and style; nothing comes from a CDN."""


class InvalidRequest(Unprocessable):
    """The request has faults; ``errors`` lists each with its place. Mend them and send it again."""


def application(service: Service) -> FastAPI:
    """The web application of one service, mounted once for all councils."""
    app = FastAPI(
        title=service.title,
        summary=service.summary,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.router.route_class = KeyedRoute
    mount(app, service.routes)
    if service.wire == "native":
        refuse_with_problems(app)
    for kind, refusal in service.routes.refusals.items():
        app.add_exception_handler(kind, refusal)

    def openapi(request: Request) -> Response:
        door: Door = request.scope[SCOPE_KEY]
        schema = {
            **with_links(truthful(app.openapi())),
            "servers": [{"url": door.base_url, "description": door.council.name}],
        }
        return Response(json.dumps(schema), media_type="application/json")

    def docs(request: Request) -> HTMLResponse:
        door: Door = request.scope[SCOPE_KEY]
        return docs_page(service.title, f"{door.base_url}/openapi.json")

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    app.add_route("/docs", docs, include_in_schema=False)
    return app


def truthful(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with problems under their own media type, where FastAPI can only add it.

    The 422 that FastAPI adds of itself goes: no service answers so.
    """
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            if "HTTPValidationError" in json.dumps(operation["responses"].get("422", {})):
                del operation["responses"]["422"]
            for response in operation.get("responses", {}).values():
                content = response.get("content", {})
                for kind in [kind for kind in content if MEDIA_TYPE in content and kind != MEDIA_TYPE]:
                    content[MEDIA_TYPE] = content.pop(kind)
    if KEY_SCHEME in json.dumps(schema.get("paths", {})):
        schema.setdefault("components", {})["securitySchemes"] = {KEY_SCHEME: KEY_SCHEME_MODEL}
    for name in ("HTTPValidationError", "ValidationError"):
        schema.get("components", {}).get("schemas", {}).pop(name, None)
    return schema


def docs_page(title: str, openapi_url: str) -> HTMLResponse:
    """The page that lets a reader try each operation of an OpenAPI document, saying that all is pretended."""
    page = get_swagger_ui_html(
        openapi_url=openapi_url,
        title=f"{title} - Virtual Council",
        swagger_js_url=f"{DOCS_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{DOCS_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{DOCS_ASSETS}/favicon.png",
    )
    html = bytes(page.body).decode()
    html = html.replace("<html>", '<html lang="en-GB">', 1).replace("<body>", f"<body>{_BANNER}", 1)
    return HTMLResponse(html)


_BANNER = (
    '<p style="margin:0;padding:12px 20px;background:#ffdd00;color:#0b0c0c;font:bold 18px/1.4 sans-serif">'
    'This is a pretend council: nobody here is real. <a href="/" style="color:#0b0c0c">First page</a></p>'
)


def mount(app: FastAPI, routes: Routes) -> None:
    """Add the operations, and tell each which query parameters it knows."""
    for route in routes.routes:
        app.add_api_route(route.path, route.endpoint, **route.options)
        added = app.router.routes[-1]
        assert isinstance(added, APIRoute)
        operation = getattr(route.endpoint, "operation", None)
        if operation is not None:
            operation.known_parameters = frozenset(_query_parameters(added.dependant))


def _query_parameters(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for dependency in dependant.dependencies:
        yield from _query_parameters(dependency)


def rendered(problem: Problem) -> Response:
    """The problem as an answer."""
    return Response(problem.body(), problem.status, dict(problem.headers), MEDIA_TYPE)


def refuse_with_problems(app: FastAPI) -> None:
    """Answer everything that is refused as problem details; never a stack trace."""

    async def refuse(_request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return rendered(problem)

    async def refuse_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return rendered(_invalid(request, error.errors()))

    async def refuse_plainly(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return rendered(_plain(request, error))

    async def apologise(request: Request, _error: Exception) -> Response:
        return rendered(
            UnexpectedFault(
                "Something went wrong inside the sandbox; its log has the cause. Nothing was changed."
            )
        )

    app.add_exception_handler(Problem, refuse)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_exception_handler(HTTPException, refuse_plainly)
    app.add_exception_handler(Exception, apologise)


def _invalid(request: Request, faults: Sequence[Any]) -> Problem:
    if any(fault["type"] == "json_invalid" for fault in faults):
        place = next(fault for fault in faults if fault["type"] == "json_invalid")
        return NotJson(f"The body is not JSON: {place['ctx']['error']} at character {place['loc'][-1]}")
    content_type = request.headers.get("content-type", "")
    if any(tuple(fault["loc"]) == ("body",) for fault in faults) and "json" not in content_type:
        sent = content_type or "no Content-Type"
        return MediaTypeNotSupported(f"The body must be application/json; it came with {sent}")
    errors = [
        FaultInRequest(
            where=".".join(str(step) for step in fault["loc"]),
            what=fault["msg"].removeprefix("Value error, "),
        ).model_dump()
        for fault in faults
    ]
    first = errors[0]
    return InvalidRequest(f"{first['where']}: {first['what']}", errors=errors)


def _plain(request: Request, error: HTTPException) -> Problem:
    if error.status_code == 405:
        return MethodNotAllowed(
            f"{request.method} is not possible at {request.url.path}", headers=error.headers
        )
    if error.status_code == 413:
        return BodyTooLarge("The body is larger than this sandbox accepts; send less at a time")
    if error.status_code == 404:
        return NotFound(f"There is nothing at {request.url.path}; the operations are listed in openapi.json")
    return NotJson(str(error.detail))
