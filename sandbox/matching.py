"""Scoring a matching product: what it says of which records are the same person, held against the truth.

Pairs are counted. A pair is two different records, of one service or of two, in either order. The true pairs
are all those of which both records stand for the same resident. Precision is the share of the claimed pairs
that are true, recall the share of the true pairs that were claimed, F1 their harmonic mean.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from sandbox.failure import Failure

Record = tuple[str, str]
"""A service, as it stands in addresses, and the record's key there."""
ServicePair = tuple[str, str]
NO_FAULT = "none"
"""What the pairs are counted under of which neither record bears a fault."""


class NoTruth(Failure):
    """The council's file holds no truth, or cannot be read."""


class NotAService(Failure):
    """The council has no records of a service that was named."""


@dataclass(frozen=True, slots=True)
class TruthOfRecords:
    """For each record of the chosen services whom it stands for (None: no resident) and its kinds of faults.

    ``others`` are the records of services that were not chosen.
    """

    person: dict[Record, str | None]
    faults: dict[Record, frozenset[str]]
    others: frozenset[Record]

    @property
    def services(self) -> list[str]:
        """The chosen services that have records of people."""
        return sorted({service for service, _ in self.person})

    def pairs(self) -> Iterator[tuple[Record, Record]]:
        """Every pair of records that stand for the same resident."""
        of_person: dict[str, list[Record]] = defaultdict(list)
        for record, person in self.person.items():
            if person is not None:
                of_person[person].append(record)
        for records in of_person.values():
            yield from combinations(records, 2)


def read_truth(file: Path, services: Collection[str] = ()) -> TruthOfRecords:
    """The truth in a council's file, of these services or of all; the file is not changed.

    Raises NoTruth or NotAService.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT service, record, person FROM council_truth ORDER BY service, record"
            ).fetchall()
            faulty = connection.execute("SELECT service, record, kind FROM council_truth_faults").fetchall()
    except sqlite3.DatabaseError as error:
        raise NoTruth(
            f"{file} holds no truth about its records ({error}); build the council again"
        ) from error
    there = sorted({service for service, _, _ in rows})
    if unknown := sorted(set(services) - set(there)):
        raise NotAService(
            f"No records of people in {', '.join(unknown)}; there are some in {', '.join(there)}"
        )
    chosen = set(services) or set(there)
    person = {(service, record): whom for service, record, whom in rows if service in chosen}
    others = frozenset((service, record) for service, record, _ in rows if service not in chosen)
    kinds: dict[Record, set[str]] = defaultdict(set)
    for service, record, kind in faulty:
        if service in chosen:
            kinds[service, record].add(kind)
    return TruthOfRecords(person, {record: frozenset(each) for record, each in kinds.items()}, others)


@dataclass(slots=True)
class Claims:
    """What a product says: pairs, or clusters of records that are one person each; ``left_out`` counts the
    lines about records of services that were not chosen.
    """

    pairs: set[tuple[Record, Record]] = field(default_factory=set)
    cluster: dict[Record, str] = field(default_factory=dict)
    left_out: int = 0

    def add_pair(self, left: Record, right: Record) -> None:
        """Take two records for one person; the same pair again, either way round, adds nothing."""
        self.pairs.add((min(left, right), max(left, right)))

    def include(self, left: Record, right: Record) -> bool:
        """Whether these are said to be one person. Pairs say no more than they say: nothing is concluded
        from two that share a record.
        """
        if self.cluster:
            return left in self.cluster and self.cluster[left] == self.cluster.get(right)
        return (min(left, right), max(left, right)) in self.pairs

    def by_services(self) -> Counter[ServicePair]:
        """How many pairs are claimed between each two services: in a cluster, each record with each other."""
        counted: Counter[ServicePair] = Counter(_services(*pair) for pair in self.pairs)
        clusters: dict[str, Counter[str]] = defaultdict(Counter)
        for (service, _), cluster in self.cluster.items():
            clusters[cluster][service] += 1
        for members in clusters.values():
            for service, count in members.items():
                counted[service, service] += count * (count - 1) // 2
            for one, other in combinations(sorted(members), 2):
                counted[one, other] += members[one] * members[other]
        return +counted


@dataclass(slots=True)
class Tally:
    """How many pairs are true, how many were claimed, and how many are both."""

    true: int = 0
    claimed: int = 0
    right: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the claimed pairs that are true; None where none was claimed."""
        return self.right / self.claimed if self.claimed else None

    @property
    def recall(self) -> float | None:
        """The share of the true pairs that were claimed; None where none is true."""
        return self.right / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where there are neither true nor claimed pairs."""
        return 2 * self.right / (self.true + self.claimed) if self.true + self.claimed else None


@dataclass(frozen=True, slots=True)
class Score:
    """The score in all, between each two services, and (true and right pairs alone) by kind of fault.

    A pair with faults of several kinds is counted under each of them.
    """

    all: Tally
    by_services: dict[ServicePair, Tally]
    by_fault: dict[str, Tally]


def score(truth: TruthOfRecords, claims: Claims) -> Score:
    """Hold the claims against the truth."""
    by_services: dict[ServicePair, Tally] = defaultdict(Tally)
    by_fault: dict[str, Tally] = defaultdict(Tally)
    whole = Tally()
    for services, count in claims.by_services().items():
        by_services[services].claimed = count
        whole.claimed += count
    for left, right in truth.pairs():
        found = claims.include(left, right)
        kinds = truth.faults.get(left, frozenset()) | truth.faults.get(right, frozenset())
        tallies = [whole, by_services[_services(left, right)]]
        for tally in (*tallies, *(by_fault[kind] for kind in kinds or {NO_FAULT})):
            tally.true += 1
            tally.right += found
    return Score(whole, dict(sorted(by_services.items())), dict(sorted(by_fault.items())))


def _services(left: Record, right: Record) -> ServicePair:
    one, other = sorted((left[0], right[0]))
    return one, other
