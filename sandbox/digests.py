"""Digests: one value for each table of a council, which two share only if every record is the same.

They do not depend on where the council is kept, in its file or in PostgreSQL, nor on who built it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Table

from sandbox.stores import Contents
from service_apis.kit.records import Fact

_SIZE = 20
"""Bytes of a digest, as of ``synthetic_data.digest``."""
_LEFT_OUT = {(Fact.__tablename__, "version")}
"""Facts, by table and key, in which councils with the same records may differ."""


@dataclass(frozen=True, slots=True)
class Digests:
    """The digest of each table, in order of name, and of the council as a whole; hexadecimal."""

    tables: dict[str, str]

    @property
    def whole(self) -> str:
        """One value for the whole council."""
        hashed = blake2b(digest_size=_SIZE)
        for name, digest in self.tables.items():
            hashed.update(f"{name} {digest}\n".encode())
        return hashed.hexdigest()


def digests(contents: Contents) -> Digests:
    """The digests of a council. Its rows pass through a batch at a time."""
    return Digests({table.name: digest_of(table, contents) for table in contents.tables})


def digest_of(table: Table, contents: Contents) -> str:
    """BLAKE2b over the names of a table's columns and its rows, in the order of its key.

    Each is a line of JSON in ASCII: numbers as Python writes them, dates as ``2026-06-01``, instants as
    ``2026-06-01T08:00:00+00:00``, bytes in hexadecimal, and the keys inside a JSON value sorted.
    """
    hashed = blake2b(digest_size=_SIZE)
    hashed.update(_lines([tuple(table.columns.keys())]))
    for rows in contents.batches(table):
        hashed.update(_lines(row for row in rows if (table.name, row[0]) not in _LEFT_OUT))
    return hashed.hexdigest()


def _lines(rows: Iterable[tuple[Any, ...]]) -> bytes:
    return "".join(_ENCODER.encode(row) + "\n" for row in rows).encode("ascii")


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return value.hex()
    raise TypeError(f"{value!r} has no canonical form")


_ENCODER = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=_written)
