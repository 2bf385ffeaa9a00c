"""Reports: received, updated, and worked on to their end as the council's time passes."""

import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import catalogue
import places
import working_days
from catalogue import Stage
from defects import wrong
from refusals import NotFound, Refused
from written import instant

OPEN = (
    "open",
    "investigating",
    "action_scheduled",
    "in_progress",
    "internal_referral",
    "for_triage",
    "reopen",
)
CLOSING = ("fixed", "closed", "no_further_action", "duplicate", "not_councils_responsibility", "cancelled")
SENDER = ("first_name", "last_name", "email", "phone", "account_id", "device_id")
"""Who made a report: kept for those who work on it, and told to nobody else."""
_DRAFT: dict[str, str | None] = {}


def insert(db: sqlite3.Connection, table: str, **columns: Any) -> int:
    """Add a row, and give its number."""
    names, marks = ", ".join(columns), _marks(list(columns))
    return db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (*columns.values(),)).lastrowid or 0


def find(db: sqlite3.Connection, report: str) -> sqlite3.Row:
    """One report. Raises NotFound."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM reports WHERE id = ?", (report,)).fetchone()
    if row is None:
        raise NotFound(f"service_request_id {report} was not found; requests lists those there are")
    return row


def find_by_token(db: sqlite3.Connection, token: str) -> sqlite3.Row:
    """The report that was answered with a token. Raises NotFound."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM reports WHERE token = ?", (token,)).fetchone()
    if row is not None and wrong("token-of-another"):
        row = db.execute("SELECT * FROM reports WHERE number = ?", (row["number"] - 1,)).fetchone()
    if row is None:
        raise NotFound(f"token {token} was not found; send the token that a report was answered with")
    return row


def of_ids(db: sqlite3.Connection, ids: Sequence[str], limit: int, skipped: int) -> list[sqlite3.Row]:
    """The reports of these ids, as far as there are any."""
    query = f"SELECT * FROM reports WHERE id IN ({_marks(ids)}) ORDER BY number LIMIT ? OFFSET ?"
    return db.execute(query, (*ids, limit, skipped)).fetchall()


def requested(
    db: sqlite3.Connection,
    span: tuple[float, float],
    codes: Sequence[str],
    statuses: Sequence[str],
    limit: int,
    skipped: int,
) -> list[sqlite3.Row]:
    """The reports made in a span of time, the latest first; no codes or statuses means all of them."""
    query, values = "SELECT * FROM reports WHERE requested BETWEEN ? AND ?", [*span]
    if codes:
        query += f" AND code IN ({_marks(codes)})"
    if statuses:
        query += f" AND status IN ({_marks(statuses)})"
    order = "ASC" if wrong("oldest-first") else "DESC"
    query += f" ORDER BY requested {order}, number {order} LIMIT ? OFFSET ?"
    return db.execute(query, (*values, *codes, *statuses, limit, skipped)).fetchall()


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def receive(
    db: sqlite3.Connection, now: int, form: Mapping[str, str], answers: dict[str, list[str]]
) -> sqlite3.Row:
    """Keep a report and plan what will be done about it. Raises Refused or NotFound."""
    service = catalogue.service(form["service_code"])
    if faults := list(catalogue.faults(service, answers)):
        raise Refused(*faults)
    uprn = form.get("address_id") or next(iter(answers.get("uprn", [])), None)
    lat, long, place = places.locate(db, form, uprn)
    description = form.get("description")
    if wrong("description-leaks"):
        description = _DRAFT["description"] = description or _DRAFT.get("description")
    today = working_days.day_of(now)
    expected = working_days.end_of(working_days.after(today, sum(service["working_days"])))
    number = insert(
        db,
        "reports",
        token=secrets.token_hex(8) if service["type"] == "batch" else None,
        code=service["service_code"],
        status="open",
        state="open",
        description=description,
        requested=now,
        updated=now,
        expected=expected,
        address=form.get("address_string", place.address),
        uprn=uprn,
        postcode=place.postcode,
        lat=lat,
        long=long,
        media_url=None if wrong("media-lost") else form.get("media_url"),
        fixmystreet_id=next(iter(answers.get("fixmystreet_id", [])), None),
        sent=_as_sent({**form, "lat": lat, "long": long} if "lat" in form else form, attributes=answers),
        ending=catalogue.ending_of(service, answers),
        stages_reached=0,
    )
    db.execute("UPDATE reports SET id = ? WHERE number = ?", (f"RW-{number:07d}", number))
    report = db.execute("SELECT * FROM reports WHERE number = ?", (number,)).fetchone()
    plan(db, report["id"], today, catalogue.stages(service, report["ending"]))
    seen = {"service_code": report["code"], "address": report["address"], "lat": lat, "long": long}
    record(db, now, "report.received", report["id"], seen)
    if wrong("event-twice"):
        record(db, now, "report.received", report["id"], seen)
    return report


