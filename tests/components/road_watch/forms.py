"""Forms: read from a body, and held to what each field may be."""

import math
import re
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from urllib.parse import parse_qsl

from defects import wrong
from refusals import Refused
from written import NOT_IN_XML

LONGEST = {
    "api_key": 200,
    "jurisdiction_id": 100,
    "service_code": 40,
    "description": 4000,
    "media_url": 2000,
    "first_name": 100,
    "last_name": 100,
    "email": 254,
    "phone": 40,
    "account_id": 100,
    "device_id": 100,
    "address_string": 400,
    "address_id": 40,
    "service_request_id": 40,
    "update_id": 100,
}
"""The texts that are kept, and their most characters. Clients send fields of their own: they are ignored."""
Fields = list[tuple[str, str]]


def fields_of(content_type: str, body: bytes) -> Fields:
    """The fields of a form that hold something, in their order. Raises Refused."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        fields = _of_address(body)
    elif kind == "multipart/form-data":
        fields = _of_parts(content_type, body)
    else:
        kinds = "application/x-www-form-urlencoded or multipart/form-data"
        raise Refused(f"The body must be a form, {kinds}; it came with {kind or 'no Content-Type'}")
    control = [name for name, value in fields if NOT_IN_XML.search(name + value)]
    if control:
        raise Refused(*(f"{name} holds a control character; leave it out" for name in control))
    return [(name, value.strip()) for name, value in fields if value.strip()]


def _of_address(body: bytes) -> Fields:
    charset = "latin-1" if wrong("unicode-mangled") else "utf-8"
    try:
        text = body.decode(charset)
        return parse_qsl(text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=500)
    except ValueError as fault:
        raise Refused(f"The form cannot be read: {fault}; send at most 500 fields in UTF-8") from fault


def _of_parts(content_type: str, body: bytes) -> Fields:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    form = BytesParser().parsebytes(head + body)
    parts = form.get_payload()
    if not isinstance(parts, list) or form.defects:
        raise Refused("The form cannot be read: its parts do not keep to the boundary that it names")
    files = [str(_named(part)) for part in parts if part.get_filename() is not None or part.is_multipart()]
    if files:
        raise Refused(*(f"{name} is a file; text is taken here" for name in files))
    charset = "latin-1" if wrong("unicode-mangled") else "utf-8"
    try:
        return [(_named(part), bytes(part.get_payload(decode=True)).decode(charset)) for part in parts]
    except ValueError as fault:
        raise Refused(f"The form cannot be read: {fault}; send it in UTF-8") from fault


def _named(part: Message) -> str:
    return str(part.get_param("name", "", "content-disposition"))


def checked(fields: Fields, *required: str) -> dict[str, str]:
    """The known fields, each once: of a field sent twice the first counts. Raises Refused."""
    form = {name: value for name, value in reversed(fields) if name in LONGEST or name in _OTHERS}
    faults = [f"{name} was not sent, and is required" for name in required if name not in form]
    faults += [
        f"{name} has more than {LONGEST[name]} characters"
        for name, value in form.items()
        if len(value) > LONGEST.get(name, len(value))
    ]
    if not re.fullmatch(r"https?://\S+", form.get("media_url", "http://none")):
        faults.append("media_url is no address that begins with http:// or https://")
    if wrong("unicode-refused") and not form.get("description", "").isascii():
        faults.append("description holds characters that are not allowed")
    if faults:
        raise Refused(*faults)
    return form


_OTHERS = ("lat", "long", "status", "updated_datetime")


def degrees(form: Mapping[str, str]) -> tuple[float, float] | None:
    """The point that a form names, if it names one. Raises Refused."""
    sent = [name for name in ("lat", "long") if name in form]
    if len(sent) == 1:
        raise Refused(f"{'long' if sent == ['lat'] else 'lat'} was not sent; both are needed")
    if not sent:
        return None
    return _degrees(form, "lat", 90), _degrees(form, "long", 180)


def _degrees(form: Mapping[str, str], name: str, most: int) -> float:
    try:
        value = float(form[name])
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise Refused(f"{name} {form[name]} is no number from -{most} to {most}")
    return value
