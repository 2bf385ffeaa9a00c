"""Lists and their pages: the bins of some days, and jobs by home and status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from defects import broken
from jobs import Row, Work, bins_due, job_shown, round_shown

BINS = """
SELECT homes.uprn, turns.value ->> 2 AS stream, turns.value ->> 1 AS collection_date, homes.address,
    homes.crew AS round, jobs.reference AS missed_collection
FROM json_each(:due) AS turns
JOIN homes ON homes.crew = turns.value ->> 0
LEFT JOIN jobs ON jobs.uprn = homes.uprn AND jobs.day = turns.value ->> 1 AND jobs.kind = 'missed'
    AND jobs.stream = turns.value ->> 2 AND jobs.state != 'withdrawn'
WHERE (turns.value ->> 2 != 'garden' OR homes.garden_until >= turns.value ->> 1)
    AND (:uprn IS NULL OR homes.uprn = :uprn)
    AND (:missed IS NULL OR (jobs.reference IS NOT NULL) = :missed)
"""


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many records all its pages have."""

    items: list[Row]
    page: int
    per_page: int
    total: int

    def links(self, address: str, query: list[tuple[str, str]]) -> str:
        """The ``Link`` header (RFC 8288): first, prev, next and last, as far as there are such."""
        last = max(1, -(-self.total // self.per_page))
        after = self.page if broken("link-to-itself") else self.page + 1
        pages = {"first": 1, "prev": self.page - 1, "next": after, "last": last}
        size = ("per_page", self.per_page)
        kept = [(name, value) for name, value in query if name not in ("page", "per_page")]
        return ", ".join(
            f'<{address}?{urlencode([*kept, ("page", number), size])}>; rel="{relation}"'
            for relation, number in pages.items()
            if 1 <= number <= last
        )


def _page(
    work: Work,
    query: str,
    values: dict[str, Any],
    order: str,
    page: tuple[int, int],
    shown: Callable[..., Row],
) -> Page:
    number, size = page
    skipped = (number - 1) * size
    if broken("page-edge-lost") and number > 1:
        skipped += 1
    limits = {**values, "size": size, "skipped": skipped}
    rows = work.db.execute(f"{query} ORDER BY {order} LIMIT :size OFFSET :skipped", limits).fetchall()
    (total,) = work.db.execute(f"SELECT count(*) FROM ({query})", values).fetchone()
    if broken("total-of-page"):
        total = len(rows)
    return Page([shown(row) for row in rows], number, size, total)


def rounds(work: Work, page: tuple[int, int]) -> Page:
    """The crews' days."""
    return _page(work, "SELECT * FROM crews", {}, "code", page, round_shown)


def bins(
    work: Work,
    days: list[date],
    stream: str | None,
    missed: bool | None,
    uprn: str | None,
    page: tuple[int, int],
) -> Page:
    """The bins whose turn it is on those days, the latest day first, by UPRN."""
    values = {"due": bins_due(work, days, stream), "missed": missed, "uprn": uprn}
    return _page(work, BINS, values, "3 DESC, 1, 2", page, dict)


def jobs(work: Work, kind: str, uprn: str | None, status: str | None, page: tuple[int, int]) -> Page:
    """Missed bins or bulky collections, those of a home or of a status where it is given."""
    wanted = [name for name, value in (("uprn", uprn), ("state", status)) if value is not None]
    if broken("status-filter-ignored"):
        wanted = [name for name in wanted if name != "state"]
    both = " OR " if broken("other-homes-leak") else " AND "
    where = both.join(f"{name} = :{name}" for name in wanted) or "true"
    query = f"SELECT * FROM jobs WHERE kind = :kind AND ({where})"
    return _page(work, query, {"kind": kind, "uprn": uprn, "state": status}, "number", page, job_shown)
