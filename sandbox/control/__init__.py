"""The control API, under ``/sandbox``: councils and their copies, clocks, events, keys and truth.

Each module holds the operations of one idea; ``access`` says who may call them, ``shapes``
what crosses the wire.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from sandbox.control import (
    calendar,
    clock,
    comparisons,
    components,
    components_at,
    councils,
    differences,
    events,
    fidelity,
    forks,
    journal,
    journal_replay,
    journeys,
    keys,
    mapping,
    people,
    personas,
    returning,
    rules,
    shadow_runs,
    slots,
    snapshots,
    truth,
    verdicts,
    webhooks,
)
from sandbox.councils import Councils
from sandbox.finding import traits_of
from sandbox.keys import Keyring
from service_apis.kit.application import docs_page, refuse_with_problems, truthful

PARTS = (
    councils,
    forks,
    snapshots,
    differences,
    clock,
    events,
    webhooks,
    shadow_runs,
    comparisons,
    components,
    verdicts,
    components_at,
    mapping,
    returning,
    journal_replay,
    journal,
    journeys,
    keys,
    calendar,
    rules,
    slots,
    people,
    personas,
    fidelity,
    truth,
)


def control_api(open_councils: Councils, keyring: Keyring, **kept: object) -> FastAPI:
    """The control API over the councils of one sandbox.

    ``kept`` are what its operations work with, by the names that they ask for (``forks``, ``snapshots``,
    ``forcing``).
    """
    app = FastAPI(
        title="Sandbox control",
        summary="Councils, their clocks, events and keys",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    # Read at start, so that two services with a trait of one name stop it.
    traits_of(open_councils.services)
    app.state.councils = open_councils
    app.state.keyring = keyring
    for name, each in kept.items():
        setattr(app.state, name, each)
    refuse_with_problems(app)
    for part in PARTS:
        app.include_router(part.router)

    def openapi(request: Request) -> Response:
        address = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
        return JSONResponse({**truthful(app.openapi()), "servers": [{"url": address}]})

    def docs(request: Request) -> Response:
        return docs_page("Sandbox control", f"{request.scope['root_path']}/openapi.json")

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    app.add_route("/docs", docs, include_in_schema=False)
    return app
