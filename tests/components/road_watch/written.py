"""How things are written on the wire: instants, and answers in JSON and in XML."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from defects import wrong
from refusals import Refused
from working_days import LONDON

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MEMBERS = {
    "endpoints": "endpoint",
    "formats": "format",
    "services": "service",
    "groups": "group",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
}
"""What the members of each list are called in XML."""


def instant(field: str, text: str) -> float:
    """A date and time with its zone, in seconds since 1970. Raises Refused."""
    try:
        # A plus sign that was not escaped in an address arrives as a space.
        said = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
        if said.tzinfo is None:
            raise ValueError(f"{text} has no zone")
        return said.astimezone(UTC).timestamp()
    except (ValueError, OverflowError) as fault:
        raise Refused(f"{field}: {fault}; write it as 2026-06-01T09:00:00Z") from fault


def moment(seconds: int) -> str:
    """An instant as clocks show it in London, with its zone."""
    return datetime.fromtimestamp(seconds, LONDON).isoformat().replace("+00:00", "Z")


def answer(form: str, root: str, said: Any) -> tuple[str, bytes]:
    """What is said, as a content type and bytes: ``form`` is json, or xml under the element ``root``."""
    if form == "json":
        return "application/json; charset=utf-8", json.dumps(said, ensure_ascii=False).encode()
    element = _element(root, said)
    document: bytes = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    # Whoever reads XML makes a bare carriage return a line feed.
    document = document.replace(b"\r", b"&#13;")
    if wrong("xml-unescaped"):
        document = unescape(document.decode()).encode()
    kind = "text/html" if wrong("xml-as-html") else "text/xml"
    charset = "iso-8859-1" if wrong("xml-latin1") else "utf-8"
    return f"{kind}; charset={charset}", document


def _element(name: str, said: Any) -> ElementTree.Element:
    """By the Spark convention: a list holds its members, a mapping its entries, and nothing is empty."""
    element = ElementTree.Element(name)
    if isinstance(said, list):
        element.extend(_element(MEMBERS[name], member) for member in said)
    elif isinstance(said, Mapping):
        element.extend(_element(key, entry) for key, entry in said.items())
    elif isinstance(said, bool):
        element.text = "true" if said else "false"
    elif said is not None:
        element.text = NOT_IN_XML.sub("\ufffd", str(said))
    return element
