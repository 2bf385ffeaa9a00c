"""Whole numbers that keep to shares: quotas, exact draws and rounded tables.

Independent draws wander by the square root of what they count; a town of 10,000 would miss
its profile's margins by more than is allowed. Everything here hits its totals exactly and
leaves to chance only who is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.integer[Any]]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


_ROUNDING = 1e-9
"""Processors differ in the last bits of a sum; what is closer than this counts as equal."""


def _by_remainder(exact: Reals, whole: Integers) -> npt.NDArray[np.intp]:
    """Cells from the largest remainder to the smallest, equal ones in their order."""
    return np.argsort(np.round(whole - exact, 9).ravel(), kind="stable")


def quotas(total: int, shares: Sequence[float] | Reals | Integers) -> npt.NDArray[np.int64]:
    """Split ``total`` in proportion to ``shares`` by the method of the largest remainder."""
    weights = np.asarray(shares, dtype=np.float64)
    exact = weights * (total / weights.sum())
    whole = np.floor(exact + _ROUNDING).astype(np.int64)
    missing = total - int(whole.sum())
    whole[_by_remainder(exact, whole)[:missing]] += 1
    return np.asarray(whole)


def pick(likelihood: Reals, count: int, rng: np.random.Generator) -> Flags:
    """Choose exactly ``count`` rows, each with a chance in proportion to its likelihood.

    Systematic sampling in random order. Rows with no likelihood are chosen only when the
    others do not suffice; ``count`` may not exceed the number of rows.
    """
    rows = likelihood.size
    likely = likelihood > 0
    chosen = np.zeros(rows, dtype=np.bool_)
    short = count - int(likely.sum())
    if short >= 0:
        chosen[likely] = True
        chosen[rng.permutation(np.flatnonzero(~likely))[:short]] = True
        return chosen
    if count <= 0:
        return chosen
    chance = _chances(likelihood, count)
    order = rng.permutation(rows)
    steps = np.floor(np.minimum(np.cumsum(chance[order]), count) + rng.random())
    steps[-1] = count
    chosen[order] = np.diff(np.minimum(steps, count), prepend=0) > 0
    return _exactly(chosen, likely, count, rng)


def _chances(likelihood: Reals, count: int) -> Reals:
    """Likelihoods scaled so that they add up to ``count`` with none above certainty."""
    certain = np.zeros(likelihood.size, dtype=np.bool_)
    chance = likelihood
    for _ in range(30):
        rest = float(likelihood[~certain].sum())
        scale = (count - int(certain.sum())) / rest if rest else 0.0
        chance = np.where(certain, 1.0, likelihood * scale)
        over = (chance >= 1.0) & ~certain
        if not over.any():
            break
        certain |= over
    return np.minimum(chance, 1.0)


def _exactly(chosen: Flags, likely: Flags, count: int, rng: np.random.Generator) -> Flags:
    """Put right a draw that is one off through rounding at a whole number."""
    excess = int(chosen.sum()) - count
    if excess > 0:
        chosen[rng.permutation(np.flatnonzero(chosen))[:excess]] = False
    elif excess < 0:
        chosen[rng.permutation(np.flatnonzero(likely & ~chosen))[:-excess]] = True
    return chosen


def fit_table(affinity: Reals, rows: Integers, columns: Integers) -> Reals:
    """Scale a table until its rows and columns add up (iterative proportional fitting)."""
    table = affinity * (rows > 0)[:, None] * (columns > 0)[None, :]
    for _ in range(40):
        sums = table.sum(axis=1)
        table = table * np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
        sums = table.sum(axis=0)
        table = table * np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)[None, :]
    return table


def round_table(table: Reals, rows: Integers, columns: Integers) -> npt.NDArray[np.int64]:
    """Round a fitted table to whole numbers with exactly these row and column totals."""
    whole = np.floor(table + _ROUNDING).astype(np.int64)
    row_left = (rows - whole.sum(axis=1)).astype(np.int64)
    column_left = (columns - whole.sum(axis=0)).astype(np.int64)
    cells = _by_remainder(table, whole)
    left_of_rows, left_of_columns = row_left.tolist(), column_left.tolist()
    width = table.shape[1]
    likely = (table > 1e-6).ravel()
    for only_likely in (True, True, False):
        for cell in cells.tolist():
            row, column = divmod(cell, width)
            if only_likely and not likely[cell]:
                continue
            step = min(left_of_rows[row], left_of_columns[column], 1 if only_likely else 1 << 40)
            if step > 0:
                whole[row, column] += step
                left_of_rows[row] -= step
                left_of_columns[column] -= step
    _undo_unlikely(whole, likely.reshape(table.shape))
    return whole


def _undo_unlikely(whole: npt.NDArray[np.int64], likely: Flags) -> None:
    """Trade what landed in an impossible cell against another row, totals unchanged."""
    for row, column in np.argwhere((whole > 0) & ~likely).tolist():
        for _ in range(int(whole[row, column])):
            trades = likely[row][None, :] & likely[:, column][:, None] & (whole > 0)
            trades[row], trades[:, column] = False, False
            found = np.argwhere(trades)
            if not found.size:
                break
            other_row, other_column = found[0].tolist()
            whole[row, column] -= 1
            whole[other_row, other_column] -= 1
            whole[row, other_column] += 1
            whole[other_row, column] += 1


def allot(
    group: Integers, affinity: Reals, counts: Integers, rng: np.random.Generator
) -> npt.NDArray[np.int8]:
    """Give every row one of the options, exactly ``counts`` of each.

    ``group`` says which row of ``affinity`` (groups by options) a row follows. How the
    options fall across the groups is the affinity, fitted to the totals.
    """
    return _allot_in_order(group, affinity, counts, rng.permutation(group.size))


def allot_by_leaning(
    group: Integers, affinity: Reals, counts: Integers, leaning: Reals
) -> npt.NDArray[np.int8]:
    """The same, but within a group the first options go to the rows that lean least.

    Rows of one family that lean alike get options that stand near each other.
    """
    return _allot_in_order(group, affinity, counts, np.argsort(leaning, kind="stable"))


def _allot_in_order(
    group: Integers, affinity: Reals, counts: Integers, order: Integers
) -> npt.NDArray[np.int8]:
    rows = np.bincount(group, minlength=affinity.shape[0])
    table = round_table(fit_table(affinity, rows, counts), rows, counts)
    options = np.tile(np.arange(counts.size, dtype=np.int8), affinity.shape[0])
    order = order[np.argsort(group[order], kind="stable")]
    given = np.empty(group.size, dtype=np.int8)
    given[order] = np.repeat(options, table.ravel())
    return given


def rearrange(given: Integers, group: Integers, leaning: Reals) -> Integers:
    """Hand the options round within each group, so that the first go to those that lean least."""
    arranged = np.empty_like(given)
    arranged[np.lexsort((leaning, group))] = given[np.lexsort((given, group))]
    return arranged
