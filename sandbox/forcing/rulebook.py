"""The rules that are set for one council, kept in its notebook: they outlive a restart, but no end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from sandbox import machine
from sandbox.forcing.behaviours import Parameters
from sandbox.forcing.checking import checked
from sandbox.forcing.earlier import Lagging
from sandbox.forcing.rule import Asked, Rule, RuleWanted, end_of
from sandbox.notebook import Base, Notebook
from service_apis.kit.council import Council
from service_apis.kit.problems import NotFound, Unprocessable

MOST_RULES = 100
"""How many rules a council has at most: every call is held against each."""

STILL_READ = 30
"""For how many seconds an older state stays open when its rule has ended: a call may be reading it."""


class NoSuchRule(NotFound):
    """The council has no rule of that name: it was never set, was lifted, or has come to its end."""


class TooManyRules(Unprocessable):
    """The council has as many rules as it can. Lift some before more are set."""


class KeptRule(Base):
    """A rule as it is kept: what was asked for, when it ends by the machine's clock, and its counts."""

    __tablename__ = "sandbox_rules"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads a plain dict

    number: Mapped[int] = mapped_column(primary_key=True)
    wanted: Mapped[dict[str, Any]]
    parameters: Mapped[dict[str, Any]]
    profile: Mapped[str | None]
    ends_at: Mapped[datetime | None]
    seen: Mapped[int]
    forced: Mapped[int]

    def as_rule(self) -> Rule:
        """The rule that is kept."""
        wanted = RuleWanted.model_validate(self.wanted)
        return Rule(self.number, wanted, self.parameters, self.ends_at, self.profile, self.seen, self.forced)


class RuleBook:
    """The rules of one council, in the order in which they were set.

    ``lagging`` holds, for each rule of stale reads, the older state that they are answered from.
    """

    def __init__(self, council: Council, notebook: Notebook) -> None:
        self.council = council
        self._notebook = notebook
        self.lagging: dict[int, Lagging] = {}
        self._uncounted: dict[int, Rule] = {}
        self._retired: list[tuple[float, Lagging]] = []
        with notebook.reading() as session:
            kept = session.scalars(select(KeptRule).order_by(KeptRule.number))
            self._rules = {each.number: each.as_rule() for each in kept}

    @property
    def is_empty(self) -> bool:
        """Whether there is no rule at all."""
        return not self._rules

    def live(self) -> list[Rule]:
        """The rules that have not ended; those that have are forgotten."""
        machine_now, council_now = machine.now(), self.council.clock.now
        ended = [each for each in self._rules.values() if each.has_ended(machine_now, council_now)]
        if ended:
            self._forget(ended)
        return list(self._rules.values())

    def met_by(self, asked: Asked) -> Iterator[Rule]:
        """The rules that are to be forced on a call, in order; those that might have been count it too."""
        now = self.council.clock.now
        for rule in self.live():
            if rule.holds_at(now) and rule.meets(asked):
                rule.seen += 1
                if rule.decides_on(rule.seen):
                    yield rule
                else:
                    self.count(rule)

    def find(self, name: str) -> Rule:
        """The rule of that name. Raises NoSuchRule."""
        found = next((each for each in self.live() if each.id == name), None)
        if found is None:
            there = ", ".join(each.id for each in self._rules.values()) or "none"
            raise NoSuchRule(f"{self.council.name} has no rule {name}, or it has ended; it has: {there}")
        return found

    def set(self, wanted: Iterable[RuleWanted], profile: str | None = None) -> list[Rule]:
        """Set rules, all of them or none.

        Raises RuleNotUnderstood, RuleMeetsNothing or TooManyRules.
        """
        read = [(each, checked(each, self.council)) for each in wanted]
        if len(self.live()) + len(read) > MOST_RULES:
            raise TooManyRules(
                f"{self.council.name} has {len(self._rules)} rules; {MOST_RULES} is the most. Lift some first"
            )
        now = machine.now()
        with self._notebook.writing() as session:
            kept = [_as_kept(each, parameters, profile, now) for each, parameters in read]
            session.add_all(kept)
            session.flush()
            made = [each.as_rule() for each in kept]
        self._rules.update({each.number: each for each in made})
        return made

    def lift(self, rules: Iterable[Rule]) -> None:
        """End rules before their time."""
        self._forget(list(rules))

    def count(self, rule: Rule) -> None:
        """Take note of how often a rule has been looked at and forced.

        A rule that ends by its count is written down at once, so that no kill lets it begin anew. Others wait
        for ``keep_counts``: to write takes longer than the call itself.
        """
        self._uncounted[rule.number] = rule
        if rule.wanted.count is not None:
            self.keep_counts()

    def keep_counts(self) -> None:
        """Write down the counts that were not yet."""
        rules, self._uncounted = self._uncounted, {}
        if rules:
            with self._notebook.writing() as session:
                for rule in rules.values():
                    counted = update(KeptRule).where(KeptRule.number == rule.number)
                    session.execute(counted.values(seen=rule.seen, forced=rule.forced))

    def close(self) -> None:
        """Let go of the older states, whose files are deleted."""
        for each in (*self.lagging.values(), *(each for _, each in self._retired)):
            each.close()
        self.lagging.clear()
        self._retired.clear()

    def tidy(self) -> None:
        """Forget the rules that have ended, and let go of older states that no call can still be reading."""
        self.live()
        self.keep_counts()
        long_ago = machine.seconds() - STILL_READ
        for retired in [each for each in self._retired if each[0] < long_ago]:
            self._retired.remove(retired)
            retired[1].close()

    def _forget(self, ended: list[Rule]) -> None:
        for rule in ended:
            self._rules.pop(rule.number, None)
            if (lagging := self.lagging.pop(rule.number, None)) is not None:
                self._retired.append((machine.seconds(), lagging))
        with self._notebook.writing() as session:
            session.execute(delete(KeptRule).where(KeptRule.number.in_([each.number for each in ended])))


def _as_kept(wanted: RuleWanted, parameters: Parameters, profile: str | None, now: datetime) -> KeptRule:
    return KeptRule(
        wanted=wanted.model_dump(mode="json"),
        parameters=dict(parameters),
        profile=profile,
        ends_at=end_of(wanted, now),
        seen=0,
        forced=0,
    )
