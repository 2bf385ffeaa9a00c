from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from synthetic_data.matching import match_by_age
from synthetic_data.quotas import allot, pick, quotas


@given(some.integers(0, 5_000), some.lists(some.floats(0.01, 100), min_size=1, max_size=30))
def test_quotas_add_up_and_are_never_a_whole_one_off(total: int, shares: list[float]) -> None:
    given_out = quotas(total, shares)
    assert given_out.sum() == total
    exact = np.array(shares) / sum(shares) * total
    assert (np.abs(given_out - exact) < 1 + 1e-6).all()


@given(
    some.lists(some.one_of(some.just(0.0), some.floats(0.001, 1_000)), min_size=1, max_size=200),
    some.data(),
)
def test_a_pick_has_exactly_the_number_asked_for(likelihood: list[float], data: some.DataObject) -> None:
    count = data.draw(some.integers(0, len(likelihood)))
    chosen = pick(np.array(likelihood), count, np.random.Generator(np.random.PCG64(count)))
    assert chosen.sum() == count
    likely = np.array(likelihood) > 0
    if count <= likely.sum():
        assert not chosen[~likely].any()


def test_the_likelier_are_picked_more_often() -> None:
    likelihood = np.repeat([1.0, 3.0], 1_000)
    chosen = pick(likelihood, 400, np.random.Generator(np.random.PCG64(1)))
    assert 70 < chosen[:1_000].sum() < 130


@given(some.integers(1, 6), some.integers(1, 6), some.integers(1, 400), some.integers(0, 99))
def test_an_allotment_gives_exactly_the_counts(groups: int, options: int, rows: int, seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    group = rng.integers(0, groups, rows)
    counts = quotas(rows, rng.random(options) + 0.01)
    given_out = allot(group, rng.random((groups, options)) + 0.01, counts, rng)
    assert (np.bincount(given_out, minlength=options) == counts).all()


def test_an_impossible_pairing_is_avoided_where_it_can_be() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    group = np.repeat([0, 1, 2], [37, 41, 23])
    affinity = np.array([[1.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.5, 1.0, 3.0]])
    given_out = allot(group, affinity, quotas(101, [5, 3, 2]), rng)
    assert not (given_out[group == 0] == 2).any()


def test_matching_gives_everyone_a_different_candidate_near_the_wish() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    age = rng.integers(18, 90, 500)
    candidates = np.flatnonzero(age < 60)
    wish = rng.integers(20, 55, 200)
    found = match_by_age(wish, candidates, age, 3, rng)
    met = found >= 0
    assert met.mean() > 0.9
    assert len(set(found[met].tolist())) == met.sum()
    assert (np.abs(age[found[met]] - wish[met]) <= 3).all()
    assert (age[found[met]] < 60).all()
