"""What a target answers is shown, and does nothing, in any report."""

from __future__ import annotations

import json
import unicodedata
from xml.etree import ElementTree

import pytest
from html5lib import HTMLParser
from markdown_it import MarkdownIt

from scenarios.conformance.reports import badge, har, harmless, html, junit, summary, text
from scenarios.results import Outcome
from tests.scenarios.reports.records import HOSTILE, exchange, hostile, result

RECORD = hostile()


def steering(said: str) -> set[str]:
    """The characters in it that steer whatever shows it."""
    return {each for each in said if unicodedata.category(each) in ("Cc", "Cf", "Cs") and each != "\n"}


def test_a_terminal_is_not_steered() -> None:
    for line in text.whole(RECORD):
        assert steering(line) == set()
        assert "\n" not in line
        assert len(line) < 6_000


def test_the_page_runs_and_loads_nothing() -> None:
    page = html.page(RECORD)
    tree = HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert not any(each.tag in ("script", "img", "iframe", "link", "a", "form") for each in tree.iter())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert steering(page) == set()
    assert len(page) < 100_000


def test_the_summary_is_markdown_of_our_own_making() -> None:
    said = summary.markdown(RECORD)
    assert steering(said) == set()
    assert len(said) < 100_000
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(said)
    tree = HTMLParser(namespaceHTMLElements=False).parse(shown)
    found = {str(each.tag) for each in tree.iter()}
    assert not found & {"script", "a", "img", "em", "h1"}
    assert found >= {"details", "pre", "code"}
    assert "<script>alert(1)</script> ]]>" in "".join(tree.itertext())


def test_the_junit_report_and_the_badge_stay_xml() -> None:
    suites = ElementTree.fromstring(junit.xml(RECORD))
    [failure, *_] = suites.iter("failure")
    assert "<script>alert(1)</script> ]]>" in failure.get("message", "")
    assert len(junit.xml(RECORD)) < 100_000
    assert ElementTree.fromstring(badge.svg(RECORD)).get("role") == "img"


def test_an_archive_keeps_what_came_as_it_came() -> None:
    strange = exchange(body=HOSTILE, headers=(("x-evil", HOSTILE),))
    archive = json.loads(har.archive(RECORD, {"waste.data.one": [strange]}))
    [entry] = archive["log"]["entries"]
    assert entry["response"]["content"]["text"] == HOSTILE


def test_halves_of_characters_are_replaced_before_they_break_a_file() -> None:
    told = result("waste.data.one", Outcome.FAIL, got="a\ud83d\ude00 \udc00 b", shown=exchange(body="\ud800"))
    assert told.got == "a\N{GRINNING FACE} \N{REPLACEMENT CHARACTER} b"
    assert told.shown is not None
    assert told.shown.body == "\N{REPLACEMENT CHARACTER}"


def test_a_word_of_a_megabyte_is_cut_and_says_so() -> None:
    told = result("waste.data.one", Outcome.FAIL, got="z" * 1_000_000)
    assert len(told.got) <= 10_000
    assert told.got.endswith("(cut: 1,000,000 characters)")


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b2J", "\\x9b2J"),
        ("\u2028", "\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("Zoë \N{FAMILY} \u0644\u0627 क्\u200dष", "Zoë \N{FAMILY} \u0644\u0627 क्\u200dष"),
    ],
)
def test_what_steers_is_spelt_out_and_what_is_writing_is_left(came: str, shown: str) -> None:
    assert harmless.line(came) == shown


def test_a_block_keeps_its_lines_and_ends() -> None:
    assert harmless.block("a\n\x1b[1mb\n") == "a\n\\x1b[1mb"
    long = harmless.block("\n".join(map(str, range(1_000))))
    assert len(long.splitlines()) == harmless.MOST_LINES + 1


def test_a_call_that_was_not_answered_says_why() -> None:
    said = harmless.message(exchange(status=None, failure="no answer within 30 s", headers=(), body=""))
    assert said.endswith("No answer: no answer within 30 s")
