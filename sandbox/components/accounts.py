"""Two accounts of one slot's records, side by side: what a component gave back, and what the council holds.

They are laid into a database of their own that ends with the comparison, so that a large council needs no
more memory than a small one. Values are compared by the type of their column, not as they are written.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Table

from sandbox.components.fitting import as_held, as_told
from sandbox.components.references import References
from sandbox.stores import CouncilFile
from service_apis.kit.service import Service

Record = dict[str, Any]
ROWS_AT_ONCE = 500
MOST_BYTES_A_RECORD = 4 * 1024
"""On the average: a whole report with all that came with it has less."""
_TABLES = """
CREATE TABLE theirs (kind TEXT, key TEXT, record TEXT);
CREATE TABLE ours (kind TEXT, key TEXT, record TEXT);
"""
_INDEXES = """
CREATE INDEX theirs_by_key ON theirs (kind, key);
CREATE INDEX ours_by_key ON ours (kind, key);
"""


class Nonsense(Exception):
    """What a component gave back is no account of the slot's records. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One record in both accounts, with its reference; None where one lacks it."""

    table: str
    reference: str
    ours: Record | None
    theirs: Record | None

    @property
    def fields(self) -> list[str]:
        """The columns in which the accounts differ."""
        if self.ours is None or self.theirs is None:
            return []
        return [name for name in self.theirs if self.theirs[name] != self.ours[name]]


