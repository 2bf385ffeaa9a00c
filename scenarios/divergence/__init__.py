"""Divergence: what in a component's OpenAPI is otherwise than in the slot's, before any call is made.

The slot's contract is what callers were written against. A difference is *breaking* where such a caller
would be refused, or be told what it does not expect; *tolerable* where it would not notice, or gets less
than it might have had; *extra* where the component offers more. `shapes` compares JSON schemas, `documents`
whole OpenAPI documents.
"""

from __future__ import annotations

from scenarios.divergence.documents import differences, missing
from scenarios.divergence.shapes import MEANINGS, Difference, Level

__all__ = ["MEANINGS", "Difference", "Level", "differences", "missing"]
