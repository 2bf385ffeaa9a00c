"""Readings: values out of an answer, whichever format it came in.

A JSON pointer leads through XML too: a name is the child of that name, a number the child in that place. So
what is said of an answer once holds for JSON and for XML alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

if TYPE_CHECKING:
    from scenarios.exchange import Answer


class NotThere(LookupError):
    """The answer has nothing there, or is not what it says that it is."""


def is_xml(answer: Answer) -> bool:
    return answer.content_type in ("text/xml", "application/xml") or answer.content_type.endswith("+xml")


def document(answer: Answer) -> Any:
    """The answer's JSON value or the root element of its XML; raises NotThere."""
    if answer.broken_json:
        raise NotThere(f"it is not {answer.content_type}: {answer.text[:200]}")
    if not is_xml(answer):
        return answer.body
    try:
        return fromstring(answer.text)
    except (ParseError, DefusedXmlException, ValueError) as wrong:
        raise NotThere(f"it is not XML: {wrong}") from wrong


def at(answer: Answer, pointer: str) -> Any:
    """What a pointer leads to: a JSON value; of XML the text of an element, or the element that has others.

    Raises NotThere.
    """
    found = document(answer)
    for token in pointer.split("/")[1:]:
        found = _within(found, token.replace("~1", "/").replace("~0", "~"), pointer)
    return text_of(found) if isinstance(found, Element) and not len(found) else found


def text_of(element: Element) -> str | None:
    """The text of an element that has no others; None for an empty one."""
    return element.text or None


def entries(answer: Answer, pointer: str) -> list[Any]:
    """The entries of the list that a pointer leads to; raises NotThere."""
    found = document(answer) if pointer == "" else at(answer, pointer)
    if isinstance(found, Element):
        return list(found)
    if found is None and is_xml(answer):
        return []
    if not isinstance(found, list):
        raise NotThere(f"there is no list at `{pointer}`")
    return found


def field(entry: Any, name: str) -> Any:
    """A field of an entry, JSON or XML; raises NotThere."""
    if isinstance(entry, Element):
        found = entry.find(name)
        if found is None:
            raise NotThere(f"the entry has no `{name}`")
        return found if len(found) else text_of(found)
    if not isinstance(entry, Mapping) or name not in entry:
        raise NotThere(f"the entry has no `{name}`")
    return entry[name]


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same, be one a JSON value and the other a text (of a form or of XML)."""
    if left == right and isinstance(left, bool) == isinstance(right, bool):
        return True
    if left is None or right is None or isinstance(left, list | dict) or isinstance(right, list | dict):
        return False
    if isinstance(left, bool) or isinstance(right, bool):
        return str(left).lower() == str(right).lower()
    if isinstance(left, int | float) or isinstance(right, int | float):
        try:
            return float(left) == float(right)
        except ValueError:
            return False
    return False


def differences(said: Any, element: Element, place: str = "") -> Iterator[str]:
    """Where XML does not say what a JSON value does, as sentences."""
    if isinstance(said, Mapping):
        names = [child.tag for child in element]
        for name, value in said.items():
            if names.count(name) != 1:
                yield f"{place}/{name} is there {names.count(name)} times in XML, once in JSON"
            else:
                child = element.find(name)
                assert child is not None
                yield from differences(value, child, f"{place}/{name}")
        for name in sorted(set(names) - set(said)):
            yield f"{place}/{name} is in XML alone"
    elif isinstance(said, list):
        if len(element) != len(said):
            yield f"{place or 'the list'} has {len(said)} entries in JSON and {len(element)} in XML"
            return
        for number, (value, child) in enumerate(zip(said, element, strict=True)):
            yield from differences(value, child, f"{place}/{number}")
    elif len(element) or not same(said if said != "" else None, text_of(element)):
        yield f"{place} is {said!r} in JSON and {element.text!r} in XML"


def _within(found: Any, token: str, pointer: str) -> Any:
    if isinstance(found, Element):
        if token.isdecimal() and int(token) < len(found):
            return found[int(token)]
        child = found.find(token)
        if child is not None:
            return child
    elif isinstance(found, Mapping) and token in found:
        return found[token]
    elif isinstance(found, list) and token.isdecimal() and int(token) < len(found):
        return found[int(token)]
    raise NotThere(f"there is nothing at `{pointer}`: no `{token}`")
