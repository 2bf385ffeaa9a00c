"""The manual's Markdown is shown as pages that link to one another."""

from __future__ import annotations

import pytest

from sandbox.console.guides import FOLDER
from tests.conftest import CouncilUnderTest
from tests.sandbox.console.every_page import guide_names, tree, words


@pytest.mark.parametrize("name", guide_names())
def test_a_guide_is_shown_whole(untouched: CouncilUnderTest, name: str) -> None:
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    page = tree(untouched.client.get(f"/guides/{name}"))
    title = source.splitlines()[0].removeprefix("# ")
    assert page.findtext(".//h1") == title
    assert title in page.findtext(".//title")
    assert len(page.findall(".//pre")) == source.count("```") / 2
    assert len(page.findall(".//h2")) == source.count("\n## ")
    assert len(page.findall(".//tbody/tr")) == source.count("\n|") - 2 * source.count("\n|---")


def test_the_first_page_leads_to_a_guide_for_each_kind_of_reader(untouched: CouncilUnderTest) -> None:
    page = untouched.client.get("/").text
    for name in ("for-councils", "for-suppliers", "for-ci"):
        assert name in guide_names()
        assert f'<a href="/guides/{name}">' in page


def test_the_index_lists_every_guide_and_begins_with_councils(untouched: CouncilUnderTest) -> None:
    answer = untouched.client.get("/guides")
    links = [link.get("href") for link in tree(answer).iter("a")]
    listed = [link for link in links if link.startswith("/guides/")]
    assert sorted(listed) == [f"/guides/{name}" for name in guide_names()]
    assert listed[0] == "/guides/for-councils"


def test_a_link_between_the_files_is_a_link_between_the_pages(untouched: CouncilUnderTest) -> None:
    assert "(for-suppliers.md)" in (FOLDER / "for-councils.md").read_text(encoding="utf-8")
    assert '<a href="/guides/for-suppliers">' in untouched.client.get("/guides/for-councils").text


def test_every_guide_says_what_the_sandbox_does_not_show(untouched: CouncilUnderTest) -> None:
    for name in ("for-councils", "for-suppliers", "for-ci"):
        assert "does not show" in words(untouched.client.get(f"/guides/{name}"))


def test_a_guide_cannot_be_read_from_outside_the_folder(untouched: CouncilUnderTest) -> None:
    answer = untouched.client.get("/guides/..%2Fapp")
    assert answer.status_code == 404
