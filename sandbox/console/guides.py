"""The manual: the Markdown files of ``sandbox/guides``, shown as pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FOLDER = Path(__file__).parent.parent / "guides"
EXAMPLE_ADDRESS = "http://127.0.0.1:8000"
"""The address that the guides are written with; a page shows the reader's own in its place."""
_FIRST = ("for-councils", "for-suppliers", "for-ci", "components", "driving", "example-project")


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide: its file's name without ending, its title, its first paragraph, and all of it as HTML."""

    name: str
    title: str
    summary: str
    html: str


@cache
def guides() -> dict[str, Guide]:
    """Every guide by name, those for newcomers first."""
    names = sorted(file.stem for file in FOLDER.glob("*.md"))
    ordered = [name for name in _FIRST if name in names] + [name for name in names if name not in _FIRST]
    return {name: _guide(name) for name in ordered}


def _guide(name: str) -> Guide:
    markdown = _markdown()
    tokens = markdown.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    for token in tokens:
        for inline in token.children or ():
            _point_to_page(inline)
    html = markdown.renderer.render(tokens, markdown.options, {})
    return Guide(name, _text_of_first(tokens, "heading_open"), _text_of_first(tokens, "paragraph_open"), html)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("table_open", _scrolling)
    markdown.add_render_rule("table_close", _scrolling_end)
    return markdown


def _scrolling(*_rendering: Any) -> str:
    return '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>\n'


def _scrolling_end(*_rendering: Any) -> str:
    return "</table></div>\n"


def _point_to_page(token: Token) -> None:
    """A link to a neighbouring file works where the files are read; here it leads to its page."""
    target = str(token.attrs.get("href", ""))
    if target.endswith(".md") and "/" not in target:
        token.attrs["href"] = f"/guides/{target.removesuffix('.md')}"


def _text_of_first(tokens: Sequence[Token], opening: str) -> str:
    for token, following in pairwise(tokens):
        if token.type == opening:
            inline = following.children or []
            return "".join(each.content if each.content else " " for each in inline if each.type in _TEXT)
    return ""


_TEXT = frozenset({"text", "code_inline", "softbreak"})
