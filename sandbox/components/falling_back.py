"""Falling back: when the stub answers in place of a component, and what callers are told where not."""

from __future__ import annotations

from sandbox.components.asking import Unanswered
from sandbox.components.settings import Setting
from service_apis.kit.problems import Problem

COME_BACK_SECONDS = 10


class ComponentUnanswered(Problem):
    """The system behind this part of the council did not answer. The detail says whether to ask again."""

    status = 503


def may_answer(setting: Setting, is_read: bool, unanswered: Unanswered, has_key: bool) -> bool:
    """Whether the stub may answer where the component did not.

    A write that may have been done is done again only under an Idempotency-Key (``has_key``), by which the
    component knows it when it is followed up.
    """
    return setting.fallback and (is_read or not unanswered.may_be_done or has_key)


def refusal(unanswered: Unanswered) -> ComponentUnanswered:
    """What a caller is told where nobody answered."""
    said = "Nothing was done; ask again in a while"
    if unanswered.may_be_done:
        said = "It may have been done all the same: look before you ask again"
    return ComponentUnanswered(said, headers={"Retry-After": str(COME_BACK_SECONDS)})
