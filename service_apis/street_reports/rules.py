"""How reports are received, placed, found and moved on to their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service_apis.kit.clock import at
from service_apis.kit.forms import InvalidForm, faults_in_answers, moment
from service_apis.kit.places import metres_to, nearest, written_in
from service_apis.kit.problems import NotFound, Unprocessable
from service_apis.kit.work import Work
from service_apis.kit.working_days import add_working_days
from service_apis.street_reports.models import (
    CATEGORIES,
    CLOSING_STATES,
    FIXMYSTREET_QUESTIONS,
    STATES,
    Category,
    Place,
    Report,
    Update,
    path_of,
)
from service_apis.street_reports.schemas import ReportForm, UpdateForm

DAY_ENDS = time(15, 0)
"""When the teams' work of a day is written up: an assumption."""
LONGEST_SPAN, MOST_ROWS = timedelta(days=90), 1000
"""GeoReport v2: "a span of 90 days or first 1000 requests returned, whichever is smallest"."""
FARTHEST_METRES = 3_000


class NoSuchServiceCode(NotFound):
    """The council has no such kind of problem. ``/services`` lists those that can be reported."""


class NoSuchReport(NotFound):
    """There is no report of that service_request_id. ``/requests`` lists those there are."""


class NoSuchToken(NotFound):
    """No report was answered with that token. Only batch services answer with one."""


class OutsideTheCouncil(Unprocessable):
    """The point is too far from any address of this council to be in one of its streets."""


class PlaceNotFound(Unprocessable):
    """The address_id is no UPRN of this council, or no street of it is named in the address_string."""


def find_category(code: str) -> Category:
    """The kind of problem of a service code. Raises NoSuchServiceCode."""
    if code not in CATEGORIES:
        raise NoSuchServiceCode(f"service_code {code} was not found; there are: {', '.join(CATEGORIES)}")
    return CATEGORIES[code]


def find_report(work: Work, service_request_id: str) -> Report:
    """One report. Raises NoSuchReport."""
    report = work.session.get(Report, service_request_id)
    if report is None:
        raise NoSuchReport(
            f"service_request_id {service_request_id} was not found; requests lists those there are"
        )
    return report


def token_of(report: Report) -> str:
    """The token that stands for a report of a batch service."""
    return report.service_request_id.replace("SR", "TK")


def find_by_token(work: Work, token: str) -> Report:
    """The report that a token stands for. Raises NoSuchToken."""
    report = work.session.get(Report, token.replace("TK", "SR")) if token.startswith("TK") else None
    if report is None or not report.category.batch:
        raise NoSuchToken(f"token {token} was not found; send the token that a report was answered with")
    return report


def reports_by_id(ids: Sequence[str]) -> Select[Report]:
    """The reports of these ids, as far as there are any."""
    return select(Report).where(Report.service_request_id.in_(ids)).order_by(Report.service_request_id)


def reports_requested(
    between: tuple[datetime, datetime], codes: Sequence[str], statuses: Sequence[str]
) -> Select[Report]:
    """Reports made in a span of time, the latest first; no codes or statuses means all of them."""
    query = select(Report).where(Report.requested_datetime.between(*between))
    if codes:
        query = query.where(Report.service_code.in_([find_category(code).code for code in codes]))
    if unknown := sorted(set(statuses) - {"open", "closed"}):
        raise InvalidForm.of(("status", f"{', '.join(unknown)} is none; there are open and closed"))
    if statuses:
        query = query.where(Report.status.in_(statuses))
    return query.order_by(Report.requested_datetime.desc(), Report.service_request_id.desc())


def updates_made(between: tuple[datetime, datetime]) -> Select[Update]:
    """Updates made in a span of time, the first first."""
    query = select(Update).where(Update.updated_datetime.between(*between))
    return query.order_by(Update.updated_datetime, Update.update_id)


def receive(work: Work, form: ReportForm, answers: dict[str, list[str]]) -> Report:
    """Keep a report and set it on its way.

    Raises NoSuchServiceCode, InvalidForm, OutsideTheCouncil or PlaceNotFound.
    """
    category = find_category(form.service_code)
    faults = faults_in_answers((*category.questions, *FIXMYSTREET_QUESTIONS), answers)
    if faults:
        raise InvalidForm.of(*((f"attribute[{code}]", what) for code, what in faults))
    question, answer = category.private
    refused = answer in answers.get(question, [])
    uprn = form.address_id or next(iter(answers.get("uprn", [])), None)
    latitude, longitude, place = locate(work, form, uprn)
    now = work.now.replace(microsecond=0)
    report = Report(
        service_request_id=f"SR{work.next_number('street_reports.report'):07d}",
        service_code=category.code,
        status="open",
        state="open",
        description=form.description,
        requested_datetime=now,
        updated_datetime=now,
        expected_datetime=at(add_working_days(work.today, sum(category.waits)), DAY_ENDS),
        address=form.address_string or place.address,
        address_id=uprn,
        zipcode=place.postcode,
        lat=latitude,
        long=longitude,
        media_url=form.media_url,
        fixmystreet_id=next(iter(answers.get("fixmystreet_id", [])), None),
        sent={**form.model_dump(exclude_none=True, exclude={"api_key"}), "attributes": answers},
        ending="not_councils_responsibility" if refused else "fixed",
        steps_done=0,
    )
    _plan_next_step(work, report)
    work.session.add(report)
    seen = {"address": report.address, "lat": latitude, "long": longitude}
    work.record("report.received", report.service_request_id, service_code=category.code, **seen)
    return report


