"""Filters: each leaves what it should, all of it and nothing else; alone, together and over a span."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scenarios.conformance import lists
from scenarios.conformance.checks import Check, Kind, Skipped, expect
from scenarios.conformance.draws import Draws
from scenarios.conformance.kinds.access.others import OF_ONE as OF_ONE_HOLDER
from scenarios.conformance.kinds.data.pages import filled
from scenarios.conformance.lists import Asked, Entry, Known, ListOf, Page
from scenarios.expressions import as_text
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Filter

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

FILTERED, EXTRACTED = "COUNCIL-041", "COUNCIL-042"
OF_ONE = ("COUNCIL-048",)
"""What is at stake as well where a filter asks for one person's or one home's records."""
MOST_VALUES = 4
"""Values with which one filter is tried."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """For each list: every filter, those that can be combined, and its span of time."""
    for one in lists.of(service, packs):
        name = one.operation.replace("_", "-")
        for parameter in one.filters:
            what = f"filter-{name}-{parameter.replace('_', '-')}"
            claim = f"the filter `{parameter}` leaves what it should, all of it and nothing else"
            yield _check(service, one, what, claim, partial(try_filter, one, parameter))
        if len(_equal(one)) > 1:
            claim = "filters sent together leave what each of them would"
            personal = OF_ONE if any(each in OF_ONE_HOLDER for each in _equal(one)) else ()
            verifies = (FILTERED, *packs.held_to(service.name, *personal))
            run = partial(try_together, one)
            yield _check(service, one, f"filters-together-{name}", claim, run, verifies)
        if one.span is not None:
            claim = f"`{one.span.start}` and `{one.span.end}` leave what lies between them, both included"
            verifies = (FILTERED, EXTRACTED)
            yield _check(service, one, f"span-{name}", claim, partial(try_span, one), verifies)


def _check(
    service: Service,
    one: ListOf,
    name: str,
    claim: str,
    run: Callable[[Probe], None],
    verifies: tuple[str, ...] = (FILTERED,),
) -> Check:
    parents = (one.parent.operation,) if one.parent else ()
    return Check(
        name=name,
        service=service.name,
        kind=Kind.DATA,
        title=f"{one.operation}: {claim}.",
        verifies=verifies,
        run=run,
        operations=(one.operation, *parents),
    )


def try_filter(one: ListOf, parameter: str, probe: Probe) -> None:
    """The filter with some values that entries have, and one that none has."""
    where = filled(probe, one)
    known = lists.known(probe, where)
    filter = one.filters[parameter]
    draws = Draws(probe.seed, f"filter {one.operation} {parameter}")
    values = _values(one, parameter, filter, known.entries, draws)
    if not values:
        raise Skipped(f"nothing in {one.operation} has a value that `{parameter}` could be tried with")
    values = [each for each in values if not _refused(probe, where, known, parameter, each)]
    for value in values:
        found = _expect_left(probe, where, known, {parameter: (filter, value)})
        _expect_turned(probe, where, found, {parameter: value})
    if one.said is not None and parameter in one.said.several and len(values) > 1:
        _expect_several(probe, where, known, parameter, values[:2])


def _refused(probe: Probe, where: Asked, known: Known, parameter: str, value: str) -> bool:
    """Whether a value that no entry has is refused as such, which a filter may do by its contract."""
    one = where.of
    if one.filters[parameter].leaves != "equals" or any(
        leaves(one.filters[parameter], value, each) for each in known.entries
    ):
        return False
    answer = probe.ask(one.operation, path=where.path, query={**where.query, parameter: value})
    probe.in_contract(one.operation, answer)
    return answer.status in (400, 404, 422)


def _expect_several(probe: Probe, where: Asked, known: Known, parameter: str, values: Sequence[str]) -> None:
    """Values joined by commas leave what each of them would."""
    one = where.of
    field = one.filters[parameter].field
    found = lists.known(probe, where, {parameter: ",".join(values)})
    right = {one.name_of(each) for each in known.entries if as_text(each.get(field)) in values}
    _expect_all(one, f"{parameter}={','.join(values)}", found, right)
    _expect_none_else(
        one, f"{parameter}={','.join(values)}", found, lambda each: as_text(each.get(field)) in values
    )


def _expect_turned(probe: Probe, where: Asked, found: Known, query: Mapping[str, str]) -> None:
    """The pages of what a filter leaves are turned like others, up to the last."""
    one = where.of
    names = [one.name_of(each) for each in found.entries]
    for number in sorted({2, len(names)}) if one.paging is not None else ():
        if 1 < number <= len(names):
            page = lists.page(probe, where, number, 1, query)
            expect(
                [one.name_of(each) for each in page.entries] == [names[number - 1]],
                f"{one.operation}: the pages of what a filter leaves are not its stretches",
                expected=names[number - 1],
                got=", ".join(one.name_of(each) for each in page.entries) or "nothing",
                answer=page.answer,
            )


def _expect_left(probe: Probe, where: Asked, known: Known, asked: Mapping[str, tuple[Filter, str]]) -> Known:
    """What these filters leave is what is known to fit them: all of it and nothing else."""
    one = where.of
    named = "&".join(f"{name}={value}" for name, (_, value) in asked.items())
    found = lists.known(probe, where, {name: value for name, (_, value) in asked.items()})

    def fits(entry: Entry) -> bool:
        return all(leaves(filter, value, entry) for filter, value in asked.values())

    right = {one.name_of(each) for each in known.entries if fits(each)}
    _expect_none_else(one, named, found, fits)
    _expect_all(one, named, found, right)
    expect(
        found.total is None or not found.whole or found.total == len(found.entries),
        f"{one.operation}?{named}: the total is not that of what the filter leaves",
        expected=len(found.entries),
        got=found.total,
        answer=found.last.answer,
    )
    return found


def _expect_none_else(one: ListOf, named: str, found: Known, fits: Callable[[Entry], bool]) -> None:
    wrong = [one.name_of(each) for each in found.entries if not fits(each)]
    expect(
        not wrong,
        f"{one.operation}?{named} leaves a record that does not fit",
        expected="only those that do",
        got=", ".join(wrong[:3]),
        answer=found.last.answer,
    )


def _expect_all(one: ListOf, named: str, found: Known, right: set[str]) -> None:
    got = {one.name_of(each) for each in found.entries}
    lost = sorted(right - got) if found.whole else []
    expect(
        not lost,
        f"{one.operation}?{named} leaves out a record that fits",
        expected=", ".join(lost[:3]),
        got=f"{len(got)} others",
        answer=found.last.answer,
    )


def leaves(filter: Filter, value: str, entry: Entry) -> bool:
    """Whether a filter with a value leaves an entry."""
    held = entry.get(filter.field)
    match filter.leaves:
        case "equals":
            return held is not None and as_text(held) == value
        case "present":
            return (held is not None) == (value == "true")
        case "least":
            return isinstance(held, int | float) and held >= float(value)
        case "most":
            return isinstance(held, int | float) and held <= float(value)
        case _:
            have = re.findall(r"\w+", as_text(held).lower())
            return all(any(word.startswith(part) for word in have) for part in value.lower().split())


def _values(one: ListOf, parameter: str, filter: Filter, entries: Sequence[Entry], draws: Draws) -> list[str]:
    """Values to try a filter with: some that entries have, every one of a short list, one that none has."""
    if filter.leaves == "present":
        return ["true", "false"]
    held = sorted({as_text(each[filter.field]) for each in entries if each.get(filter.field) is not None})
    schema = one.parameters.get(parameter, {})
    if filter.leaves == "words":
        words = sorted({word for text in held for word in re.findall(r"[A-Za-z]{3,}", text)})
        return [draws.one(words)[:4], draws.one(words)] if words else []
    if filter.leaves in ("least", "most"):
        return draws.some(held, MOST_VALUES - 1)
    if "enum" in schema:
        return [as_text(each) for each in schema["enum"]][:6]
    others = [strange for text in held[:1] for strange in _not_among(text, held, schema)]
    return draws.some(held, MOST_VALUES - 1) + others


def _not_among(text: str, held: Sequence[str], schema: Mapping[str, Any]) -> list[str]:
    """Values that no entry is known to have: the beginning of one, and one that is almost the same."""
    if schema.get("format") in ("date", "date-time"):
        return []
    changed = [re.sub(r"[0-9](?=[^0-9]*$)", digit, text) for digit in "7391846250"]
    strange = [each for each in (text[:-1], *changed) if each and each not in held]
    return [each for each in strange if re.search(schema.get("pattern", ""), each)][:2]


def _equal(one: ListOf) -> list[str]:
    """The filters by a value, of those that can be sent together."""
    alone = one.said.overrides if one.said else ()
    return [name for name, each in one.filters.items() if each.leaves == "equals" and name not in alone]


def try_together(one: ListOf, probe: Probe) -> None:
    """Filters by the values of one entry leave it; by those of two that differ, neither."""
    where = filled(probe, one)
    known = lists.known(probe, where)
    names = _equal(one)
    draws = Draws(probe.seed, f"together {one.operation}")
    tried = 0
    for entry in draws.some(known.entries, 3):
        asked = {
            name: as_text(entry[one.filters[name].field])
            for name in names
            if entry.get(one.filters[name].field) is not None
        }
        if len(asked) < 2:
            continue
        pair = draws.some(sorted(asked), 2)
        _expect_left(probe, where, known, {name: (one.filters[name], asked[name]) for name in pair})
        other = next(
            (
                as_text(each[one.filters[pair[1]].field])
                for each in known.entries
                if each.get(one.filters[pair[1]].field) is not None
                and as_text(each[one.filters[pair[1]].field]) != asked[pair[1]]
            ),
            None,
        )
        if other is not None:
            mixed = {pair[0]: asked[pair[0]], pair[1]: other}
            _expect_left(probe, where, known, {name: (one.filters[name], mixed[name]) for name in pair})
        tried += 1
    if not tried:
        raise Skipped(f"no record in {one.operation} has values for two of its filters")


def try_span(one: ListOf, probe: Probe) -> None:
    """A span that begins and ends with an entry holds it; one that ends before or begins after does not."""
    where = filled(probe, one)
    span = one.span
    assert span is not None
    known = lists.known(probe, where)
    dated = [each for each in known.entries if each.get(span.field) is not None]
    if not dated:
        raise Skipped(f"{one.operation} has no entry with a `{span.field}` here")
    for entry in Draws(probe.seed, f"span {one.operation}").some(dated, 3):
        at = _moment(str(entry[span.field]))
        within = _spanned(probe, where, at, at)
        name = one.name_of(entry)
        expect(
            name in {one.name_of(each) for each in within.entries},
            f"{one.operation}: a span from and to the very `{span.field}` of a record leaves it out",
            expected=name,
            got=f"{len(within.entries)} others",
            remedy="both ends of a span belong to it",
            answer=within.answer,
        )
        for page, start, end in ((within, at, at), *_around(probe, where, at)):
            strays = [each for each in page.entries if not start <= _moment(str(each[span.field])) <= end]
            expect(
                not strays,
                f"{one.operation}: a span holds a record that lies outside of it",
                expected=f"{start.isoformat()} to {end.isoformat()}",
                got=str(strays[0].get(span.field)) if strays else "",
                answer=page.answer,
            )
            missing = [
                one.name_of(each)
                for each in dated
                if start <= _moment(str(each[span.field])) <= end
                and one.name_of(each) not in {one.name_of(other) for other in page.entries}
            ]
            full = one.paging is not None and len(page.entries) >= one.paging.largest
            expect(
                not missing or full,
                f"{one.operation}: a span leaves out a record that lies in it",
                expected=", ".join(missing[:3]),
                got=f"{len(page.entries)} others",
                answer=page.answer,
            )


def _around(
    probe: Probe, where: Asked, at: date | datetime
) -> Iterator[tuple[Page, date | datetime, date | datetime]]:
    """Spans that end just before a moment and that begin just after it."""
    step = timedelta(seconds=1) if isinstance(at, datetime) else timedelta(days=1)
    for start, end in ((at - 20 * step, at - step), (at + step, at + 20 * step)):
        yield _spanned(probe, where, start, end), start, end


def _spanned(probe: Probe, where: Asked, start: date | datetime, end: date | datetime) -> Page:
    span = where.of.span
    assert span is not None
    query = {span.start: start.isoformat(), span.end: end.isoformat()}
    paging = where.of.paging
    return (
        lists.page(probe, where, 1, paging.largest, query)
        if paging
        else lists.page(probe, where, query=query)
    )


def _moment(text: str) -> date | datetime:
    """A day or an instant as it is written."""
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
