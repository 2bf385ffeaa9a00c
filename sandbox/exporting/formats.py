"""The formats of an export: CSV, JSON Lines and Parquet, each written a batch of rows at a time."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from service_apis.kit.db import Instant

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Iterable[list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: the suffix of its files, how a data package describes them, and how a table is written.

    ``write`` takes the file, the table and its rows in batches, and says how many rows there were.
    """

    suffix: str
    write: Callable[[Path, Table, Rows], int]
    described: dict[str, Any] = field(default_factory=dict)


def instant(moment: datetime) -> str:
    """An instant in UTC as data packages write it: ``2026-06-01T08:00:00Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def write_csv(file: Path, table: Table, batches: Rows) -> int:
    """Write RFC 4180: UTF-8, a header, CRLF; nothing where there is no value, ``true`` and ``false``."""
    count = 0
    ways = [_text_way(column.type) for column in table.columns]
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written)
        writer.writerow(table.columns.keys())
        for rows in batches:
            writer.writerows(_converted(rows, ways))
            count += len(rows)
    return count


def write_jsonl(file: Path, table: Table, batches: Rows) -> int:
    """Write an object a line, in UTF-8; what is JSON in the council stands in it as it is."""
    count = 0
    names = table.columns.keys()
    with file.open("w", encoding="utf-8", newline="\n") as written:
        for rows in batches:
            written.writelines(in_one_line(dict(zip(names, row, strict=True))) + "\n" for row in rows)
            count += len(rows)
    return count


def write_parquet(file: Path, table: Table, batches: Rows) -> int:
    """Write Parquet with its own types: dates as days, instants as microseconds in UTC, JSON as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0
    schema = pa.schema(
        [pa.field(each.name, _arrow_type(each.type), nullable=bool(each.nullable)) for each in table.columns]
    )
    ways = [_parquet_way(column.type) for column in table.columns]
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in batches:
            columns = zip(*_converted(rows, ways), strict=True)
            arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(rows)
    return count


def _converted(
    rows: list[tuple[Any, ...]], ways: list[Callable[[Any], Any] | None]
) -> Iterator[tuple[Any, ...]]:
    """The rows with those columns changed that have a way; most have none and are left as they are."""
    columns = [
        column if way is None else [None if value is None else way(value) for value in column]
        for column, way in zip(zip(*rows, strict=True), ways, strict=True)
    ]
    return zip(*columns, strict=True)


def _text_way(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """How a value of a column becomes text; None where the writer's own way is right."""
    if isinstance(kind, Instant | DateTime):
        return instant
    if isinstance(kind, Boolean):
        return {True: "true", False: "false"}.__getitem__
    if isinstance(kind, JSON):
        return _json_text
    return _base64 if isinstance(kind, LargeBinary) else None


def _parquet_way(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, JSON):
        return _json_text
    known = (Boolean, Date, DateTime, Float, Instant, Integer, LargeBinary)
    return None if isinstance(kind, known) else str


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, Instant | DateTime):
        return pa.timestamp("us", tz="UTC")
    if isinstance(kind, Date):
        return pa.date32()
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, Integer):
        return pa.int64()
    if isinstance(kind, Float):
        return pa.float64()
    return pa.binary() if isinstance(kind, LargeBinary) else pa.string()


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _in_json(value: Any) -> str:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else _base64(value)


in_one_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_in_json).encode
"""A value of a council as JSON on one line: dates and instants in ISO 8601, bytes in base64."""


def _described(name: str, mediatype: str, profile: str = "data-resource") -> dict[str, Any]:
    return {"profile": profile, "format": name, "mediatype": mediatype, "encoding": "utf-8"}


FORMATS = {
    "csv": Format("csv", write_csv, _described("csv", "text/csv", profile="tabular-data-resource")),
    "jsonl": Format("jsonl", write_jsonl, _described("jsonl", "application/jsonl")),
    "parquet": Format("parquet", write_parquet, _described("parquet", "application/vnd.apache.parquet")),
}
"""The formats by the name that people type."""
