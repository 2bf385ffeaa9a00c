"""Reading what a service answered: JSON, XML or a calendar, as plain values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.inside import Answer

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def values(answer: Answer) -> Any:
    """The answer's body as mappings, lists and values; text of any other kind stays text.

    Raises ValueError where the body is not what its content type says.
    """
    if "json" in answer.content_type:
        return answer.json
    if "xml" in answer.content_type:
        return _xml(answer.body)
    if "calendar" in answer.content_type:
        return _calendar(answer.body)
    return text(answer)


def text(answer: Answer) -> str:
    """The body as text, with JSON indented."""
    if "json" in answer.content_type:
        return json.dumps(answer.json, indent=2, ensure_ascii=False)
    return answer.body.decode(errors="replace")


def language(answer: Answer) -> str:
    """What kind of text the body is, in a word that readers may know."""
    for mark, name in (("json", "JSON"), ("xml", "XML"), ("calendar", "iCalendar")):
        if mark in answer.content_type:
            return name
    return "text"


def _xml(body: bytes) -> Any:
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        return _element(fromstring(body))
    except ParseError as error:
        raise ValueError(str(error)) from error


def _element(element: Element) -> Any:
    children = list(element)
    if not children:
        return (element.text or "").strip() or None
    tags = {child.tag for child in children}
    if len(tags) == 1 and (len(children) > 1 or element.tag.endswith(f"{children[0].tag}s")):
        return [_element(child) for child in children]
    return {child.tag: _element(child) for child in children}


def _calendar(body: bytes) -> Any:
    from icalendar import Calendar

    events = Calendar.from_ical(body).walk("VEVENT")
    listed = [{"day": _start(event), "what": str(event.get("SUMMARY", ""))} for event in events]
    return sorted(listed, key=lambda each: each["day"])


def _start(event: Any) -> str:
    start = event.get("DTSTART")
    return start.dt.isoformat() if start is not None else ""
