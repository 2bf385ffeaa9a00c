"""What the company does for a council: its calendar, missed bins, bulky collections, and what falls due."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from council import Membership, Moment, new_id
from defects import broken
from refusals import Refused
from rounds import (
    CREWS_FINISH,
    CREWS_RETURN,
    DAY,
    STREAMS,
    WEEKDAYS,
    at,
    is_working_day,
    moved_for,
    turns,
    working_days_after,
)
from store import ADD_JOB

Row = dict[str, Any]
OWN_LITRES = {"refuse": 180, "recycling": 240, "food": 23, "garden": 240}
SHARED_LITRES = {"refuse": 1100, "recycling": 1100, "food": 140, "garden": 1100}
FURTHEST_BACK, FURTHEST_AHEAD = timedelta(days=366), timedelta(days=400)
DAYS_TO_REPORT, DAYS_TO_RETURN = 2, 2
BASE_PENCE, THINGS_IN_BASE, FURTHER_PENCE = 32_00, 3, 8_00
BULKY_DAYS_AHEAD, LEAST_A_DAY, HOMES_FOR_ONE_A_DAY = 28, 6, 2_500


@dataclass
class Work:
    """What is done in one transaction, at one moment of council time."""

    db: sqlite3.Connection
    moment: Moment
    membership: Membership

    @property
    def today(self) -> date:
        """The council's date."""
        return self.moment.today

    def as_at(self, when: datetime) -> Work:
        """The same work, at the earlier instant at which something happened that is done only now."""
        return replace(self, moment=replace(self.moment, now=when))

    def tell(self, what: str, subject: str, **told: Any) -> None:
        """Put an event into the outbox, in the transaction of the change that it tells of."""
        event = {
            "specversion": "1.0",
            "id": new_id(),
            "source": self.membership.source,
            "type": f"virtual-council.{self.membership.slot}.{what}",
            "subject": subject,
            "time": self.moment.now.isoformat(),
            "datacontenttype": "application/json",
            "data": told,
        }
        if broken("event-of-the-home") and what.startswith("bulky"):
            event["subject"] = told["uprn"]
        if broken("event-missing") and what == "bulky-collection.cancelled":
            return
        self._post(event)
        if broken("event-twice") and what == "missed-collection.reported":
            self._post({**event, "id": new_id()})

    def _post(self, event: Row) -> None:
        # The same id whenever it is sent, so that the council takes it once.
        row = (f"msg_{event['id']}", json.dumps(event, ensure_ascii=False))
        self.db.execute("INSERT INTO outbox (webhook_id, event) VALUES (?, ?)", row)

    def one(self, query: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, if it has any."""
        row: sqlite3.Row | None = self.db.execute(query, values).fetchone()
        return row


def crew(work: Work, code: str) -> Row:
    """One crew's day, as the slot shows a round. Raises Refused."""
    row = work.one("SELECT * FROM crews WHERE code = ?", code)
    if row is None:
        raise Refused(404, "no-such-reference", f"There is no round {code}; look for it in the list")
    return round_shown(row)


def round_shown(row: sqlite3.Row) -> Row:
    """A crew as the slot shows a round."""
    return {**dict(row), "reference": row["code"], "weekday": WEEKDAYS[row["weekday"]]}


def home(work: Work, uprn: str, status: int = 404, name: str = "no-such-property") -> Row:
    """One home. Raises Refused, as ``unknown-uprn`` where a body names it."""
    row = work.one("SELECT * FROM homes WHERE uprn = ?", uprn)
    if row is None:
        raise Refused(
            status, name, f"No bins are emptied at UPRN {uprn}; the addresses service knows the homes"
        )
    return dict(row)


def containers(there: Row) -> list[Row]:
    """The bins of a home: its own or its building's."""
    litres = SHARED_LITRES if there["communal"] else OWN_LITRES
    kept = [each for each in STREAMS if each != "garden" or there["garden_until"]]
    return [{"stream": each, "litres": litres[each], "shared": bool(there["communal"])} for each in kept]


def period(work: Work, start: date | None, end: date | None, days: int) -> tuple[date, date]:
    """The days asked for; where none are, today and so many days on. Raises Refused."""
    earliest, latest = work.today - FURTHEST_BACK, work.today + FURTHEST_AHEAD
    first = start or work.today
    last = end or min(first, latest - days * DAY) + days * DAY
    if not earliest <= first <= last <= latest:
        detail = f"{first} to {last} is no period between {earliest} and {latest}; ask for one"
        raise Refused(422, "period-refused", detail)
    return first, last


def calendar(work: Work, there: Row, first: date, last: date) -> list[Row]:
    """When the bins of a home are emptied in a period, in order."""
    its = crew(work, there["crew"])
    return [
        {
            "stream": stream,
            "title": f"{stream.capitalize()} bin",
            "collection_date": day,
            "usual_date": usual,
            "moved_for": moved_for(day, usual),
        }
        for day, usual, stream in turns(first, last, its["weekday"], its["refuse_week"])
        if stream != "garden" or day.isoformat() <= (there["garden_until"] or "")
    ]


def reportable_days(work: Work) -> list[date]:
    """The days whose missed bins can be reported now: the crews have finished, and it is not too late."""
    recent = (work.today - back * DAY for back in range(10))
    done = [day for day in recent if at(day, CREWS_FINISH) <= work.moment.now]
    return [day for day in done if work.today <= working_days_after(day, DAYS_TO_REPORT)]


def bins_due(work: Work, days: list[date], stream: str | None) -> str:
    """Which crew takes what on those days, as JSON to be joined with homes."""
    due = [
        (its["code"], day.isoformat(), each)
        for its in work.db.execute("SELECT * FROM crews").fetchall()
        for first in days
        for day, _, each in turns(first, first, WEEKDAYS[its["weekday"]], its["refuse_week"])
        if stream in (None, each)
    ]
    return json.dumps(due)


def job(work: Work, kind: str, reference: str) -> Row:
    """One missed bin or bulky collection. Raises Refused."""
    row = work.one("SELECT * FROM jobs WHERE reference = ? AND kind = ?", reference, kind)
    if row is None and not broken("trace-shown"):
        raise Refused(404, "no-such-reference", f"There is no {reference} here; look for it in the list")
    return job_shown(row)


def job_shown(row: sqlite3.Row) -> Row:
    """A job as the slot shows it."""
    shown = {**dict(row), **json.loads(row["details"])}
    return {**shown, "collection_date": row["day"], "status": row["state"]}


def expect_version(found: Row, if_match: str | None) -> None:
    """Refuse a change that is meant for another version than there is. Raises Refused."""
    if if_match is None or if_match.strip() == "*" or broken("if-match-ignored"):
        return
    if broken("stale-cancellation") and found["kind"] == "bulky":
        return
    tags = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if f'"{found["version"]}"' not in tags:
        detail = (
            f'{found["reference"]} is at version "{found["version"]}", not {if_match}; read it again first'
        )
        raise Refused(412, "stale-version", detail)


def report_missed(work: Work, uprn: str, stream: str, day: date) -> Row:
    """Open a case of a bin that was not emptied. Raises Refused where it was not missed, or is known."""
    reference = _next_reference(work)
    told = {"uprn": uprn, "stream": stream, "collection_date": day.isoformat()}
    if broken("event-too-early"):
        work.tell("missed-collection.reported", reference, **told)
        work.db.execute("COMMIT")
        work.db.execute("BEGIN IMMEDIATE")
    there = home(work, uprn, 422, "unknown-uprn")
    _refuse_what_was_not_missed(work, there, stream, day)
    known = work.one(
        "SELECT reference FROM jobs WHERE kind = 'missed' AND uprn = ? AND day = ? AND stream = ?"
        " AND state != 'withdrawn'",
        *(uprn, day.isoformat(), stream),
    )
    if known is not None:
        detail = f"Case {known['reference']} has this {stream} bin and day; follow that one"
        raise Refused(409, "already-reported", detail, reference=known["reference"])
    return_by = working_days_after(work.today, DAYS_TO_RETURN)
    if broken("return-by-a-day-late"):
        return_by += DAY
    details = {"reported_at": work.moment.now.isoformat(), "return_by": return_by.isoformat()}
    _add(work, reference, "missed", uprn, day, stream, "reported", at(return_by, CREWS_RETURN), details)
    if not broken("event-too-early"):
        work.tell("missed-collection.reported", reference, **told)
    return job(work, "missed", reference)


def _refuse_what_was_not_missed(work: Work, there: Row, stream: str, day: date) -> None:
    if at(day, CREWS_FINISH) > work.moment.now:
        detail = f"The crews are out until {CREWS_FINISH:%H:%M} on {day}; report it after that"
        raise Refused(409, "not-collected-yet", detail)
    if day not in reportable_days(work):
        detail = f"Two working days have passed since {day}; wait for the next collection"
        raise Refused(409, "too-late-to-report", detail)
    if broken("unknown-stream-accepted") and stream not in STREAMS:
        return
    if stream not in [each["stream"] for each in calendar(work, there, day, day)]:
        detail = f"No {stream} goes from UPRN {there['uprn']} on {day}; its calendar has the days"
        raise Refused(422, "not-collected-there", detail)


def close_missed(work: Work, reference: str, status: str, if_match: str | None) -> Row:
    """End a case. Raises Refused."""
    case = job(work, "missed", reference)
    expect_version(case, if_match)
    if case["status"] != "reported":
        raise Refused(409, "already-closed", f"{reference} is {case['status']}; report the bin anew")
    _end(work, case, status)
    what = "withdrawn" if status == "withdrawn" else "resolved"
    work.tell(f"missed-collection.{what}", reference, uprn=case["uprn"], status=status)
    return job(work, "missed", reference)


def charge_pence(things: int) -> int:
    """What it costs to have so many things fetched."""
    further = things - THINGS_IN_BASE
    if broken("charge-counts-one-too-many"):
        further += 1
    return BASE_PENCE + max(0, further) * FURTHER_PENCE


def slots(work: Work, first: date, last: date) -> list[Row]:
    """The days of a period on which large things are fetched, with the places that each has left."""
    first, last = max(first, work.today + DAY), min(last, work.today + BULKY_DAYS_AHEAD * DAY)
    counted = "kind = 'bulky' AND day BETWEEN ? AND ?"
    if not broken("place-not-given-back"):
        counted += " AND state = 'booked'"
    query = f"SELECT day, count(*) FROM jobs WHERE {counted} GROUP BY day"
    taken = dict(map(tuple, work.db.execute(query, (first.isoformat(), last.isoformat()))))
    row = work.one("SELECT sum(homes) AS homes FROM crews")
    most = max(LEAST_A_DAY, ((row and row["homes"]) or 0) // HOMES_FOR_ONE_A_DAY)
    days = (first + ahead * DAY for ahead in range((last - first).days + 1))
    return [
        {"collection_date": day, "capacity": most, "free": most - taken.get(day.isoformat(), 0)}
        for day in days
        if is_working_day(day)
    ]


def refuse_full_day(work: Work, day: date) -> None:
    """Refuse a day on which nothing is fetched, or no more. Raises Refused."""
    offered = slots(work, day, day)
    if not offered:
        detail = f"Nothing is fetched on {day}; /bulky-slots has the days that can be booked"
        raise Refused(422, "slot-not-offered", detail)
    if offered[0]["free"] < 1:
        raise Refused(
            409, "slot-full", f"All places of {day} are taken; choose another day from /bulky-slots"
        )


def book_bulky(work: Work, uprn: str, day: date, things: list[str]) -> Row:
    """Book large things to be fetched. Raises Refused."""
    home(work, uprn, 422, "unknown-uprn")
    # In the transaction of the booking: whoever looks first and books later sells a place twice.
    if not broken("double-booking"):
        refuse_full_day(work, day)
    reference, charge = _next_reference(work), charge_pence(len(things))
    details = {"things": things, "charge_pence": charge, "refunded_pence": 0}
    details["booked_on"] = work.today.isoformat()
    _add(work, reference, "bulky", uprn, day, None, "booked", at(day, CREWS_FINISH), details)
    work.tell("bulky-collection.booked", reference, uprn=uprn, charge_pence=charge)
    return job(work, "bulky", reference)


def cancel_bulky(work: Work, reference: str, if_match: str | None) -> Row:
    """Cancel a booking before its day, and give the charge back. Raises Refused."""
    booking = job(work, "bulky", reference)
    expect_version(booking, if_match)
    if booking["status"] != "booked" or work.today.isoformat() >= booking["collection_date"]:
        detail = f"{reference} is {booking['status']}; it could be cancelled until the day before"
        raise Refused(409, "already-closed", detail)
    refund = 0 if broken("refund-forgotten") else booking["charge_pence"]
    _end(work, booking, "cancelled", refunded_pence=refund)
    work.tell("bulky-collection.cancelled", reference, uprn=booking["uprn"], refunded_pence=refund)
    return job(work, "bulky", reference)


def fallen_due(work: Work) -> list[sqlite3.Row]:
    """The jobs whose crew has been there by now, in the order in which it was."""
    states = "'reported', 'booked'"
    if broken("withdrawn-comes-back"):
        states += ", 'withdrawn'"
    query = f"SELECT * FROM jobs WHERE visit_at <= ? AND state IN ({states}) ORDER BY visit_at, number"
    return work.db.execute(query, (work.moment.now.isoformat(),)).fetchall()


def catch_up(work: Work) -> None:
    """End each job that fell due since somebody last asked, and tell of it as of its own time."""
    for row in fallen_due(work):
        _end(work, job_shown(row), "collected", seen=not broken("version-stands-still"))
        then = work.as_at(datetime.fromisoformat(row["visit_at"]))
        if row["kind"] == "missed":
            told = {"uprn": row["uprn"], "status": "collected"}
            then.tell("missed-collection.resolved", row["reference"], **told)
        else:
            then.tell("bulky-collection.collected", row["reference"], uprn=row["uprn"])


def _end(work: Work, found: Row, state: str, *, seen: bool = True, **details: Any) -> None:
    kept = {**json.loads(found["details"]), **details}
    change = "UPDATE jobs SET state = ?, details = ?, version = version + ? WHERE number = ?"
    work.db.execute(change, (state, json.dumps(kept), int(seen), found["number"]))


def _next_reference(work: Work) -> str:
    row = work.one("SELECT coalesce(max(number), 0) + 1 AS next FROM jobs")
    return f"BIN-{row['next'] if row else 1:06d}"


def _add(
    work: Work,
    reference: str,
    kind: str,
    uprn: str,
    day: date,
    stream: str | None,
    state: str,
    visit_at: datetime,
    details: Row,
) -> None:
    row = {"reference": reference, "kind": kind, "uprn": uprn, "day": day.isoformat(), "stream": stream}
    row |= {"state": state, "version": 1, "visit_at": visit_at.isoformat(), "details": json.dumps(details)}
    work.db.execute(ADD_JOB, row)
