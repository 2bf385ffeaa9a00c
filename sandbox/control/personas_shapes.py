"""The shapes of personas: what each is, and by which references a council knows it."""

from __future__ import annotations

from pydantic import AwareDatetime

from service_apis.kit.schemas import Schema


class PersonaShown(Schema):
    """A persona: its title and story, and, once it was made, by which references each service knows it.

    ``begins_with`` is whom it begins with, in words; ``steps`` what happens. ``references`` and ``made_at``
    (council time) are null until it is made. ``mistakes`` are those of its file, with their lines: a persona
    that has any cannot be made.
    """

    name: str
    title: str
    story: str
    begins_with: list[str]
    steps: list[str]
    made: bool
    made_at: AwareDatetime | None
    references: dict[str, dict[str, str]] | None
    mistakes: list[str]


class PersonaList(Schema):
    """Every persona that there is, made or not, by name."""

    items: list[PersonaShown]
