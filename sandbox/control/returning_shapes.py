"""The shapes of what came back from a component: table by table, with the differences."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime

from sandbox.control.slots_shapes import By, Why
from service_apis.kit.schemas import Schema


class AskingBack(Schema):
    """Who asks, why, and whether the council's cases are to be as the component has them."""

    take_back: bool = False
    by: By | None = None
    why: Why = ""


class TableReturned(Schema):
    """How the records of one table compare. See ``sandbox.components.accounts.Counts``.

    Of the `same`, `renamed` came under another reference. Of those that do not agree, the council has changed
    `since` the component ceased to answer for them. `left_out` are columns that the component does not
    keep, and which were not compared.
    """

    table: str
    held: int
    came: int
    same: int
    differ: int
    missing: int
    unknown: int
    doubled: int
    renamed: int
    since: int
    left_out: list[str]


class FieldDiffering(Schema):
    """A field in which a record that came back is not as the council knows it."""

    field: str
    ours: Any
    theirs: Any


class RecordDiffering(Schema):
    """A record that differs, is missing from what came back, or that the council does not know."""

    table: str
    reference: str
    what: Literal["differs", "missing", "unknown"]
    fields: list[FieldDiffering]


class ReturnShown(Schema):
    """One time that a component was asked for its records, and how they compare with what the council holds.

    It `is_whole` where all came back, but for what changed here since. Where there was nothing to compare,
    `fault` says why, and `tables` is empty. `follow_ups` writes were then
    still on their way to the component. `taken_back` is how many records the council took back, null where
    it was not to; `not_taken` says what it left as it was.
    """

    number: int
    component: str
    slot: str
    at: AwareDatetime
    council_time: AwareDatetime
    by: str
    why: str
    sentence: str
    fault: str | None
    is_whole: bool
    follow_ups: int
    tables: list[TableReturned]
    differences: list[RecordDiffering]
    taken_back: int | None
    not_taken: list[str]


class ReturnList(Schema):
    """What came back of a component's records, the latest first.

    `answered_for_cases` says whether the component ceased to answer for cases of its whole slot, so that they
    can be taken back with what it says of them.
    """

    answered_for_cases: bool
    items: list[ReturnShown]
