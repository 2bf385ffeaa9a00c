"""What a council gives out while it is tested does not stand in what is kept of the test."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.conformance.keys import UNKNOWN
from scenarios.conformance.probe import Probe


class _Keys:
    secrets = {"chosen-by-the-user": "COUNCIL_KEY"}  # noqa: RUF012


class _Place:
    keys = _Keys()
    council: Any = None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Bearer chosen-by-the-user", "Bearer $COUNCIL_KEY"),
        ('{"key": "vc_Zr4-x_0aB1cD2eF3gH4iJ5kL6mN7oP8q"}', '{"key": "vc_***"}'),
        ('{"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/="}', '{"secret": "whsec_***"}'),
        ("Bearer VC_zR4-X_0Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Q", "Bearer VC_***"),
        (f"Bearer {UNKNOWN}", f"Bearer {UNKNOWN}"),
        ("vc_short and a word like whsec_", "vc_short and a word like whsec_"),
    ],
)
def test_keys_and_secrets_are_masked_by_how_they_begin(said: str, kept: str) -> None:
    probe = Probe.__new__(Probe)
    probe.place = _Place()  # type: ignore[assignment]
    assert probe.mask(said) == kept
