"""One value that two towns share only if every fact of theirs is the same."""

from __future__ import annotations

from dataclasses import fields
from hashlib import blake2b
from typing import Any

import numpy as np

from synthetic_data.town import Town

TABLES = (
    "wards",
    "streets",
    "properties",
    "households",
    "residents",
    "premises",
    "schools",
    "polling_places",
    "businesses",
)
"""The town's tables, by the names of its fields."""


def digest(town: Town) -> str:
    """A hexadecimal digest over every column of every table, and what the town was made from."""
    hashed = blake2b(digest_size=20)
    hashed.update(f"{town.name}/{town.profile.gss_code}/{town.seed}/{town.as_of}".encode())
    for name in TABLES:
        table = getattr(town, name)
        for column in fields(table):
            hashed.update(f"{name}.{column.name}".encode())
            hashed.update(_bytes(getattr(table, column.name)))
    return hashed.hexdigest()


def _bytes(column: np.ndarray[Any, Any]) -> bytes:
    if column.dtype == object:
        return "\x1f".join("\x00" if text is None else text for text in column.tolist()).encode()
    if column.dtype.kind == "M":
        return column.astype("datetime64[D]").astype("<i8").tobytes()
    if column.dtype.kind in "iub":
        return column.astype("<i8").tobytes()
    return column.astype("<f8").tobytes()
