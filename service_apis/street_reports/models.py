"""What can be reported, and the tables in which reports are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import COLUMN_TYPES
from service_apis.kit.forms import Question, choice
from service_apis.kit.places import PlaceColumns


class Base(DeclarativeBase):
    """The base of this service's tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {**COLUMN_TYPES, dict[str, Any]: JSON}


class Place(PlaceColumns, Base):
    """An address of the council, by which a report is placed."""

    __tablename__ = "street_reports_places"


class Report(Base):
    """One report; what Open311 tells of it is called as Open311 calls it.

    ``status`` is open or closed; ``state`` says more, in FixMyStreet's words. ``ending`` is the
    state that it will close with if nobody intervenes, ``steps_done`` how far along its path it is,
    and ``next_step_on`` the working day on which it moves on (None once closed). ``sent`` is all
    that came with it: who reported it, and the answers to the service's questions.
    """

    __tablename__ = "street_reports_reports"
    __table_args__ = (
        Index("street_reports_by_service", "service_code", "requested_datetime"),
        Index("street_reports_by_status", "status", "requested_datetime"),
    )

    service_request_id: Mapped[str] = mapped_column(String(12), primary_key=True)
    service_code: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(30))
    status_notes: Mapped[str | None] = mapped_column(String(4000))
    description: Mapped[str | None] = mapped_column(String(4000))
    requested_datetime: Mapped[datetime] = mapped_column(index=True)
    updated_datetime: Mapped[datetime]
    expected_datetime: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(400))
    address_id: Mapped[str | None] = mapped_column(String(12))
    zipcode: Mapped[str] = mapped_column(String(8))
    lat: Mapped[float]
    long: Mapped[float]
    media_url: Mapped[str | None] = mapped_column(String(2000))
    fixmystreet_id: Mapped[str | None] = mapped_column(String(400))
    sent: Mapped[dict[str, Any] | None]
    ending: Mapped[str] = mapped_column(String(30))
    steps_done: Mapped[int]
    next_step_on: Mapped[date | None] = mapped_column(index=True)

    @property
    def category(self) -> Category:
        """The kind of problem."""
        return CATEGORIES[self.service_code]


class Update(Base):
    """One update of a report, by the council or (with ``sender_id``) by whoever sent it."""

    __tablename__ = "street_reports_updates"
    __table_args__ = (Index("street_reports_updates_by_sender", "service_request_id", "sender_id"),)

    update_id: Mapped[str] = mapped_column(String(12), primary_key=True)
    service_request_id: Mapped[str] = mapped_column(ForeignKey("street_reports_reports.service_request_id"))
    status: Mapped[str] = mapped_column(String(30))
    description: Mapped[str | None] = mapped_column(String(4000))
    updated_datetime: Mapped[datetime] = mapped_column(index=True)
    media_url: Mapped[str | None] = mapped_column(String(2000))
    fixmystreet_id: Mapped[str | None] = mapped_column(String(400))
    sender_id: Mapped[str | None] = mapped_column(String(100))
    sent: Mapped[dict[str, Any] | None]


