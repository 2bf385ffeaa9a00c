"""Random streams with names.

Every random draw comes from a stream named for its purpose. Adding a draw, or a
whole service, therefore never changes what another purpose gets, and the same
seed gives the same town on every machine.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, purpose: str, block: int = 0) -> np.random.Generator:
    """A random generator that depends on the seed, the purpose's name and the block alone."""
    named = f"{seed}/{purpose}/{block}" if block else f"{seed}/{purpose}"
    digest = blake2b(named.encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
