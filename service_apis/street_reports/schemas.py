"""What is sent over Open311: reports, and updates of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service_apis.kit.open311.shapes import ATTRIBUTES
from service_apis.street_reports.models import STATES


class Form(BaseModel):
    """What every form carries. An empty field counts as none; fields that are not known are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    api_key: Annotated[str, Field(max_length=200, description="A key of this council, which may write here.")]
    jurisdiction_id: Annotated[str | None, Field(max_length=100)] = None
    description: Annotated[str | None, Field(max_length=4000)] = None
    media_url: Annotated[str | None, Field(max_length=2000, pattern=r"^https?://\S+$")] = None
    first_name: Annotated[str | None, Field(max_length=100)] = None
    last_name: Annotated[str | None, Field(max_length=100)] = None
    email: Annotated[str | None, Field(max_length=254)] = None
    phone: Annotated[str | None, Field(max_length=40)] = None
    account_id: Annotated[str | None, Field(max_length=100)] = None


class ReportForm(Form):
    """A report: what, where (``lat`` and ``long``, or ``address_id``, or ``address_string``), and by whom.

    Answers to the service's questions come as ``attribute[CODE]``, or ``attribute[CODE][]`` for each of
    several.
    """

    model_config = ConfigDict(json_schema_extra={"patternProperties": ATTRIBUTES})
    service_code: Annotated[str, Field(max_length=40)]
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    long: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    address_string: Annotated[str | None, Field(max_length=400)] = None
    address_id: Annotated[str | None, Field(max_length=40, description="A UPRN of this council.")] = None
    device_id: Annotated[str | None, Field(max_length=100)] = None


class UpdateForm(Form):
    """An update of a report; ``update_id`` is the sender's own, and sent twice it is one update."""

    service_request_id: Annotated[str, Field(max_length=40)]
    update_id: Annotated[str, Field(max_length=100)]
    status: Annotated[str, Field(json_schema_extra={"enum": [state.upper() for state in STATES]})]
    updated_datetime: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
