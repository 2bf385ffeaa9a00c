"""A badge: how a run stands, as a small SVG in the manner of shields, with a title for who cannot see it."""

from __future__ import annotations

from html import escape
from typing import Literal

from scenarios.conformance.record import Record, Verdict
from scenarios.conformance.reports import harmless, telling
from scenarios.conformance.reports.telling import Standing

Colour = Literal["green", "amber", "red"]

LABEL = "virtual council"
COLOURS: dict[Standing, Colour] = {
    Standing.PASSED: "green",
    Standing.UNSHOWN: "amber",
    Standing.FAILED: "red",
}
PAINT: dict[Colour, str] = {"green": "#0b5d34", "amber": "#8a5300", "red": "#a3171c"}
"""Each is dark enough for white letters of this size: a contrast of 4.5 to 1 and more."""

WIDE, NARROW = frozenset("mwMW@%"), frozenset("iljtfrI .,:;|!'()")
PADDING = 12
LONGEST_NAME = 24


def colour(record: Record) -> Colour:
    """green where the run passed, red where something failed, amber where too little was looked at."""
    return COLOURS[telling.standing(record)]


def message(record: Record) -> str:
    """`waste 24 of 24`, `waste not passed`, `waste 19 of 24 shown`, `waste 1 of 1, a part only`"""
    services = record.services
    name = services[0].replace("_", " ") if len(services) == 1 else f"{len(services)} services"
    name = harmless.line(name, LONGEST_NAME)
    whole, stands = telling.tally(record), telling.standing(record)
    if stands is Standing.FAILED:
        return f"{name} not passed"
    if stands is Standing.UNSHOWN:
        return f"{name} {whole.met} of {whole.of} shown"
    known = telling.verdicts(record.requirements)[Verdict.EXPECTED_FAIL]
    besides = f", {known} known to fail" if known else ""
    besides += ", a part only" if record.only else ""
    return f"{name} {whole.met} of {whole.of}{besides}"


def svg(record: Record) -> bytes:
    """The badge's bytes, UTF-8."""
    said, fill = message(record), PAINT[colour(record)]
    left, right = _width(LABEL), _width(said)
    title = escape(f"{LABEL}: {said}. {telling.headline(record)} {record.ended.date().isoformat()}")
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{title}">',
        f"<title>{title}</title>",
        f'<clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>',
        '<g clip-path="url(#round)">',
        f'<rect width="{left}" height="20" fill="#33434c"/>',
        f'<rect x="{left}" width="{right}" height="20" fill="{fill}"/>',
        "</g>",
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" '
        'font-size="11">',
        _words(LABEL, left / 2, left),
        _words(said, left + right / 2, right),
        "</g>",
        "</svg>",
    )
    return ("\n".join(parts) + "\n").encode()


def _words(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{width - PADDING}">{escape(text)}</text>'


def _width(text: str) -> int:
    """About how wide Verdana sets it at 11 pixels; `textLength` then makes it so in any face."""
    drawn = sum(10.5 if each in WIDE else 4.3 if each in NARROW else 7.1 for each in text)
    return round(drawn) + PADDING
