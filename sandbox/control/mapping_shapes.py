"""The shapes of a mapping as it is shown."""

from __future__ import annotations

from service_apis.kit.schemas import Schema


class SpokenShown(Schema):
    """How one operation is spoken, where it is otherwise than the rest."""

    fields: dict[str, str]
    codes: dict[str, dict[str, str | bool | int]]
    query: dict[str, str]
    headers: dict[str, str]


class MappingShown(SpokenShown):
    """What the slot calls so, the component calls so. See what is declared."""

    paths: dict[str, str]
    operations: dict[str, SpokenShown]
