"""A record of one person or home is not shown among another's: by filters, and by paths within paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from scenarios.conformance.checks import Check, Kind, Missed, Skipped, expect
from scenarios.conformance.known import (
    answers_json,
    distinctive,
    leaves,
    listed,
    names_in,
    page_size,
    plain_lists,
    reads,
    records_in,
    ways_to,
)
from scenarios.conformance.probe import Probe
from scenarios.conformance.refusals import documented, refused
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

OF_ONE = ("uprn", "resident_id", "person_id", "holder_id", "account", "account_id", "household")
"""Filters by which a list is asked for one person's or one home's."""
REFERENCES = ("reference", "id", "service_request_id", "update_id")
TRIED = 3
"""How many different people or homes are asked for."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of each such filter, of each path that names its owner, and of each path within a path."""
    for operation in reads(service):
        if not answers_json(service, operation):
            continue
        for name in OF_ONE:
            if ("query", name) in operation.parameters:
                yield _check(
                    service,
                    packs,
                    operation,
                    f"{name}-alone",
                    f"`{operation.id}` asked by `{name}` shows that one's, and nothing of another's",
                    partial(_filtered, operation=operation, name=name),
                )
        if names_in(operation):
            yield _check(
                service,
                packs,
                operation,
                "its-own",
                f"`{operation.id}` shows what stands at the address asked for, and nothing of another's",
                partial(_its_own, operation=operation),
            )
        if len(names_in(operation)) > 1:
            yield _check(
                service,
                packs,
                operation,
                "under-another",
                f"`{operation.id}` does not show what is another's under this one's address",
                partial(_under_another, operation=operation),
            )


def _check(
    service: Service,
    packs: Packs,
    operation: Operation,
    name: str,
    title: str,
    run: Callable[[Probe], None],
) -> Check:
    return Check(
        name=f"{operation.id}.{name}",
        service=service.name,
        kind=Kind.ACCESS,
        title=title,
        verifies=packs.held_to(service.name, "COUNCIL-048"),
        run=run,
        operations=(operation.id,),
    )


def _filtered(probe: Probe, operation: Operation, name: str) -> None:
    values = _values(probe, operation, name)
    path = ways_to(probe, operation.id)[0]
    for value in values[:TRIED]:
        answer = probe.ask(operation.id, path=path, query={name: value, **page_size(operation)})
        probe.in_contract(operation.id, answer)
        expect(
            answer.status == 200,
            f"`{operation.id}` is not found by `{name}`",
            expected=200,
            got=answer.status,
        )
        for record in records_in(answer.body):
            owner = record.get(name, value)
            expect(
                str(owner) == value,
                f"`{operation.id}`, asked for `{name}` {value}, shows a record of another",
                expected=f"{name} {value} alone",
                got=f"{name} {owner}",
                answer=answer,
            )
            if name not in record:
                _leads_back(probe, operation, name, value, record)
    nobody = _nobody(values)
    answer = probe.ask(operation.id, path=path, query={name: nobody, **page_size(operation)})
    if answer.status == 200 and records_in(answer.body):
        raise Missed(
            f"`{operation.id}`, asked for a `{name}` that nobody has, shows records of others",
            expected="no record",
            got=f"{len(records_in(answer.body))} records",
            answer=answer,
        )


def _leads_back(probe: Probe, operation: Operation, name: str, value: str, record: Mapping[str, Any]) -> None:
    """Read one found record by itself, where the list does not say whose it is: it has to name the value."""
    shows = next((one for one in reads(probe.service) if _shows_entry_of(one, operation)), None)
    reference = next((str(record[each]) for each in REFERENCES if each in record), None)
    place = f"leads back {operation.id} {name} {value}"
    if shows is None or reference is None or place in probe.place.memory:
        return
    probe.place.memory[place] = True
    answer = probe.ask(shows.id, path={names_in(shows)[0]: reference})
    told = {str(each) for _, each in leaves(answer.body)}
    expect(
        answer.status != 200 or value in told,
        f"`{operation.id}`, asked for `{name}` {value}, lists {reference}, which is another's",
        expected=f"a record that names {value}",
        got=answer.text[:300],
        answer=answer,
    )


def _shows_entry_of(one: Operation, owner: Operation) -> bool:
    rest = one.path.removeprefix(owner.path)
    return rest != one.path and rest.startswith("/{") and rest.endswith("}") and rest.count("/") == 1


