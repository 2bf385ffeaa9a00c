"""Lists: pages that clients ask for, and how they are answered."""

from __future__ import annotations

from typing import Generic, TypeVar
from urllib.parse import urlencode

from service_apis.kit.schemas import Schema

T = TypeVar("T")
MAX_PER_PAGE = 200
"""The longest page that is served."""


class Page(Schema):
    """Which page of a list: numbered from 1, of ``per_page`` records."""

    page: int
    per_page: int


class Listing(Schema, Generic[T]):
    """One page of a list. ``total`` counts the records on all pages."""

    items: list[T]
    page: int
    per_page: int
    total: int


def links(listing: Listing[T], address: str, query: list[tuple[str, str]]) -> str:
    """The RFC 8288 ``Link`` header for a page: first, prev, next and last, as far as they exist.

    ``address`` is the list's absolute URL as the client wrote it, ``query`` its parameters.
    """
    last = max(1, -(-listing.total // listing.per_page))
    wanted = {"first": 1, "prev": listing.page - 1, "next": listing.page + 1, "last": last}
    rest = [(name, value) for name, value in query if name not in ("page", "per_page")]
    parts = []
    for relation, number in wanted.items():
        if 1 <= number <= last:
            parameters = urlencode([*rest, ("page", number), ("per_page", listing.per_page)])
            parts.append(f'<{address}?{parameters}>; rel="{relation}"')
    return ", ".join(parts)
