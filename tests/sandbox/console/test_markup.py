"""Every page is well-formed, in order, labelled, says that it is pretence, and needs no script."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.console.every_page import BROWSER, missing_pages, tree, whole_pages, words

PAGES = [*((page, 200) for page in whole_pages()), *((page, 404) for page in missing_pages())]


@pytest.fixture(params=PAGES, ids=lambda each: each[0])
def shown(request: pytest.FixtureRequest, untouched: CouncilUnderTest) -> Any:
    path, status = request.param
    answer = untouched.client.get(path, headers=BROWSER)
    assert answer.status_code == status
    return answer


def test_a_page_is_in_order(shown: Any) -> None:
    page = tree(shown)
    assert page.get("lang") == "en-GB"
    assert page.findtext(".//title").endswith(" - Virtual Council")
    assert len(page.findall(".//h1")) == 1
    levels = [int(each.tag[1]) for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels)), levels
    for heading in (each for each in page.iter() if re.fullmatch("h[1-6]", str(each.tag))):
        assert "".join(heading.itertext()).strip()
    for landmark in ("header", "main", "footer"):
        assert len(page.findall(f".//{landmark}")) == 1
    for landmark in [*page.findall(".//nav"), *page.findall(".//section")]:
        assert landmark.get("aria-label") or landmark.get("aria-labelledby")


def test_ids_are_unique_and_labels_point_at_them(shown: Any) -> None:
    page = tree(shown)
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    for each in page.iter():
        for pointed in (each.get("aria-labelledby") or "").split():
            assert pointed in ids
        if (each.get("href") or "").startswith("#"):
            assert each.get("href")[1:] in ids


def test_a_page_says_that_the_council_is_pretended(shown: Any) -> None:
    assert "This is a pretend council: nobody here is real." in words(shown)


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(shown: Any) -> None:
    page = tree(shown)
    assert not page.findall(".//script")
    for each in page.iter():
        address = each.get("src") or (each.get("href") if each.tag == "link" else None)
        assert address is None or address.startswith(("/assets/", "/fidelity/"))
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_a_page_does_not_show_the_key(shown: Any) -> None:
    assert KEY not in shown.text


def test_every_link_within_the_sandbox_leads_somewhere(untouched: CouncilUnderTest) -> None:
    links = {
        link.get("href").partition("#")[0]
        for path in whole_pages()
        for link in tree(untouched.client.get(path, headers=BROWSER)).iter("a")
    }
    assert all(link.startswith("/") for link in links - {""})
    broken = {link for link in links - {""} if untouched.client.get(link, headers=BROWSER).status_code != 200}
    assert not broken
