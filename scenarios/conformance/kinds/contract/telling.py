"""Telling what was missed: schemathesis's failure as a sentence, what was expected and got, and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.conformance.checks import Missed

if TYPE_CHECKING:
    from scenarios.conformance.record import Exchange

REMEDIES = {
    "ServerError": "Find the cause in the target's log; what it cannot use it should refuse with a 4xx.",
    "UndefinedStatusCode": "Answer with one of the statuses that the slot's OpenAPI documents.",
    "UndefinedContentType": "Send the content type that the slot's OpenAPI documents.",
    "MissingContentType": "Send a Content-Type header with every answer that has a body.",
    "MalformedMediaType": "Send a Content-Type header of the form type/subtype.",
    "MissingHeaders": "Send the headers that the slot's OpenAPI requires.",
    "JsonSchemaError": "Mend the field that is named, or its type; the slot's OpenAPI has the schema.",
    "MalformedJson": "Send JSON where the content type says JSON.",
    "AcceptedNegativeData": "Check what comes in against the slot's OpenAPI, and refuse what does not fit.",
    "MissingHeaderNotRejected": "Refuse a call without the header that the slot's OpenAPI requires.",
    "UnsupportedMethodResponse": "Answer 405 with an Allow header to a method that a path does not have.",
    "AllowHeaderMismatch": "Name exactly the methods that the path has in Allow.",
    "UseAfterFree": "Answer 404 once a thing has been deleted.",
    "EnsureResourceAvailability": "Let what was made be found at once at its own address.",
}
EXPECTED = {
    "ServerError": "an answer below 500",
    "EnsureResourceAvailability": "what was just made",
    "UseAfterFree": "404",
    "JsonSchemaError": "an answer of the documented shape",
    "MalformedJson": "JSON",
    "AcceptedNegativeData": "a refusal (4xx)",
    "UnsupportedMethodResponse": "405 with an Allow header",
}
FIELDS = ("Received", "Documented", "Expected")
LONGEST = 2_000


def told(operation: str, failure: BaseException, shown: Exchange) -> Missed:
    """A failure of schemathesis as what was missed, with the exchange that shows it."""
    kind = type(failure).__name__
    title = str(getattr(failure, "title", "")) or kind
    message = str(getattr(failure, "message", failure))
    fields = dict(_fields(message))
    expected = (
        fields.get("documented") or fields.get("expected") or EXPECTED.get(kind, "an answer as documented")
    )
    rest = [line for line in message.splitlines() if line and line.partition(": ")[0] not in FIELDS]
    got = fields.get("received") or "\n".join([f"{shown.status}", *rest])
    detail = f": {rest[-1 if kind == 'AcceptedNegativeData' else 0].strip()}" if rest else ""
    return Missed(
        f"{operation}: {title[:1].lower()}{title[1:]}{detail}"[:500],
        expected=expected[:LONGEST],
        got=got[:LONGEST],
        remedy=REMEDIES.get(kind, "Hold the answer beside the slot's OpenAPI."),
        shown=shown,
    )


def _fields(message: str) -> list[tuple[str, str]]:
    """The `Received: ...` and `Documented: ...` lines of a message."""
    found = []
    for line in message.splitlines():
        name, colon, value = line.partition(": ")
        if colon and name in FIELDS:
            found.append((name.lower(), value.strip()))
    return found
