"""Draws that repeat: the n-th draw of a seed and purpose is always the same number."""

from __future__ import annotations

from hashlib import blake2b


def drawn(seed: int, purpose: str, n: int) -> float:
    """A number from 0 up to 1, evenly spread over many ``n``.

    It does what ``synthetic_data.streams`` does for towns, without NumPy, which a server that only serves
    does not load.
    """
    return int.from_bytes(blake2b(f"{seed}/{purpose}/{n}".encode(), digest_size=7).digest()) / 2**56


def drawn_between(least: float, most: float, seed: int, purpose: str, n: int) -> float:
    """A number between the two, evenly spread."""
    return least + (most - least) * drawn(seed, purpose, n)
