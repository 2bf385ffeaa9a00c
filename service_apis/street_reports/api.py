"""Street reports over Open311 GeoReport v2, with the extensions that FixMyStreet uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from fastapi.responses import Response
from starlette.datastructures import FormData

from service_apis.kit import open311
from service_apis.kit.door import Door
from service_apis.kit.forms import form_schema, shaped, span, texts
from service_apis.kit.open311 import REQUESTS, UPDATES, answer
from service_apis.kit.routes import Routes
from service_apis.kit.spark import Format
from service_apis.kit.work import Work
from service_apis.street_reports import rules
from service_apis.street_reports.models import CATEGORIES, FIXMYSTREET_QUESTIONS, Category, Report, Update
from service_apis.street_reports.schemas import Form, ReportForm, UpdateForm

routes = Routes("street_reports")
routes.refusals.update(open311.refusals)

AskedFormat = Annotated[Format, Path(description="The format of the answer.")]
Code = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9-]+$")]
Several = Annotated[str | None, Query(max_length=20_000, description="One, or several separated by commas.")]
When = Annotated[str | None, Query(max_length=40, json_schema_extra={"format": "date-time"})]
Operation = Callable[[Callable[..., Response]], Callable[..., Response]]


def _reads(path: str, root: str, shape: Any) -> Operation:
    responses = open311.described(root, shape, 400, 404)
    return routes.standard("GET", path, responses=responses, dependencies=[Depends(open311.for_us)])


def _takes(path: str, root: str, shape: Any, form: type[Form]) -> Operation:
    patterns = open311.ATTRIBUTES if form is ReportForm else None
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    content = {kind: {"schema": form_schema(form, patterns)} for kind in kinds}
    extra = {"requestBody": {"required": True, "content": content}}
    responses = open311.described(root, shape, 400, 403, 404, 413)
    return routes.standard("POST", path, responses=responses, openapi_extra=extra)


@_reads("/discovery.{format}", "discovery", open311.Discovery)
def show_discovery(work: Work, door: Door, format: AskedFormat) -> Response:
    """Where Open311 is spoken here, in which formats, and how to get a key."""
    return answer(format, "discovery", open311.discovery(door))


@_reads("/services.{format}", "services", list[open311.AnyService])
def list_services(work: Work, format: AskedFormat) -> Response:
    """The kinds of problem that can be reported."""
    return answer(format, "services", [_service(category) for category in CATEGORIES.values()])


def _service(category: Category) -> open311.ServiceEntry:
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
        return open311.ServiceInGroups(**fields, groups=list(category.team.groups))
    return open311.ServiceEntry(**fields)


@_reads("/services/{service_code}.{format}", "service_definition", open311.ServiceDefinition)
def show_service_definition(work: Work, service_code: Code, format: AskedFormat) -> Response:
    """The questions that a report of one kind is asked to answer."""
    category = rules.find_category(service_code)
    automated = FIXMYSTREET_QUESTIONS if category.questions else ()
    said = open311.definition(category.code, category.questions, automated)
    return answer(format, "service_definition", said)


@_reads("/requests.{format}", REQUESTS, list[open311.ReportEntry])
def list_requests(
    work: Work,
    format: AskedFormat,
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
        query = rules.reports_by_id(ids)
    else:
        between = span(start_date, end_date, work.now, rules.LONGEST_SPAN)
        query = rules.reports_requested(between, _separate(service_code), _separate(status))
    rows = work.session.scalars(query.limit(page_size).offset((page - 1) * page_size))
    return answer(format, REQUESTS, [_report(row) for row in rows])


def _separate(commas: str | None) -> list[str]:
    return [each.strip() for each in (commas or "").split(",") if each.strip()]


def _report(report: Report) -> open311.ReportEntry:
    category = report.category
    told: dict[str, Any] = {name: getattr(report, name, None) for name in open311.ReportEntry.model_fields}
    told |= {"service_name": category.name, "service_notice": category.notice}
    return open311.ReportEntry(**{**told, "agency_responsible": category.team.name})


@_reads("/requests/{service_request_id}.{format}", REQUESTS, list[open311.ReportEntry])
def show_request(work: Work, service_request_id: Code, format: AskedFormat) -> Response:
    """One report by its id: a list of one."""
    return answer(format, REQUESTS, [_report(rules.find_report(work, service_request_id))])


@_reads("/tokens/{token}.{format}", REQUESTS, list[open311.TokenEntry])
def find_request_by_token(work: Work, token: Code, format: AskedFormat) -> Response:
    """The id of the report that was answered with a token."""
    found = rules.find_by_token(work, token).service_request_id
    return answer(format, REQUESTS, [open311.TokenEntry(service_request_id=found, token=token)])


@_takes("/requests.{format}", REQUESTS, list[open311.Received], ReportForm)
def make_request(work: Work, door: Door, form: FormData, format: AskedFormat) -> Response:
    """Report a problem: needs an ``api_key`` that may write here.

    Send the place as ``lat`` and ``long``, ``address_id`` or ``address_string``.
    """
    fields = _admitted(door, form)
    sent = shaped(ReportForm, fields)
    report = rules.receive(work, sent, open311.answers_in(fields))
    told: dict[str, Any] = {"service_notice": report.category.notice, "account_id": sent.account_id}
    received: open311.Received
    if report.category.batch:
        received = open311.TokenReceived(token=rules.token_of(report), **told)
    else:
        received = open311.ReportReceived(service_request_id=report.service_request_id, **told)
    return answer(format, REQUESTS, [received])


def _admitted(door: Door, form: FormData) -> list[tuple[str, str]]:
    fields = texts(form.multi_items())
    open311.admit(door, fields, "street_reports:write")
    return fields


@_reads("/servicerequestupdates.{format}", UPDATES, list[open311.AnyUpdate])
def list_updates(work: Work, format: AskedFormat, start_date: When = None, end_date: When = None) -> Response:
    """Updates made in a span of at most 90 days, the earliest first and at most 1,000."""
    between = span(start_date, end_date, work.now, rules.LONGEST_SPAN)
    rows = work.session.scalars(rules.updates_made(between).limit(rules.MOST_ROWS))
    return answer(format, UPDATES, [_update(row) for row in rows])


def _update(update: Update) -> open311.UpdateEntry:
    shape = open311.FixMyStreetUpdate if update.fixmystreet_id else open311.UpdateEntry
    return shape.model_validate(update)


@_takes("/servicerequestupdates.{format}", UPDATES, list[open311.UpdateReceived], UpdateForm)
def send_update(work: Work, door: Door, form: FormData, format: AskedFormat) -> Response:
    """Tell of a report's progress: needs an ``api_key`` that may write here.

    A closing status closes the report; OPEN or REOPEN opens a closed one again.
    """
    update = rules.take_update(work, shaped(UpdateForm, _admitted(door, form)))
    received = open311.UpdateReceived(update_id=update.update_id)
    return answer(format, UPDATES, [received])
