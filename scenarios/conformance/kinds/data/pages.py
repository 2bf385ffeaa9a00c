"""Pages: together they hold each record once and as many as is said; each record listed can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from scenarios.conformance import lists, makings
from scenarios.conformance.checks import Check, Kind, Missed, Skipped, expect
from scenarios.conformance.draws import Draws
from scenarios.conformance.lists import Asked, Known, ListOf, Page, Paging
from scenarios.conformance.readings import NotThere, at
from scenarios.openapi import Service
from scenarios.packs import Packs

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

EACH_ONCE, COUNTS, HANDED_OVER = "COUNCIL-041", "COUNCIL-010", "COUNCIL-043"
READ_ONE_BY_ONE = 15
FEWEST = 5
"""Entries that a list should have for its pages to be worth turning."""
_LINK = re.compile(r"<([^>]*)>\s*((?:;[^,<]*)*)")
_REL = re.compile(r';\s*rel="?([^";]+)"?')


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """For each list: its pages, its links and its entries one by one."""
    for one in lists.of(service, packs):
        name = one.operation.replace("_", "-")
        if one.paging is not None:
            yield _check(service, one, f"pages-{name}", "pages hold each record once, and all", turn_pages)
        if one.paging is not None or (one.said is not None and one.said.order):
            yield _check(service, one, f"order-{name}", "order stays from one call to the next", keep_order)
        if one.paging is not None and one.counts:
            yield _check(
                service,
                one,
                f"links-{name}",
                "links lead to its other pages",
                follow_links,
                verifies=(COUNTS,),
            )
        if one.shows is not None:
            yield _check(
                service,
                one,
                f"each-of-{name}",
                "records can each be read, and say the same",
                read_each,
                verifies=(HANDED_OVER,),
                also=(one.shows[0],),
            )


def _check(
    service: Service,
    one: ListOf,
    name: str,
    claim: str,
    run: Callable[[ListOf, Probe], None],
    *,
    verifies: tuple[str, ...] = (EACH_ONCE,),
    also: tuple[str, ...] = (),
) -> Check:
    parents = (one.parent.operation,) if one.parent else ()
    return Check(
        name=name,
        service=service.name,
        kind=Kind.DATA,
        title=f"{one.operation}: its {claim}.",
        verifies=verifies,
        run=partial(run, one),
        operations=(one.operation, *also, *parents),
    )


def turn_pages(one: ListOf, probe: Probe) -> None:
    """Pages of several sizes are the stretches of the list that they should be; the end is its end."""
    where = filled(probe, one)
    known = whole(probe, where, fewest=1)
    assert one.paging is not None
    if one.counts:
        usual = lists.page(probe, where)
        _expect_stretch(where, usual, known, 0, one.paging.usual, "without a size")
    draws = Draws(probe.seed, f"pages {one.operation}")
    count = len(known.entries)
    for size in _sizes(count, one.paging, draws):
        last = -(-count // size)
        numbers = (
            {1, 2, last, 1 + draws.below(last)} if known.whole else {1, 2, 1 + draws.below(count // size)}
        )
        for number in sorted(each for each in numbers if (each - 1) * size < count):
            page = lists.page(probe, where, number, size)
            named = f"page {number} of {size}"
            _expect_stretch(where, page, known, (number - 1) * size, size, named)
            _expect_echo(one, page, number, size)
        if known.whole:
            beyond = lists.page(probe, where, last + 1, size)
            expect(
                not beyond.entries and beyond.total == known.total,
                f"{one.operation}: the page after the last is not an empty one of the same list",
                expected=f"no entries, total {known.total}",
                got=f"{len(beyond.entries)} entries, total {beyond.total}",
                answer=beyond.answer,
            )


def _sizes(count: int, paging: Paging, draws: Draws) -> list[int]:
    """Sizes of pages that divide a list in different ways: one at a time, with a rest and without one."""
    wanted = {1, 2, 3 + draws.below(5), max(1, count // 2), count - 1, count, paging.usual}
    return sorted(size for size in wanted if 1 <= size <= min(count, paging.largest))


def _expect_stretch(where: Asked, page: Page, known: Known, start: int, size: int, named: str) -> None:
    one = where.of
    right = [one.name_of(each) for each in known.entries[start : start + size]]
    got = [one.name_of(each) for each in page.entries]
    if not known.whole and start + size > len(known.entries):
        got = got[: len(right)]
    expect(
        got == right,
        f"{one.operation}: {named} is not that stretch of the list",
        expected=_few(right),
        got=_few(got),
        remedy="give the list one order that never changes, such as by the key, and count pages from 1",
        answer=page.answer,
    )
    expect(
        page.total == known.total,
        f"{one.operation}: {named} says another total",
        expected=known.total,
        got=page.total,
        answer=page.answer,
    )


def _expect_echo(one: ListOf, page: Page, number: int, size: int) -> None:
    if one.counts and one.paging is not None:
        said = page.answer.body.get(one.paging.page), page.answer.body.get(one.paging.size)
        expect(
            said == (number, size),
            f"{one.operation} does not say which page it is",
            expected=f"page {number} of {size}",
            got=f"page {said[0]} of {said[1]}",
            answer=page.answer,
        )


def keep_order(one: ListOf, probe: Probe) -> None:
    """Asked twice the order is the same, and it is the one that is said."""
    where = filled(probe, one)
    first, second = (
        lists.page(probe, where, 1, one.paging.largest if one.paging else None) for _ in range(2)
    )
    names = [one.name_of(each) for each in first.entries]
    again = [one.name_of(each) for each in second.entries]
    expect(
        names == again,
        f"{one.operation}: the same list comes in another order",
        expected=_few(names),
        got=_few(again),
        answer=second.answer,
    )
    for before, after in zip(first.entries, first.entries[1:], strict=False):
        expect_sorted(one, before, after, first)


def expect_sorted(one: ListOf, before: Mapping[str, object], after: Mapping[str, object], page: Page) -> None:
    """Raise Missed where two neighbours do not stand in the order that the pack says."""
    for term in one.said.order if one.said else ():
        name = term.removeprefix("-")
        left, right = str(before.get(name)), str(after.get(name))
        if left == right:
            continue
        expect(
            (left > right) == term.startswith("-"),
            f"{one.operation}: its entries do not come in the order of `{name}`",
            expected=f"the {'latest' if term.startswith('-') else 'earliest'} first",
            got=f"{left} before {right}",
            answer=page.answer,
        )
        return


def follow_links(one: ListOf, probe: Probe) -> None:
    """`first`, `prev`, `next` and `last` are there where they should be, and lead where they say."""
    where = filled(probe, one)
    known = whole(probe, where, fewest=1)
    assert one.paging is not None
    size = min(one.paging.largest, max(1, len(known.entries) // 3))
    total = known.total or 0
    last = -(-total // size)
    for number in sorted({1, 2, last} - {0}):
        page = lists.page(probe, where, number, size)
        wanted = {"first": 1, "last": last}
        wanted |= {"prev": number - 1} if number > 1 else {}
        wanted |= {"next": number + 1} if number < last else {}
        found = _links(page)
        for relation in ("first", "prev", "next", "last"):
            _expect_link(where, page, relation, wanted.get(relation), found.get(relation), size)
    _expect_followed(probe, where, known, size)
    _expect_filter_kept(probe, where, known)


def _expect_link(
    where: Asked, page: Page, relation: str, number: int | None, link: str | None, size: int
) -> None:
    one = where.of
    assert one.paging is not None
    if number is None:
        expect(
            link is None,
            f"{one.operation}: it links to a `{relation}` page that there is not",
            expected="no such link",
            got=str(link),
            answer=page.answer,
        )
        return
    query = parse_qs(urlsplit(link or "").query)
    said = [query.get(name, [""])[0] for name in (one.paging.page, one.paging.size)]
    expect(
        link is not None and said == [str(number), str(size)],
        f"{one.operation}: its link to the `{relation}` page does not lead there",
        expected=f"page {number} of {size}",
        got=str(link),
        remedy="see RFC 8288 for the Link header",
        answer=page.answer,
    )


def _expect_followed(probe: Probe, where: Asked, known: Known, size: int) -> None:
    """Going by `next` alone from the first page leads through the list."""
    one = where.of
    page, seen = lists.page(probe, where, 1, size), 0
    for _ in range(5):
        seen += len(page.entries)
        link = _links(page).get("next")
        if link is None or seen >= len(known.entries):
            break
        asked = probe.request(one.operation, path=where.path)
        target = urljoin(asked.url, link)
        expect(
            urlsplit(target)[:3] == urlsplit(asked.url)[:3],
            f"{one.operation}: its link to the next page leads to another address",
            expected=asked.url,
            got=target,
            answer=page.answer,
        )
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        page = lists.read(probe, one, probe.ask(one.operation, path=where.path, query=query))
        _expect_stretch(where, page, known, seen, size, "the page that `next` leads to")


def _expect_filter_kept(probe: Probe, where: Asked, known: Known) -> None:
    """A link of a filtered list leads to a page of the filtered list."""
    one = where.of
    for name, filter in one.filters.items():
        values = [each.get(filter.field) for each in known.entries]
        often = [value for value, times in Counter(map(str, values)).items() if times > 1 and value != "None"]
        if filter.leaves != "equals" or not often:
            continue
        page = lists.page(probe, where, 1, 1, {name: often[0]})
        query = parse_qs(urlsplit(_links(page).get("next", "")).query)
        expect(
            query.get(name) == [often[0]],
            f"{one.operation}: its link to the next page loses the filter `{name}`",
            expected=f"{name}={often[0]}",
            got=_links(page).get("next", "no link"),
            answer=page.answer,
        )
        return


def read_each(one: ListOf, probe: Probe) -> None:
    """A sample of the entries, each read by its key, has the same values there."""
    where = filled(probe, one, fewest=1)
    known = whole(probe, where, fewest=1)
    assert one.shows is not None
    operation, parameter = one.shows
    for entry in Draws(probe.seed, f"each {one.operation}").some(known.entries, READ_ONE_BY_ONE):
        path = {**where.path, parameter: str(entry.get(one.key or parameter, ""))}
        answer = probe.ask(operation, path=path)
        probe.in_contract(operation, answer)
        expect(
            answer.status == 200,
            f"{one.operation} lists a record that {operation} does not show",
            expected="200",
            got=f"{answer.status} {answer.text[:300]}",
            answer=answer,
        )
        record = answer.body
        if isinstance(record, list):
            try:
                record = at(answer, "/0")
            except NotThere as nothing:
                raise Missed(f"{operation} answers an empty list", answer=answer) from nothing
        for name, value in entry.items():
            if name in record:
                expect(
                    record[name] == value,
                    f"{operation} says another `{name}` than {one.operation} does of the same record",
                    expected=value,
                    got=record[name],
                    answer=answer,
                )


def filled(probe: Probe, one: ListOf, *, fewest: int = FEWEST) -> Asked:
    """The list as it can be asked, with some entries made where it has few and they can be made."""
    where = lists.asked(probe, one)
    wanting = fewest - len(lists.page(probe, where).entries)
    if wanting > 0:
        for making in makings.of(probe.place.packs, probe.target.service):
            if making.lists is not None and making.lists.operation == one.operation and not making.lists.path:
                for nth in range(1, 1 + wanting):
                    makings.make(probe, making, nth=1 if making.once else nth)
                break
    return where


def whole(probe: Probe, where: Asked, *, fewest: int) -> Known:
    """The list, each record once and as many as it says; raises Skipped where it is too short to tell."""
    one = where.of
    known = lists.known(probe, where)
    names = Counter(one.name_of(each) for each in known.entries)
    repeated = [name for name, times in names.items() if times > 1] if one.key else []
    expect(
        not repeated,
        f"{one.operation}: a record is on its pages more than once",
        expected="each once",
        got=_few(repeated),
        answer=known.last.answer,
    )
    if one.counts and known.whole:
        expect(
            known.total == len(known.entries),
            f"{one.operation}: its pages do not hold as many records as its total says",
            expected=f"{known.total} records",
            got=f"{len(known.entries)} records",
            answer=known.last.answer,
        )
    if len(known.entries) < fewest:
        raise Skipped(f"{one.operation} has {len(known.entries)} entries here; nothing can be told by them")
    return known


def _links(page: Page) -> dict[str, str]:
    """Where each relation of the Link header leads."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(page.answer.headers.get("link", "")):
        for relations in _REL.findall(parameters):
            found |= dict.fromkeys(relations.split(), target)
    return found


def _few(names: Sequence[str]) -> str:
    """Some names, for a message."""
    shown = ", ".join(name if len(name) < 60 else f"{name[:57]}..." for name in names[:4])
    return f"{len(names)}: {shown}{', ...' if len(names) > 4 else ''}" if names else "none"
