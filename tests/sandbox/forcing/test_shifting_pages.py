"""A list that changes at each turn of the page, paged through to its end."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sandbox.forcing.paging import begins_at

TOTALS = st.integers(1, 300)
LENGTHS = st.integers(2, 40)


def paged_through(total: int, length: int, step: int) -> list[list[int]]:
    """The pages that a caller sees who turns them until one is not full."""
    pages = []
    for number in itertools.count(1):
        page, place = begins_at(number, length, step)
        both = list(range(total))[(page - 1) * length : (page + 1) * length]
        pages.append(both[place : place + length])
        if len(pages[-1]) < length:
            return pages
    raise AssertionError("a list has an end")


@given(TOTALS, LENGTHS)
def test_each_page_begins_with_the_last_of_the_page_before_and_nothing_is_lost(
    total: int, length: int
) -> None:
    pages = paged_through(total, length, -1)
    assert all(before[-1] == after[0] for before, after in itertools.pairwise(pages))
    assert {record for page in pages for record in page} == set(range(total))


@given(TOTALS, LENGTHS)
def test_each_turn_misses_one_record_and_none_comes_twice(total: int, length: int) -> None:
    pages = [page for page in paged_through(total, length, 1) if page]
    seen = [record for page in pages for record in page]
    assert len(seen) == len(set(seen))
    missed = [after[0] - before[-1] - 1 for before, after in itertools.pairwise(pages)]
    assert missed == [1] * (len(pages) - 1)
