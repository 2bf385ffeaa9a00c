"""Pages for people: whoever shows any says how accessible they are.

The statement is looked for where readers look for it, by a link of the first page. What it has to hold is in
regulation 8 of the Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations
2018 and in the model statement published by the Minister under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from scenarios.conformance.checks import Check, Kind, Missed, Omitted, Skipped
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer, Request

WANTED = (
    (
        "how far it complies",
        r"(fully|partially|not) compliant.*(WCAG|Web Content Accessibility Guidelines)",
        "say `fully`, `partially` or `not compliant` with the Web Content Accessibility Guidelines",
    ),
    (
        "what is not accessible, and why",
        r"(not|non-|in)\s?accessible|inaccessible",
        "list what is not accessible, why, and what can be had instead",
    ),
    ("how to report a fault", r"\bcontact\b", "say whom to contact about what is not accessible"),
    (
        "how it is enforced",
        r"Equality and Human Rights Commission",
        "name the Equality and Human Rights Commission and the Equality Advisory and Support Service",
    ),
    (
        "when and how it was prepared",
        r"prepared on \d{1,2} \w+ \d{4}",
        "say `prepared on` and the day, and how the pages were tested",
    ),
)
"""What a statement has to tell, how that is recognised, and what to try where it is not there."""


def checks(service: str) -> Iterator[Check]:
    """The checks of the pages that stand before the council."""
    yield Check(
        name="accessibility-statement",
        service=service,
        kind=Kind.CONDUCT,
        title="The pages say how accessible they are, as the regulations want",
        verifies=("COUNCIL-055",),
        run=_statement,
    )


def _statement(probe: Probe) -> None:
    first = f"{probe.council.base_url}/"
    answer = _page(probe, first)
    if answer.status >= 400 or answer.content_type != "text/html":
        raise Omitted("it shows no pages to people")
    found = _read(answer.text)
    link = next((to for to, text in found.links if "accessib" in text.lower()), None)
    if link is None:
        raise Missed(
            "the first page leads to no accessibility statement",
            expected="a link with `accessibility` in its text",
            got=f"{len(found.links)} links, and none of them",
            remedy="put a link to the statement into the footer of every page",
            answer=answer,
        )
    address = urljoin(first, link)
    if urlsplit(address).netloc != urlsplit(first).netloc:
        raise Skipped("its accessibility statement is at another host, which is not asked")
    _complete(_page(probe, address))


def _complete(answer: Answer) -> None:
    if answer.status != 200 or answer.content_type != "text/html":
        got = f"{answer.status} {answer.content_type}"
        raise Missed(
            "the accessibility statement cannot be read", expected="200 text/html", got=got, answer=answer
        )
    said = " ".join(_read(answer.text).text.split())
    for what, pattern, remedy in WANTED:
        if not re.search(pattern, said, re.IGNORECASE):
            raise Missed(
                f"the accessibility statement does not say {what}",
                expected=what,
                got=f"a page of {len(said.split())} words without it",
                remedy=remedy,
                answer=answer,
            )


def _page(probe: Probe, address: str) -> Answer:
    return probe.send(Request("GET", address, headers={"Accept": "text/html"}))


class _Page(HTMLParser):
    """The words of a page, and its links with theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.links: list[tuple[str, str]] = []
        self._to: str | None = None
        self._began = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " "
        if tag == "a":
            self._to, self._began = dict(attrs).get("href"), len(self.text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._to is not None:
            self.links.append((self._to, self.text[self._began :]))
            self._to = None

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page
