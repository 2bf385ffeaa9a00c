"""Answers in JSON and in XML alike, by the Spark convention, for the standards that are spoken in both.

A list is an element that holds one element for each of its members, a dictionary holds one for each
of its entries, None is an empty element, and truth is ``true`` or ``false``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from xml.sax.saxutils import escape

from fastapi.responses import Response

from service_apis.kit.forms import NOT_IN_TEXT

Format = Literal["json", "xml"]


def answer(format: Format, root: str, value: Any, members: Mapping[str, str], status: int = 200) -> Response:
    """A plain value as JSON, or as XML under the element ``root``.

    ``members`` says for each list's element what its members are called: ``{"services": "service"}``.
    """
    if format == "json":
        body = json.dumps(value, ensure_ascii=False).encode()
        return Response(body, status, media_type="application/json; charset=utf-8")
    return Response(in_xml(root, value, members), status, media_type="text/xml; charset=utf-8")


def in_xml(root: str, value: Any, members: Mapping[str, str]) -> bytes:
    """A plain value as an XML document in UTF-8."""
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return (declaration + "".join(_element(root, value, members))).encode()


def _element(name: str, value: Any, members: Mapping[str, str]) -> Iterator[str]:
    if value is None or value in ("", [], {}):
        yield f"<{name}/>"
        return
    yield f"<{name}>"
    if isinstance(value, list):
        for member in value:
            yield from _element(members[name], member, members)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _element(key, entry, members)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    else:
        yield escape(NOT_IN_TEXT.sub("\ufffd", str(value)))
    yield f"</{name}>"


def described(format: Format, root: str, shape: Any, description: str) -> dict[str, Any]:
    """An answer's entry in ``responses``, for OpenAPI: its shape, or what becomes of the shape in XML."""
    if format == "json":
        return {"model": shape, "description": description}
    said = f"What is answered as JSON, by the Spark convention, in the element `{root}`."
    content = {"text/xml": {"schema": {"type": "string", "description": said}}}
    return {"description": description, "content": content}
