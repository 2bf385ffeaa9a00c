"""Scripts: text of any writing and with any signs comes back as it was sent, and answers say how to read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from scenarios.conformance import calls, makings, nonsense
from scenarios.conformance.checks import Check, Kind, Missed, Omitted, Skipped, expect
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import body_schema, reads, ways_to, written
from scenarios.conformance.probe import Probe
from scenarios.conformance.readings import NotThere, field, is_xml, same
from scenarios.conformance.refusals import parsed
from scenarios.exchange import Answer
from scenarios.openapi import Operation, Service, resolve
from scenarios.packs import Packs
from scenarios.records import Making

TEXTS: Mapping[str, str] = {
    "accents": "Zoë's café naïvely charged £5 – “too much”, said Siân Llŷr",
    "scripts": "Ελληνικά Кириллица ქართული हिन्दी 日本語 한국어 ไทย",
    "right-to-left": "שלום עולם and العربية with 123 between",
    "emoji": "bin 🗑️ on fire 🔥, reported by 👩‍👩‍👧‍👦 at 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "combining": "e\u0301 a\u0308 n\u0303 and \u1e0d\u0323\u0307",
    "signs": "Tom & Jerry's <b>\"bin\"</b> 100% + 1 = 101; a\\b/c #1 ?x=y {z} [0] ~ | ^ `",
    "markup": "<script>alert(1)</script> <!-- --> ]]> &amp; &#65; <![CDATA[x]]> %41 {{7*7}}",
    "sql": "Robert'); DROP TABLE reports;-- O''Brien",
    "lines": "first line\nsecond line\n\tan indented third",
    "outermost planes": "\U0001f9d1\u200d\U0001f9bd \U00020bb7野家 \U0001d51e",
}
"""What is sent, by what it tries. None begins or ends with a space: forms commonly cut those off."""
ASKED = ("Zoë", "O'Brien", "Łódź", "日本", "100%")
DECLARED = re.compile(r"<\?xml[^>]*encoding=[\"']([\w-]+)[\"']", re.IGNORECASE)


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of each free text that the packs know, of what lists are asked by, and of answers' charsets."""
    verifies = packs.held_to(service.name, "COUNCIL-051")
    texts = [(making, name) for making in makings.of(packs, service.name) for name in making.text]
    for making, name in texts:
        yield Check(
            id=f"{service.name}.{Kind.CONDUCT}.{making.name}.any-script.{name.strip('/').replace('/', '.')}",
            service=service.name,
            kind=Kind.CONDUCT,
            title=f"The `{name}` of a {making.name} comes back as it was sent, in any script",
            verifies=verifies,
            run=partial(_comes_back, making=making, name=name),
            operations=makings.operations(making, "shows" if making.shows else "lists"),
        )
    for operation in reads(service):
        asked = _free_parameters(service, operation)
        if asked:
            yield _check(
                service,
                verifies,
                f"{operation.id}.any-script",
                f"`{operation.id}` can be asked in any script",
                partial(_asked, operation=operation, names=asked),
                operation,
            )
        yield _check(
            service,
            verifies,
            f"{operation.id}.charset",
            f"`{operation.id}` says how its text is to be read, and it is so",
            partial(_charset, operation=operation),
            operation,
        )


def _check(service: Service, verifies: tuple[str, ...], name: str, title: str, run: Any, operation: Operation) -> Check:
    return Check(
        id=f"{service.name}.{Kind.CONDUCT}.{name}",
        service=service.name,
        kind=Kind.CONDUCT,
        title=title,
        verifies=verifies,
        run=run,
        operations=(operation.id,),
    )


def _comes_back(probe: Probe, *, making: Making, name: str) -> None:
    longest = _longest(probe, making, name)
    for tries, text in {**TEXTS, "the longest": _filling(longest)}.items():
        if len(text) > longest:
            continue
        made = makings.make(probe, making, body=_with(making, name, text))
        told = _told(probe, made, name)
        expect(
            told == text,
            f"`{name}` of a {making.name} does not come back as it was sent ({tries})",
            expected=text if len(text) < 300 else f"{len(text)} characters, {text[:40]}...",
            got=told if len(str(told)) < 300 else f"{len(str(told))} characters, {str(told)[:40]}...",
            remedy="keep text as Unicode, send UTF-8 and say so; escape at the edge, once",
        )


def _with(making: Making, name: str, text: str) -> dict[str, Any]:
    """The fields to be sent in place of the making's own, with this text in its place."""
    body = making.makes.body or {}
    if not name.startswith("/"):
        return {name: text}
    head, *rest = name.split("/")[1:]
    return {head: _placed(body[head], rest, text)}


def _placed(value: Any, rest: list[str], text: str) -> Any:
    if not rest:
        return text
    if isinstance(value, list):
        index = int(rest[0])
        return [_placed(each, rest[1:], text) if place == index else each for place, each in enumerate(value)]
    return {**value, rest[0]: _placed(value[rest[0]], rest[1:], text)}


def _told(probe: Probe, made: makings.Made, name: str) -> Any:
    """The text as the target tells it: in the record, or in the list where it is not shown by itself."""
    making = made.making
    where = making.comes_back.get(name if name.startswith("/") else f"/{name}", name).strip("/")
    if making.shows is not None:
        answer = makings.show(probe, made)
        record = makings.record(making, answer)
        if is_xml(answer):
            parsed(making.shows.operation, answer)
    else:
        record = _listed(probe, made)
    try:
        return field(record, where)
    except NotThere as nothing:
        raise Missed(f"`{name}` of a {making.name} is not told: {nothing}") from nothing


def _listed(probe: Probe, made: makings.Made) -> Any:
    request = makings.listed(probe, made)
    assert made.making.lists is not None
    answer = probe.send(request)
    by = next(iter(made.making.lists.holds))
    for entry in makings_entries(answer, made.making.lists.items):
        if same(field(entry, by), made.reference):
            return entry
    raise Missed(f"a {made.making.name} that was made is not in its list", answer=answer)
