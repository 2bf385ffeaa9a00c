"""Finding residents by their traits, in one query over every service's records.

The services say what their traits select (``service_apis.kit.trait``); here they are put together, and no
service is named.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select, true

from sandbox.failure import Failure
from service_apis.kit.council import Council
from service_apis.kit.lists import Page
from service_apis.kit.problems import Unprocessable
from service_apis.kit.service import Service
from service_apis.kit.trait import References, Trait, TraitValueRefused, query_of
from service_apis.kit.work import Work

NOT = "not:"


class UnknownTrait(Unprocessable):
    """No service has a trait of that name. The detail names the nearest, and lists those there are."""


class NobodyKnown(Unprocessable):
    """No service of the council knows its people, so that none can be found."""


class TwoTraitsOfOneName(Failure):
    """Two services' folders declare a trait of one name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One trait as it was asked for: its value, and whether those are meant who have it or the others."""

    text: str
    trait: Trait
    value: int | str | None
    negated: bool

    @property
    def said(self) -> str:
        """What it means, as part of a sentence: "has turned 75"."""
        sentence = self.trait.said(self.value).rstrip(".")
        return f"{'not: ' if self.negated else ''}{sentence[:1].lower()}{sentence[1:]}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was found.

    ``references`` are those of each service by kind (``{"waste": {"missed_collection": [...]}}``);
    ``because`` is, for each trait that was asked for, the references of the records that say so.
    """

    resident: str
    uprn: str
    name: str
    born: Any
    address: str
    references: dict[str, dict[str, list[str]]]
    because: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of those who fit, and how many there are in all."""

    people: list[Person]
    total: int


def traits_of(services: Mapping[str, Service]) -> dict[str, tuple[str, Trait]]:
    """Every trait by name, with the slug of the service that declares it. Raises TwoTraitsOfOneName."""
    found: dict[str, tuple[str, Trait]] = {}
    for slug, service in services.items():
        for name, trait in service.traits.by_name.items() if service.traits else ():
            if name in found:
                raise TwoTraitsOfOneName(f"{slug} and {found[name][0]} both have a trait {name}; rename one")
            found[name] = slug, trait
    return found


def understand(services: Mapping[str, Service], texts: Iterable[str]) -> list[Asked]:
    """The traits that were asked for, written ``over:75``, ``council-tenant`` or ``not:direct-debit``.

    Raises UnknownTrait or TraitValueRefused.
    """
    known = traits_of(services)
    return [_understood(known, text) for text in texts]


def _understood(known: Mapping[str, tuple[str, Trait]], text: str) -> Asked:
    written = text.strip()
    rest = written.removeprefix(NOT)
    name, colon, value = rest.partition(":")
    if name not in known:
        raise UnknownTrait(f"There is no trait {name!r}. {nearest(name, known)}There are: {_listed(known)}")
    trait = known[name][1]
    try:
        return Asked(written, trait, trait.value(value if colon else None), rest != written)
    except TraitValueRefused as refused:
        raise TraitValueRefused(f"{refused.detail}. There are: {_listed(known)}") from None


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that names the nearest right name, with a space after it; empty where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}? " if near else ""


def _listed(known: Mapping[str, tuple[str, Trait]]) -> str:
    return ", ".join(sorted(trait.written for _, trait in known.values()))


def said_together(asked: Sequence[Asked]) -> str:
    """What all of them ask for, as one sentence without its end."""
    return "; ".join(each.said for each in asked) or "lives here"


def find(council: Council, asked: Sequence[Asked], page: Page) -> Found:
    """Those who have every trait (or have it not, as asked), by id. Raises NobodyKnown.

    It reads the whole council where it must: call it from a thread.
    """
    with council.reading("sandbox") as work:
        everybody = _everybody(council.services, work).subquery()
        holding = (_holds(each, work, everybody) for each in asked)
        # Found once, then counted and turned to the page: a total of its own would find everybody again.
        fitting = select(everybody.c.resident).where(*holding).cte("fitting")
        start = (page.page - 1) * page.per_page
        on_page = select(fitting).order_by(fitting.c.resident).limit(page.per_page).offset(start).subquery()
        total = select(func.count().label("total")).select_from(fitting).subquery()
        shown = _everybody(council.services, work).subquery()
        rows = work.execute(
            select(total.c.total, shown)
            .select_from(total)
            .outerjoin(on_page.join(shown, shown.c.resident == on_page.c.resident), true())
            .order_by(shown.c.resident)
        ).all()
        people = [row for row in rows if row.resident is not None]
        return Found(_with_references(council.services, work, asked, people), rows[0].total)


def _everybody(services: Mapping[str, Service], work: Work) -> Any:
    for service in services.values():
        if service.traits is not None and service.traits.people is not None:
            return query_of(service.traits.people, work)
    raise NobodyKnown("No service of this council knows its people; there is nobody to be found")


def _holds(asked: Asked, work: Work, everybody: Any) -> ColumnElement[bool]:
    """That somebody has the trait, or, where it is negated, has it not."""
    having = asked.trait.query(work, asked.value).subquery()
    whom = next(iter(having.c))
    own = everybody.c.resident if asked.trait.of == "resident" else everybody.c.uprn
    holds: ColumnElement[bool] = own.in_(select(whom).where(whom.is_not(None)))
    return not_(holds) if asked.negated else holds


def _with_references(
    services: Mapping[str, Service], work: Work, asked: Sequence[Asked], rows: Sequence[Any]
) -> list[Person]:
    people = [Person(row.resident, row.uprn, row.name, row.born, row.address, {}, {}) for row in rows]
    for slug, service in services.items():
        for references in service.traits.references if service.traits else ():
            for person, found in _looked_up(references, references.query(work), work, people):
                person.references.setdefault(slug, {})[references.name] = found
    for each in asked:
        if not each.negated:
            for person, found in _looked_up(each.trait, each.trait.query(work, each.value), work, people):
                person.because[each.text] = found
    return people


def _looked_up(
    of: References | Trait, query: Any, work: Work, people: Sequence[Person]
) -> Iterable[tuple[Person, list[str]]]:
    """What the query says of these people alone: each with the references, in their order."""
    rows = query.subquery()
    whom, reference = list(rows.c)[:2]
    known = {person.resident if of.of == "resident" else person.uprn for person in people}
    found: dict[str, set[str]] = {}
    for row in work.execute(select(whom, reference).where(whom.in_(sorted(known)), reference.is_not(None))):
        found.setdefault(row[0], set()).add(str(row[1]))
    for person in people:
        own = found.get(person.resident if of.of == "resident" else person.uprn)
        if own:
            yield person, sorted(own)
