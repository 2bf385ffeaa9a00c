"""Reckoning: what a rule of the service comes to, worked out here and held against what is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scenarios.conformance import lists, makings, telling
from scenarios.conformance.checks import Check, Kind, Missed, Skipped, expect
from scenarios.conformance.lists import Asked, Entry, ListOf
from scenarios.conformance.makings import Made
from scenarios.conformance.readings import NotThere, field, same
from scenarios.exchange import Answer
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.reckoning import (
    AnyRule,
    ByNumber,
    CouncilTime,
    RoundsInOrder,
    SameAsFeed,
    WorkingDaysAfter,
    WorkingDaysListed,
)
from scenarios.records import Making

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
BACK, AHEAD = 20, 340
"""Days of a calendar that are looked at, before today and after it."""
LONGEST = 400
"""Days that the council's calendar tells of at once."""
SUNDAY, SATURDAY = 6, 5


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One for each rule of the pack."""
    records = packs.records.get(service.name)
    for rule in records.rules if records else ():
        run, operations = _tried(rule, service, packs)
        yield Check(
            name=f"reckoned-{rule.name}",
            service=service.name,
            kind=Kind.DATA,
            title=rule.claim,
            verifies=rule.verifies,
            run=run,
            operations=operations,
        )


def _tried(rule: AnyRule, service: Service, packs: Packs) -> tuple[Callable[[Probe], None], tuple[str, ...]]:
    if isinstance(rule, WorkingDaysAfter | ByNumber | CouncilTime):
        making = next(each for each in makings.of(packs, service.name) if each.name == rule.making)
        operations = makings.operations(making, "shows")
        if isinstance(rule, ByNumber):
            return partial(count_things, rule, making), operations
        if isinstance(rule, CouncilTime):
            return partial(go_by_the_clock, rule, making), operations
        return partial(count_working_days, rule, making), operations
    one = next(each for each in lists.of(service, packs) if each.operation == rule.list)
    if isinstance(rule, WorkingDaysListed):
        return partial(list_working_days, rule, one), (one.operation,)
    if isinstance(rule, RoundsInOrder):
        return partial(keep_rounds_in_order, rule, one), (one.operation,)
    return partial(compare_feed, rule, one), (one.operation, rule.feed)


def count_working_days(rule: WorkingDaysAfter, making: Making, probe: Probe) -> None:
    """Today; then on the eve of the next bank holiday, and on that day, with the clock advanced to them."""
    need_clock(probe)
    _expect_days_after(rule, making, probe)
    for moment in _around_a_holiday(probe):
        probe.control("POST", "/clock", {"to": moment.isoformat()})
        _expect_days_after(rule, making, probe)


def _around_a_holiday(probe: Probe) -> Iterator[datetime]:
    """The afternoon of the last working day before a bank holiday to come, and that of the holiday."""
    told = calendar(probe, today(probe) + DAY, today(probe) + (LONGEST - 1) * DAY)
    working = {date.fromisoformat(each["day"]): each["working_day"] for each in told["days"]}
    for holiday in (date.fromisoformat(each["day"]) for each in told["bank_holidays"]):
        eve = max((day for day, works in working.items() if works and day < holiday), default=None)
        if eve is not None and holiday - eve <= 4 * DAY:
            for day in (eve, holiday):
                yield datetime(day.year, day.month, day.day, 16, 30, tzinfo=LONDON)
            return


def _expect_days_after(rule: WorkingDaysAfter, making: Making, probe: Probe) -> None:
    made = makings.make(probe, making)
    record, answer = _record(probe, made)
    days = rule.days
    if rule.told_in is not None:
        found = re.search(rule.pattern, str(_field(record, rule.told_in, answer)))
        if found is None:
            raise Skipped(f"`{rule.told_in}` does not tell how many working days it takes")
        days = int(found.group(1))
    start = today(probe)
    right = _lands_on(probe, start, days or 0)
    got = _day(_field(record, rule.field, answer))
    expect(
        got == right,
        f"`{rule.field}` is not {days} working days after {start:%A} {start}",
        expected=right,
        got=got,
        remedy="leave out weekends, the bank holidays of England and Wales and the day itself",
        answer=answer,
    )


def count_things(rule: ByNumber, making: Making, probe: Probe) -> None:
    """One thing, as many as the base covers, one more than that, and as many as there are."""
    most = len(rule.values)
    for number in sorted({1, rule.base_number, min(most, rule.base_number + 1), most}):
        made = makings.make(probe, making, body={rule.things: list(rule.values[:number])})
        record, answer = _record(probe, made)
        right = rule.base + max(0, number - rule.base_number) * rule.further
        got = _field(record, rule.field, answer)
        expect(
            same(right, got),
            f"`{rule.field}` is not that of {number} {rule.things}",
            expected=right,
            got=got,
            answer=answer,
        )
        if making.changes is not None:
            probe.send(makings.change(probe, made))


def go_by_the_clock(rule: CouncilTime, making: Making, probe: Probe) -> None:
    """Now, and again some hours on, when the clock was advanced."""
    need_clock(probe)
    for _ in range(2):
        before = telling.now(probe)
        record, answer = _record(probe, makings.make(probe, making))
        after = telling.now(probe)
        text = str(_field(record, rule.field, answer))
        if len(text) == 10:
            right = _day(before.isoformat()) <= _day(text) <= _day(after.isoformat())
        else:
            right = before - timedelta(seconds=1) <= _instant(text) <= after + timedelta(seconds=1)
        expect(
            right,
            f"`{rule.field}` is not the council's time",
            expected=before.isoformat(),
            got=text,
            remedy="ask the council for its time; it stands still, and jumps",
            answer=answer,
        )
        probe.control("POST", "/clock", {"by": "PT5H"})


def list_working_days(rule: WorkingDaysListed, one: ListOf, probe: Probe) -> None:
    """Every day of the list is a working day of the council, and none between them is left out."""
    need_clock(probe)
    where = lists.asked(probe, one)
    known = lists.known(probe, where)
    got = sorted({_day(each.get(rule.field)) for each in known.entries})
    if not got:
        raise Skipped(f"{one.operation} lists no day here")
    right = _working_days(calendar(probe, got[0], got[-1]))
    expect(
        got == right,
        f"{one.operation} does not list the working days",
        expected=_days(sorted(set(right) - set(got))) or "the working days alone",
        got=_days(sorted(set(got) - set(right))) or "not those",
        answer=known.last.answer,
    )


def keep_rounds_in_order(rule: RoundsInOrder, one: ListOf, probe: Probe) -> None:
    """Each day is that which the rule gives for its usual day, and says why where it was moved."""
    need_clock(probe)
    entries, answer = _over_a_year(probe, one)
    _expect_every(rule, entries, answer)
    start = today(probe) - BACK * DAY
    # The day before the year began may have been moved by a holiday of the weeks before it.
    told = calendar(probe, start - 30 * DAY, start + (LONGEST - 31) * DAY)
    holidays = {date.fromisoformat(each["day"]): str(each["name"]) for each in told["bank_holidays"]}
    done = rounds(start - 30 * DAY, start + (AHEAD + BACK) * DAY, holidays)
    for each in entries:
        usual, got = _day(each.get(rule.usual)), _day(each.get(rule.field))
        right = done.get(usual)
        expect(
            got == right,
            f"the round of {usual:%A} {usual} is not on the day that the rule gives",
            expected=right or "a weekday",
            got=got,
            remedy="one weekday's rounds a day, in order; none on a Sunday or a bank holiday",
            answer=answer,
        )
        reason = each.get(rule.reason)
        before = {name for day, name in holidays.items() if usual - 21 * DAY <= day <= usual}
        expect(
            (reason in before) if got != usual else reason is None,
            f"`{rule.reason}` of {usual} does not name the bank holiday that moved it",
            expected=" or ".join(sorted(before)) if got != usual else "none, as it was not moved",
            got=reason,
            answer=answer,
        )


def _expect_every(rule: RoundsInOrder, entries: Sequence[Entry], answer: Answer) -> None:
    """The usual days of each kind come again after as many days as they should."""
    for kind, days in rule.every.items():
        usual = sorted({_day(each.get(rule.usual)) for each in entries if each.get(rule.of) == kind})
        for one, next_one in pairwise(usual):
            expect(
                (next_one - one).days == days,
                f"{kind} does not come again after {days} days",
                expected=one + timedelta(days=days),
                got=next_one,
                answer=answer,
            )


def rounds(first: date, last: date, holidays: Mapping[date, str]) -> dict[date, date]:
    """The day on which each weekday's rounds are done, from a day on before which nothing was left over."""
    done, days, due = first - DAY, {}, first
    while due <= last:
        if due.weekday() < SATURDAY:
            done = max(due, done + DAY)
            while done.weekday() == SUNDAY or done in holidays:
                done += DAY
            days[due] = done
        due += DAY
    return days


