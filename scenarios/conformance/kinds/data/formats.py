"""Formats: where one thing can be had as JSON and as XML, both say the same of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from scenarios.conformance import lists
from scenarios.conformance.checks import Check, Kind, Missed, Skipped, expect
from scenarios.conformance.draws import Draws
from scenarios.conformance.readings import NotThere, differences, document, entries
from scenarios.exchange import Answer
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

AS_SENT = "COUNCIL-040"
TRIED = 6


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One for each operation that reads the same as another, in another format."""
    for operation, twin in twins(service):
        yield Check(
            name=f"formats-{operation.id.replace('_', '-')}",
            service=service.name,
            kind=Kind.DATA,
            title=f"{operation.id}: XML says the same as JSON.",
            verifies=(AS_SENT,),
            run=partial(compare, operation, twin),
            operations=(operation.id, twin.id),
        )


def twins(service: Service) -> Iterator[tuple[Operation, Operation]]:
    """The pairs of operations whose paths differ in nothing but `.json` and `.xml`, and can be asked."""
    by_path = {(one.method, one.path): one for one in service.operations.values()}
    for (method, path), operation in by_path.items():
        stem, ending = lists.split(path)
        twin = by_path.get((method, f"{stem}.xml"))
        known = not operation.names("path") or lists.parent_of(service, operation) is not None
        if method == "GET" and ending == ".json" and twin is not None and known:
            yield operation, twin


def compare(operation: Operation, twin: Operation, probe: Probe) -> None:
    """Ask for the same in both formats: of a thing with a number, some of those that are listed."""
    for path in _paths(operation, probe):
        as_json, as_xml = probe.ask(operation.id, path=path), probe.ask(twin.id, path=path)
        probe.in_contract(operation.id, as_json)
        probe.in_contract(twin.id, as_xml)
        expect(
            as_json.status == as_xml.status,
            f"{operation.id} and {twin.id} answer differently",
            expected=as_json.status,
            got=as_xml.status,
            answer=as_xml,
        )
        expect_same(as_json, as_xml)


def expect_same(as_json: Answer, as_xml: Answer) -> None:
    """Raise Missed at the first thing that XML says otherwise than JSON."""
    root = document_of(as_xml)
    found = next(differences(as_json.body, root), None)
    expect(
        found is None,
        "XML does not say what JSON does",
        expected="the same in both",
        got=found,
        remedy="see the Spark convention, and escape `&` and `<`",
        answer=as_xml,
    )


def document_of(answer: Answer) -> Element:
    """The root of an answer in XML; raises Missed where it is none."""
    try:
        root = document(answer)
    except NotThere as broken:
        raise Missed("the XML cannot be read", expected="XML", got=str(broken), answer=answer) from broken
    if not isinstance(root, Element):
        raise Missed("the answer is not XML", expected="text/xml", got=answer.content_type, answer=answer)
    return root


def _paths(operation: Operation, probe: Probe) -> list[dict[str, str]]:
    """What to fill the path with: values out of the list that the operation belongs to."""
    names = operation.names("path")
    if not names:
        return [{}]
    parent = lists.parent_of(probe.service, operation)
    assert parent is not None
    answer = probe.ask(parent.operation)
    probe.in_contract(parent.operation, answer)
    try:
        items = entries(answer, "" if isinstance(answer.body, list) else "/items")
    except NotThere as nothing:
        raise Skipped(f"{parent.operation} lists nothing: {nothing}") from nothing
    held = [str(each[parent.field]) for each in items]
    if not held:
        raise Skipped(f"{parent.operation} lists nothing that {operation.id} could be asked for")
    chosen = Draws(probe.seed, operation.id).some(held, TRIED)
    return [{parent.parameter: value} for value in chosen]
