"""Faults of a mapping: what in it the slot does not know, or what could not be undone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from sandbox.components.contract import Contract
from sandbox.components.vocabulary import Vocabulary, text_of
from service_apis.kit.schemas import Schema

MOST = 500
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Names = Annotated[dict[Name, Name], Field(max_length=MOST)]
Code = Name | StrictBool | StrictInt
Codes = Annotated[dict[Name, Annotated[dict[Name, Code], Field(max_length=MOST)]], Field(max_length=MOST)]

_STEP = re.compile(r"\{([^{}/]*)\}")
_TEMPLATE = re.compile(r"(/([A-Za-z0-9_~@:!$&'()*+,;=.-]|\{[a-z][a-z0-9_]*\})+)+/?")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_KEPT = frozenset(("authorization", "content-type", "content-length", "host", "location", "link", "etag"))


class OperationSpoken(Schema):
    """How one operation is spoken, where it is otherwise than the rest."""

    fields: Names = Field(default_factory=dict)
    codes: Codes = Field(default_factory=dict)
    query: Names = Field(default_factory=dict)
    headers: Names = Field(default_factory=dict)


class MappingDeclared(OperationSpoken):
    """What bridges a component's API and its slot's: what the slot calls so, the component calls so.

    ``paths`` are path templates, ``fields`` members of JSON and of forms, ``codes`` the values of a field,
    ``query`` and ``headers`` names. ``operations`` says what is otherwise for one operation.
    """

    paths: Names = Field(default_factory=dict)
    operations: Annotated[dict[Name, OperationSpoken], Field(max_length=MOST)] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the names that lead to it from the top of the document, and the remedy."""

    steps: tuple[str, ...]
    message: str


def faults_in(declared: MappingDeclared, contract: Contract) -> list[Fault]:
    """What is wrong with a mapping for a slot; nothing where it is good."""
    vocabulary = Vocabulary(contract)
    found = list(_of_paths(declared.paths, contract))
    found += _of_words((), declared, vocabulary)
    for name, spoken in declared.operations.items():
        if name not in contract.operations:
            near = _near(name, contract.operations)
            found.append(Fault(("operations", name), f"{contract.slot} has no operation {name}; {near}"))
        found += _of_words(("operations", name), spoken, vocabulary)
    return found


def _of_paths(paths: Mapping[str, str], contract: Contract) -> Iterator[Fault]:
    known = {each.template for each in contract.operations.values()}
    taken: dict[str, str] = {_shape(each): each for each in known if each not in paths}
    for ours, theirs in paths.items():
        at = ("paths", ours)
        if ours not in known:
            yield Fault(at, f"{contract.slot} has no path {ours}; {_near(ours, known)}")
        elif not _TEMPLATE.fullmatch(theirs):
            yield Fault(at, f"{theirs} is no path such as /reports/{{reference}}")
        elif sorted(_STEP.findall(ours)) != sorted(_STEP.findall(theirs)):
            named = ", ".join(f"{{{each}}}" for each in _STEP.findall(ours)) or "none"
            yield Fault(at, f"{theirs} must name what {ours} names, and nothing else: {named}")
        elif _shape(theirs) in taken:
            yield Fault(
                at, f"{theirs} stands for {taken[_shape(theirs)]} already, and could not be told apart"
            )
        else:
            taken[_shape(theirs)] = ours


def _of_words(at: tuple[str, ...], spoken: OperationSpoken, vocabulary: Vocabulary) -> Iterator[Fault]:
    yield from _of_names((*at, "fields"), spoken.fields, vocabulary.fields, "field")
    yield from _of_names((*at, "query"), spoken.query, vocabulary.parameters["query"], "query parameter")
    for ours, theirs in spoken.headers.items():
        for each in (ours, theirs):
            if not _HEADER.fullmatch(each):
                yield Fault((*at, "headers", ours), f"{each!r} is not the name of a header")
            elif each.lower() in _KEPT:
                yield Fault((*at, "headers", ours), f"{each} cannot be called otherwise")
    yield from _twice((*at, "headers"), {one.lower(): each.lower() for one, each in spoken.headers.items()})
    for field, codes in spoken.codes.items():
        yield from _of_codes((*at, "codes", field), field, codes, vocabulary)


def _of_names(
    at: tuple[str, ...], names: Mapping[str, str], known: Iterable[str], what: str
) -> Iterator[Fault]:
    known = set(known)
    for ours, theirs in names.items():
        if ours not in known:
            yield Fault((*at, ours), f"there is no {what} {ours}; {_near(ours, known)}")
        elif theirs in known and theirs not in names:
            yield Fault(
                (*at, ours), f"{theirs} is a {what} of the slot's own, and could not be told from {ours}"
            )
    yield from _twice(at, names)


def _of_codes(
    at: tuple[str, ...], field: str, codes: Mapping[str, Any], vocabulary: Vocabulary
) -> Iterator[Fault]:
    if field not in vocabulary.coded:
        near = _near(field, vocabulary.coded)
        yield Fault(at, f"there is no field or parameter {field}; {near}")
        return
    known = {text_of(each) for each in vocabulary.codes.get(field, ())}
    for ours, theirs in codes.items():
        if known and ours not in known:
            yield Fault((*at, ours), f"{field} is never {ours}; {_near(ours, known)}")
        elif text_of(theirs) in known and text_of(theirs) not in codes:
            yield Fault(
                (*at, ours), f"{theirs} is a code of the slot's own, and could not be told from {ours}"
            )
    yield from _twice(at, codes)


def _twice(at: tuple[str, ...], names: Mapping[str, Any]) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for ours, theirs in names.items():
        written = text_of(theirs)
        if written in taken:
            yield Fault((*at, ours), f"{written} stands for {taken[written]} already")
        taken.setdefault(written, ours)


def _near(name: str, known: Iterable[str]) -> str:
    # With it comes all of the scenarios, which no sandbox needs to start.
    from scenarios.problems import suggestion

    return suggestion(name, known)


def _shape(template: str) -> str:
    return _STEP.sub("{}", template)
