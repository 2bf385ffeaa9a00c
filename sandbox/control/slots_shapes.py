"""The shapes of slots: who fills them, how they are to be filled, what can be done next, their history."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from sandbox.components.tables import LONGEST_NAME
from sandbox.control.components_shapes import NAME_PATTERN
from service_apis.kit.schemas import Schema

By = Annotated[
    str, Field(min_length=1, max_length=120, description="Who does it; without it, the name of the key.")
]
Why = Annotated[str, Field(max_length=500, description="Why it is done; it stands in the history.")]
ComponentName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NAME_PATTERN)]
Operations = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=80)]],
    Field(min_length=1, max_length=200, description="Its operationIds; without them, the whole slot."),
]
Named = Annotated[str, Field(min_length=1, max_length=60)]

AnsweringMode = Literal["shadow", "share", "live"]


class SharedWith(Schema):
    """Whose calls the component answers: of a percentage of homes, and of those that are named.

    A ward is named by its code or its name, a home by its UPRN, a resident by their id.
    """

    percent: Annotated[int, Field(ge=0, le=100)] = 0
    homes: Annotated[tuple[Named, ...], Field(max_length=1_000)] = ()
    residents: Annotated[tuple[Named, ...], Field(max_length=1_000)] = ()
    wards: Annotated[tuple[Named, ...], Field(max_length=100)] = ()


class Limits(Schema):
    """What the latest comparison is to keep to, for a component to answer callers.

    At least ``calls`` compared, at most ``percent`` of them answered differently, and at the median at most
    ``slower_ms`` slower than the stub.
    """

    calls: Annotated[int, Field(ge=1, le=10_000_000)] = 500
    percent: Annotated[float, Field(ge=0, le=100)] = 0.5
    slower_ms: Annotated[float, Field(ge=0, le=60_000)] = 250.0


class FillingWanted(Schema):
    """How a component is to fill a slot from now on, or only the operations that are named.

    ``fallback``: where the component does not answer in ``seconds``, the stub does. ``limits`` are those of
    the gate; ``override`` is the reason to go through it with something unmet.
    """

    component: ComponentName
    mode: AnsweringMode
    operations: Operations | None = None
    share: SharedWith | None = None
    fallback: bool = False
    seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    limits: Limits = Limits()
    override: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    by: By | None = None
    why: Why = ""


class GivingBack(Schema):
    """By whom a slot is given back to the stub, and why; all of it, or what the component fills of it."""

    component: ComponentName | None = None
    by: By | None = None
    why: Why = ""


class UnmetShown(Schema):
    """Something that the gate asks for and that is not so, and what to do about it."""

    what: str
    remedy: str


class LimitsShown(Schema):
    """The limits that the gate went by. See ``Limits``."""

    calls: int
    percent: float
    slower_ms: float


class GateShown(Schema):
    """What the gate says of a component that is to answer callers: open where nothing is unmet."""

    open: bool
    unmet: list[UnmetShown]
    limits: LimitsShown


class FaresShown(Schema):
    """How a component fares: whether calls go to it, failures one after another, and both in a sentence."""

    circuit: Literal["closed", "open"]
    failures: int
    sentence: str


class VerdictShown(Schema):
    """What a run of the conformance checks came to: how many had each outcome, and who signed its record.

    ``stands`` is false where the slot's contract, the component's address or its mapping has changed since.
    ``partial`` says that only some checks were run.
    """

    number: int
    at: AwareDatetime
    passed: bool
    partial: bool
    stands: bool
    counts: dict[str, int]
    url: str
    contract: str
    record: str
    signer: str


class ComparisonShown(Schema):
    """What the latest comparison of a component with the stub came to; ``sentence`` says it plainly."""

    calls: int
    alike: int
    different: int
    median_slower_ms: float
    sentence: str


class CandidateShown(Schema):
    """A component that joined for the slot, and how it stands. ``acts_in``: the fork that it is tried in."""

    name: str
    url: str
    joined_at: AwareDatetime
    acts_in: str | None
    verdict: VerdictShown | None
    comparison: ComparisonShown | None
    fares: FaresShown
    gate: GateShown


class StepShown(Schema):
    """A step that is possible now: what it ``will`` do, what the gate has ``unmet``, and how it is typed.

    With something unmet it needs an ``override``. ``request`` is the call of the control API that takes it
    (``method``, ``path`` below ``/sandbox``, ``body``); null for what only the command line does.
    """

    step: Literal["check", "compare", "watch", "share", "go-live", "roll-back"]
    component: str | None
    will: str
    unmet: list[UnmetShown]
    command: str
    request: dict[str, Any] | None


class FillingShown(Schema):
    """How a slot, or the operation that is named, is filled by a component; since when, and who set it so."""

    operation: str | None
    component: str
    mode: AnsweringMode
    share: SharedWith | None
    fallback: bool
    seconds: float
    since: AwareDatetime
    by: str
    sentence: str
    fares: FaresShown


class SlotListed(Schema):
    """A slot: its slug and title, and who fills it. Where nobody is named, our stub answers."""

    slot: str
    title: str
    fillings: list[FillingShown]


class SlotList(Schema):
    """The slots of a council."""

    items: list[SlotListed]


class ChangeShown(Schema):
    """One thing that was done to a slot, or befell it.

    ``setting`` is how it is filled since, null where by the stub; ``overriding`` what was not met when it was
    done all the same, and the reason.
    """

    number: int
    at: AwareDatetime
    council_time: AwareDatetime
    slot: str
    component: str | None
    what: str
    by: str
    why: str
    setting: dict[str, Any] | None
    overriding: str | None


class ChangeList(Schema):
    """The history of a slot, the first thing first; ``next`` is to be sent as ``after`` next time."""

    items: list[ChangeShown]
    next: int


class SlotShown(SlotListed):
    """A slot with all that an officer decides by.

    ``candidates`` joined for it; ``changes`` are the latest, the latest first; ``next`` the steps that are
    possible now. ``overview`` is who fills it, in a sentence.
    """

    overview: str
    candidates: list[CandidateShown]
    changes: list[ChangeShown]
    next: list[StepShown]


class SlotFilled(SlotShown):
    """A slot as it is filled from now on, and what the gate said: null where it was not asked."""

    gate: GateShown | None
