"""The history of a slot as a record that can be signed: what was done, by whom, why, on what grounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Format = Literal["virtual-council/slot-history/1"]
FORMAT: Format = "virtual-council/slot-history/1"
DOES_NOT_SHOW = (
    "That somebody of that name did it: who did a thing is as they said, or the name of the key they used.",
    "What the component does outside of this council, or since this was written.",
)


class Part(BaseModel):
    """A part of the record: nothing is added, and nothing changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(Part):
    """One thing that was done to the slot, or befell it.

    ``setting`` is how it is filled since, with what the gate went by; ``overriding`` what was not met, and
    the reason to do it all the same.
    """

    number: int
    at: datetime
    council_time: datetime
    slot: str
    component: str | None
    what: str
    by: str
    why: str
    setting: dict[str, Any] | None
    overriding: str | None


class HistoryRecord(Part):
    """The whole history of one slot of one council.

    ``overview`` says in a sentence who fills it when this is written. ``candidates`` are the components that
    joined for it, each with its latest verdict and comparison, as the control API shows them.
    """

    format: Format
    written: datetime
    made_with: str
    council: str
    slot: str
    title: str
    overview: str
    changes: tuple[Change, ...]
    candidates: tuple[dict[str, Any], ...]
    does_not_show: tuple[str, ...] = DOES_NOT_SHOW

    @property
    def canonical(self) -> bytes:
        """The record as the bytes that are signed: JSON by RFC 8785."""
        import rfc8785

        return rfc8785.dumps(self.model_dump(mode="json"))

    @property
    def overrides(self) -> tuple[Change, ...]:
        """What was done with something of the gate unmet."""
        return tuple(each for each in self.changes if each.overriding)
