"""A generated town that is written out and imported again is the same town."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from tests.synthetic_data.conftest import town_like
from tests.synthetic_data.own.arranging import exported, imported


@pytest.mark.parametrize("authority", ["Leeds", "Isle of Anglesey", "Cambridge"])
def test_what_is_exported_and_imported_again_is_the_same(authority: str, tmp_path: Path) -> None:
    town = town_like(authority, residents=3000)
    again = imported(exported(town, tmp_path), authority)
    # Streets are told by their names, as those where only premises stand are not brought; nor are schools.
    not_brought = ("street", "school")
    for table in ("properties", "households", "residents"):
        for column in fields(getattr(town, table)):
            if column.name in not_brought:
                continue
            before, after = (getattr(getattr(each, table), column.name) for each in (town, again))
            np.testing.assert_array_equal(before, after, f"{table}.{column.name}")
    for column in ("name", "ward"):
        before, after = (getattr(each.streets, column)[each.properties.street] for each in (town, again))
        np.testing.assert_array_equal(before, after, f"streets.{column}")
    np.testing.assert_array_equal(town.wards.name, again.wards.name)
