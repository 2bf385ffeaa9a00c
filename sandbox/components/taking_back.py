"""Taking back: of cases that a component answered for, its account becomes the council's.

The stub was kept in step with every write. What it cannot know is how a case ended that nobody wrote to: a
crew of the component's found nothing, where the stub's would have emptied the bin. Callers were told the
component's account, so that is what stands when the stub answers again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from sandbox.components.accounts import Accounts, Pair, is_of_a_case
from sandbox.components.ends import Ended
from sandbox.components.fitting import Unfit, as_held, fitted
from sandbox.components.sides import Named, is_components
from sandbox.posting.feed import end_of_feed
from service_apis.kit.council import Council
from service_apis.kit.problems import Conflict
from service_apis.kit.service import Service
from service_apis.kit.work import Work


class DoesNotFit(Conflict):
    """A record that came back does not fit into the council's tables, so that none was taken back.

    The detail names the record and what is wrong with it. Keep the council's own account, or let the
    component put its own right and take it back then.
    """


class SetBackSince(Conflict):
    """The council was set back since the component ceased to answer: its account is of another past."""


@dataclass(slots=True)
class TakenBack:
    """How many records were changed, added or put aside, and what was left as it is and why."""

    records: int = 0
    left: list[str] = field(default_factory=list)


def take_back(council: Council, service: Service, accounts: Accounts, ended: Ended) -> TakenBack:
    """Let the component's account of its cases be the council's, in one transaction, untold.

    Whoever calls it has the council's turn. What the stub has changed since it answers alone is left.
    Raises DoesNotFit or SetBackSince; then nothing was changed.
    """
    if not ended.position.still_holds(council, end_of_feed(council).position):
        raise SetBackSince(f"{council.name} was set back since; nothing was taken back")
    taken = TakenBack()
    try:
        with council.writing(service.url_name) as work:
            _TakingBack(council, service, accounts, ended, work, taken).run()
    except IntegrityError as error:
        raise DoesNotFit(
            f"Nothing was taken back: what came back contradicts itself ({error.orig})"
        ) from error
    return taken


class _TakingBack:
    def __init__(
        self,
        council: Council,
        service: Service,
        accounts: Accounts,
        ended: Ended,
        work: Work,
        taken: TakenBack,
    ) -> None:
        self._council, self._service, self._accounts, self._ended = council, service, accounts, ended
        self._work, self._taken = work, taken
        self._touched = ended.touched(work.connection, service)
        self._changed: set[Any] = set()

    def run(self) -> None:
        cases = [table for table in self._accounts.tables.values() if is_of_a_case(table)]
        names = {table.name for table in cases}
        for table in cases:
            owner = next((each for each in table.foreign_keys if each.column.table.name in names), None)
            if owner is None:
                self._take_cases(table)
            else:
                self._take_belongings(table, owner.parent.name, owner.column.table)
        lifecycle = self._council.lifecycles.get(self._service.slug)
        for plan in lifecycle.resumptions if lifecycle else ():
            for reference in sorted(self._changed):
                plan(self._work, reference)

    def _take_cases(self, table: Table) -> None:
        for pair in self._accounts.pairs(table.name):
            if pair.ours is None or pair.theirs is None:
                continue  # A case that one side alone knows is shown, and nothing is invented.
            if self._is_the_components(table, pair.ours):
                self._changed.add(pair.ours[_key_of(table)])
                self._put(table, pair)

    def _take_belongings(self, table: Table, column: str, owners: Table) -> None:
        """Take over what belongs to cases of the component's, such as the updates of a report.

        What did not come back is put aside where something came in its place; where nothing did, it is lost
        at the component alone, and stays.
        """
        mine: dict[Any, bool] = {}
        put_in: list[tuple[Any, Pair]] = []
        put_aside: list[tuple[Any, Pair]] = []
        for pair in self._accounts.pairs(table.name):
            owner = (pair.ours or pair.theirs or {}).get(column)
            if owner not in mine:
                found = _row(self._work.connection, owners, {_key_of(owners): owner})
                mine[owner] = found is not None and self._is_the_components(owners, found)
            if mine[owner]:
                (put_aside if pair.theirs is None else put_in).append((owner, pair))
        self._changed |= {owner for owner, pair in put_in if pair.ours is None}
        for owner, pair in put_aside:
            if owner in self._changed:
                self._put(table, pair)
            else:
                self._leave(f"{pair.reference} did not come back")
        for _, pair in put_in:
            self._put(table, pair)

    def _is_the_components(self, table: Table, record: dict[str, Any]) -> bool:
        reference = str(record[_key_of(table)])
        named = [reference, *(str(record[each]) for each in ("uprn", "address_id") if record.get(each))]
        if not is_components(self._ended.setting, Named(named), self._council, self._service):
            return False
        if reference in self._touched:
            self._leave(f"{reference} was changed here since")
            return False
        return True

    def _put(self, table: Table, pair: Pair) -> None:
        connection = self._work.connection
        if pair.theirs is None:
            assert pair.ours is not None
            connection.execute(delete(table).where(_is(table, pair.ours)))
        elif pair.ours is None:
            connection.execute(insert(table).values(_fitted(table, pair.reference, pair.theirs)))
        else:
            there = _row(connection, table, pair.ours) or {}
            if any(there.get(name) != value for name, value in pair.ours.items()):
                self._leave(f"{pair.reference} was changed here while it came back")
                return
            changed = {name: pair.theirs[name] for name in pair.fields}
            values = _fitted(table, pair.reference, changed)
            connection.execute(update(table).where(_is(table, pair.ours)).values(values))
        self._taken.records += 1

    def _leave(self, sentence: str) -> None:
        if sentence not in self._taken.left:
            self._taken.left.append(sentence)


def _fitted(table: Table, reference: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record's values as the columns take them. Raises DoesNotFit."""
    try:
        return {name: fitted(table.columns[name], value) for name, value in record.items()}
    except Unfit as unfit:
        raise DoesNotFit(
            f"Nothing was taken back: {reference} of {table.name} does not fit: {unfit}"
        ) from unfit


def _row(connection: Connection, table: Table, record: dict[str, Any]) -> dict[str, Any] | None:
    """A row as it is now, by the key of a record of it, as records are compared."""
    row = connection.execute(select(table).where(_is(table, record))).mappings().first()
    return None if row is None else {name: as_held(value) for name, value in row.items()}


def _is(table: Table, record: dict[str, Any]) -> Any:
    return and_(*(column == fitted(column, record[column.name]) for column in table.primary_key))


def _key_of(table: Table) -> str:
    (key, *_others) = table.primary_key
    return key.name
