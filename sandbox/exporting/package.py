"""What an export says of itself: a data package, with each table's fields, key and references.

The form is Data Package 1.0 of Frictionless Data (specs.frictionlessdata.io), which many tools read.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from sandbox import __version__
from sandbox.exporting.target import OURS
from sandbox.stores import known_models
from service_apis.kit.db import Instant, Versioned

_OGL = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0 (the figures that the council is shaped by)",
}
_MIT = {
    "name": "MIT",
    "path": "https://opensource.org/license/mit",
    "title": "MIT Licence (the invented records)",
}


def described(
    facts: dict[str, Any], tables: Sequence[Table], resources: list[dict[str, Any]]
) -> dict[str, Any]:
    """The data package of a council, ``resources`` telling of each table's file in the tables' order."""
    models = known_models()
    within = {table.name for table in tables}
    return {
        "profile": "data-package",
        "name": facts["name"],
        "title": facts["title"],
        "description": (
            f"All records of a pretend council that is shaped like {facts['shaped_like']}. Nobody in it is "
            "real. In CSV an empty field is a value that is not there, or an empty text."
        ),
        "licenses": [_OGL, _MIT],
        "sources": [{"title": attribution()}],
        OURS: {**facts, "version": __version__},
        "resources": [
            {**_about(table, models.get(table.name), within), **resource}
            for table, resource in zip(tables, resources, strict=True)
        ],
    }


def attribution() -> str:
    """The words in which the figures' licence wants their sources named, from their SOURCES.md."""
    sources = files("synthetic_data.profiles").joinpath("SOURCES.md").read_text(encoding="utf-8")
    return " ".join(line.removeprefix("> ") for line in sources.splitlines() if line.startswith("> "))


def _about(table: Table, model: type[Any] | None, within: set[str]) -> dict[str, Any]:
    said = _sentences(model)
    about: dict[str, Any] = {"name": table.name}
    own = _plain(inspect.getdoc(model) or "") if model else ""
    if own:
        about["description"] = own.replace("``", "")
    fields = [_field(column, said) for column in table.columns]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if key := [column.name for column in table.primary_key]:
        schema["primaryKey"] = key
    references = [
        {
            "fields": [element.parent.name for element in constraint.elements],
            "reference": {
                # A reference to the same table is written as one to no other.
                "resource": "" if constraint.referred_table is table else constraint.referred_table.name,
                "fields": [element.column.name for element in constraint.elements],
            },
        }
        for constraint in sorted(table.foreign_key_constraints, key=lambda each: list(each.column_keys))
        if constraint.elements[0].target_fullname.partition(".")[0] in within
    ]
    if references:
        schema["foreignKeys"] = references
    return {**about, "schema": schema}


def _field(column: Column[Any], said: list[str]) -> dict[str, Any]:
    kind, written = _type(column.type)
    field: dict[str, Any] = {"name": column.name, "type": kind, "format": written}
    about = " ".join(sentence for sentence in said if f"``{column.name}``" in sentence)
    if about:
        field["description"] = about.replace("``", "")
    constraints: dict[str, Any] = {}
    # An empty text and no value are one in CSV, so that only what cannot be text is required.
    if not column.nullable and kind not in ("string", "any"):
        constraints["required"] = True
    if constraints:
        field["constraints"] = constraints
    return field


def _type(kind: TypeEngine[Any]) -> tuple[str, str]:
    """A column's type and format as Table Schema calls them."""
    names: list[tuple[type[Any] | tuple[type[Any], ...], str]] = [
        ((Instant, DateTime), "datetime"),
        (Date, "date"),
        (Boolean, "boolean"),
        (Integer, "integer"),
        (Float, "number"),
        (JSON, "any"),
    ]
    if isinstance(kind, LargeBinary):
        return "string", "binary"
    return next((name for types, name in names if isinstance(kind, types)), "string"), "default"


def _sentences(model: type[Any] | None) -> list[str]:
    """The sentences of a model's docstring and of those that it takes columns from."""
    if model is None:
        return []
    sentences: list[str] = []
    for each in model.__mro__:
        if each is object or each is Versioned or each.__module__.startswith("sqlalchemy"):
            continue
        sentences += re.split(r"(?<=\.)\s+(?=[A-Z`])", _plain(each.__doc__ or ""))
    return sentences


def _plain(docstring: str) -> str:
    """A docstring in one line, without the marks that point into the code."""
    return re.sub(r":\w+:`~?([\w.]+)`", r"\1", " ".join(inspect.cleandoc(docstring).split()))
