"""The mistakes that suppliers make, each switched on by its name; without a name the program is right."""

from __future__ import annotations

DEFECTS = {
    "return-by-a-day-late": "The crew's return is promised for a day later than the council promises.",
    "bank-holidays-forgotten": "Bank holidays are counted as working days.",
    "bank-holidays-of-scotland": "Working days go by Scotland's bank holidays.",
    "summer-time-forgotten": "The crews' hours are taken for UTC, so that in summer they are an hour late.",
    "own-clock": "The machine's clock is asked for the time, and not the council's.",
    "charge-counts-one-too-many": "The third thing of a bulky collection is charged as a further one.",
    "refund-forgotten": "A booking is cancelled, but its charge is not given back.",
    "place-not-given-back": "A cancelled booking still takes a place of its day.",
    "if-match-ignored": "A change with an old ETag is made, so that somebody else's change is lost.",
    "stale-cancellation": "An old ETag is refused where a case is closed, not where a booking is cancelled.",
    "version-stands-still": "When the crew has been there the status changes, but not the version.",
    "double-booking": "Two bookings at the same moment can both take the last place of a day.",
    "forgets-on-restart": "What was reported and booked is kept in memory alone.",
    "withdrawn-comes-back": "A case that was withdrawn is closed as collected when the crew's day comes.",
    "status-filter-ignored": "Lists of cases take a status, and show every status.",
    "other-homes-leak": "With a status beside a UPRN, a list shows other homes' cases of that status too.",
    "page-edge-lost": "The first record of every page but the first is left out.",
    "total-of-page": "The total of a list counts the records on the page.",
    "link-to-itself": "The next page's link leads to the page that it stands on.",
    "unknown-parameter-ignored": "A query parameter that does not exist is passed over in silence.",
    "unknown-stream-accepted": "Any word is taken for a kind of waste, and such a bin can be reported.",
    "impossible-date-accepted": "The 30th of February is taken for the 2nd of March.",
    "names-in-ascii": "Letters with accents in names become question marks.",
    "expired-key-honoured": "A key that was good once is good for an hour, whenever it expires.",
    "foreign-key-honoured": "A key that looks like the sandbox's is honoured, also another council's.",
    "read-key-may-write": "A key that may only read can report, book, close and cancel.",
    "open-calendar": "The calendar feed is given to anybody without a key.",
    "ok-on-failure": "What a case's state does not allow is refused with 200, and the problem as body.",
    "trace-shown": "A reference that does not exist ends in a 500 with a stack trace.",
    "wrong-problem-type": "Refusals are sent as application/json.",
    "wrong-charset": "Answers say that they are Latin-1 HTML.",
    "slow-slots": "The days of bulky collections take two and a half seconds.",
    "event-missing": "Nobody is told that a booking was cancelled.",
    "event-twice": "A report is told as two events.",
    "event-too-early": "A report is told before it is checked, and so is one that is then refused.",
    "event-of-the-home": "The subject of events about bookings is the home's UPRN, not the reference.",
    "signature-of-other-bytes": "The signature is of the event as it is kept, not of the bytes sent.",
    "idempotency-key-ignored": "A request sent again under its Idempotency-Key is done again.",
    "idempotency-body-unchecked": "Another body under a used Idempotency-Key gets the first answer.",
}
"""Each defect by its name, with what goes wrong."""
ON_LEAVING = {
    "record-lost-on-return": "When the records go back to the council, the first missed bin is left out.",
    "field-changed-on-return": "When the records go back, the second missed bin is of another stream.",
    "record-doubled-on-return": "When the records go back, the first missed bin is there twice.",
}
"""Those that show only when the records are given back, which no check of the slot asks for."""

_chosen: str | None = None


class NoSuchDefect(ValueError):
    """There is no defect of that name."""


def choose(name: str | None) -> None:
    """Switch one defect on, or none. Raises NoSuchDefect."""
    global _chosen
    if name and name not in DEFECTS | ON_LEAVING:
        raise NoSuchDefect(f"There is no defect {name}; there are: {', '.join(DEFECTS | ON_LEAVING)}")
    _chosen = name or None


def broken(name: str) -> bool:
    """Whether this mistake is made in this run."""
    return name == _chosen
