"""The gate: what is asked of a component before it answers callers, and which of it is not so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Protocol

from service_apis.kit.problems import Conflict


class GateClosed(Conflict):
    """Something that is asked of a component before it answers callers is not so.

    Each thing is listed in `unmet`, with what to do about it. With a reason in `override` it is let through
    all the same; what was not met and the reason then stand in the history, and in its evidence.
    """


@dataclass(frozen=True, slots=True)
class Limits:
    """What a comparison is to keep to: so many calls, so much of them different at most, so much slower."""

    calls: int = 500
    percent: float = 0.5
    slower_ms: float = 250.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of the checks came to. ``changed`` is what has changed since, in words ("its address")."""

    passed: bool
    partial: bool
    counts: dict[str, int]
    changed: Sequence[str]


class Compared(Protocol):
    """What a comparison of a component with the stub came to."""

    @property
    def sentence(self) -> str:
        """It plainly: "Of 1,204 calls 1,197 were answered alike; ..."."""
        ...

    @property
    def calls(self) -> int:
        """How many calls both were asked."""
        ...

    @property
    def different(self) -> int:
        """How many of them were answered differently."""
        ...

    @property
    def events(self) -> int:
        """How many events were told meanwhile."""
        ...

    @property
    def events_different(self) -> int:
        """How many of them the component told otherwise, or not, or beside those."""
        ...

    @property
    def median_slower_ms(self) -> float:
        """By how many milliseconds the component was slower at the median; less than 0 where faster."""
        ...


@dataclass(frozen=True, slots=True)
class Unmet:
    """Something that is asked and not so, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the gate found of one component: open where nothing is unmet."""

    unmet: tuple[Unmet, ...]
    limits: Limits

    @property
    def is_open(self) -> bool:
        """Whether nothing is in the way."""
        return not self.unmet

    @property
    def problem(self) -> GateClosed:
        """The refusal that says what is unmet."""
        told = " ".join(f"{each.what}: {each.remedy}." for each in self.unmet)
        return GateClosed(
            f"{told} Or give a reason to go through all the same, with `--override`.",
            unmet=[asdict(each) for each in self.unmet],
            limits=asdict(self.limits),
        )

    def overridden(self, reason: str) -> str:
        """What was not met, and the reason to go through all the same, as the history keeps it."""
        return f"Not met: {'; '.join(each.what for each in self.unmet)}. Reason: {reason}"


def look(name: str, checked: Checked | None, compared: Compared | None, limits: Limits) -> Found:
    """What is asked of a component of that name and not so."""
    return Found((*_of_checks(name, checked), *_of_comparison(name, compared, limits)), limits)


def _of_checks(name: str, checked: Checked | None) -> list[Unmet]:
    again = f"run `council component check {name}`"
    if checked is None:
        return [Unmet(f"{name} has not been checked", again)]
    found = []
    if not checked.passed:
        missed = sum(checked.counts.get(each, 0) for each in ("fail", "error"))
        told = (
            f"{missed} of {sum(checked.counts.values())} checks were not passed"
            if missed
            else "it did not pass"
        )
        found.append(Unmet(f"The latest check of {name} failed ({told})", f"mend it and {again}"))
    elif checked.partial:
        found.append(Unmet(f"The latest check of {name} was of a part only", f"{again} without --only"))
    if checked.changed:
        changed = " and ".join(checked.changed)
        found.append(Unmet(f"{changed[:1].upper()}{changed[1:]} changed since {name} was checked", again))
    return found


def _of_comparison(name: str, compared: Compared | None, limits: Limits) -> list[Unmet]:
    again = f"run `council component shadow {name}`"
    if compared is None:
        return [Unmet(f"{name} has not been compared with the stub", again)]
    found = []
    if compared.calls < limits.calls:
        were = f"{_counted(compared.calls, 'call')} {'was' if compared.calls == 1 else 'were'} compared"
        found.append(Unmet(f"{were}, fewer than {limits.calls:,}", f"{again} with more calls"))
    found += _apart("call", compared.different, compared.calls, limits, again, name)
    found += _apart("event", compared.events_different, compared.events, limits, again, name)
    if compared.median_slower_ms > limits.slower_ms:
        found.append(
            Unmet(
                f"{name} was {compared.median_slower_ms:.0f} ms slower at the median, more than "
                f"{limits.slower_ms:g} ms",
                f"make it faster, or allow more with --slower, and {again}",
            )
        )
    return found


def _apart(what: str, different: int, of: int, limits: Limits, again: str, name: str) -> list[Unmet]:
    """That more of them differed than the limits let, if so."""
    # As it was typed, so that no rounding of 0.3 % refuses, or lets through, one call in a thousand.
    if different * 100 <= Fraction(str(limits.percent)) * of:
        return []
    percent = different * 100 / max(of, 1)
    told = f"{_counted(different, what)} of {of:,} differed ({percent:.2g} %), more than {limits.percent:g} %"
    remedy = f"see what differs with `council component compare {name}`, mend it and {again}"
    return [Unmet(told, remedy)]


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"


def kept(found: Found, verdict: dict[str, Any] | None, comparison: dict[str, Any] | None) -> dict[str, Any]:
    """What the gate went by, as the history keeps it."""
    return {
        "limits": asdict(found.limits),
        "verdict": verdict,
        "comparison": comparison,
        "unmet": [asdict(each) for each in found.unmet],
    }