def compare_feed(rule: SameAsFeed, one: ListOf, probe: Probe) -> None:
    """The feed's events and the list's entries are the same days with the same titles."""
    from icalendar import Calendar

    need_clock(probe)
    entries, _ = _over_a_year(probe, one)
    where = lists.asked(probe, one)
    answer = probe.ask(rule.feed, path=where.path)
    probe.in_contract(rule.feed, answer)
    try:
        events = list(Calendar.from_ical(answer.text).walk("VEVENT"))
        told = [(each.decoded("DTSTART"), str(each.get("SUMMARY"))) for each in events]
        names = [str(each["UID"]) for each in events]
    except (ValueError, KeyError) as wrong:
        raise Missed(
            "the feed cannot be read", expected="iCalendar", got=str(wrong), answer=answer
        ) from wrong
    expect(len(set(names)) == len(names), "two events of the feed have one UID", answer=answer)
    first, last = today(probe) - BACK * DAY, today(probe) + AHEAD * DAY
    got = sorted((day, title) for day, title in told if isinstance(day, date) and first <= day <= last)
    right = sorted((_day(each.get(rule.field)), str(each.get(rule.title))) for each in entries)
    expect(
        got == right,
        f"the feed does not have the days that {one.operation} has",
        expected=_events(set(right) - set(got)) or "no more",
        got=_events(set(got) - set(right)) or "not those",
        answer=answer,
    )


