"""Filling the templates. The engine is loaded with the first page, so that starting stays quick."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from sandbox import __version__
from sandbox.console import words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""A page shows the council as it is now, and loads nothing but our own style."""

_CODE = re.compile(r"``?([^`]+)``?")


def page(
    template: str, *, status: int = 200, headers: Mapping[str, str] = HEADERS, **shown: Any
) -> HTMLResponse:
    """The page that a template makes of what it is to show."""
    return HTMLResponse(filled(template, **shown), status, headers)


def filled(template: str, **shown: Any) -> str:
    """The text that a template makes of what it is to show."""
    return _templates().get_template(template).render(shown)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        count=words.count,
        moment=words.moment,
        instant=words.instant,
        label=words.label,
        day=words.day,
        seconds=words.seconds,
        percent=words.percent,
        points=words.points,
        prose=_prose,
        rule=words.rule,
    )
    templates.globals["version"] = __version__
    return templates


def _prose(text: str) -> Markup:
    """A docstring's sentence, with what stands between backticks set as code."""
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))