def plan(db: sqlite3.Connection, report: str, day: date, to_come: Sequence[Stage]) -> None:
    """Put the stages that a report has yet to reach into the diary, counted from a day on."""
    for stage in to_come:
        day = working_days.after(day, stage.wait)
        insert(db, "diary", due=working_days.end_of(day), report=report, state=stage.state, note=stage.note)


def work_through(db: sqlite3.Connection, now: int) -> None:
    """Do what the diary says for every day that has ended by now, in order."""
    due = db.execute(
        "SELECT rowid, * FROM diary WHERE due <= ? ORDER BY due, report, rowid", (now,)
    ).fetchall()
    for entry in due:
        db.execute("DELETE FROM diary WHERE rowid = ?", (entry["rowid"],))
        reached = "UPDATE reports SET stages_reached = stages_reached + 1 WHERE id = ?"
        db.execute(reached, (entry["report"],))
        update(db, entry["due"], find(db, entry["report"]), entry["state"], entry["note"])


def take_update(db: sqlite3.Connection, now: int, form: Mapping[str, str]) -> str:
    """Keep an update that was sent, and give its id; sent twice, it is one. Raises Refused or NotFound."""
    report, state = find(db, form["service_request_id"]), form["status"].lower()
    if state not in (*OPEN, *CLOSING):
        known = ", ".join((*OPEN, *CLOSING)).upper()
        raise Refused(f"status {form['status']} is none; there are: {known}")
    instant("updated_datetime", form["updated_datetime"])
    same = "SELECT id FROM updates WHERE report = ? AND sender_id = ?"
    earlier = db.execute(same, (report["id"], form["update_id"])).fetchone()
    if earlier and not wrong("update-taken-twice"):
        return str(earlier["id"])
    sent = {"media_url": form.get("media_url"), "sender_id": form["update_id"], "sent": _as_sent(form)}
    made = update(db, now, report, state, form.get("description"), **sent)
    if report["status"] != "open" and state not in CLOSING and not wrong("reopen-ignored"):
        anew = "UPDATE reports SET ending = 'fixed', stages_reached = 1 WHERE id = ?"
        db.execute(anew, (report["id"],))
        to_come = catalogue.stages(catalogue.service(report["code"]))[1:]
        plan(db, report["id"], working_days.day_of(now), to_come)
    return made


def update(
    db: sqlite3.Connection, now: int, report: sqlite3.Row, said: str, note: str | None, **sent: str | None
) -> str:
    """Let a report reach a state, and tell of it. Gives the update's id."""
    kept = {"report": report["id"], "status": said, "notes": note, "made": now, **sent}
    number = insert(db, "updates", fixmystreet_id=report["fixmystreet_id"], **kept)
    made = f"RW-U{number:07d}"
    db.execute("UPDATE updates SET id = ? WHERE number = ?", (made, number))
    was_closed, closes = report["status"] != "open", said in CLOSING and not wrong("never-closed")
    # "Open" said of a report that is being worked on is a remark, and sets nothing back.
    state = report["state"] if said == "open" and not was_closed else "open" if said == "reopen" else said
    status = ("fixed" if wrong("closed-as-fixed") else "closed") if closes else "open"
    db.execute(
        "UPDATE reports SET status = ?, state = ?, notes = ?, updated = ? WHERE id = ?",
        (status, state, note, now, report["id"]),
    )
    told = {"service_code": report["code"], "state": state}
    if not (sent and wrong("update-event-missing")):
        subject = made if wrong("event-of-the-update") else report["id"]
        record(db, now, "report.updated", subject, {"update_id": made, **told})
    if closes:
        db.execute("DELETE FROM diary WHERE report = ?", (report["id"],))
        if not was_closed:
            record(db, now, "report.closed", report["id"], told)
    return made


def updates_made(db: sqlite3.Connection, span: tuple[float, float], limit: int) -> list[sqlite3.Row]:
    """The updates made in a span of time, the first first."""
    query = "SELECT * FROM updates WHERE made BETWEEN ? AND ? ORDER BY made, number LIMIT ?"
    return db.execute(query, (*span, limit)).fetchall()


def record(db: sqlite3.Connection, now: int, what: str, subject: str, data: dict[str, Any]) -> None:
    """Write an event into the outbox, in the transaction of what it tells of."""
    event = {
        "specversion": "1.0",
        "id": f"road-watch-{secrets.token_hex(16)}",
        "type": f"virtual-council.street-reports.{what}",
        "subject": subject,
        "time": datetime.fromtimestamp(now, UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
    insert(db, "outbox", event=json.dumps(event))


def _as_sent(form: Mapping[str, Any], **others: Any) -> str:
    """A form as it is kept: all that came with it but the key."""
    return json.dumps({name: value for name, value in form.items() if name != "api_key"} | others)


def sender_of(row: sqlite3.Row) -> dict[str, Any]:
    """Who made a report."""
    sent = json.loads(row["sent"]) or {}
    return {name: value for name, value in sent.items() if name in SENDER}
