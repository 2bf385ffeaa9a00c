"""Every address of the console, found by walking what there is, and a page as a reader meets it."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from html5lib import HTMLParser
from httpx2 import Response

from sandbox.console.guides import FOLDER
from service_apis.kit.discovery import discover
from service_apis.kit.problems import Problem, all_problems
from service_apis.kit.service import Service, Try

COUNCIL = "fairwater"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def examples() -> list[tuple[Service, Try, str]]:
    """Every example of every service, with its page."""
    return [
        (service, example, f"/try/{COUNCIL}/{service.url_name}/{number}")
        for service in discover().values()
        for number, example in enumerate(service.tries, start=1)
    ]


def kinds() -> list[type[Problem]]:
    """Every kind of refusal that any service can answer with."""
    for service in discover().values():
        assert service.routes
    return [kind for kind in dict.fromkeys(all_problems()) if not kind.__module__.startswith("tests.")]


def guide_names() -> list[str]:
    """Every guide."""
    return sorted(file.stem for file in FOLDER.glob("*.md"))


def whole_pages() -> list[str]:
    """Every address that shows something."""
    return [
        "/",
        *(page for _, _, page in examples()),
        f"/fidelity/{COUNCIL}",
        f"/drive/{COUNCIL}",
        f"/slots/{COUNCIL}",
        "/problems",
        *dict.fromkeys(f"/problems/{kind.name()}" for kind in kinds()),
        "/guides",
        *(f"/guides/{name}" for name in guide_names()),
        "/accessibility",
    ]


def missing_pages() -> list[str]:
    """Addresses that show what to do when there is nothing."""
    return [
        "/?council=atlantis",
        f"/try/{COUNCIL}/dragons/1",
        "/try/atlantis/dragons/1",
        *{f"/try/{COUNCIL}/{service.url_name}/99" for service in discover().values()},
        "/fidelity/atlantis",
        "/drive/atlantis",
        "/slots/atlantis",
        f"/fidelity/{COUNCIL}/dragons.svg",
        "/problems/unheard-of",
        "/guides/unheard-of",
        "/nowhere",
        "/assets/nothing.css",
    ]


def tree(answer: Response) -> Element:
    """The page as an ElementTree without namespaces. Raises html5lib's ParseError at any fault."""
    return HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)


def words(answer: Response) -> str:
    """All that the page says, its spaces as single ones."""
    return " ".join("".join(tree(answer).itertext()).split())


def asked_for_elsewhere(text: str) -> list[str]:
    """Whatever a page or an image would fetch from another host."""
    named = re.findall(r"""(?:href|src)\s*=\s*["']([^"'#][^"']*)["']|url\(\s*["']?([^)"'#][^)]*)""", text)
    return [each for pair in named for each in pair if each and not each.startswith("/")]
