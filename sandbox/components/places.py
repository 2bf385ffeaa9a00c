"""Places: a component's own address is replaced by the council's in all that a caller is told.

A component may build its links from the address at which it was called, from what it was told of the
caller's (``X-Forwarded-Host``, ``-Proto`` and ``-Prefix``), or from some of that. A caller sees the same
whichever it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urljoin, urlsplit

from sandbox.components.asking import Answered
from sandbox.components.nonsense import charset_of

ADDRESSES = frozenset(("location", "content-location"))
"""Headers that are one address."""
DEFAULT_PORTS = {"http": "80", "https": "443"}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0")
_TEXTUAL = ("json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "html")
_GOES_ON = re.compile(r"[\w%~-]|\.\w")
_LINK = re.compile(r"<([^<>]*)>")

Way = Callable[[str, str], tuple[str, str]]
"""What the slot makes of a path and a query of the component's."""


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom an answer is told: a caller at ``base_url``, by a component that was asked at ``asked_at``.

    ``has_path`` says whether the slot has a path.
    """

    asked_at: str
    base_url: str
    way: Way
    has_path: Callable[[str], bool]


class Places:
    """All the ways in which a component may write its own address, ``url``.

    ``others`` are addresses, IP addresses that is, under which it was reached.
    """

    def __init__(self, url: str, others: Iterable[str] = ()) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        hosts = dict.fromkeys((host, *(f"[{each}]" if ":" in each else each for each in others)))
        if any(each in _LOOPBACK or each.startswith("127.") for each in hosts):
            hosts |= dict.fromkeys(_LOOPBACK)
        port = str(parts.port or DEFAULT_PORTS[parts.scheme])
        self._base = parts.path.rstrip("/")
        self._names = frozenset(f"{each}:{port}" for each in hosts)
        bare = set() if port not in DEFAULT_PORTS.values() else set(hosts)
        # Found first in each text, which seldom holds it: most of what is answered is not looked at twice.
        self._hints = tuple({f"{port}".encode()} if not bare else {each.encode() for each in hosts})
        # Nothing may follow that would make another port, or host, of it.
        ported = rf"(?:{_any_of(self._names)})(?!\d)"
        anyhow = rf"(?:{ported}|(?:{_any_of(bare)})(?![\w-]|[.:]\w))" if bare else ported
        self._whole = re.compile(
            rf"(?:https?(?::|%3a))?(?:\\?/|%2f){{2}}{anyhow}"
            r"(?P<rest>(?:\\?/|%2f)[^\s\"'<>\\]*(?:\\/[^\s\"'<>\\]*)*)?",
            re.IGNORECASE,
        )
        self._bare = re.compile(rf"(?<![\w.-]){ported}", re.IGNORECASE)

    def to_caller(self, answered: Answered, told: Telling) -> Answered:
        """The answer as the caller is to read it."""
        headers = tuple((name, self._in_header(name, value, told)) for name, value in answered.headers)
        return replace(answered, headers=headers, body=self._in_body(answered, told))

    def _in_header(self, name: str, value: str, told: Telling) -> str:
        if name in ADDRESSES:
            return self._address(value, told)
        if name == "link":
            return _LINK.sub(lambda found: f"<{self._address(found[1], told)}>", value)
        return self._in_text(value, told) if self._may_hold(value.encode()) else value

    def _address(self, value: str, told: Telling) -> str:
        """One address, which may be written from where it stands."""
        if value.startswith(("?", "#")) or not value:
            return value
        try:
            there, ours = urlsplit(urljoin(told.asked_at, value)), urlsplit(told.base_url)
            named = _named(there)
        except ValueError:
            return value
        if named in self._names:
            path, query = told.way(self._below(there.path, ours.path), there.query)
        elif named == _named(ours):
            below = there.path.removeprefix(ours.path) if ours.path else there.path
            path, query = told.way(below, there.query)
            if below == there.path and ours.path and not told.has_path(path):
                return value
        else:
            return value
        ours = ours._replace(path=ours.path + path, query=query, fragment=there.fragment)
        return ours.geturl()

    def _below(self, path: str, prefix: str) -> str:
        """What of a path is below the component's own root, whether or not it heeded the caller's prefix."""
        for each in (self._base, prefix):
            if each and path.startswith(each) and not _GOES_ON.match(path[len(each) :]):
                path = path[len(each) :]
        return path

    def _may_hold(self, body: bytes) -> bool:
        return any(hint in body for hint in self._hints)

    def _in_body(self, answered: Answered, told: Telling) -> bytes:
        kind = answered.media_type
        if not answered.body or not self._may_hold(answered.body):
            return answered.body
        if kind and not kind.startswith("text/") and not kind.endswith(_TEXTUAL):
            return answered.body
        charset = charset_of(answered)
        try:
            text = answered.body.decode(charset)
            return self._in_text(text, told).encode(charset)
        except UnicodeError:
            # It is said to be in a charset that it is not in. Every one of them has ASCII in common.
            text = answered.body.decode("latin-1")
            return self._in_text(text, told).encode("latin-1")

    def _in_text(self, text: str, told: Telling) -> str:
        base_url, ours = told.base_url, urlsplit(told.base_url)

        def written(found: re.Match[str]) -> str:
            rest = found["rest"] or ""
            start = found[0][: len(found[0]) - len(rest)].lower()
            encoded, escaped = "%2f" in start, "\\/" in start
            plain = _unencoded(rest) if encoded else rest.replace("\\/", "/")
            there = urlsplit(plain)
            path, query = told.way(self._below(there.path, ours.path), there.query)
            whole = base_url if start.startswith("http") else base_url.partition(":")[2]
            whole += SplitResult("", "", path, query, there.fragment).geturl()
            if encoded:
                return _encoded(whole)
            return whole.replace("/", "\\/") if escaped else whole

        return self._bare.sub(lambda _: ours.netloc, self._whole.sub(written, text))


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(each).replace(":", "(?::|%3a)") for each in longest_first)


def _encoded(text: str) -> str:
    return text.replace(":", "%3A").replace("/", "%2F")


def _unencoded(text: str) -> str:
    return re.sub("%2f", "/", text, flags=re.IGNORECASE)


def _named(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    return f"{host}:{parts.port or DEFAULT_PORTS.get(parts.scheme, '')}"