OPEN_STATES = ("open", "investigating", "action_scheduled", "in_progress", "internal_referral", "for_triage")
_REFUSED = ("no_further_action", "duplicate", "not_councils_responsibility", "cancelled")
CLOSING_STATES = ("fixed", "closed", *_REFUSED)
STATES = (*OPEN_STATES, *CLOSING_STATES, "reopen")
"""FixMyStreet's statuses. They are sent to us in capitals and given back in small letters."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who deals with a kind of problem, and the groups that it is shown in."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a report reaches ``wait`` working days after the one before, and what is said then."""

    wait: int
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of problem: a service, in the words of Open311.

    ``a_year`` is the number of reports a year of each 1,000 residents. ``waits`` are the working days
    between the stages of its path, ``done`` what is said at its end.
    ``private`` names the question and the answer which say that the land is not the council's.
    ``batch`` services answer a report with a token.
    """

    code: str
    a_year: float
    name: str
    summary: str
    keywords: str
    team: Team
    waits: tuple[int, ...]
    done: str
    questions: tuple[Question, ...] = ()
    private: tuple[str, str] = ("", "")
    batch: bool = False

    @property
    def notice(self) -> str:
        """What whoever reports is told to expect; the target is the sum of the waits."""
        return f"{self.team.name} aims to deal with this within {sum(self.waits)} working days."


_HIGHWAYS = Team("The highways team", ("Roads and pavements",))
_LIGHTING = Team("The lighting team", ("Roads and pavements",))
_ENFORCEMENT = Team("The enforcement team", ("Roads and pavements",))
_CLEANSING = Team("The street cleansing team", ("Street cleaning",))
_WARDENS = Team("The street cleansing team", ("Street cleaning", "Dogs"))
_PARKS = Team("The parks team", ("Trees and green spaces",))

# Tables read better in rows.
# fmt: off
_FLY_TIPPING = (  # sizes and kinds are those of the returns that councils make (WasteDataFlow)
    choice("LAND", "Whose land is it?", "council Street or council; private Private", required=True),
    choice("SIZE", "How much is there?", "bag Black bag; item Single item; car-boot Car boot load; "
            "van Van load; tipper Tipper lorry load; several Several loads"),
    choice("KIND", "What is it?", "household Household; white-goods White goods; garden Green waste; "
            "construction Building waste; tyres Tyres; asbestos Asbestos; other Other", several=True))
_POTHOLE = (
    Question("DEPTH_MM", "How deep is it?", "number", False, "In millimetres, if you know."),
    choice("POSITION", "Where is it?", "edge Edge of the road; middle Middle; cycle-lane Cycle lane"))
_LIGHT = (
    Question("SAFETY", "If wires can be seen, keep away and telephone us.", variable=False),
    choice("FAULT", "What is wrong?", "out Not lit; flashing Flashing; day Lit by day", required=True),
    Question("COLUMN", "What number is on the column?", "string", False, "On a plate at about head height."))
_GRAFFITI = (
    choice("OFFENSIVE", "Is it offensive?", "yes Yes; no No", required=True),
    Question("SURFACE", "What is it on?"))
_VEHICLE = (
    Question("REGISTRATION", "What is the registration number?", required=True),
    Question("SINCE", "Since when has it stood there?", "datetime", False, "As 2026-05-01T12:00:00Z."),
    Question("CONDITION", "What state is it in?", "text"))
_DRAIN = (choice("FLOODING", "Is a road or home flooding?", "yes Yes; no No", required=True),)
_SIGN = (Question("WORDING", "What does the sign say?"),)
_ANIMAL = (Question("ANIMAL", "What animal is it?", required=True),)
_PAVEMENT = (choice("FAULTS", "What is wrong?", "raised Raised; broken Broken; lost Missing", several=True),)

CATEGORIES = {category.code: category for category in (
    Category("fly-tipping", 18.0, "Fly-tipping", "Waste dumped on the street or on council land.",
             "dumped, rubbish, tip, mattress", _CLEANSING, (1, 2, 2), "The waste has been cleared.",
             _FLY_TIPPING, private=("LAND", "private")),
    Category("pothole", 12.0, "Pothole", "A hole in the surface of a road.", "pot hole, road surface",
             _HIGHWAYS, (1, 2, 2, 5), "The pothole has been filled.", _POTHOLE),
    Category("street-light", 9.0, "Street light", "A street light that is out, flashing or lit by day.",
             "lamp, lamp post, lighting, dark", _LIGHTING, (1, 2, 3, 3, 1), "The light is repaired.", _LIGHT),
    Category("graffiti", 3.0, "Graffiti", "Writing or drawing on walls or street furniture.",
             "tag, vandalism, paint", _CLEANSING, (1, 4, 5), "The graffiti has been removed.", _GRAFFITI),
    Category("abandoned-vehicle", 4.0, "Abandoned vehicle", "A vehicle that seems to be left for good.",
             "car, van, untaxed", _ENFORCEMENT, (1, 4, 5, 5), "The vehicle has been removed.", _VEHICLE,
             batch=True),
    Category("dog-fouling", 3.0, "Dog fouling", "Dog mess on a pavement or verge.", "dog mess, poo",
             _WARDENS, (1, 2), "The area has been cleaned."),
    Category("litter", 6.0, "Litter", "Litter in the street, or a litter bin that is overflowing.",
             "rubbish, bin, sweeping", _CLEANSING, (1, 2), "The litter has been cleared."),
    Category("blocked-drain", 5.0, "Blocked drain", "A road gully or drain that does not take water away.",
             "gully, flood, water", _HIGHWAYS, (1, 4, 5, 5), "The drain has been cleared.", _DRAIN),
    Category("overgrown-vegetation", 4.0, "Overgrown vegetation", "A hedge or tree that blocks a path.",
             "hedge, tree, weeds, grass", _PARKS, (1, 4, 15), "The growth has been cut back."),
    Category("damaged-sign", 3.0, "Damaged sign", "A nameplate or road sign that is damaged or missing.",
             "street name, nameplate", _HIGHWAYS, (1, 4, 5, 10), "The sign has been put right.", _SIGN),
    Category("dead-animal", 1.5, "Dead animal", "A dead animal in the street.", "roadkill, cat, fox",
             _CLEANSING, (1, 1), "The animal has been taken away.", _ANIMAL),
    Category("pavement-fault", 6.0, "Pavement fault", "A raised, broken or missing slab or kerb.",
             "footway, kerb, trip", _HIGHWAYS, (1, 2, 2, 10), "The pavement has been repaired.", _PAVEMENT),
)}
"""What can be reported, by service code. The reports a year and the working days are assumptions."""
FIXMYSTREET_QUESTIONS = tuple(Question(code, code.replace("_", " ").capitalize()) for code in (
    "easting", "northing", "fixmystreet_id", "title", "description", "closest_address", "uprn", "report_url"))
"""What FixMyStreet adds to a report by itself; taken for every service."""
# fmt: on

ENDINGS = {
    "no_further_action": "It was looked at and nothing needs to be done.",
    "duplicate": "It had been reported before; follow the earlier report.",
    "not_councils_responsibility": "This is not the council's to put right; tell the owner of the land.",
}
"""The other ends that a report can come to, and what is said of each."""
_BETWEEN = {
    "investigating": "It is being looked into.",
    "action_scheduled": "The work has been ordered.",
    "in_progress": "The work has begun.",
}
_STAGES = {2: (), 3: ("action_scheduled",), 4: tuple(_BETWEEN)[:2], 5: tuple(_BETWEEN)}


def path_of(category: Category, ending: str) -> tuple[Step, ...]:
    """The steps of a report that ends so: acknowledged, then the category's own or turned down."""
    received = Step(category.waits[0], "open", f"{category.team.name} has received your report.")
    if ending != "fixed":
        return received, Step(2, ending, ENDINGS[ending])
    stages = zip(category.waits[1:-1], _STAGES[len(category.waits)], strict=True)
    between = (Step(wait, state, _BETWEEN[state]) for wait, state in stages)
    return received, *between, Step(category.waits[-1], "fixed", category.done)
