"""Columns of days and instants, for seeds that tell what has been done and what is still to come."""

from __future__ import annotations

from datetime import time
from typing import Any

import numpy as np
import numpy.typing as npt

from service_apis.kit.clock import at
from service_apis.kit.working_days import bank_holidays

Dates = npt.NDArray[np.datetime64]


def working_days_after(instants: Dates, counts: Any, year: int) -> Dates:
    """The day so many working days after each instant, all of them within a year of ``year``."""
    holidays = [day for each in range(year - 1, year + 2) for day in bank_holidays(each)]
    days = instants.astype("datetime64[D]")
    return np.busday_offset(days, counts, roll="backward", holidays=holidays)


def day_ends(days: Dates, hour: time) -> Dates:
    """The instants, in UTC, of a London wall-clock time on these days."""
    distinct, places = np.unique(days, return_inverse=True)
    ends = [at(day, hour).replace(tzinfo=None) for day in distinct.tolist()]
    return np.array(ends, dtype="datetime64[m]")[places].reshape(days.shape)
