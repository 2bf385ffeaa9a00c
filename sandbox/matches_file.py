"""The file of a matching product: which records it takes for the same person, as pairs or as clusters."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from sandbox.failure import Failure
from sandbox.matching import Claims, Record, TruthOfRecords

PAIRS, CLUSTERS = ["left", "right"], ["record", "cluster"]
MOST_SHOWN = 20
TEMPLATE = """\
left,right
residents:R00000001,council-tax:CT00000001-1
residents:R00000001,waste:999900000001
"""
"""Pairs as they are written. A record is named by its service and, after a colon, by its key there."""


class NotMatches(Failure):
    """The file cannot be read as pairs or clusters. The message names each line that is at fault."""


def read_claims(file: Path, truth: TruthOfRecords) -> Claims:
    """What the file says. Raises NotMatches with every fault and its line."""
    faults: list[str] = []
    claims = Claims()
    try:
        # Excel writes a mark before the first letter.
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.reader(opened, strict=True)
            header = [name.strip() for name in next(rows, [])]
            if header not in (PAIRS, CLUSTERS):
                raise NotMatches(_wrong_header(file, header))
            for line, row in _numbered(rows):
                try:
                    _take(row, header, truth, claims)
                except _RowAtFault as fault:
                    faults.append(f"line {line}: {fault}")
    except UnicodeDecodeError as error:
        raise NotMatches(f"{file} is not text in UTF-8: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise NotMatches(f"{file} could not be read: {error.strerror}") from error
    except csv.Error as error:
        raise NotMatches(f"{file}, line {rows.line_num}: not CSV: {error}") from error
    if faults:
        more = [f"and {len(faults) - MOST_SHOWN:,} more"] if len(faults) > MOST_SHOWN else []
        listed = "\n  ".join([*faults[:MOST_SHOWN], *more])
        many = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
        raise NotMatches(f"{file} has {many} and was not scored:\n  {listed}")
    return claims


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the lines on which they end."""
    for row in rows:
        if any(cell.strip() for cell in row):
            yield rows.line_num, [cell.strip() for cell in row]  # type: ignore[attr-defined]


def _wrong_header(file: Path, header: list[str]) -> str:
    if not header:
        return f"{file} is empty; `council score-matches --template` prints an example"
    return (
        f"{file}, line 1: the header must be {','.join(PAIRS)} or {','.join(CLUSTERS)}, "
        f"not {','.join(header)[:80]!r}; `council score-matches --template` prints an example"
    )


class _RowAtFault(Exception):
    """A row that cannot be taken; the message says why."""


def _take(row: list[str], header: list[str], truth: TruthOfRecords, claims: Claims) -> None:
    if len(row) != len(header):
        raise _RowAtFault(f"{len(header)} cells are wanted, not {len(row)}")
    record = _record(row[0], truth)
    other = _record(row[1], truth) if header == PAIRS else None
    if record == other:
        raise _RowAtFault(f"{row[0]} is paired with itself")
    if record in truth.others or other in truth.others:
        claims.left_out += 1
    elif other is not None:
        claims.add_pair(record, other)
    elif not row[1]:
        raise _RowAtFault(f"{row[0]} has no cluster")
    elif claims.cluster.setdefault(record, row[1]) != row[1]:
        raise _RowAtFault(f"{row[0]} is in the clusters {claims.cluster[record]} and {row[1]}")


def _record(written: str, truth: TruthOfRecords) -> Record:
    service, colon, key = written.partition(":")
    record = service.replace("_", "-"), key
    if not colon or not key:
        raise _RowAtFault(f"{written!r} is no record; write SERVICE:KEY, such as residents:R00000001")
    if record not in truth.person and record not in truth.others:
        raise _RowAtFault(f"{written} is no record of a person that the council was built with")
    return record
