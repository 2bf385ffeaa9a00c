"""Lists that change between one page and the next, so that records come twice or are missed.

It is what happens to a caller who pages through a list by number while it is in use: with each turn of the
page a record has come in before those to come, or has gone from before them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.forcing.forced import Forced
from sandbox.forcing.whole import Answer, whole_answer
from service_apis.kit.door import SCOPE_KEY, Door
from service_apis.kit.lists import Listing, links


async def shift_pages(forced: Forced, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a page after the first as if the list had changed at each turn; let anything else through."""
    number = _page_asked(scope)
    if number < 2:
        await onward(scope, receive, send)
        return
    step = -1 if forced.parameters["how"] == "repeated" else 1
    answer = await whole_answer(onward, _for_page(scope, number), receive)
    length = await _length_of_pages(answer, onward, scope)
    if length + step < 1:
        await answer.send(send)
        return
    first, begin = begins_at(number, length, step)
    records: list[Any] = []
    for page in (first, first + 1):
        records += _records(await whole_answer(onward, _for_page(scope, page), _no_body)) or []
    forced.mark()
    shown = records[begin : begin + length]
    await _with_records(answer, shown, -step * (number - 1), scope).send(send)


def begins_at(number: int, length: int, step: int) -> tuple[int, int]:
    """On which of the true pages a shifted one begins, and after how many of its records.

    Each turn of the page shifts it by ``step``: by -1 where a record has come in, by 1 where one has gone.
    """
    page, place = divmod((number - 1) * (length + step), length)
    return page + 1, place


def _page_asked(scope: Scope) -> int:
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("page", "")
    # More digits than any page has are left to the service to refuse.
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0


def _for_page(scope: Scope, number: int) -> Scope:
    """The call, as if it asked for another page. Whoever answers writes in the scope, so it is a copy."""
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = urlencode([(name, number if name == "page" else value) for name, value in pairs])
    return {**scope, "query_string": query.encode("latin-1")}


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _length_of_pages(answer: Answer, onward: ASGIApp, scope: Scope) -> int:
    """How many records a full page has; 0 where the answer is no list."""
    if _records(answer) is None:
        return 0
    said = json.loads(answer.body)
    if isinstance(said, dict) and isinstance(said.get("per_page"), int):
        return int(said["per_page"])
    return len(_records(await whole_answer(onward, _for_page(scope, 1), _no_body)) or [])


def _records(answer: Answer) -> list[Any] | None:
    """The records of a page, or None where the answer is no list in JSON."""
    if answer.status != 200:
        return None
    try:
        said = json.loads(answer.body)
    except ValueError:
        return None
    records = said.get("items") if isinstance(said, dict) else said
    return records if isinstance(records, list) else None


def _with_records(answer: Answer, records: list[Any], more: int, scope: Scope) -> Answer:
    """The answer with other records, and in the house's lists with that many more or fewer in all."""
    said = json.loads(answer.body)
    headers = list(answer.headers)
    if not isinstance(said, dict):
        said = records
    else:
        said["items"] = records
        if isinstance(said.get("total"), int):
            said["total"] = max(0, said["total"] + more)
            headers = [_linked(name, value, said, scope) for name, value in headers]
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return replace(answer, headers=headers, body=body)


def _linked(name: bytes, value: bytes, said: dict[str, Any], scope: Scope) -> tuple[bytes, bytes]:
    """A header as it is; the links to other pages as they are for a list of that length."""
    if name.lower() != b"link":
        return name, value
    door: Door = scope[SCOPE_KEY]
    address = f"{door.base_url}{scope['path'].removeprefix(scope['root_path'])}"
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    listing = Listing[Any].model_construct(
        items=[], page=said["page"], per_page=said["per_page"], total=said["total"]
    )
    return name, links(listing, address, query).encode("latin-1")
