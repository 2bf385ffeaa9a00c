"""The faults that this program can be given, one at a time, to see whether anybody notices."""

DEFECTS = {
    "xml-unescaped": "In XML the characters <, > and & of what people wrote are not escaped.",
    "xml-latin1": "XML is sent in UTF-8 and called ISO-8859-1.",
    "xml-as-html": "XML is sent as text/html.",
    "lat-long-swapped": "Reports are told with latitude and longitude the wrong way round.",
    "time-without-zone": "The requested_datetime is told in local time, without its zone.",
    "status-ignored": "The filter by status is ignored.",
    "first-code-only": "Of several service codes in a filter only the first counts.",
    "last-day-missing": "A span of time ends with the day before its end_date.",
    "page-drops-one": "Between one page and the next, one report is left out.",
    "page-size-ignored": "Every page holds up to 1,000 reports, whatever page_size says.",
    "oldest-first": "Reports are listed the oldest first, so that the first page is the past.",
    "expired-key-honoured": "What the council once said of a key is believed for ever.",
    "read-key-writes": "A key that may only read may write as well.",
    "foreign-key-honoured": "Keys that the council does not know are honoured, so another council's are too.",
    "key-refused-with-401": "A key that may not write is refused with 401, which Open311 does not have.",
    "jurisdiction-ignored": "Questions about another council are answered as if they were about this one.",
    "forgets-on-restart": "Everything since the component joined is gone after a restart.",
    "failure-as-200": "A refused form is answered with 200 and a list of errors.",
    "update-taken-twice": "An update that is sent twice is two updates.",
    "update-event-missing": "An update that somebody sent changes the report, and no event tells of it.",
    "event-twice": "The receipt of a report is told in two events.",
    "event-of-the-update": "The event of an update names the update as its subject and not the report.",
    "never-closed": "A report that has been dealt with stays open.",
    "closed-as-fixed": "A report that is closed has the status fixed, which Open311 does not have.",
    "reopen-ignored": "A closed report that is opened again is not worked on any more.",
    "bank-holidays-worked": "Bank holidays count as working days.",
    "required-not-demanded": "Answers that a service requires may be left out.",
    "unicode-mangled": "Forms are read as Latin-1, so that letters outside ASCII are spoilt.",
    "unicode-refused": "A description with letters outside ASCII is refused.",
    "far-away-accepted": "A place far outside the council is accepted.",
    "token-of-another": "A token leads to the report before the one that it was given for.",
    "updates-slow": "A list of updates takes two and a half seconds.",
    "media-lost": "The media_url of a report is not kept.",
    "description-leaks": "A report without a description is given that of the report before.",
    "reporter-shown": "Who made a report is told to everybody.",
}
ON_LEAVING = {
    "update-lost-on-return": "When the records go back to the council, the first update is left out.",
    "address-changed-on-return": "When the records go back, the second report is at another address.",
}
"""Those that show only when the records are given back, which no check of the slot asks for."""

_chosen: str | None = None


def choose(name: str | None) -> None:
    """Give the program one of the faults; none for a good program."""
    global _chosen
    _chosen = name


def wrong(name: str) -> bool:
    """Whether the program is to go wrong in this way."""
    return name == _chosen
