"""Scripts: text of any writing and with any signs comes back as sent, and answers say how to read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from scenarios.conformance import calls, makings
from scenarios.conformance.checks import Check, Kind, Missed, expect
from scenarios.conformance.kinds.access import doors
from scenarios.conformance.known import body_schema, media_of, page_size, reads, ways_to, written
from scenarios.conformance.makings import Made
from scenarios.conformance.nonsense import allows, plain_form
from scenarios.conformance.probe import Probe
from scenarios.conformance.readings import NotThere, entries, field, is_xml, same
from scenarios.conformance.refusals import parsed
from scenarios.exchange import Request
from scenarios.openapi import Operation, Service, resolve
from scenarios.packs import Packs
from scenarios.records import Making

TEXTS: Mapping[str, str] = {
    "accents": "Zo\u00eb's caf\u00e9 charged \u00a35 \u2013 \u201ctoo much\u201d, said Si\u00e2n",
    "scripts": "Ελληνικά Кириллица ქართული हिन्दी 日本語 한국어 ไทย",
    "right to left": "\u05e9\u05dc\u05d5\u05dd and \u0627\u0644\u0639\u0631\u0628\u064a\u0629 with 12",
    "emoji": "bin \U0001f5d1\ufe0f on fire \U0001f525, by \U0001f469\u200d\U0001f469\u200d\U0001f467",
    "combining marks": "e\u0301 a\u0308 n\u0303 and d\u0323\u0307",
    "signs": 'Tom & Jerry\'s <b>"bin"</b> 100% + 1 = 101; a\\b/c #1 ?x=y {z} [0] ~ | ^ `',
    "markup": "<script>alert(1)</script> <!-- --> ]]> &amp; &#65; <![CDATA[x]]> %41 {{7*7}}",
    "SQL": "Robert'); DROP TABLE reports;-- O''Brien",
    "lines": "first line\nsecond line\n\tan indented third",
    "outermost planes": "\U0001f9d1\u200d\U0001f9bd \U00020bb7 \U0001d51e",
    "a Welsh and Irish name": "Si\u00e2n O'Brien-N\u00ed Dhomhnaill",
    "a Polish name": "\u0141ukasz \u017b\u00f3\u0142\u0107",
    "a Chinese name": "\u5c71\u7530 \u592a\u90ce",
    "an Arabic name": "\u0645\u062d\u0645\u062f",
}
"""What is sent, by what it tries. None begins or ends with a space: forms commonly cut those off."""
ASKED = ("Zo\u00eb", "O'Brien", "\u0141\u00f3d\u017a", "\u65e5\u672c")
DECLARED = re.compile(r"<\?xml[^>]*encoding=[\"']([\w-]+)[\"']", re.IGNORECASE)
UTF_8 = ("utf-8", "utf8")
ALWAYS_UTF_8 = ("text/calendar", "text/csv")
"""Kinds of text that are UTF-8 where they do not say otherwise (RFC 5545 section 3.1.4, RFC 7111)."""
LONGEST = 4_000


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check of each free text that the packs know, of what lists are asked by, and of charsets."""
    verifies = packs.held_to(service.name, "COUNCIL-051")
    for making in makings.of(packs, service.name):
        for pointer in _texts_of(service, making):
            name = pointer.rpartition("/")[2]
            yield Check(
                name=f"{making.name}.{name}-in-any-script",
                service=service.name,
                kind=Kind.CONDUCT,
                title=f"The `{name}` of a {making.name} comes back as it was sent, in any script",
                verifies=verifies,
                run=partial(_comes_back, making=making, pointer=pointer),
                operations=makings.operations(making, "shows" if making.shows else "lists"),
            )
        yield Check(
            name=f"{making.name}.charset-told",
            service=service.name,
            kind=Kind.CONDUCT,
            title=f"What makes a {making.name} may say the charset of its body",
            verifies=verifies,
            run=partial(_charset_told, making=making),
            operations=makings.operations(making),
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


def _check(
    service: Service,
    verifies: tuple[str, ...],
    name: str,
    title: str,
    run: Callable[[Probe], None],
    operation: Operation,
) -> Check:
    return Check(
        name=name,
        service=service.name,
        kind=Kind.CONDUCT,
        title=title,
        verifies=verifies,
        run=run,
        operations=(operation.id,),
    )


def _texts_of(service: Service, making: Making) -> list[str]:
    """Pointers to the texts in what is sent that the record tells again: those of the pack, and names."""
    again = [
        pointer
        for pointer in making.comes_back
        if isinstance(value := _at(making.makes.body, pointer), str) and not value.startswith("$")
    ]
    pointers = list(dict.fromkeys([*(f"/{name}" for name in making.text), *again]))
    return [each for each in pointers if _allowed(service, making, each)]


def _allowed(service: Service, making: Making, pointer: str) -> dict[str, str]:
    """The texts that the contract allows there, by what each tries."""
    schema = _schema_at(service, making, pointer)
    longest = min(int(plain_form(service, schema).get("maxLength", LONGEST)), LONGEST)
    longest_text = ("Caf\u00e9 & co. \U0001f525 " * longest)[: longest - 1] + "."
    texts = {**TEXTS, "as long as may be": longest_text}
    return {tries: text for tries, text in texts.items() if allows(service, schema, text)}


def _at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        elif isinstance(value, Mapping):
            value = value.get(token)
        else:
            return None
    return value


def _comes_back(probe: Probe, *, making: Making, pointer: str) -> None:
    sent = _allowed(probe.service, making, pointer)
    request: Request | None = None
    for nth, (tries, text) in enumerate(sent.items()):
        body = _with(making, pointer, text)
        if request is None or making.once:
            request = makings.prepare(probe, making, nth=1 + nth if making.once else 1, body=body)
        else:
            request = replace(request, body={**request.body, **body})
        made = makings.taken(probe, making, request, probe.send(request))
        told = _told(probe, made, pointer)
        expect(
            told == text,
            f"`{pointer.strip('/')}` of a {making.name} does not come back as it was sent ({tries})",
            expected=_brief(text),
            got=_brief(str(told)),
            remedy="keep text as Unicode, send UTF-8 and say so; escape at the edge, once",
        )


def _brief(text: str) -> str:
    return text if len(text) < 300 else f"{len(text)} characters, {text[:40]}...{text[-20:]}"


def _schema_at(service: Service, making: Making, pointer: str) -> Any:
    """The schema of what a pointer into the body leads to."""
    schema: Any = body_schema(service, service.operations[making.makes.operation])
    for token in pointer.split("/")[1:]:
        plain = plain_form(service, schema)
        schema = plain.get("items", {}) if token.isdecimal() else plain.get("properties", {}).get(token, {})
    return schema


def _with(making: Making, pointer: str, text: str) -> dict[str, Any]:
    """The field of the body to be sent in place of the making's own, with this text in its place."""
    head, *rest = pointer.split("/")[1:]
    return {head: _placed((making.makes.body or {}).get(head), rest, text)}


def _placed(value: Any, rest: list[str], text: str) -> Any:
    if not rest:
        return text
    if isinstance(value, list):
        place = int(rest[0])
        return [*value[:place], _placed(value[place], rest[1:], text), *value[place + 1 :]]
    return {**value, rest[0]: _placed(value[rest[0]], rest[1:], text)}


def _told(probe: Probe, made: Made, pointer: str) -> Any:
    """The text as the target tells it: in the record, or in the list where it is not shown by itself."""
    making = made.making
    where = making.comes_back.get(pointer, pointer).strip("/")
    if making.shows is not None:
        answer = makings.show(probe, made)
        if is_xml(answer):
            parsed(making.shows.operation, answer)
        record = makings.record(making, answer)
    else:
        record = _listed(probe, made)
    try:
        return field(record, where)
    except NotThere as nothing:
        raise Missed(f"`{where}` of a {making.name} is not told: {nothing}") from nothing


def _listed(probe: Probe, made: Made) -> Any:
    answer = probe.send(makings.listed(probe, made))
    assert made.making.lists is not None
    by = next(iter(made.making.lists.holds))
    try:
        for entry in entries(answer, made.making.lists.items):
            if same(field(entry, by), made.reference):
                return entry
    except NotThere as nothing:
        raise Missed(
            f"the list of each {made.making.name} cannot be read: {nothing}", answer=answer
        ) from nothing
    raise Missed(f"a {made.making.name} that was made is not in its list", answer=answer)


def _free_parameters(service: Service, operation: Operation) -> list[str]:
    """The query parameters of an operation that may be any text."""
    parameters = [resolve(one, service.document) for one in written(service, operation).get("parameters", [])]
    return [
        one["name"]
        for one in parameters
        if one["in"] == "query"
        and one["name"] not in (*doors.IN_ADDRESS, "jurisdiction_id")
        and all(allows(service, one.get("schema", {}), text) for text in ASKED)
    ]


def _asked(probe: Probe, *, operation: Operation, names: list[str]) -> None:
    request = calls.not_to_be_done(probe, operation).request
    request = doors.opened(probe, operation, request)
    for name in names:
        for text in ASKED:
            answer = probe.send(doors.asking(request, name, text))
            probe.in_contract(operation.id, answer)
            expect(
                answer.status < 500 and answer.status != 422,
                f"`{operation.id}` refuses `{text}` as `{name}`, which its contract allows",
                expected="an answer of 200 to 299",
                got=f"{answer.status} {answer.text[:200]}",
                answer=answer,
            )


def _charset_told(probe: Probe, *, making: Making) -> None:
    told = f"{making.makes.content_type}; charset=utf-8"
    request = makings.prepare(probe, making, headers={"Content-Type": told})
    makings.taken(probe, making, request, probe.send(request))


def _charset(probe: Probe, *, operation: Operation) -> None:
    request = probe.request(
        operation.id, path=ways_to(probe, operation.id)[0], query=page_size(operation), key=None
    )
    answer = probe.send(doors.opened(probe, operation, request))
    expect(
        answer.status == 200, f"`{operation.id}` is not read", expected=200, got=answer.status, answer=answer
    )
    probe.in_contract(operation.id, answer)
    told = answer.headers.get("content-type", "")
    charset = re.search(r"charset=\"?([\w-]+)", told, re.IGNORECASE)
    name = charset[1].lower() if charset else ""
    expect(
        bool(told) or not media_of(probe.service, operation, "200"),
        f"`{operation.id}` does not say what it answers",
        expected="a Content-Type",
        got="none",
        answer=answer,
    )
    if is_xml(answer):
        declared = DECLARED.search(answer.text[:200])
        name = name or (declared[1].lower() if declared else "")
        expect(
            not declared or declared[1].lower() == name,
            f"`{operation.id}` says two charsets of one answer",
            expected="one, utf-8",
            got=f"{told} and {declared[0] if declared else ''}",
            answer=answer,
        )
    as_text = answer.content_type.startswith("text/") and answer.content_type not in ALWAYS_UTF_8
    expect(
        name in UTF_8 or (not name and not as_text),
        f"`{operation.id}` does not say that its text is UTF-8",
        expected=f"{answer.content_type}; charset=utf-8",
        got=told,
        answer=answer,
    )
    expect(
        "\ufffd" not in answer.text,
        f"`{operation.id}` answers bytes that are not {name or 'UTF-8'}",
        expected="text in the charset that it says",
        got=answer.text[max(0, answer.text.find("\ufffd") - 40) :][:80],
        answer=answer,
    )
