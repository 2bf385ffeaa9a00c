"""A council's personas: list them, make them, and look up by which references each service knows one."""

from __future__ import annotations

import asyncio
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.personas_shapes import PersonaList, PersonaShown
from sandbox.finding import nearest, said_together, understand
from sandbox.personas.handles import Handle, made_on
from sandbox.personas.making import make
from sandbox.personas.reading import Written, read_all
from service_apis.kit.council import Council
from service_apis.kit.problems import NotFound, Unprocessable

router = APIRouter()

Named = Annotated[
    str,
    Path(pattern=r"^[a-z][a-z0-9-]{0,59}$", description="The persona's name, such as widow-living-alone."),
]


class NoSuchPersona(NotFound):
    """There is no persona of that name. The detail names the nearest, and lists those there are."""


class PersonaHasMistakes(Unprocessable):
    """The persona's file has mistakes. The detail lists each with its line; mend the file and ask again."""


@router.get("/councils/{council}/personas", operation_id="list_personas", responses=READ)
async def list_personas(request: Request, council: NamedCouncil, caller: ControlCaller) -> PersonaList:
    """Every persona with its story, and whether this council has it."""
    there, made = await _there(request, council), made_on(council)
    return PersonaList(items=[_shown(council, each, made.get(each.name)) for each in there.values()])


@router.get("/councils/{council}/personas/{persona}", operation_id="show_persona", responses=READ)
async def show_persona(
    request: Request, council: NamedCouncil, persona: Named, caller: ControlCaller
) -> PersonaShown:
    """One persona, and, if this council has it, by which references each service knows it."""
    written = await _named(request, council, persona)
    return _shown(council, written, made_on(council).get(persona))


@router.post(
    "/councils/{council}/personas/{persona}",
    operation_id="make_persona",
    status_code=201,
    responses={
        **WRITE,
        **refusals(409),
        200: {"model": PersonaShown, "description": "The council had the persona already."},
    },
)
async def make_persona(
    request: Request, response: Response, council: NamedCouncil, persona: Named, caller: ControlCaller
) -> PersonaShown:
    """Make a persona on this council, whole or not at all; made once, it is the same ever after."""
    written = await _named(request, council, persona)
    if written.persona is None or written.mistakes:
        raise PersonaHasMistakes("; ".join(written.mistakes))
    handle, is_new = await make(council, written, written.persona)
    if not is_new:
        response.status_code = 200
    else:
        # It was made in one go with the stubs, past the components.
        request.app.state.filling.take_anew(council)
    return _shown(council, written, handle)


async def _there(request: Request, council: Council) -> dict[str, Written]:
    """The personas of the house, and those in the data folder's folder ``personas``."""
    own: FilePath = request.app.state.councils.folder.path / "personas"
    # In a thread of its own: the first time, all files are read.
    return await asyncio.to_thread(read_all, own, council.services)


async def _named(request: Request, council: Council, name: str) -> Written:
    there = await _there(request, council)
    if name not in there:
        known = ", ".join(there)
        raise NoSuchPersona(f"There is no persona {name}. {nearest(name, there)}There are: {known}")
    return there[name]


def _shown(council: Council, written: Written, handle: Handle | None) -> PersonaShown:
    persona = written.persona
    begins = []
    if persona is not None and not written.mistakes:
        found = persona.find.items()
        begins = [f"{name}: {said_together(understand(council.services, traits))}" for name, traits in found]
    return PersonaShown(
        name=written.name,
        title=persona.title if persona else written.name,
        story=persona.story.strip() if persona else "",
        begins_with=begins,
        steps=[step.does for step in persona.steps] if persona else [],
        made=handle is not None,
        made_at=handle.made_at if handle else None,
        references=handle.references if handle else None,
        mistakes=list(written.mistakes),
    )
