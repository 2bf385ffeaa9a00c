"""Exporting a council: every table to a file of its own, described by a Frictionless data package.

``formats`` writes the rows as CSV, JSON Lines or Parquet, ``package`` says what is in them, and
``target`` keeps what is in the way of an export from harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.exporting.formats import FORMATS
from sandbox.exporting.package import described
from sandbox.exporting.target import PACKAGE, Occupied, exporting, write_package
from sandbox.stores import Contents
from service_apis.kit.records import Truth, TruthFault

__all__ = ["FORMATS", "PACKAGE", "Export", "Occupied", "export"]

TRUTH = frozenset({Truth.__tablename__, TruthFault.__tablename__})
"""The tables that say which records are the same person."""


@dataclass(frozen=True, slots=True)
class Export:
    """What was written: rows by table, and the council's name."""

    name: str
    rows: dict[str, int]


def export(
    contents: Contents, to: Path, format_name: str, *, replace: bool = False, with_truth: bool = False
) -> Export:
    """Write all of a council to a folder, in one of ``FORMATS``; interrupted, it leaves the folder as it was.

    The truth about its people's records goes along only ``with_truth``: an export may be handed to those
    whose product is scored by it. Rows are in the order of their keys, so that equal councils give equal
    files. Raises Occupied if the folder holds something: an earlier export may be replaced if ``replace``,
    anything else never.
    """
    chosen = FORMATS[format_name]
    rows: dict[str, int] = {}
    resources: list[dict[str, Any]] = []
    tables = [table for table in contents.tables if with_truth or table.name not in TRUTH]
    with exporting(to, replace=replace) as folder:
        for table in tables:
            file = f"{table.name}.{chosen.suffix}"
            rows[table.name] = chosen.write(folder / file, table, contents.batches(table))
            resources.append({"path": file, "bytes": (folder / file).stat().st_size, **chosen.described})
        write_package(folder, described(contents.facts, tables, resources))
    return Export(str(contents.facts["name"]), rows)
