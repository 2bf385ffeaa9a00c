"""Writing: what was submitted is shown and listed as it was, is one more, and could be posted again."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from scenarios.conformance import lists, makings
from scenarios.conformance.checks import Check, Kind, Missed, expect
from scenarios.conformance.kinds.data import formats
from scenarios.conformance.lists import ListOf
from scenarios.conformance.makings import Made
from scenarios.conformance.readings import NotThere, at, entries, field, is_xml, same
from scenarios.exchange import Answer, Request
from scenarios.expressions import NoValue, fill, point
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making, Shown

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

AS_SENT, HANDED_OVER = "COUNCIL-040", "COUNCIL-043"
MARKUP = 'Bins & bags <b>over the "kerb"</b>, it\'s 5 > 4 &amp; ]]> \\ {curly}'
"""A text in which whatever is special to some format is only text."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """For each kind of record that can be made: what becomes of it."""
    counting = {one.operation for one in lists.of(service, packs) if one.counts}
    for making in makings.of(packs, service.name):
        yield from _of(making, service, counting)


def _of(making: Making, service: Service, counting: Container[str]) -> Iterator[Check]:
    def check(name: str, claim: str, run: Run, verifies: str, *fields: str) -> Check:
        return Check(
            name=f"{name}-{making.name}",
            service=service.name,
            kind=Kind.DATA,
            title=f"{making.name}: {claim}.",
            verifies=(verifies,),
            run=partial(run, making),
            operations=makings.operations(making, *fields),
        )

    yield check("comes-back", "what was submitted comes back as it was", come_back, AS_SENT, "shows", "lists")
    if making.lists is not None and making.lists.operation in counting and not making.makes.path:
        claim = "one that was made is one more in the list"
        yield check("counted", claim, count, HANDED_OVER, "lists")
    if sent_and_shown(making, service):
        claim = "what is shown could be posted again"
        yield check("posted-again", claim, post_again, AS_SENT, "shows", "changes")
    if making.changes is not None and making.changes.sets and making.shows is not None:
        claim = "a change is shown, and it alone"
        yield check("changed", claim, change, AS_SENT, "shows", "changes")
    if making.text:
        claim = "a text with marks in it comes back as it was sent, in every format"
        yield check("markup", claim, send_markup, AS_SENT, "shows", "lists")


Run = Callable[[Making, "Probe"], None]


def come_back(making: Making, probe: Probe) -> None:
    """Make one; read it; find it in the list."""
    made = makings.make(probe, making)
    record: Any = None
    if making.shows is not None:
        answer = makings.show(probe, made)
        record = makings.record(making, answer)
        _expect_as_sent(probe, made, record, answer)
        _expect_as_answered(made, record, answer)
    if making.lists is not None:
        found, answer = _listed(probe, made)
        unique = "$inputs.reference" in making.lists.holds.values()
        expect(
            len(found) == 1 if unique else bool(found),
            f"{making.lists.operation} does not list what was made once",
            expected=f"one entry with {_wanted(made)}",
            got=f"{len(found)} of them",
            answer=answer,
        )
        if isinstance(record, Mapping) and unique:
            for name, value in found[0].items():
                expect(
                    name not in record or record[name] == value,
                    f"{making.lists.operation} lists another `{name}` than is shown",
                    expected=record.get(name),
                    got=value,
                    answer=answer,
                )


def sent_and_shown(making: Making, service: Service) -> list[str]:
    """The fields of what is sent that the record which is shown has too."""
    if making.shows is None or making.makes.body is None:
        return []
    shown = shown_fields(service, making.shows)
    return [name for name in making.makes.body if name in shown and f"/{name}" not in making.comes_back]


def shown_fields(service: Service, shows: Shown) -> set[str]:
    """The fields of a record that is shown; of one in XML those that its twin in JSON has."""
    operation = service.operations.get(shows.operation)
    if operation is None:
        return set()
    for one, twin in formats.twins(service):
        if twin.id == operation.id:
            operation = one
    schema = lists.answered(service, operation)
    if shows.record:
        schema = lists.entry_schema(service, schema, shows.record.rpartition("/")[0])
    return set(lists.properties_of(service, schema))


def _expect_as_sent(probe: Probe, made: Made, record: Any, answer: Answer) -> None:
    making = made.making
    where = {f"/{name}": f"/{name}" for name in sent_and_shown(making, probe.service)} | making.comes_back
    for sent, shown in where.items():
        right = point(made.request.body, sent, sent)
        try:
            got = _at(record, shown)
        except NotThere:
            raise Missed(
                f"`{shown}` is not shown of what was submitted",
                expected=str(right),
                got="no such field",
                answer=answer,
            ) from None
        expect(
            same(right, got),
            f"`{shown.removeprefix('/')}` does not come back as it was sent",
            expected=right,
            got=got,
            answer=answer,
        )


def _expect_as_answered(made: Made, record: Any, answer: Answer) -> None:
    """What was said when it was made is what is shown."""
    said = made.answer.body
    if isinstance(said, Mapping) and isinstance(record, Mapping) and not made.making.makes.path:
        for name, value in said.items():
            expect(
                name not in record or record[name] == value,
                f"`{name}` is shown otherwise than it was answered",
                expected=value,
                got=record.get(name),
                answer=answer,
            )


def count(making: Making, probe: Probe) -> None:
    """The list has one more than before; asked of a list that counts, by its total."""
    one = _list_of(probe, making)
    assert one is not None
    request = makings.prepare(probe, making)
    where = lists.asked(probe, one)
    before = lists.page(probe, where).total
    made = makings.taken(probe, making, request, probe.send(request))
    after = lists.page(probe, where)
    expect(
        after.total == (before or 0) + 1,
        f"{one.operation} does not count what was made",
        expected=f"{(before or 0) + 1}, with {made.reference}",
        got=after.total,
        answer=after.answer,
    )


def post_again(making: Making, probe: Probe) -> None:
    """Take what is shown of a record, post it, and have another; or be told which one it is already."""
    made = makings.make(probe, making)
    record = makings.record(making, makings.show(probe, made))
    ended = making.changes is not None
    if ended:
        probe.send(makings.change(probe, made))
    shown = {name: _field(record, name) for name in sent_and_shown(making, probe.service)}
    body = {**made.request.body, **{name: value for name, value in shown.items() if value is not None}}
    answer = probe.send(replace(made.request, body=body))
    probe.in_contract(making.makes.operation, answer)
    right = making.makes.status if ended or not making.once else making.again.status if making.again else 409
    expect(
        answer.status == right,
        f"what is shown of a {making.name} could not be posted again",
        expected=right,
        got=f"{answer.status} {answer.text[:300]}",
        answer=answer,
    )
    if right == making.makes.status and not making.makes.path:
        expect(
            makings.reference(making, made.request, answer) != made.reference,
            f"a {making.name} posted again got the reference of the first",
            expected="a reference of its own",
            got=made.reference,
            answer=answer,
        )


def change(making: Making, probe: Probe) -> None:
    """Change one of two; it is shown as changed, and the other is as it was."""
    first, second = makings.make(probe, making), makings.make(probe, making, nth=1 if making.once else 2)
    before = makings.record(making, makings.show(probe, second))
    assert making.changes is not None
    answer = probe.send(makings.change(probe, first))
    probe.in_contract(making.changes.operation, answer)
    expect(
        answer.status == making.changes.status,
        f"{making.changes.operation} does not make a good change",
        expected=making.changes.status,
        got=f"{answer.status} {answer.text[:300]}",
        answer=answer,
    )
    shown = makings.show(probe, first)
    record = makings.record(making, shown)
    for name, value in fill(making.changes.sets, first.scope()).items():
        got = _field(record, name)
        expect(
            same(value, got),
            f"after {making.changes.operation} `{name}` is not shown as it was set",
            expected=value,
            got=got,
            answer=shown,
        )
    other = makings.show(probe, second)
    expect(
        _told(makings.record(making, other)) == _told(before),
        f"a change of one {making.name} changed another",
        expected=_told(before),
        got=_told(makings.record(making, other)),
        answer=other,
    )


def send_markup(making: Making, probe: Probe) -> None:
    """Send a text that is full of marks; read it in each format."""
    made = makings.make(probe, making, body=dict.fromkeys(making.text, MARKUP))
    for name in making.text:
        for request in _readings(probe, made):
            answer = probe.send(request)
            if is_xml(answer):
                formats.document_of(answer)
            got = [_field(each, name) for each in _records(made, answer)]
            expect(
                MARKUP in got,
                f"`{name}` does not come back as it was sent",
                expected=MARKUP,
                got=got[0] if len(got) == 1 else f"{len(got)} records, none with it",
                remedy="escape what is special to a format when it is written, not when it is kept",
                answer=answer,
            )


def _readings(probe: Probe, made: Made) -> Iterator[Request]:
    """The requests that read a record: as it is shown or listed, and the same in the other format."""
    making = made.making
    if making.shows is None and making.lists is None:
        return
    own = makings.shown(probe, made) if making.shows is not None else makings.listed(probe, made)
    yield own
    called = making.shows or making.lists
    assert called is not None
    for pair in formats.twins(probe.service):
        for operation, twin in (pair, pair[::-1]):
            if operation.id == called.operation:
                stem = own.url.removesuffix(lists.split(operation.path)[1])
                yield replace(own, url=f"{stem}{lists.split(twin.path)[1]}")


def _records(made: Made, answer: Answer) -> list[Any]:
    making = made.making
    try:
        if making.shows is not None:
            return [at(answer, making.shows.record)]
        return entries(answer, making.lists.items if making.lists else "")
    except NotThere as nothing:
        raise Missed("what was made is not in the answer", got=str(nothing), answer=answer) from nothing


def _listed(probe: Probe, made: Made) -> tuple[list[Any], Answer]:
    """The entries of the list that are the record's, and the last answer; pages are turned if there are."""
    assert made.making.lists is not None
    one = _list_of(probe, made.making)
    request = makings.listed(probe, made)
    paging = one.paging if one else None
    found: list[Any] = []
    for number in range(1, lists.MOST_PAGES + 1):
        turned = {paging.page: str(number), paging.size: str(paging.largest)} if paging else {}
        answer = probe.send(replace(request, query={**request.query, **turned}))
        probe.in_contract(made.making.lists.operation, answer)
        try:
            items = entries(answer, made.making.lists.items)
        except NotThere as nothing:
            raise Missed("the list is no list", got=str(nothing), answer=answer) from nothing
        found += [each for each in items if _is_its(made, each)]
        if paging is None or len(items) < paging.largest:
            break
    return found, answer


def _wanted(made: Made) -> dict[str, Any]:
    assert made.making.lists is not None
    try:
        return dict(fill(made.making.lists.holds, made.scope()))
    except NoValue as nothing:
        raise Missed(f"it cannot be told in the list: {nothing}", answer=made.answer) from nothing


def _is_its(made: Made, entry: Any) -> bool:
    return all(same(value, _field(entry, name)) for name, value in _wanted(made).items())


def _list_of(probe: Probe, making: Making) -> ListOf | None:
    wanted = making.lists.operation if making.lists else ""
    return next((one for one in lists.of(probe.service, probe.place.packs) if one.operation == wanted), None)


def _field(entry: Any, name: str) -> Any:
    try:
        return field(entry, name)
    except NotThere:
        return None


def _at(record: Any, pointer: str) -> Any:
    for name in pointer.split("/")[1:]:
        record = field(record, name)
    return record


def _told(record: Any) -> Any:
    """A record as it can be compared."""
    if isinstance(record, Mapping):
        return dict(record)
    return {child.tag: child.text for child in record}
