"""Requirements: numbered, plain sentences, listed beside the journeys that prove them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Requirement(BaseModel):
    """One sentence that a council can be held to, and where it comes from.

    `level` is must (a duty or a standard's MUST), should (good practice) or may (an option). `each_service`
    is true of what every service is held to, whichever pack lists it. `instead_of` names those of each
    service that this one stands for in its pack's: the checks of those are checks of this one there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Z][A-Z0-9_-]*-[0-9]{3}$")
    sentence: str = Field(min_length=10)
    source: str = Field(min_length=3)
    level: Literal["must", "should", "may"]
    each_service: bool = False
    instead_of: tuple[str, ...] = ()


class Requirements(BaseModel):
    """A `requirements.yaml`: the list under `requirements`.

    `leaves_out` names requirements of each service that do not hold for this pack's, with the reason: a
    published standard that decides otherwise. Where the pack has one `instead_of` it, that one is verified.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requirements: tuple[Requirement, ...]
    leaves_out: dict[str, str] = Field(default_factory=dict)
