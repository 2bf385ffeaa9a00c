"""Households of more than one ethnic group: couples who differ, their children, and sharers.

Groups are exchanged between people, never drawn anew, so that each group keeps its count.
"""

from __future__ import annotations

import numpy as np

from synthetic_data import assumptions_of_families as assumed
from synthetic_data.quotas import Integers, pick
from synthetic_data.town import COMPOSITIONS, ETHNIC_GROUPS, ROLES

_HEAD, _PARTNER, _CHILD = (ROLES.index(role) for role in ("head", "partner", "child"))
_SHARING = [COMPOSITIONS.index("students"), COMPOSITIONS.index("sharers")]
_WHITE_BRITISH = ETHNIC_GROUPS.index("white_british")
_WHITE = ("white_british", "white_irish", "gypsy_or_irish_traveller", "other_white", "roma")
_ASIAN = ("bangladeshi", "chinese", "indian", "other_asian", "pakistani")
_BLACK = ("black_african", "black_caribbean", "other_black")
_MIXED = ("white_and_asian", "white_and_black_african", "white_and_black_caribbean", "other_mixed")
_WITH_WHITE = {
    **dict.fromkeys(_ASIAN, "white_and_asian"),
    "black_african": "white_and_black_african",
    "black_caribbean": "white_and_black_caribbean",
    "other_black": "white_and_black_caribbean",
    "other": "other_mixed",
    "arab": "other_mixed",
    **{group: group for group in _MIXED},
}


def _group_of_child(one: str, other: str) -> str | None:
    """The mixed group of a child of parents of two groups; None where it has one of theirs."""
    if (one in _WHITE and other in _WHITE) or one == other:
        return None
    if one in _WHITE or other in _WHITE:
        return _WITH_WHITE[other if one in _WHITE else one]
    for kin in (_ASIAN, _BLACK, ("other", "arab")):
        if one in kin and other in kin:
            return None
    pair = {one, other}
    return "white_and_asian" if "white_and_asian" in pair and pair & set(_ASIAN) else "other_mixed"


def _children_of_two_groups() -> Integers:
    rows = [[_group_of_child(one, other) for other in ETHNIC_GROUPS] for one in ETHNIC_GROUPS]
    return np.array([[-1 if word is None else ETHNIC_GROUPS.index(word) for word in row] for row in rows])


CHILD_OF = _children_of_two_groups()
"""For the rows of both parents in ETHNIC_GROUPS, that of a mixed group that fits, or -1."""


def mixed_families(
    groups: Integers, head: Integers, role: Integers, composition: Integers, rng: np.random.Generator
) -> Integers:
    """The same groups, exchanged so that some couples, families and house-shares are of several.

    ``groups`` are rows of ETHNIC_GROUPS, alike within nearly every household; ``head`` is the row of
    the head of each one's household, or one's own; ``composition`` is that of the household, -1
    outside. Children of a couple of two groups are mostly of the mixed group that fits.
    """
    exchanged = groups.copy()
    sharers = np.flatnonzero(np.isin(composition, _SHARING) & (role != _HEAD))
    movers = sharers[rng.random(sharers.size) < assumed.SHARERS_OF_ANY_GROUP]
    exchanged[movers] = exchanged[rng.permutation(movers)]
    partners = np.flatnonzero(role == _PARTNER)
    _part_couples(exchanged, head, partners, rng)
    _exchange_children(exchanged, head, role, partners, rng)
    return exchanged


def _part_couples(groups: Integers, head: Integers, partners: Integers, rng: np.random.Generator) -> None:
    """Turn the partners of some couples round, so that each comes to somebody of another group."""
    alike = partners[groups[partners] == groups[head[partners]]]
    likelihood = np.array([assumed.PARTNER_OF_ANOTHER_GROUP[word] for word in ETHNIC_GROUPS])[groups[alike]]
    others = alike[pick(likelihood, round(float(likelihood.sum())), rng)]
    british = rng.permutation(alike[groups[alike] == _WHITE_BRITISH])
    wanted = round(others.size * assumed.WHITE_BRITISH_FOR_EACH_OTHER)
    most = round(british.size * assumed.MOST_WHITE_BRITISH)
    ring = np.concatenate([british[: min(wanted, most)], rng.permutation(others)])
    # The white British stand together in less than half of the ring: half a turn parts them all.
    groups[ring] = np.roll(groups[ring], ring.size // 2)


def _exchange_children(
    groups: Integers, head: Integers, role: Integers, partners: Integers, rng: np.random.Generator
) -> None:
    """Give children the mixed group that fits their parents, for that of a family all of that group."""
    people, heads = groups.size, head[partners]
    of_two, fits = np.zeros(people, dtype=np.bool_), np.full(people, -1)
    of_two[heads] = groups[heads] != groups[partners]
    fits[heads] = CHILD_OF[groups[heads], groups[partners]]
    turn = rng.random(people)[head]
    children = np.flatnonzero(role == _CHILD)
    children = children[np.argsort(turn[children], kind="stable")]
    has_children = np.zeros(people, dtype=np.bool_)
    has_children[head[children]] = True
    lone = _of_white_lone_parents(groups, head, children, heads)
    for word in _MIXED:
        mixed = ETHNIC_GROUPS.index(word)
        holders = np.flatnonzero((groups == mixed) & ~of_two[head])
        holders = holders[np.argsort(turn[holders] + ~has_children[head[holders]], kind="stable")]
        most = min(holders.size, round(assumed.MIXED_WITH_PARENTS * int((groups == mixed).sum())))
        fitting = children[(fits[head[children]] == mixed) & (groups[children] != mixed)][:most]
        missing = most - fitting.size
        _exchange(groups, np.concatenate([fitting, lone[:missing]]), holders)
        lone = lone[missing:]


def _of_white_lone_parents(
    groups: Integers, head: Integers, children: Integers, coupled: Integers
) -> Integers:
    """The first of the children whose one parent at home is white."""
    leads_alone = np.isin(groups, [ETHNIC_GROUPS.index(word) for word in _WHITE])
    leads_alone[coupled] = False
    theirs = children[leads_alone[head[children]]]
    return theirs[: round(assumed.LONE_PARENTS_OF_MIXED * theirs.size)]


def _exchange(groups: Integers, some: Integers, others: Integers) -> None:
    """Swap groups with the first of the others, who get them in order and so stay alike at home."""
    others = others[: some.size]
    groups[some], groups[others] = groups[others], np.sort(groups[some])