def locate(work: Work, form: ReportForm, uprn: str | None) -> tuple[float, float, Place]:
    """The point of a report and the address it is at or near.

    A point counts for more than an ``address_id`` (or ``uprn``), that for more than an
    ``address_string``. Raises InvalidForm, OutsideTheCouncil or PlaceNotFound.
    """
    place = work.session.get(Place, uprn) if uprn else None
    if uprn and place is None:
        raise PlaceNotFound(
            f"address_id {uprn} is no UPRN of this council; send one that is, or lat and long"
        )
    if form.lat is not None and form.long is not None:
        return form.lat, form.long, place or _near(work, form.lat, form.long)
    if form.lat is not None or form.long is not None:
        raise InvalidForm.of(("long" if form.long is None else "lat", "was not sent; both are needed"))
    if place is None and form.address_string:
        place = written_in(work.session, Place, form.address_string)
        if place is None:
            raise PlaceNotFound(
                "address_string names no street or postcode of this council; send lat and long"
            )
    if place is None:
        raise InvalidForm.of(("lat", "was not sent; send lat and long, or address_id or address_string"))
    return place.latitude, place.longitude, place


def _near(work: Work, latitude: float, longitude: float) -> Place:
    place = nearest(work.session, Place, latitude, longitude)
    if place is None or metres_to(place, latitude, longitude) > FARTHEST_METRES:
        inside = work.session.scalars(select(Place).order_by(Place.uprn).limit(1)).one()
        raise OutsideTheCouncil(
            f"lat {latitude}, long {longitude} is more than {FARTHEST_METRES:,} metres from any address of "
            f"this council; lat {inside.latitude}, long {inside.longitude} is in it"
        )
    return place


def _plan_next_step(work: Work, report: Report) -> None:
    """Put the report's next step on its day; one agenda entry a day moves all reports of that day."""
    path = path_of(report.category, report.ending)
    day = add_working_days(work.today, path[report.steps_done].wait)
    planned = select(Report.service_request_id).where(Report.next_step_on == day).limit(1)
    if work.session.scalar(planned) is None:
        work.schedule(at(day, DAY_ENDS), "steps", day.isoformat())
    report.next_step_on = day


def take_steps(work: Work, day: date) -> None:
    """Move on every report whose next step is due on the day, or was before it."""
    due = select(Report).where(Report.next_step_on <= day).order_by(Report.service_request_id)
    for report in list(work.session.scalars(due)):
        step = path_of(report.category, report.ending)[report.steps_done]
        report.steps_done += 1
        report.next_step_on = None
        _add_update(work, report, step.state, step.note)
        if report.status == "open":
            _plan_next_step(work, report)


def take_update(work: Work, form: UpdateForm) -> Update:
    """Keep an update that was sent, and let it close or reopen the report. Sent twice, it is one update.

    It is dated by the council's clock. Raises NoSuchReport or InvalidForm.
    """
    report = find_report(work, form.service_request_id)
    state = form.status.lower()
    if state not in STATES:
        known = ", ".join(each.upper() for each in STATES)
        raise InvalidForm.of(("status", f"{form.status} is none; there are: {known}"))
    moment("updated_datetime", form.updated_datetime)
    same = select(Update).where(Update.service_request_id == form.service_request_id)
    earlier = work.session.scalar(same.where(Update.sender_id == form.update_id))
    if earlier is not None:
        return earlier
    was_closed = report.status == "closed"
    update = _add_update(work, report, state, form.description)
    update.sender_id, update.media_url = form.update_id, form.media_url
    update.sent = form.model_dump(exclude_none=True, exclude={"api_key"})
    if was_closed and report.status == "open":
        report.steps_done, report.ending = 1, "fixed"
        _plan_next_step(work, report)
    return update


def _add_update(work: Work, report: Report, state: str, description: str | None) -> Update:
    update = Update(
        update_id=f"UP{work.next_number('street_reports.update'):07d}",
        service_request_id=report.service_request_id,
        status=state,
        description=description,
        updated_datetime=work.now.replace(microsecond=0),
        fixmystreet_id=report.fixmystreet_id,
    )
    work.session.add(update)
    was_closed = report.status == "closed"
    # "Open" said of a report that is being worked on is a remark, and sets nothing back.
    if state != "open" or was_closed:
        report.state = "open" if state == "reopen" else state
    report.status = "closed" if state in CLOSING_STATES else "open"
    report.status_notes, report.updated_datetime = description, update.updated_datetime
    told: dict[str, Any] = {"service_code": report.service_code, "state": report.state}
    work.record("report.updated", report.service_request_id, update_id=update.update_id, **told)
    if report.status == "closed":
        report.next_step_on = None
        if not was_closed:
            work.record("report.closed", report.service_request_id, **told)
    return update


def open_cases(session: Session) -> int:
    """How many reports are open now."""
    return session.scalar(select(func.count()).where(Report.status == "open")) or 0
