"""Random streams with names.

Every random draw comes from a stream named for its purpose. Adding a draw, or a
whole service, therefore never changes what another purpose gets, and the same
seed gives the same town on every machine.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

Seed = int | str
"""A town's seed is a number; that of one of its blocks names the block as well."""


def stream(seed: Seed, purpose: str, block: int = 0) -> np.random.Generator:
    """A random generator that depends on the seed, the block and the purpose's name alone."""
    named = f"{seed_of_block(seed, block)}/{purpose}"
    digest = blake2b(named.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def seed_of_block(seed: Seed, block: int) -> Seed:
    """The seed that a block draws from; the first draws from the town's own."""
    return f"{seed}.{block}" if block else seed
