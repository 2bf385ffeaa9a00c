"""Bodies: what is written as JSON, XML, a calendar or text, read as one kind of plain structure.

Objects are dicts, lists lists; so all of them are compared by the same rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class CannotBeRead(ValueError):
    """A body is not what its media type says. The message names the kind that it should be."""


def read(media_type: str, body: bytes) -> Any:
    """What a body says, by its media type. Raises CannotBeRead.

    Of a kind that is not known it is the text, or the bytes where it is no text.
    """
    if media_type.endswith(("/json", "+json")):
        return _of_json(body)
    if media_type.endswith("ndjson"):
        return [_of_json(line) for line in body.splitlines() if line.strip()]
    if media_type.endswith(("/xml", "+xml")):
        return _of_xml(body)
    if media_type == "text/calendar":
        from sandbox.shadow.calendars import NotACalendar, calendar_of

        try:
            return calendar_of(body)
        except NotACalendar as error:
            raise CannotBeRead("a calendar") from error
    try:
        return "\n".join(line.rstrip() for line in body.decode().strip().splitlines())
    except UnicodeDecodeError:
        return body


def mean_equal(ours: Any, theirs: Any, our_body: bytes, their_body: bytes) -> bool:
    """Whether two bodies are equal, quickly; where this is not sure, they are not.

    To Python true is 1, and false 0: so equal they are only with as many of these words written in both.
    """
    return bool(ours == theirs) and all(
        our_body.count(word) == their_body.count(word) for word in (b"true", b"false")
    )


def _of_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CannotBeRead("JSON") from error


def _of_xml(body: bytes) -> Any:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(body)
        return {root.tag: _element(root)}
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise CannotBeRead("XML") from error


def _element(element: Element) -> Any:
    children = list(element)
    attributes: dict[str, Any] = {f"@{name}": value for name, value in element.attrib.items()}
    text = (element.text or "").strip()
    if not children:
        return {**attributes, "text": text} if attributes else text
    counts: dict[str, int] = {}
    for child in children:
        counts[child.tag] = counts.get(child.tag, 0) + 1
    told: dict[str, Any] = attributes
    for child in children:
        if counts[child.tag] > 1 or _holds_many(element.tag, child.tag):
            told.setdefault(child.tag, []).append(_element(child))
        else:
            told[child.tag] = _element(child)
    return told


def _holds_many(parent: str, child: str) -> bool:
    """Whether an element is one of many by its name, even where it is alone: a request of the requests."""
    return parent.endswith((f"{child}s", f"{child}es"))
