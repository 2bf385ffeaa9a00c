"""A town hall small enough to test the runner with: one service, and the two addresses a runner needs."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, Header, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict

KEY = "correct-horse/battery"
COUNCIL = "fairwater"


class Bin(BaseModel):
    uprn: str
    colour: str
    emptied: bool


class Bins(BaseModel):
    items: list[Bin]
    total: int


class NewReport(BaseModel):
    uprn: str
    count: int = 1


class Report(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reference: str
    uprn: str
    count: int


def _key(authorization: Annotated[str, Header()] = "") -> None:
    if authorization != f"Bearer {KEY}":
        raise HTTPException(401, "this key opens nothing")


def town_hall(base_url: str) -> FastAPI:
    """The whole application: the control API's list of services and, under a council, `waste`."""
    app = FastAPI(openapi_url=None)

    @app.get("/sandbox/services", dependencies=[Depends(_key)])
    def services() -> dict[str, Any]:
        return {
            "items": [{"slug": "waste", "url_name": "waste"}, {"slug": "odd_jobs", "url_name": "odd-jobs"}]
        }

    app.mount("/councils/fairwater/waste", waste(f"{base_url}/councils/fairwater/waste"))
    app.mount("/councils/fairwater/odd-jobs", odd_jobs())
    return app


def waste(server: str) -> FastAPI:
    """Bins and reports, as a well-behaved service; `/queue` answers 503 twice before it answers."""
    app = FastAPI(servers=[{"url": server}], root_path_in_servers=False, dependencies=[Depends(_key)])
    app.state.asked = 0

    @app.get("/bins", operation_id="list_bins", response_model=Bins, responses={401: {}})
    def list_bins(response: Response, page: int = 1) -> Any:
        response.headers["ETag"] = '"v1"'
        bins = [
            Bin(uprn="100", colour="green", emptied=True),
            Bin(uprn="a/b c", colour="blue", emptied=False),
        ]
        return Bins(items=bins, total=2)

    @app.get("/bins/{uprn:path}", operation_id="read_bin", response_model=Bin, responses={404: {}})
    def read_bin(uprn: str) -> Any:
        if uprn not in ("100", "a/b c"):
            raise HTTPException(404, "no such bin")
        return Bin(uprn=uprn, colour="green", emptied=True)

    @app.post("/reports", operation_id="report", response_model=Report, status_code=201)
    def report(report: NewReport) -> Any:
        return Report(reference="R-1", uprn=report.uprn, count=report.count)

    @app.post("/forms", operation_id="send_form", response_model=Report, status_code=201)
    def send_form(uprn: Annotated[str, Form()], note: Annotated[str, Form()]) -> Any:
        return Report(reference=note, uprn=uprn, count=1)

    _errands(app)
    return app


def _errands(app: FastAPI) -> None:
    @app.get("/queue", operation_id="wait_turn", response_model=Report, responses={503: {}})
    def wait_turn() -> Any:
        app.state.asked += 1
        if app.state.asked % 3:
            raise HTTPException(503, "come back")
        return Report(reference="R-2", uprn="100", count=app.state.asked)

    @app.get("/closed", operation_id="closed", responses={503: {}})
    def closed() -> Any:
        raise HTTPException(503, "never open")

    xml = {200: {"content": {"application/xml": {"schema": {"type": "string"}}}}}

    @app.get("/notice", operation_id="notice", response_class=Response, responses=xml)  # type: ignore[arg-type]
    def notice() -> Response:
        return Response("<notice><status>open</status></notice>", media_type="application/xml")

    @app.delete("/reports/{reference}", operation_id="withdraw", status_code=204)
    def withdraw(reference: str, if_match: Annotated[str, Header()]) -> None:
        if if_match != '"v1"':
            raise HTTPException(422, "stale")


def odd_jobs() -> FastAPI:
    """A service that breaks what it promises, in one way for each address."""
    app = FastAPI(servers=[{"url": "http://elsewhere.invalid/odd"}], root_path_in_servers=False)

    @app.get("/undocumented-status", operation_id="undocumented_status", response_model=Bin)
    def undocumented_status() -> Any:
        raise HTTPException(418)

    @app.get("/undocumented-field", operation_id="undocumented_field", response_model=Bin)
    def undocumented_field() -> Any:
        body = {"uprn": "1", "colour": "red", "emptied": True, "rumour": "x"}
        return Response(json.dumps(body), media_type="application/json")

    @app.get("/wrong-type", operation_id="wrong_type", response_model=Bin)
    def wrong_type() -> Any:
        return Response("<p>", media_type="text/html")

    @app.get("/not-json", operation_id="not_json", response_model=Bin)
    def not_json() -> Any:
        return Response("{", media_type="application/json")

    @app.get("/large", operation_id="large")
    def large() -> Any:
        return "x" * 1_000_001

    @app.get("/slow", operation_id="slow")
    async def slow() -> Any:
        await asyncio.sleep(3)
        return "late"

    @app.get("/moved", operation_id="moved", responses={302: {}})
    def moved() -> Any:
        return Response(status_code=302, headers={"Location": "http://elsewhere.invalid/"})

    @app.get("/echo", operation_id="echo")
    def echo(request: Request) -> Any:
        return request.headers.get("authorization")

    return app
