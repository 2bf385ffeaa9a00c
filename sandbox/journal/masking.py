"""Masking: what is secret is taken out of a call before any of it is written down.

Keys are known by how they begin, by the header or field that they come in, and, where somebody chose one of
their own, by the keyring. A body that cannot be looked into, since it is compressed, is not kept at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote_from_bytes, unquote_to_bytes

MASK = "***"
"""What stands in a secret's place."""
SHORTEST_SECRET = 6
"""A key that somebody chose with fewer letters is no secret, and would be found in every other word."""

Headers = Sequence[tuple[bytes, bytes]]

_MASK = MASK.encode()
_HEADERS = frozenset(
    {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"x-api-key", b"api-key"}
)
_SCHEMES = frozenset({b"bearer", b"basic", b"digest"})
_FIELDS = rb"(?:api_?key|secret|client_secret|password|access_token|refresh_token)"
_HINTS = (b"api_key", b"apikey", b"secret", b"password", b"access_token", b"refresh_token")
_BY_BEGINNING = re.compile(rb"vc_[A-Za-z0-9_-]{16,}|whsec_[A-Za-z0-9+/=_-]+")
_IN_JSON = re.compile(rb'("' + _FIELDS + rb'"\s*:\s*)"(?:[^"\\]|\\.)*("|$)')
_IN_FORM = re.compile(rb"((?:^|[&?;])(?:" + _FIELDS + rb"|key)=)[^&;]*")
_IN_MULTIPART = re.compile(rb'(name="' + _FIELDS + rb'"\r?\n(?:[^\r\n]+\r?\n)*\r?\n)[^\r\n]*')


class Masking:
    """What masks the secrets of one sandbox; ``chosen`` gives the keys that there are at the moment."""

    def __init__(self, chosen: Callable[[], Iterable[str]]) -> None:
        self._chosen = chosen

    def begin(self) -> None:
        """Look at the keyring again, before a number of calls."""
        self._known = [
            secret.encode()
            for secret in self._chosen()
            if len(secret) >= SHORTEST_SECRET and not secret.startswith(("vc_", "whsec_"))
        ]

    def may_find(self, headers: bytes, bodies: bytes) -> bool:
        """Whether many headers and bodies, put together, may hold or hide a key: a quick look."""
        if b"\0" in bodies or b"\\" in bodies or b"content-encoding" in headers:
            return True
        return any(hint in bodies or hint in headers for hint in (b"vc_", b"whsec_", *self._known))

    def headers(self, headers: Headers) -> bytes:
        """Headers as lines, without the values of those that carry keys."""
        return self.text(without_keys(headers))

    def query(self, query: bytes) -> bytes:
        """A query, or a form sent like one."""
        if b"=" in query:
            query = _IN_FORM.sub(rb"\1" + _MASK, query)
        if b"%" in query:
            plain = unquote_to_bytes(query)
            if self.text(plain) != plain:
                return quote_from_bytes(self.text(plain), safe="=&*?/").encode()
        return self.text(query)

    def body(self, body: bytes, headers: Headers) -> bytes:
        """A body, by its content type; nothing of one that is compressed."""
        kind = b""
        for name, value in headers:
            if name == b"content-type":
                kind = value.lower()
            elif name == b"content-encoding" and value.lower() != b"identity":
                return b""
        if kind.startswith(b"application/x-www-form-urlencoded"):
            return self.query(body)
        if b"\0" in body or b"\\u00" in body:
            body = _in_plain_letters(body)
        if any(hint in body for hint in _HINTS):
            body = _IN_JSON.sub(rb'\1"' + _MASK + rb"\2", body)
            body = _IN_MULTIPART.sub(rb"\1" + _MASK, body)
        return self.text(body)

    def text(self, text: bytes) -> bytes:
        """Any text: keys by how they begin, and those of the keyring."""
        if b"vc_" in text or b"whsec_" in text:
            text = _BY_BEGINNING.sub(_MASK, text)
        for secret in self._known:
            if secret in text:
                text = text.replace(secret, _MASK)
        return text


def without_keys(headers: Headers) -> bytes:
    """Headers as lines, without the values of those that are there to carry keys."""
    return b"\r\n".join(
        [
            name + b": " + (value if name not in _HEADERS else _scheme(value) + _MASK)
            for name, value in headers
        ]
    )


def _scheme(value: bytes) -> bytes:
    scheme, space, _ = value.partition(b" ")
    return scheme + space if scheme.lower() in _SCHEMES else b""


def _in_plain_letters(body: bytes) -> bytes:
    """JSON that hides plain letters behind escapes or in another encoding, written plainly."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return body.replace(b"\0", b"")
