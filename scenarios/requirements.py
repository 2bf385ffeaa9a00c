"""Requirements: numbered, plain sentences, listed beside the journeys that prove them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Requirement(BaseModel):
    """One sentence that a council can be held to, and where it comes from.

    `level` is must (a duty or a standard's MUST), should (good practice) or may (an option).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Z][A-Z0-9_-]*-[0-9]{3}$")
    sentence: str = Field(min_length=10)
    source: str = Field(min_length=3)
    level: Literal["must", "should", "may"]


class Requirements(BaseModel):
    """A `requirements.yaml`: the list under the one key `requirements`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requirements: tuple[Requirement, ...]
