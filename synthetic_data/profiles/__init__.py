"""Published figures of the 318 lower- and single-tier authorities of England and Wales.

Light on purpose: serving a council imports this, so nothing here loads NumPy.
Sources and licence are in ``SOURCES.md`` beside this file.
"""

from __future__ import annotations

from synthetic_data.profiles.finder import UnknownAuthority, find_profile, profile_names
from synthetic_data.profiles.profile import AGE_BANDS, Profile

__all__ = ["AGE_BANDS", "Profile", "UnknownAuthority", "find_profile", "profile_names"]