def need_clock(probe: Probe) -> None:
    """Raise Skipped where the council's date is not the target's."""
    if not probe.target.joined:
        raise Skipped("it needs the council's clock, and the target has not joined the council")


def today(probe: Probe) -> date:
    return date.fromisoformat(str(probe.control("GET", "/clock").body["today"]))


def calendar(probe: Probe, first: date, last: date) -> Any:
    """The council's calendar from one day to another."""
    return probe.control("GET", f"/calendar?from={first}&to={last}").body


def _lands_on(probe: Probe, first: date, days: int) -> date:
    answer = probe.control("GET", f"/calendar?from={first}&to={first}&working_days_after={days}")
    return date.fromisoformat(str(answer.body["lands_on"]))


def _working_days(told: Any) -> list[date]:
    return [date.fromisoformat(each["day"]) for each in told["days"] if each["working_day"]]


def _over_a_year(probe: Probe, one: ListOf) -> tuple[Sequence[Entry], Answer]:
    """A list's entries over the days that are looked at."""
    where: Asked = lists.asked(probe, one)
    start = today(probe)
    span = one.span
    query = {}
    if span is not None:
        first, last = start - BACK * DAY, start + AHEAD * DAY
        query = {span.start: first.isoformat(), span.end: last.isoformat()}
    known = lists.known(probe, where, query)
    if not known.entries:
        raise Skipped(f"{one.operation} has no entry here")
    return known.entries, known.last.answer


def _record(probe: Probe, made: Made) -> tuple[Any, Answer]:
    """The record as it is shown, or as it was answered where it cannot be."""
    if made.making.shows is None:
        return made.answer.body, made.answer
    answer = makings.show(probe, made)
    return makings.record(made.making, answer), answer


def _field(record: Any, name: str, answer: Answer) -> Any:
    try:
        return field(record, name)
    except NotThere as nothing:
        raise Missed(f"`{name}` is not shown", got=str(nothing), answer=answer) from nothing


def _day(written: Any) -> date:
    """The day that is written, or on which an instant falls in London."""
    text = str(written)
    if len(text) != 10:
        return _instant(text).astimezone(LONDON).date()
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Missed(f"{text!r} is no day", expected="a date", got=text) from wrong


def _instant(text: str) -> datetime:
    """An instant with its zone; raises Missed where it has none."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Missed(f"{text!r} is no instant", expected="a date and time", got=text) from wrong
    expect(told.tzinfo is not None, f"{text!r} does not say its zone", expected="a zone", got=text)
    return told


def _events(events: Iterable[tuple[date, str]]) -> str:
    return ", ".join(f"{title} on {day}" for day, title in sorted(events)[:4])


def _days(days: Sequence[date]) -> str:
    return ", ".join(f"{day:%a} {day}" for day in days[:5])
