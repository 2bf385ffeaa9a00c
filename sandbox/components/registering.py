"""Components as they join a council: registered with a key and a secret of their own, found, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.tables import ComponentEventRecord, ComponentRecord, Outcome
from sandbox.keys import Key
from sandbox.posting.signing import new_secret
from service_apis.kit.problems import Conflict, NotFound, Unprocessable
from service_apis.kit.service import Service

MOST_COMPONENTS = 50
"""How many components a council may have."""


class NoSuchComponent(NotFound):
    """The council has no component of that name. Its components are listed at .../components."""


class ComponentNameTaken(Conflict):
    """The council has a component of that name already. Choose another name, or remove that one first."""


class TooManyComponents(Conflict):
    """The council has as many components as it may have. Remove one that is no longer needed."""


class NoSuchSlot(Unprocessable):
    """A component was to fill a slot that the council does not have. The detail lists the slots there are."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many things a component has sent that were taken, repeated and refused, as far as is kept."""

    taken: int
    repeated: int
    refused: int


def key_name(component: str) -> str:
    """What a component's key is called. No key that is asked for can be called so: it has a colon."""
    return f"component:{component}"


def slot_of(services: Mapping[str, Service], slot: str) -> Service:
    """The service whose slot is meant, by its slug or the name in its addresses. Raises NoSuchSlot."""
    service = services.get(slot.replace("-", "_"))
    if service is None:
        raise NoSuchSlot(f"There is no slot {slot}; there are: {', '.join(services)}")
    return service


def key_for(component: str, slot: str, council: str, services: Mapping[str, Service]) -> Key:
    """A new key to one council: every service may be read with it, and the slot's own written."""
    scopes = (*(f"{each}:read" for each in services), f"{slot}:write")
    return Key(key_name(component), machine.new_key(), scopes, (council,))


def register(session: Session, name: str, slot: str, url: str) -> ComponentRecord:
    """A new component with a secret of its own. Raises ComponentNameTaken or TooManyComponents."""
    if session.get(ComponentRecord, name) is not None:
        raise ComponentNameTaken(f"There is a component {name} already; choose another name, or remove it")
    if (session.scalar(select(func.count()).select_from(ComponentRecord)) or 0) >= MOST_COMPONENTS:
        raise TooManyComponents(
            f"There are {MOST_COMPONENTS} components already, the most there can be; remove one"
        )
    component = ComponentRecord(
        name=name,
        slot=slot,
        url=url,
        key_name=key_name(name),
        secret=new_secret(),
        joined_at=machine.now(),
        last_position=0,
    )
    session.add(component)
    return component


def find(session: Session, name: str) -> ComponentRecord:
    """The component of a name. Raises NoSuchComponent."""
    component = session.get(ComponentRecord, name)
    if component is None:
        raise NoSuchComponent(f"There is no component {name}; list those there are at .../components")
    return component


def act_in(component: ComponentRecord, fork: str | None) -> None:
    """Let a component take a fork for its council, or its own council again, with the records of that.

    At its door it finds another ``state``, and takes the records over anew.
    """
    component.acts_in = fork
    component.taking += 1


def note_taking(component: ComponentRecord) -> None:
    """A component takes the records over, as it was last to do."""
    component.taken = component.taking


def takes_anew(component: ComponentRecord) -> bool:
    """Whether a component is known to take the records over anew when its door tells another state."""
    return component.taken > 1


def components(session: Session) -> Sequence[ComponentRecord]:
    """The council's components, in the order they joined in."""
    return session.scalars(
        select(ComponentRecord).order_by(ComponentRecord.joined_at, ComponentRecord.name)
    ).all()


def sent_by(session: Session, component: ComponentRecord) -> Sent:
    """How much a component has sent, by what became of it."""
    query = select(ComponentEventRecord.outcome, func.count()).group_by(ComponentEventRecord.outcome)
    rows = session.execute(query.where(ComponentEventRecord.component == component.name))
    counts = {row[0]: row[1] for row in rows}
    return Sent(*(counts.get(outcome, 0) for outcome in (Outcome.TAKEN, Outcome.REPEATED, Outcome.REFUSED)))
