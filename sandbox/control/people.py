"""Finding residents of a council by their traits across services."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from sandbox.control.access import READ, ControlCaller, NamedCouncil
from sandbox.control.people_shapes import AskedTrait, PeopleFound, PersonFound, TraitList, TraitShown
from sandbox.finding import find, said_together, traits_of, understand
from service_apis.kit.lists import MAX_PER_PAGE, Listing, Page, links
from service_apis.kit.problems import Unprocessable

router = APIRouter()
MOST_TRAITS, LAST_PAGE = 12, 10**9
_REMEDY = " Ask for fewer traits, or build a larger council."

Traits = Annotated[
    list[AskedTrait],
    Query(
        alias="trait",
        max_length=MOST_TRAITS,
        description="A trait, such as `over:75`, `council-tenant` or `not:direct-debit`, or several with "
        "commas between; all must fit.",
    ),
]


class TooManyTraits(Unprocessable):
    """More traits were asked for than can be put together in one query. Ask for fewer."""


@router.get("/councils/{council}/traits", operation_id="list_traits", responses=READ)
async def list_traits(council: NamedCouncil, caller: ControlCaller) -> TraitList:
    """The traits that people can be found by, from every service that has some."""
    return TraitList(
        items=[
            TraitShown(
                name=trait.name,
                written=trait.written,
                sentence=trait.sentence,
                service=slug,
                of=trait.of,
                takes=trait.parameter.taken if trait.parameter else None,
                usual=trait.parameter.usual if trait.parameter else None,
            )
            for slug, trait in traits_of(council.services).values()
        ]
    )


@router.get("/councils/{council}/people", operation_id="find_people", responses=READ)
async def find_people(
    request: Request,
    response: Response,
    council: NamedCouncil,
    caller: ControlCaller,
    trait: Traits = [],  # noqa: B006 - FastAPI copies it
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="Which page, from 1.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="People on a page.")] = 50,
) -> PeopleFound:
    """Residents who have every trait asked for, with the references by which each service knows them."""
    wanted = [each for texts in trait for each in texts.split(",")]
    if len(wanted) > MOST_TRAITS:
        raise TooManyTraits(f"{len(wanted)} traits were asked for; {MOST_TRAITS} can be at once")
    asked = understand(council.services, wanted)
    # In a thread of its own: it may read all of the council, and others go on meanwhile.
    found = await asyncio.to_thread(find, council, asked, Page(page=page, per_page=per_page))
    people = [PersonFound.model_validate(asdict(each)) for each in found.people]
    listing = Listing[PersonFound](items=people, page=page, per_page=per_page, total=found.total)
    response.headers["Link"] = links(
        listing,
        f"{request.url.scheme}://{request.url.netloc}{request.url.path}",
        request.query_params.multi_items(),
    )
    how_many = {0: "Nobody", 1: "1 resident"}.get(found.total, f"{found.total:,} residents")
    fit = f"of {council.facts['title']} {'fit' if found.total > 1 else 'fits'}"
    return PeopleFound(
        items=people,
        page=page,
        per_page=per_page,
        total=found.total,
        said=f"{how_many} {fit}: {said_together(asked)}.{'' if found.total else _REMEDY}",
    )
