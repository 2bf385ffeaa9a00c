"""How closely a council's town keeps to the published figures."""

from __future__ import annotations

from fastapi import APIRouter

from sandbox.control.access import NamedCouncil, refusals
from sandbox.control.fidelity_shapes import Fidelity
from sandbox.fidelity import NotMeasured, read_report
from service_apis.kit.problems import NotFound

router = APIRouter()


class TownNotMeasured(NotFound):
    """The council was built by a version that did not measure its town as this one does. Build it again."""


@router.get("/councils/{council}/fidelity", operation_id="show_fidelity", responses=refusals(404, 422))
def show_fidelity(council: NamedCouncil) -> Fidelity:
    """How far to trust the council's town. Needs no key: it speaks of no single person or home."""
    try:
        return Fidelity.model_validate(read_report(council.file))
    except NotMeasured as failure:
        raise TownNotMeasured(str(failure)) from failure