@dataclass(slots=True)
class Counts:
    """How many records of a table the council holds, how many came back, and how they compare.

    ``renamed`` came back as they are but under another reference; they are counted among ``same`` too. Of
    those that do not agree, the council has changed ``since`` the component ceased to answer for them.
    ``left_out`` are the columns that the component does not keep.
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

    @property
    def is_whole(self) -> bool:
        """Whether all came back as the council knows it, or knew it when the component ceased to answer."""
        return self.differ + self.missing + self.unknown == self.since and not self.doubled


class Accounts:
    """Both accounts of a slot. ``add_theirs`` takes what comes back, ``lay_beside`` what is held.

    ``most`` is how many records may come back.
    """

    def __init__(self, service: Service, council: str, references: References, most: int) -> None:
        self.tables: Mapping[str, Table] = {table.name: table for table in service.tables.sorted_tables}
        self.whole: Record | None = None
        self.came = Counter[str]()
        self._service, self._council, self._references = service, council, references
        self._renamed = Counter[str]()
        self._shapes: dict[str, set[frozenset[str]]] = {name: set() for name in self.tables}
        # Of no name: SQLite keeps it in memory as long as it is small, and deletes it by itself.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode = OFF; {_TABLES}")
        self._lines, self._announced, self._most, self._bytes = 0, 0, most, 0

    def close(self) -> None:
        """Forget both."""
        self._db.close()

    def add_theirs(self, lines: Iterable[bytes]) -> None:
        """Take some lines of what came back, in order. Raises Nonsense."""
        rows = []
        for line in lines:
            self._lines += 1
            self._bytes += len(line)
            self._expect_no_more()
            told = self._read(line)
            if self.whole is None:
                self.whole = self._about_the_whole(told)
                continue
            rows.append(self._row(told))
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO theirs VALUES (?, ?, ?)", rows)
        self._db.execute("COMMIT")

    def lay_beside(self, contents: CouncilFile) -> None:
        """Take what the council holds now, of one moment. Raises Nonsense where less came than was said."""
        if self.whole is None:
            raise Nonsense("it gave nothing back, not even a line about the whole")
        for table, count in self.whole["tables"].items():
            if self.came[table] != count:
                raise Nonsense(
                    f"it said that {count:,} records of {table} would come, and {self.came[table]:,} came"
                )
        with contents.reading() as held:
            for name, table in self.tables.items():
                names = table.columns.keys()
                kept = self.given(name)
                for rows in held.batches(table, ROWS_AT_ONCE):
                    records = (dict(zip(names, row, strict=True)) for row in rows)
                    plain = ({key: as_held(value) for key, value in each.items()} for each in records)
                    self._db.execute("BEGIN")
                    self._db.executemany(
                        "INSERT INTO ours VALUES (?, ?, ?)",
                        [(name, _key(table, each), _written(each, kept)) for each in plain],
                    )
                    self._db.execute("COMMIT")
        self._db.executescript(_INDEXES)
        self._complete()
        self._match()

    def given(self, table: str) -> list[str]:
        """The columns of a table that came back, in order; all where no record of it came."""
        given = frozenset[str]().union(*self._shapes[table])
        return sorted(given or self.tables[table].columns.keys())

    def counts(self, touched: set[str]) -> list[Counts]:
        """How the accounts compare, table by table; ``touched`` are the cases that were changed since."""
        return [self._counts(name, touched) for name in self.tables]

    def is_touched(self, pair: Pair, touched: set[str]) -> bool:
        """Whether a record is of a case that was changed since, or belongs to one."""
        table = self.tables[pair.table]
        record = pair.ours or pair.theirs or {}
        owners = [each.parent.name for each in table.foreign_keys if is_of_a_case(each.column.table)]
        return not touched.isdisjoint(
            str(record[name]) for name in (*_keys(table), *owners) if name in record
        )

    def pairs(self, table: str) -> Iterator[Pair]:
        """The records of a table in which the accounts do not agree, in the order of their keys."""
        query = f"SELECT key, record, NULL FROM ours {_ALONE.format('ours', 'theirs')}"
        query += f" UNION ALL SELECT key, NULL, record FROM theirs {_ALONE.format('theirs', 'ours')}"
        query += f" UNION ALL SELECT key, ours.record, theirs.record {_BOTH} AND ours.record != theirs.record"
        for key, ours, theirs in self._db.execute(f"{query} ORDER BY 1", {"kind": table}):
            told = (None if each is None else json.loads(each) for each in (ours, theirs))
            yield Pair(table, " ".join(map(str, json.loads(key))), *told)

    def _counts(self, table: str, touched: set[str]) -> Counts:
        def one(query: str) -> int:
            (count,) = self._db.execute(query, {"kind": table}).fetchone()
            return int(count)

        return Counts(
            table=table,
            held=one("SELECT count(*) FROM ours WHERE kind = :kind"),
            came=self.came[table],
            same=one(f"SELECT count(*) {_BOTH} AND ours.record = theirs.record"),
            differ=one(f"SELECT count(*) {_BOTH} AND ours.record != theirs.record"),
            missing=one(f"SELECT count(*) FROM ours {_ALONE.format('ours', 'theirs')}"),
            unknown=one(f"SELECT count(*) FROM theirs {_ALONE.format('theirs', 'ours')}"),
            doubled=self.came[table] - one("SELECT count(*) FROM theirs WHERE kind = :kind"),
            renamed=self._renamed[table],
            since=sum(self.is_touched(each, touched) for each in self.pairs(table)) if touched else 0,
            left_out=sorted(set(self.tables[table].columns.keys()).difference(self.given(table))),
        )

    def _read(self, line: bytes) -> Record:
        try:
            told = from_json(self._references.ours(line.decode()), allow_inf_nan=False)
        except ValueError as error:
            raise Nonsense(f"line {self._lines} of what it gave back is no JSON: {error}") from error
        if not isinstance(told, dict):
            raise Nonsense(f"line {self._lines} of what it gave back is no JSON object")
        return told

    def _about_the_whole(self, told: Record) -> Record:
        tables = told.get("tables")
        if not isinstance(tables, dict) or not all(
            type(each) is int and each >= 0 for each in tables.values()
        ):
            raise Nonsense('its first line does not say how many records of each table follow, in "tables"')
        for name, wanted in (("slot", self._service.slug), ("council", self._council)):
            if told.get(name) != wanted:
                raise Nonsense(f"its first line is about the {name} {told.get(name)!r:.60}, not {wanted}")
        self._announced = sum(tables.values())
        if self._announced > self._most:
            raise Nonsense(f"it announced {self._announced:,} records; {self._most:,} are taken at most")
        return told

    def _expect_no_more(self) -> None:
        if self.whole is not None and self._lines > self._announced + 1:
            raise Nonsense(f"it announced {self._announced:,} records, and went on after that")
        if self._bytes > self._most * MOST_BYTES_A_RECORD:
            raise Nonsense(f"it gave back more than {self._most * MOST_BYTES_A_RECORD:,} bytes")

    def _row(self, told: Record) -> tuple[str, str, str]:
        name, record = told.get("table"), told.get("record")
        if not isinstance(name, str) or not isinstance(record, dict):
            raise Nonsense(f'line {self._lines} does not name its "table" and give its "record"')
        table = self.tables.get(name)
        if table is None:
            raise Nonsense(f"line {self._lines} is of no table of the slot: {name[:60]}")
        if strange := sorted(set(record).difference(table.columns.keys())):
            raise Nonsense(f"line {self._lines} has a column {strange[0][:60]}, which {name} has not")
        if lacking := [each.name for each in table.primary_key if record.get(each.name) is None]:
            raise Nonsense(f"line {self._lines} has no {lacking[0]}, by which {name} tells its records apart")
        self.came[name] += 1
        self._shapes[name].add(frozenset(record))
        plain = {each: as_told(table.columns[each], value) for each, value in record.items()}
        return name, _key(table, plain), _written(plain, sorted(plain))

    def _complete(self) -> None:
        """See that every record of a table has the same columns, and each record stands there once."""
        for name in (each for each, shapes in self._shapes.items() if len(shapes) > 1):
            kept = self.given(name)
            rows = self._db.execute("SELECT rowid, record FROM theirs WHERE kind = ?", (name,)).fetchall()
            filled = ((_written(json.loads(record), kept), row) for row, record in rows)
            self._db.executemany("UPDATE theirs SET record = ? WHERE rowid = ?", filled)
        self._db.execute(
            "DELETE FROM theirs WHERE rowid NOT IN (SELECT min(rowid) FROM theirs GROUP BY kind, key)"
        )

    def _match(self) -> None:
        """Match records of cases that are alike in all but their own reference, in both accounts.

        What falls due at both sides is numbered by each for itself, and nobody ever learns both numbers. From
        here on such a record, and what refers to it, has the council's reference.
        """
        for name, table in self.tables.items():
            if not is_of_a_case(table) or len(_keys(table)) != 1:
                continue
            (key,) = _keys(table)
            if pairs := self._alike(name, key):
                self._renamed[name] = len(pairs)
                self._rename(table, key, dict(pairs))

    def _alike(self, name: str, key: str) -> list[tuple[str, str]]:
        alone: dict[str, list[str]] = {}
        query = f"SELECT key, record FROM theirs {_ALONE.format('theirs', 'ours')} ORDER BY rowid DESC"
        for called, record in self._db.execute(query, {"kind": name}):
            alone.setdefault(_without(record, key), []).append(called)
        query = f"SELECT key, record FROM ours {_ALONE.format('ours', 'theirs')} ORDER BY rowid"
        rows = self._db.execute(query, {"kind": name}) if alone else ()
        return [
            (others.pop(), called) for called, record in rows if (others := alone.get(_without(record, key)))
        ]

    def _rename(self, table: Table, key: str, ours_of: dict[str, str]) -> None:
        self._put(name := table.name, key, ours_of)
        rows = [(ours, name, theirs) for theirs, ours in ours_of.items()]
        self._db.executemany("UPDATE theirs SET key = ? WHERE kind = ? AND key = ?", rows)
        for other in self.tables.values():
            for each in other.foreign_keys:
                if each.column.table is table:
                    self._put(other.name, each.parent.name, ours_of)

    def _put(self, table: str, name: str, ours_of: dict[str, str]) -> None:
        """Put the council's references into one column of what came back."""
        changed = []
        rows = self._db.execute("SELECT rowid, record FROM theirs WHERE kind = ?", (table,))
        for row, record in rows:
            told = json.loads(record)
            if ours := ours_of.get(json.dumps([told.get(name)])):
                (told[name],) = json.loads(ours)
                changed.append((_in_json(told), row))
        self._db.executemany("UPDATE theirs SET record = ? WHERE rowid = ?", changed)


_BOTH = "FROM ours JOIN theirs USING (kind, key) WHERE kind = :kind"
_ALONE = (
    "WHERE {0}.kind = :kind AND NOT EXISTS"
    " (SELECT 1 FROM {1} WHERE {1}.kind = {0}.kind AND {1}.key = {0}.key)"
)


def is_of_a_case(table: Table) -> bool:
    """Whether a table holds cases, or what belongs to one: they have a status. The others are the town."""
    return "status" in table.c


def _key(table: Table, record: Mapping[str, Any]) -> str:
    return json.dumps([record[name] for name in _keys(table)])


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _written(record: Mapping[str, Any], names: Iterable[str]) -> str:
    return _in_json({name: record.get(name) for name in names})


def _in_json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True)


def _without(record: str, name: str) -> str:
    told = json.loads(record)
    del told[name]
    return _in_json(told)
