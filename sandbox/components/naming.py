"""What a filling names, looked up: operations of the slot, and homes, residents and wards of the council."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, select

from sandbox.components.settings import Share
from sandbox.components.tables import WHOLE
from sandbox.finding import nearest
from sandbox.forcing.operations import operations_of
from service_apis.kit.council import Council
from service_apis.kit.problems import Unprocessable
from service_apis.kit.service import Service
from service_apis.kit.trait import query_of

MOST_TOLD = 5
"""How many wrong names are listed."""


class NoSuchOperation(Unprocessable):
    """The slot has no operation of that name. The detail names the nearest, or lists those there are."""


class NobodyOfThatName(Unprocessable):
    """A share names a home, a resident or a ward that the council does not have."""


class ShareOfNobody(Unprocessable):
    """A component is to answer for a share of callers, and it is not said whose: a percentage, or by name."""


def operations_named(service: Service, names: Sequence[str] | None) -> list[str]:
    """The operations that are to be filled, each once; that of the whole slot where none is named.

    Raises NoSuchOperation.
    """
    if names is None:
        return [WHOLE]
    known = operations_of(service)
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known))
            raise NoSuchOperation(
                f"{service.slug} has no operation {name}. {nearest(name, known)}There are: {listed}"
            )
    return list(dict.fromkeys(names))


def share_of(council: Council, wanted: Share) -> Share:
    """A share whose homes, residents and wards are there; wards are named by their codes in it.

    Raises ShareOfNobody and NobodyOfThatName.
    """
    if wanted == Share():
        raise ShareOfNobody("Say whose calls it answers: percent, homes, residents or wards")
    _refuse_unknown(
        "home", "look a UPRN up in the gazetteer", wanted.homes, _known_homes(council, wanted.homes)
    )
    _refuse_unknown(
        "resident",
        "find one at .../people",
        wanted.residents,
        _known_residents(council, wanted.residents),
    )
    return Share(
        wanted.percent, wanted.homes, wanted.residents, frozenset(_ward_codes(council, wanted.wards))
    )


def _refuse_unknown(what: str, remedy: str, wanted: frozenset[str], known: set[str]) -> None:
    if missing := sorted(wanted - known):
        more = f" and {len(missing) - MOST_TOLD} more" if len(missing) > MOST_TOLD else ""
        raise NobodyOfThatName(f"There is no {what} {', '.join(missing[:MOST_TOLD])}{more}; {remedy}")


def _known_homes(council: Council, wanted: frozenset[str]) -> set[str]:
    for service in council.services.values():
        for table in service.tables.sorted_tables:
            if {"uprn", "ward_code"} <= set(table.c.keys()):
                return _those_in(council, service, table.c.uprn, wanted)
    return set(wanted)


def _known_residents(council: Council, wanted: frozenset[str]) -> set[str]:
    for service in council.services.values():
        if service.traits is not None and service.traits.people is not None:
            with council.reading(service.url_name) as work:
                everybody = query_of(service.traits.people, work).subquery()
                query = select(everybody.c.resident).where(everybody.c.resident.in_(sorted(wanted)))
                return set(work.connection.execute(query).scalars())
    return set(wanted)


def _those_in(council: Council, service: Service, column: Column[Any], wanted: frozenset[str]) -> set[str]:
    with council.reading(service.url_name) as work:
        return set(work.connection.execute(select(column).where(column.in_(sorted(wanted)))).scalars())


def _ward_codes(council: Council, wanted: Iterable[str]) -> Iterator[str]:
    for name in sorted(wanted):
        found = _wards(council)
        codes = {code for code, called in found if name.casefold() in (code.casefold(), called.casefold())}
        if not codes:
            near = nearest(name, [called for _, called in found])
            listed = ", ".join(f"{called} ({code})" for code, called in found)
            raise NobodyOfThatName(f"There is no ward {name}. {near}There are: {listed}")
        yield from codes


def _wards(council: Council) -> list[tuple[str, str]]:
    """Code and name of each ward, from the table that the gazetteer's ward codes are of."""
    for service in council.services.values():
        for table in service.tables.sorted_tables:
            column = table.c.get("ward_code")
            for key in column.foreign_keys if column is not None else ():
                wards = key.column.table
                with council.reading(service.url_name) as work:
                    query = select(key.column, wards.c.name).order_by(wards.c.name)
                    return [(row[0], row[1]) for row in work.connection.execute(query)]
    return []
