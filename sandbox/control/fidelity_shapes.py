"""The shapes of the fidelity report. Shares, differences and total variations are from 0 to 1."""

from __future__ import annotations

from service_apis.kit.schemas import Schema


class Extent(Schema):
    """How many people, households and homes there are."""

    people: int
    households: int
    homes: int


class FidelitySummary(Schema):
    """The margin that is furthest off, and how many of 10,000 would have to change for it to fit.

    ``counts`` says 10,000 of what; ``filled_margins`` how many margins hold figures that were not
    published for the authority.
    """

    margins: int
    worst: str
    worst_label: str
    counts: str
    total_variation: float
    in_10_000: float
    filled_margins: int


class CategoryShown(Schema):
    """One category of a margin: counted in the town, and as published."""

    name: str
    label: str
    counted: int
    share: float
    published: int
    published_share: float
    difference: float


class MarginShown(Schema):
    """One published count: how far the town is off it, and each of its categories.

    ``total_variation`` is half the sum of the categories' absolute differences; ``filled`` names the
    figures that were not published for the authority.
    """

    name: str
    label: str
    counts: str
    counted: int
    published: int
    total_variation: float
    worst_category: str
    worst_label: str
    worst_difference: float
    source: str
    year: int
    filled: list[str]
    categories: list[CategoryShown]


class AgeBandShown(Schema):
    """One band of age as shares of all people, women with girls and men with boys."""

    ages: str
    town_women: float
    town_men: float
    authority_women: float
    authority_men: float


class DeprivationShown(Schema):
    """Mean scores of deprivation: of the town's wards, of its people, of the authority.

    ``taken_from`` says whose the authority's is if it has none of its own.
    """

    known: bool
    town: float | None
    town_by_people: float | None
    authority: float
    taken_from: str | None


class WardShown(Schema):
    """One ward. ``outline`` holds the corners of a shape around its homes, in metres east and north."""

    ward_code: str
    name: str
    people: int
    homes: int
    deprivation: float
    social_rent: float
    no_car: float
    bad_health: float
    routine_or_never_worked: float
    outline: list[tuple[int, int]]


class FilledFigure(Schema):
    """A figure that was not published for the authority, and where it was taken from."""

    figure: str
    label: str
    taken_from: str


class AssumptionShown(Schema):
    """Tables of what no figure says, the module they stand in, and what they are."""

    tables: list[str]
    module: str
    says: str


class Fidelity(Schema):
    """How far to trust a council's town: each margin beside the figures, and what is assumed."""

    shaped_like: str
    gss_code: str
    town: Extent
    authority: Extent
    summary: FidelitySummary
    margins: list[MarginShown]
    pyramid: list[AgeBandShown]
    deprivation: DeprivationShown
    brought: str
    wards: list[WardShown]
    filled: list[FilledFigure]
    assumed: list[AssumptionShown]
    assumed_in_brief: list[str]
    exact: list[str]
    invented: list[str]
    not_compared: str
