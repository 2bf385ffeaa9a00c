"""A depot small enough to test the checks with: things are handed in and looked up, with faults to order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path as FolderPath
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, HTTPException, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from sandbox.serving import served_aside
from scenarios import Packs, openapi
from scenarios.conformance.checks import Check, Ended
from scenarios.conformance.keys import Keys
from scenarios.conformance.kinds import contract
from scenarios.conformance.probe import Place, Probe
from scenarios.conformance.target import Target
from scenarios.council import Council
from service_apis.kit.application import truthful
from service_apis.kit.links import with_links

PACKS = Packs(FolderPath(), (), ())


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=20, json_schema_extra={"example": "lamp"})]
    weight: Annotated[int, Field(ge=0, le=10_000)]


class Kept(Thing):
    reference: str


class Shelf(BaseModel):
    items: list[Kept]


def depot(fault: str = "") -> FastAPI:
    """The application; `fault` names what it does wrong."""
    app = FastAPI()
    kept: dict[str, Kept] = {}
    _methods(app, refused=fault != "any method")
    if fault == "accepts nonsense":
        _accept_everything(app)

    @app.get("/things", operation_id="list_things")
    def list_things() -> Shelf:
        return Shelf(items=list(kept.values()))

    @app.post("/things", operation_id="hand_in", status_code=201)
    def hand_in(thing: Thing) -> Kept:
        if fault == "breaks at 137" and thing.weight >= 137:
            raise ZeroDivisionError
        found = Kept(**thing.model_dump(), reference=f"T{len(kept)}")
        if fault == "forgets":
            return found
        kept[found.reference] = found
        if fault == "says more":
            return JSONResponse({**found.model_dump(), "owner": "somebody"}, 201)  # type: ignore[return-value]
        return found

    @app.get("/things/{reference}", operation_id="show_thing", responses={404: {}})
    def show_thing(reference: Annotated[str, Path(max_length=8)]) -> Kept:
        if reference not in kept:
            raise HTTPException(404)
        if fault == "wrong type":
            return JSONResponse({**kept[reference].model_dump(), "weight": "heavy"})  # type: ignore[return-value]
        return kept[reference]

    return app


def _methods(app: FastAPI, *, refused: bool) -> None:
    @app.exception_handler(405)
    async def refuse_method(request: Request, unknown: Exception) -> Response:
        allowed = "GET" if request.url.path != "/things" else "GET, POST"
        return Response(status_code=405 if refused else 200, headers={"Allow": allowed})


def _accept_everything(app: FastAPI) -> None:
    @app.middleware("http")
    async def accept(request: Request, forward: Any) -> Response:
        answered: Response = await forward(request)
        if answered.status_code != 422:
            return answered
        return JSONResponse({"name": "?", "weight": 0, "reference": "T0"}, 201)


@contextmanager
def probing(fault: str = "", *, seconds: float = 60.0, seed: int = 1) -> Iterator[tuple[Probe, list[Check]]]:
    """A probe of a depot with a fault, and the contract checks of what a good depot publishes."""
    with served_aside(depot(fault)) as address, httpx.Client() as client:
        document = with_links(truthful(depot().openapi()))
        for item in document["paths"].values():
            for operation in item.values():
                operation["responses"] |= {
                    "400": {"description": "No JSON."},
                    "422": {"description": "Wrong."},
                }
        service = openapi.service("depot", f"{address}/openapi.json", document)
        target = Target("depot", address, keys={"everything": "a-key"})
        council = Council("http://127.0.0.1:9", "fairwater", "council-key", client, (), {"depot": service})
        now = time.perf_counter()
        place = Place(
            council=council,
            target=target,
            keys=Keys(council, target),
            packs=PACKS,
            seed=seed,
            until=now + seconds,
            began=datetime(2026, 6, 1, tzinfo=UTC),
            began_at=now,
        )
        yield Probe(place), list(contract.checks(service, PACKS))


def ended(probe: Probe, checks: list[Check], name: str) -> Ended | None:
    """How one check ended; None where it passed."""
    [check] = [each for each in checks if each.id == f"depot.contract.{name}"]
    try:
        check.run(probe)
    except Ended as end:
        return end
    return None
