"""Text that came from a target, made harmless to show: no character steers a terminal or turns a line round.

Each format escapes its own marks beyond that (HTML, XML, Markdown).
"""

from __future__ import annotations

import unicodedata

from scenarios.conformance.record import Exchange

LONGEST_LINE = 500
MOST_LINES = 40

_SPOKEN = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d\u00ad")
"""Characters of no width that scripts and emoji are written with."""


def line(text: str, longest: int = LONGEST_LINE) -> str:
    """The text in one line, what steers shown as `\\x1b`, cut where it is long."""
    begun = text[: longest + 1]
    shown = begun if begun.isprintable() else "".join(map(_shown, begun))
    return shown if len(shown) <= longest else f"{shown[:longest]} ... ({len(text):,} characters)"


def block(text: str, longest: int = 4_000, most_lines: int = MOST_LINES) -> str:
    """The text in its own lines, each harmless and none endless, of which there are not too many."""
    lines = text[:longest].splitlines()
    shown = [line(each) for each in lines[:most_lines]]
    if len(text) > longest or len(lines) > most_lines:
        shown.append(f"... ({len(text):,} characters in all)")
    return "\n".join(shown)


def message(exchange: Exchange, longest: int = 4_000) -> str:
    """A call and its answer as HTTP writes them, cut where they are long."""
    asked = [f"{exchange.method} {line(exchange.url)}", *_headers(exchange.request_headers)]
    if exchange.request_body:
        asked += ["", block(exchange.request_body, longest)]
    if exchange.status is None:
        return "\n".join([*asked, "", f"No answer: {line(exchange.failure)}"])
    answered = [str(exchange.status), *_headers(exchange.headers)]
    if exchange.body:
        answered += ["", block(exchange.body, longest)]
    return "\n".join([*asked, "", *answered])


def _headers(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{line(name, 100)}: {line(value, 300)}" for name, value in pairs[:MOST_LINES]]


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS:
        return letter
    if letter in _SPOKEN:
        return _SPOKEN[letter]
    if unicodedata.category(letter) not in _STEERING:
        return letter
    number = ord(letter)
    return (
        f"\\x{number:02x}"
        if number < 0x100
        else f"\\u{number:04x}"
        if number < 0x10000
        else f"\\U{number:08x}"
    )
