"""Mapping: what is declared to bridge small differences between a component's API and its slot's.

A caller speaks as the slot does, in its paths, fields, codes, query parameters and headers; the component
is asked, and answers, in its own. Every renaming can be undone, whatever is renamed: where ``stream`` is
called ``container``, a ``container`` of the caller's own is called ``stream`` on the way there, and so
comes back as it went. Answers that refuse (4xx) keep their fields, which are a standard's and not the slot's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from sandbox.components.asking import Answered, Asked, Headers
from sandbox.components.contract import Contract, Operation, shape_of
from sandbox.components.nonsense import charset_of
from sandbox.components.vocabulary import Vocabulary, text_of

FORM = "application/x-www-form-urlencoded"
_IN_A_STEP = "~@:!$&'()*+,;="

Scalar = str | int | float | bool | None


class Renaming:
    """A renaming of names or codes that can be undone: no two are called the same, whatever comes."""

    def __init__(self, pairs: Iterable[tuple[Scalar, Scalar]] = ()) -> None:
        there = {_key(one): other for one, other in pairs}
        taken = {_key(each) for each in there.values()}
        for first in [each for each in there if each not in taken]:
            last = there[first]
            while _key(last) in there:
                last = there[_key(last)]
            there[_key(last)] = first[1]
        self._there = there
        self._back = {_key(other): one[1] for one, other in there.items()}

    def __bool__(self) -> bool:
        return bool(self._there)

    def of(self, one: Scalar, *, back: bool) -> Scalar:
        """What it is called there, or on the way back."""
        return (self._back if back else self._there).get(_key(one), one)

    def text(self, one: str, *, back: bool) -> str:
        """The same of a code as it stands in an address or a form, where every value is text."""
        known = self._back if back else self._there
        found = known.get((str, one))
        if found is None:
            alike = (
                other for (kind, each), other in known.items() if kind is not str and text_of(each) == one
            )
            found = next(alike, one)
        return text_of(found)


@dataclass(frozen=True, slots=True)
class Words:
    """How one operation is spoken: its fields, codes by field, query parameters and headers."""

    fields: Renaming
    codes: Mapping[str, Renaming]
    query: Renaming
    headers: Renaming


class Bridge:
    """A mapping, put to work: ``document`` as it is kept, found right by ``mapping_faults``."""

    def __init__(self, document: Mapping[str, Any], contract: Contract) -> None:
        self._document, self._contract = document, contract
        self._vocabulary = Vocabulary(contract)
        paths: Mapping[str, str] = document.get("paths") or {}
        self._templates = paths
        theirs = {
            each.template: paths.get(each.template, each.template) for each in contract.operations.values()
        }
        ordered = sorted(theirs.items(), key=lambda each: each[1].count("{"))
        self._shapes = [(ours, other, shape_of(other)) for ours, other in ordered]
        self._words: dict[str | None, Words] = {}

    def words(self, operation: Operation | None) -> Words:
        """How an operation is spoken; of none, how they all are."""
        name = operation.name if operation else None
        if name not in self._words:
            own = (self._document.get("operations") or {}).get(name) or {}
            both = {
                part: {**(self._document.get(part) or {}), **(own.get(part) or {})}
                for part in ("fields", "codes", "query", "headers")
            }
            lower = ((str(one).lower(), str(other).lower()) for one, other in both["headers"].items())
            codes = {field: self._codes(field, codes) for field, codes in both["codes"].items()}
            fields, query = Renaming(both["fields"].items()), Renaming(both["query"].items())
            self._words[name] = Words(fields, codes, query, Renaming(lower))
        return self._words[name]

    def _codes(self, field: str, codes: Mapping[str, Scalar]) -> Renaming:
        return Renaming((self._vocabulary.code(field, ours), theirs) for ours, theirs in codes.items())

    def to_component(self, asked: Asked, operation: Operation | None) -> Asked:
        """A call as the component is to be asked."""
        words = self.words(operation)
        return replace(
            asked,
            path=self._path_there(asked.path, operation, words),
            query=_query(asked.query, words, back=False),
            headers=_headers(asked.headers, words, back=False),
            body=_body(asked, words, back=False),
        )

    def to_slot(self, answered: Answered, operation: Operation | None) -> Answered:
        """An answer as the slot would give it, but for addresses in it (see ``way``)."""
        words = self.words(operation)
        headers = _headers(answered.headers, words, back=True)
        if answered.status >= 400:
            return replace(answered, headers=headers)
        return replace(answered, headers=headers, body=_body(answered, words, back=True))

    def way(self, path: str, query: str) -> tuple[str, str]:
        """What the slot makes of a path and a query of the component's."""
        decoded = unquote(path)
        for ours, theirs, shape in self._shapes:
            found = shape.fullmatch(decoded)
            if found is None:
                continue
            operation = self._reading(ours)
            words = self.words(operation)
            if ours != theirs or words.codes.keys() & found.groupdict().keys():
                path = _filled(ours, found.groupdict(), words, back=True)
            return path, _query(query, words, back=True)
        return path, query

    def _reading(self, template: str) -> Operation | None:
        at = [each for each in self._contract.operations.values() if each.template == template]
        return next((each for each in at if each.method == "GET"), at[0] if at else None)

    def _path_there(self, path: str, operation: Operation | None, words: Words) -> str:
        decoded = unquote(path)
        templates = [operation.template] if operation else self._templates
        for ours in templates:
            found = shape_of(ours).fullmatch(decoded)
            if found is None:
                continue
            theirs = self._templates.get(ours, ours)
            if ours != theirs or words.codes.keys() & found.groupdict().keys():
                return _filled(theirs, found.groupdict(), words, back=False)
            break
        return path


