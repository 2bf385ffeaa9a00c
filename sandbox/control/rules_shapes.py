"""The shapes of rules of forced behaviour, of the behaviours there are, and of legacy systems."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from sandbox.forcing.behaviours import Behaviour
from sandbox.forcing.legacy import LegacyProfile
from sandbox.forcing.rule import Hours, HttpMethod, Rule, RuleConditions
from service_apis.kit.schemas import Schema


class ParameterShown(Schema):
    """What may be said with a behaviour: a number from ``least`` to ``most``, or one of ``words``."""

    name: str
    sentence: str
    default: int | float | str | None
    least: float | None
    most: float | None
    words: list[str]


class BehaviourShown(Schema):
    """A behaviour that can be forced.

    ``of`` is what it is done to: calls, reads or events. ``of_a_write`` says what becomes of what the request
    would change, ``status`` what it is refused with.
    """

    name: str
    sentence: str
    of: str
    of_a_write: str
    status: int | None
    parameters: list[ParameterShown]

    @classmethod
    def of_behaviour(cls, behaviour: Behaviour) -> BehaviourShown:
        """The behaviour as it is shown."""
        return cls(
            name=behaviour.name,
            sentence=behaviour.sentence,
            of=behaviour.of,
            of_a_write=behaviour.of_a_write,
            status=behaviour.status or None,
            parameters=[
                ParameterShown(
                    name=each.name,
                    sentence=each.sentence,
                    default=each.default,
                    least=None if each.words else each.least,
                    most=None if each.words else each.most,
                    words=list(each.words),
                )
                for each in behaviour.parameters
            ],
        )


class BehaviourList(Schema):
    """Every behaviour that can be forced."""

    items: list[BehaviourShown]


class RuleShown(Schema):
    """A rule that holds. ``seen`` counts the calls that it might have met, ``forced`` those that it has.

    ``ends_at`` is an instant of real time, ``starts`` and ``until`` are instants by the council's clock.
    ``profile`` names the legacy system that it belongs to.
    """

    id: str
    behaviour: str
    parameters: dict[str, int | float | str]
    service: str | None
    operation: str | None
    methods: list[HttpMethod] | None
    searching: bool
    between: Hours | None
    share: float
    seed: int
    starts: AwareDatetime | None
    count: int | None
    ends_at: AwareDatetime | None
    until: AwareDatetime | None
    profile: str | None
    seen: int
    forced: int

    @classmethod
    def of_rule(cls, rule: Rule) -> RuleShown:
        """The rule as it is shown."""
        asked = rule.wanted.model_dump(exclude={"parameters", "lasts"})
        return cls(
            **asked,
            id=rule.id,
            parameters=dict(rule.parameters),
            ends_at=rule.ends_at,
            profile=rule.profile,
            seen=rule.seen,
            forced=rule.forced,
        )


class RuleList(Schema):
    """The rules of a council, in the order in which they are looked at."""

    items: list[RuleShown]


class LegacyWanted(RuleConditions):
    """A legacy system that the council is to have for a while, or one of its services."""

    profile: Annotated[str, Field(max_length=60)]


class LegacyShown(Schema):
    """A profile of a system that councils have: what it imitates, what it finds out, and how it is done."""

    name: str
    title: str
    imitates: str
    breaks: str
    behaviours: list[str]

    @classmethod
    def of_profile(cls, name: str, profile: LegacyProfile) -> LegacyShown:
        """The profile as it is shown."""
        return cls(
            name=name,
            title=profile.title,
            imitates=profile.imitates.strip(),
            breaks=profile.breaks.strip(),
            behaviours=list(dict.fromkeys(each.behaviour for each in profile.rules)),
        )


class LegacyList(Schema):
    """Every profile of a legacy system."""

    items: list[LegacyShown]
