"""Street reports over Open311 GeoReport v2, with the extensions that FixMyStreet uses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import Response
from starlette.datastructures import FormData

from service_apis.kit.door import Door
from service_apis.kit.forms import ends, shaped, span, texts
from service_apis.kit.open311 import shapes
from service_apis.kit.open311.routes import Open311Routes, When, admit, answer, answers_in, discovery
from service_apis.kit.open311.shapes import REQUESTS, UPDATES
from service_apis.kit.spark import Format
from service_apis.kit.work import Work
from service_apis.street_reports import rules
from service_apis.street_reports.models import CATEGORIES, FIXMYSTREET_QUESTIONS, Category, Report, Update
from service_apis.street_reports.schemas import ReportForm, UpdateForm

routes = Open311Routes("street_reports")

Code = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9-]+$")]
Several = Annotated[str | None, Query(max_length=20_000, description="One, or several separated by commas.")]


@routes.reads("/discovery", "discovery", shapes.Discovery)
def show_discovery(work: Work, door: Door, format: Format) -> Response:
    """Where Open311 is spoken here, in which formats, and how to get a key."""
    return answer(format, "discovery", discovery(door))


@routes.reads("/services", "services", list[shapes.AnyService])
def list_services(work: Work, format: Format) -> Response:
    """The kinds of problem that can be reported."""
    return answer(format, "services", [_service(category) for category in CATEGORIES.values()])


def _service(category: Category) -> shapes.ServiceEntry:
    fields: dict[str, Any] = {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.summary,
        "metadata": bool(category.questions),
        "type": "batch" if category.batch else "realtime",
        "keywords": category.keywords,
        "group": category.team.groups[0],
    }
    if len(category.team.groups) > 1:
        return shapes.ServiceInGroups(**fields, groups=list(category.team.groups))
    return shapes.ServiceEntry(**fields)


@routes.reads("/services/{service_code}", "service_definition", shapes.ServiceDefinition)
def show_service_definition(work: Work, service_code: Code, format: Format) -> Response:
    """The questions that a report of one kind is asked to answer."""
    category = rules.find_category(service_code)
    automated = FIXMYSTREET_QUESTIONS if category.questions else ()
    said = shapes.definition(category.code, category.questions, automated)
    return answer(format, "service_definition", said)


@routes.reads("/requests", REQUESTS, list[shapes.ReportEntry])
def list_requests(
    work: Work,
    format: Format,
    service_request_id: Several = None,
    service_code: Several = None,
    start_date: When = None,
    end_date: When = None,
    status: Several = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=rules.MOST_ROWS)] = rules.MOST_ROWS,
) -> Response:
    """Reports by their ids, or else those made in a span of at most 90 days, the latest first."""
    if ids := _separate(service_request_id):
        ends(start_date, end_date)
        query = rules.reports_by_id(ids)
    else:
        between = span(start_date, end_date, work.now, rules.LONGEST_SPAN)
        query = rules.reports_requested(between, _separate(service_code), _separate(status))
    rows = work.session.scalars(query.limit(page_size).offset((page - 1) * page_size))
    return answer(format, REQUESTS, [_report(row) for row in rows])


def _separate(commas: str | None) -> list[str]:
    return [each.strip() for each in (commas or "").split(",") if each.strip()]


def _report(report: Report) -> shapes.ReportEntry:
    category = report.category
    told: dict[str, Any] = {name: getattr(report, name, None) for name in shapes.ReportEntry.model_fields}
    told |= {"service_name": category.name, "service_notice": category.notice}
    return shapes.ReportEntry(**{**told, "agency_responsible": category.team.name})


@routes.reads("/requests/{service_request_id}", REQUESTS, list[shapes.ReportEntry])
def show_request(work: Work, service_request_id: Code, format: Format) -> Response:
    """One report by its id: a list of one."""
    return answer(format, REQUESTS, [_report(rules.find_report(work, service_request_id))])


@routes.reads("/tokens/{token}", REQUESTS, list[shapes.TokenEntry])
def find_request_by_token(work: Work, token: Code, format: Format) -> Response:
    """The id of the report that was answered with a token."""
    found = rules.find_by_token(work, token).service_request_id
    return answer(format, REQUESTS, [shapes.TokenEntry(service_request_id=found, token=token)])


@routes.takes("/requests", REQUESTS, list[shapes.Received], ReportForm)
def make_request(work: Work, door: Door, form: FormData, format: Format) -> Response:
    """Report a problem: needs an ``api_key`` that may write here.

    Send the place as ``lat`` and ``long``, ``address_id`` or ``address_string``.
    """
    fields = _admitted(door, form)
    sent = shaped(ReportForm, fields)
    report = rules.receive(work, sent, answers_in(fields))
    told: dict[str, Any] = {"service_notice": report.category.notice, "account_id": sent.account_id}
    received: shapes.Received
    if report.category.batch:
        received = shapes.TokenReceived(token=rules.token_of(report), **told)
    else:
        received = shapes.ReportReceived(service_request_id=report.service_request_id, **told)
    return answer(format, REQUESTS, [received])


def _admitted(door: Door, form: FormData) -> list[tuple[str, str]]:
    fields = texts(form.multi_items())
    admit(door, fields, "street_reports:write")
    return fields


@routes.reads("/servicerequestupdates", UPDATES, list[shapes.AnyUpdate])
def list_updates(work: Work, format: Format, start_date: When = None, end_date: When = None) -> Response:
    """Updates made in a span of at most 90 days, the earliest first and at most 1,000."""
    between = span(start_date, end_date, work.now, rules.LONGEST_SPAN)
    rows = work.session.scalars(rules.updates_made(between).limit(rules.MOST_ROWS))
    return answer(format, UPDATES, [_update(row) for row in rows])


def _update(update: Update) -> shapes.UpdateEntry:
    shape = shapes.FixMyStreetUpdate if update.fixmystreet_id else shapes.UpdateEntry
    return shape.model_validate(update)


@routes.takes("/servicerequestupdates", UPDATES, list[shapes.UpdateReceived], UpdateForm)
def send_update(work: Work, door: Door, form: FormData, format: Format) -> Response:
    """Tell of a report's progress: needs an ``api_key`` that may write here.

    A closing status closes the report; OPEN or REOPEN opens a closed one again.
    """
    update = rules.take_update(work, shaped(UpdateForm, _admitted(door, form)))
    received = shapes.UpdateReceived(update_id=update.update_id)
    return answer(format, UPDATES, [received])