def _filled(template: str, values: Mapping[str, str], words: Words, *, back: bool) -> str:
    for name, value in values.items():
        codes = words.codes.get(name)
        value = codes.text(value, back=back) if codes else value
        template = template.replace(f"{{{name}}}", quote(value, safe=_IN_A_STEP))
    return template


def _query(query: str, words: Words, *, back: bool) -> str:
    return _pairs(query, words, words.query, back=back)


def _pairs(text: str, words: Words, names: Renaming, *, back: bool) -> str:
    if not text or not (names or words.codes):
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    renamed = [_pair(name, value, words, names, back=back) for name, value in pairs]
    return text if renamed == pairs else urlencode(renamed)


def _pair(name: str, value: str, words: Words, names: Renaming, *, back: bool) -> tuple[str, str]:
    other = str(names.of(name, back=back))
    codes = words.codes.get(other if back else name)
    return other, codes.text(value, back=back) if codes else value


def _headers(headers: Headers, words: Words, *, back: bool) -> Headers:
    if not words.headers:
        return headers
    return tuple((str(words.headers.of(name, back=back)), value) for name, value in headers)


def _body(spoken: Asked | Answered, words: Words, *, back: bool) -> bytes:
    body = spoken.body
    if not body or not (words.fields or words.codes):
        return body
    kind = (spoken.header("content-type") or "").partition(";")[0].strip().lower()
    try:
        if kind == FORM:
            return _pairs(body.decode("ascii"), words, words.fields, back=back).encode()
        if kind == "application/json" or kind.endswith("+json"):
            charset = charset_of(spoken)
            told = json.loads(body.decode(charset))
            renamed = _renamed(told, None, words, back=back)
            return json.dumps(renamed, ensure_ascii=False, allow_nan=False).encode(charset)
    except (ValueError, RecursionError):
        # What cannot be read here is for the component, or the caller, to make sense of.
        return body
    return body


def _renamed(told: Any, field: str | None, words: Words, *, back: bool) -> Any:
    if isinstance(told, dict):
        renamed = {}
        for name, value in told.items():
            other = str(words.fields.of(name, back=back))
            renamed[other] = _renamed(value, other if back else name, words, back=back)
        return renamed
    if isinstance(told, list):
        return [_renamed(each, field, words, back=back) for each in told]
    codes = words.codes.get(field) if field is not None else None
    return codes.of(told, back=back) if codes else told


def _key(one: Scalar) -> tuple[type, Scalar]:
    # 1 and True are equal, and so are 1 and 1.0; as codes they are not.
    return type(one), one
