"""The page on fidelity says what the report says, and its charts ask for nothing."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import defusedxml.ElementTree
import pytest

from sandbox.fidelity import read_report
from sandbox.fidelity_charts import CHARTS
from tests.conftest import CouncilUnderTest
from tests.sandbox.console.every_page import asked_for_elsewhere, tree, words

PAGE = "/fidelity/fairwater"


@pytest.fixture
def report(untouched: CouncilUnderTest) -> dict[str, Any]:
    return read_report(untouched.sandbox.councils.first.file)


def test_the_page_says_what_the_report_says(untouched: CouncilUnderTest, report: dict[str, Any]) -> None:
    answer = untouched.client.get(PAGE)
    said = words(answer).replace("\N{NO-BREAK SPACE}", " ")
    summary = report["summary"]
    assert f"by {summary['total_variation'] * 100:.2f} %: of 10,000 {summary['counts']}, about " in said
    rows = {
        tuple("".join(cell.itertext()).replace("\N{NO-BREAK SPACE}", " ") for cell in row)
        for row in tree(answer).iter("tr")
    }
    for margin in report["margins"]:
        assert any(row[0] == margin["label"] and row[4] == margin["source"] for row in rows if len(row) == 5)
        for each in margin["categories"]:
            told = next(row for row in rows if row[0] == each["label"] and row[4:] == _counts(each))
            if each["share"] > 0.0001:
                assert told[1] == f"{each['share'] * 100:.2f} %"
                assert told[2] == f"{each['published_share'] * 100:.2f} %"
    for ward in report["wards"]:
        assert any(row[1:3] == (ward["name"], f"{ward['people']:,}") for row in rows)
    for sentence in (*report["exact"], *report["invented"], *report["assumed_in_brief"]):
        assert " ".join(sentence.split()) in said


def _counts(category: dict[str, Any]) -> tuple[str, str]:
    return f"{category['counted']:,}", f"{category['published']:,}"


def test_the_front_page_leads_to_it(untouched: CouncilUnderTest) -> None:
    assert f'<a href="{PAGE}">How far can you trust this town?</a>' in untouched.client.get("/").text


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_an_image_that_asks_for_nothing(untouched: CouncilUnderTest, chart: str) -> None:
    answer = untouched.client.get(f"{PAGE}/{chart}.svg")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    drawn = defusedxml.ElementTree.fromstring(answer.text, forbid_dtd=True)
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert asked_for_elsewhere(answer.text) == []


def test_serving_loads_neither_the_generator_nor_what_draws(untouched: CouncilUnderTest) -> None:
    script = (
        "import sys, sandbox.app; print([m for m in sys.modules if m in ('numpy', 'vl_convert', 'jinja2')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