def _values(probe: Probe, operation: Operation, name: str) -> list[str]:
    """People or homes that the target shows: those of the list itself first."""
    own = [operation] if not operation.required and not names_in(operation) else []
    lists = [*own, *(one for one in plain_lists(probe.service) if one not in own)]
    found: list[str] = []
    for one in lists:
        rows = listed(probe, one)
        found += [str(value) for row in rows for inner, value in leaves(row) if inner == name and value]
        if len(set(found)) >= TRIED:
            break
    found = list(dict.fromkeys(found)) or _within(probe, name)
    if not found:
        raise Skipped(f"nothing that the target lists has a `{name}` to ask for")
    start = probe.seed % len(found)
    return [*found[start:], *found[:start]]


def _within(probe: Probe, name: str) -> list[str]:
    """The values of a name that only paths and single records show."""
    for one in reads(probe.service):
        if name in names_in(one):
            return [way[name] for way in ways_to(probe, one.id, TRIED)]
    for one in reads(probe.service):
        if len(names_in(one)) == 1 and answers_json(probe.service, one):
            answers = [probe.ask(one.id, path=way) for way in ways_to(probe, one.id, TRIED)]
            found = [
                str(value)
                for each in answers
                for inner, value in leaves(each.body)
                if inner == name and value
            ]
            if found:
                return list(dict.fromkeys(found))
    return []


def _nobody(values: list[str]) -> str:
    """A value in the shape of the others that is none of them."""
    turned = {
        "0": "7",
        "1": "8",
        "2": "9",
        "3": "0",
        "4": "1",
        "5": "2",
        "6": "3",
        "7": "4",
        "8": "5",
        "9": "6",
    }
    other = "".join(turned.get(each, each) for each in values[0])
    return other if other not in values else f"{other[:-1]}5"


def _its_own(probe: Probe, operation: Operation) -> None:
    ways = ways_to(probe, operation.id, TRIED)
    shown: dict[str, str] = {}
    for way in ways:
        answer = probe.ask(operation.id, path=way, query=page_size(operation))
        probe.in_contract(operation.id, answer)
        expect(answer.status == 200, f"`{operation.id}` does not show {way}", expected=200, got=answer.status)
        body = answer.body[0] if isinstance(answer.body, list) and answer.body else answer.body
        for name, value in way.items():
            if name in REFERENCES and not _ends_with(operation, name):
                continue
            told = body.get(name, value) if isinstance(body, dict) else value
            expect(
                str(told) == value,
                f"`{operation.id}`, asked for `{name}` {value}, shows another",
                expected=value,
                got=told,
                answer=answer,
            )
        if isinstance(body, dict) and isinstance(body.get("items"), list):
            _shared_with_none(operation, way, records_in(body), shown)


def _ends_with(operation: Operation, name: str) -> bool:
    """Whether the path ends with the name, so that a `reference` in the answer is this one."""
    return operation.path.rpartition("/")[2].startswith(f"{{{name}}}")


def _shared_with_none(
    operation: Operation, way: Mapping[str, str], records: list[dict[str, Any]], shown: dict[str, str]
) -> None:
    here = "/".join(way.values())
    for record in records:
        reference = next((str(record[name]) for name in REFERENCES if record.get(name)), None)
        if reference is None:
            continue
        owner = shown.setdefault(reference, here)
        expect(
            owner == here,
            f"`{operation.id}` shows {reference} as {here}'s and as {owner}'s",
            expected=f"{reference} under one of them",
            got="under both",
        )


def _under_another(probe: Probe, operation: Operation) -> None:
    ways = ways_to(probe, operation.id, TRIED)
    if len(ways) < 2:
        raise Skipped(f"the target shows only one address at which `{operation.id}` could be asked")
    one, other = ways[0], ways[1]
    first = names_in(operation)[0]
    opened = probe.ask(operation.id, path=other)
    crossed = {**other, first: one[first]}
    answer = probe.ask(operation.id, path=crossed)
    refused(probe, operation.id, answer, documented(probe, operation.id, 404, 403), "what is another's")
    for value in distinctive(opened, besides=str(crossed)):
        expect(
            value not in answer.text,
            f"`{operation.id}` refuses what is another's, and tells of it all the same",
            expected="a refusal with nothing of the record",
            got=f"`{value}` in: {answer.text[:200]}",
            answer=answer,
        )
