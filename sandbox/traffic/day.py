"""When on a day what is asked: errands in order, by the hours that people and programs keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from sandbox.traffic.volumes import Errand, Hours, Traffic
from service_apis.kit.clock import at
from service_apis.kit.working_days import is_working_day

DAYS_A_YEAR, WORKING_DAYS_A_YEAR = 365, 253
DAY = timedelta(days=1)
STEP = timedelta(minutes=15)
"""So far apart are the moments at which the clock is moved: what falls due is done at each of them."""

FOLLOWS_BY = timedelta(minutes=30)

HOURS: Mapping[Hours, tuple[int, ...]] = {
    "residents": (1, 0, 0, 0, 0, 1, 3, 7, 9, 8, 7, 6, 7, 6, 6, 6, 7, 9, 10, 10, 8, 6, 4, 2),
    "office": (0, 0, 0, 0, 0, 0, 0, 1, 6, 12, 13, 12, 8, 10, 12, 12, 8, 2, 0, 0, 0, 0, 0, 0),
    "after-the-crews": (0, 0, 0, 0, 0, 0, 2, 5, 5, 3, 2, 2, 2, 2, 3, 14, 14, 14, 12, 9, 6, 4, 2, 1),
    "programs": (6, 6, 6, 6, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5),
}
"""The share of each hour, by whoever asks: an assumption, after how people use a council's web pages (early
and in the evening), offices work, missed bins are noticed and calendar programs fetch their feeds."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a council is, and the figures that its authority publishes, for its own population."""

    homes: int
    residents: int
    figures: Mapping[str, float]
    authority: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """One errand at one moment; ``number`` tells it from every other of its run."""

    at: datetime
    errand: Errand
    number: int


def a_day(errand: Errand, size: Size, day: date) -> float:
    """How often an errand is wanted on a day. Offices rest where nobody works."""
    if errand.figure is not None:
        a_year = errand.often * size.figures.get(errand.figure, 0.0) * size.residents / size.authority
    else:
        counted = {"home": size.homes, "thousand-residents": size.residents / 1000, "council": 1}
        a_year = errand.often * counted[errand.each]
    if errand.hours == "office":
        return a_year / WORKING_DAYS_A_YEAR if is_working_day(day) else 0.0
    return a_year / DAYS_A_YEAR


def calls_in(traffic: Traffic, size: Size, days: list[date]) -> float:
    """How many calls the days bring by themselves."""
    return sum(a_day(errand, size, day) for errand in traffic.errands for day in days)


def occasions(
    traffic: Traffic, size: Size, begins: datetime, days: list[date], calls: int, seed: int
) -> list[Occasion]:
    """As many calls as wanted, shared out over the days and errands as they come, in order.

    Every errand comes at least once, however rare: what is never asked is never compared. The first day has
    only what is left of it.
    """
    moments: dict[str, list[datetime]] = {errand.name: [] for errand in traffic.errands}
    for errand, day, wanted in _shares(traffic, size, days, calls):
        moments[errand.name] += _moments(errand, day, wanted, begins, seed)
    for errand in traffic.errands:
        if errand.after in moments:
            # What it follows stands before it in the file, so that its moments are settled by now.
            first = sorted(moments[errand.after])
            moments[errand.name] = [
                first[nth % len(first)] + FOLLOWS_BY for nth in range(len(moments[errand.name]))
            ]
    planned = [
        (moment, errand, nth) for errand in traffic.errands for nth, moment in enumerate(moments[errand.name])
    ]
    planned.sort(key=lambda each: (each[0], _drawn(seed, "order", each[1].name, each[0], each[2])))
    return [Occasion(moment, errand, number) for number, (moment, errand, _) in enumerate(planned, 1)]


def _shares(traffic: Traffic, size: Size, days: list[date], calls: int) -> Iterator[tuple[Errand, date, int]]:
    """How often each errand comes on each day, in whole numbers that add up to the calls, or a few more."""
    weights = [(errand, day, a_day(errand, size, day)) for errand in traffic.errands for day in days]
    whole = sum(weight for _, _, weight in weights) or 1.0
    rest: dict[str, float] = {}
    came: dict[str, int] = {}
    for errand, day, weight in weights:
        exact = weight * calls / whole + rest.get(errand.name, 0.0)
        number = int(exact)
        rest[errand.name] = exact - number
        came[errand.name] = came.get(errand.name, 0) + number
        if number:
            yield errand, day, number
    for place, errand in enumerate(traffic.errands):
        if not came.get(errand.name):
            yield errand, days[place % len(days)], 1


def _moments(errand: Errand, day: date, wanted: int, begins: datetime, seed: int) -> Iterator[datetime]:
    """Moments of a day by the hours of whoever asks, not before the run begins."""
    shares = HOURS[errand.hours]
    open_hours = [hour for hour in range(24) if at(day, time(hour, 59)) > begins]
    whole = sum(shares[hour] for hour in open_hours)
    for nth in range(wanted):
        if not whole:
            yield max(begins, at(day, time(23, 45)))
            continue
        left = _drawn(seed, errand.name, "hour", day, nth) % whole
        for hour in open_hours:
            left -= shares[hour]
            if left < 0:
                break
        quarter = _drawn(seed, errand.name, "quarter", day, nth) % 4
        yield max(begins, at(day, time(hour, 15 * quarter)))


def _drawn(seed: int, *names: object) -> int:
    """A number that is the same for the same seed and names."""
    return int.from_bytes(sha256(" ".join(map(str, (seed, *names))).encode()).digest()[:6])
