"""The words of the fidelity report: what margins and categories are called, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass

CENSUS = "ONS, Census 2021"


@dataclass(frozen=True, slots=True)
class Title:
    """What a margin is called, what it counts ("people", "households", "homes"), and its source.

    ``columns`` is how the names of its figures begin in the tables of figures.
    """

    label: str
    counts: str
    source: str
    year: int
    columns: tuple[str, ...]


def _census(label: str, counts: str, table: str, *columns: str) -> Title:
    return Title(label, counts, f"{CENSUS}{table and ', table ' + table}", 2021, columns)


TITLES = {
    "age_and_sex": _census("Age and sex", "people", "", "female_", "male_"),
    "household_or_communal": _census("Household or communal establishment", "people", "TS001", "lives_in_"),
    "household_size": _census("People in the household", "households", "TS017", "size_"),
    "tenure": _census("Tenure", "households", "TS054", "tenure_"),
    "dwelling_type": _census("Type of home", "households", "TS044", "dwelling_"),
    "bedrooms": _census("Bedrooms", "households", "TS050", "bedrooms_"),
    "cars": _census("Cars and vans", "households", "TS045", "cars_"),
    "council_tax_band": Title(
        "Council tax band", "homes", "VOA, Council tax: stock of properties 2025", 2025,
        ("ct_band_a", "ct_band_b", "ct_band_c", "ct_band_e", "ct_band_f", "ct_band_g", "ct_band_h",
         "ct_band_i", "ct_band_d_dwellings"),
    ),
    "ethnic_group": _census("Ethnic group", "people", "TS021", "ethnicity_"),
    "country_of_birth": _census("Country of birth", "people", "TS004", "born_"),
    "english": _census("Proficiency in English, from 3 years", "people", "TS029", "english_"),
    "disability": _census("Disability", "people", "TS038", "disability_"),
    "health": _census("General health", "people", "TS037", "health_"),
    "unpaid_care": _census("Unpaid care given, from 5 years", "people", "TS039", "unpaid_care_"),
    "economic_class": _census("Economic class (NS-SEC), from 16 years", "people", "TS062", "nssec_"),
}  # fmt: skip

_CATEGORIES = {
    "household_or_communal": {"household": "in a household", "communal": "in a communal establishment"},
    "household_size": {"1": "1 person", "8_plus": "8 or more people"},
    "bedrooms": {"1": "1 bedroom", "4_plus": "4 or more bedrooms"},
    "cars": {"0": "no car or van", "1": "1 car or van", "2": "2 cars or vans", "3_plus": "3 or more"},
    "tenure": {
        "owned_outright": "owned outright",
        "owned_mortgage": "owned with a mortgage",
        "shared_ownership": "shared ownership",
        "council_rent": "rented from the council",
        "other_social_rent": "other social rent",
        "private_rent": "rented privately",
        "other_private_rent": "other private rent",
        "rent_free": "lives rent free",
    },
    "dwelling_type": {
        "semi_detached": "semi-detached",
        "converted_house": "part of a converted house",
        "converted_building": "part of another converted building",
        "in_commercial_building": "in a commercial building",
        "caravan": "caravan or other mobile home",
    },
    "country_of_birth": {
        "uk": "United Kingdom",
        "eu14": "EU members of March 2001",
        "eu8": "EU members since 2004 (EU8)",
        "eu2": "Bulgaria and Romania (EU2)",
        "eu_other": "other EU countries",
        "europe_non_eu": "Europe outside the EU",
        "africa": "Africa",
        "middle_east_and_asia": "Middle East and Asia",
        "americas_and_caribbean": "Americas and Caribbean",
        "oceania_and_other": "Oceania and other",
        "british_overseas": "British overseas",
    },
    "english": {
        "main_language": "main language",
        "very_well": "speaks it very well",
        "well": "speaks it well",
        "not_well": "not well",
        "not_at_all": "not at all",
    },
    "disability": {
        "limited_a_lot": "day-to-day activities limited a lot",
        "limited_a_little": "day-to-day activities limited a little",
        "condition_not_limited": "a long-term condition that does not limit",
        "none": "no long-term condition",
    },
    "unpaid_care": {"none": "gives none", "50_plus_hours": "50 hours a week or more"},
    "economic_class": {
        "1_higher_managerial": "1 higher managerial and professional",
        "2_lower_managerial": "2 lower managerial and professional",
        "3_intermediate": "3 intermediate",
        "4_small_employers": "4 small employers and self-employed",
        "5_lower_supervisory": "5 lower supervisory and technical",
        "6_semi_routine": "6 semi-routine",
        "7_routine": "7 routine",
        "8_never_worked": "8 never worked or long-term unemployed",
        "students": "full-time students",
    },
}  # fmt: skip

_SEX = {"F": "women and girls", "M": "men and boys"}
_NAMES = {"bangladeshi", "chinese", "indian", "asian", "pakistani", "african", "caribbean", "arab", "british",
          "irish", "gypsy", "roma"}  # fmt: skip

EXACT = (
    "The town has exactly as many people as were asked for.",
    "Everybody lives at one address; the people of a household live at its home, and are as many as its "
    "size says.",
    "Every household has one grown-up head; everybody under 18 in a household is a child of the house.",
    "Only those whom the census asks have an answer: English from 3 years, unpaid care from 5, an economic "
    "class from 16.",
    "Communal establishments have no council tax band; a home that nobody lives in is either empty or a "
    "second home.",
)
"""What holds of every town without exception, each tested."""

INVENTED = (
    "Every person, name, date of birth, address, street and ward. Nobody in the town lives or has lived.",
    "Every identifier, from ranges that are never issued; the map, which lies at sea.",
    "Every case, account and event of the services.",
)
"""What no published figure speaks of."""

EXACT_OF_BROUGHT = (
    "Everybody lives at one address; the people of a household live at its home.",
    "Whatever the files said is kept as they said it.",
)
INVENTED_FOR_BROUGHT = (
    "Whatever the files left out, as far as the services need it.",
    "Every case, account and event of the services.",
)
"""The same of a town whose people were brought."""

IN_BRIEF_OF_BROUGHT = (
    "What the files left out: it is drawn in the shares that are published for the authority, and goes "
    "together as in a generated town.",
    "Who are a couple, where the files give nobody a part in the household.",
)
"""What is assumed of a town whose people were brought."""

IN_BRIEF = (
    "Who lives with whom: couples, lone parents, children, students and sharers, and how old they are.",
    "Which household has which home: tenure, type, bedrooms and cars by age and size of household.",
    "How health, disability, unpaid care, work and English go with age, home and origin.",
    "Which names go with which ethnic group and year of birth.",
    "How one part of the town differs from another.",
)
"""What the modules of assumptions shape, for those who would not read every table."""

NOT_COMPARED = (
    "How two facts go together (who lives with whom, which age has which health) is checked for good sense, "
    "not against published tables of both."
)


def category_label(margin: str, category: str) -> str:
    """A category in words: ``private_rent`` is "rented privately"."""
    if margin == "age_and_sex":
        sex, ages = category.split("_", 1)
        return f"{_SEX[sex]}, {ages_label(ages)}"
    if margin == "council_tax_band":
        return f"band {category}"
    said = _CATEGORIES.get(margin, {}).get(category)
    if said is not None:
        return said
    if margin in ("household_size", "bedrooms"):
        return f"{category} {'people' if margin == 'household_size' else 'bedrooms'}"
    words = category.replace("_", " ").split()
    if margin == "unpaid_care":
        return f"{words[0]} to {words[1]} hours a week"
    return " ".join(word.capitalize() if word in _NAMES else word for word in words)


def ages_label(ages: str) -> str:
    """A band of ages in words: ``0_4`` is "0 to 4", ``85_plus`` "85 and over"."""
    first, last = ages.split("_")
    return f"{first} and over" if last == "plus" else f"{first} to {last}"


def figure_label(column: str) -> str:
    """The name of a column of figures in words, as near as can be: ``births_2018_19`` is "births 2018-19"."""
    words: list[str] = []
    for word in column.split("_"):
        if words and word.isdigit() and len(word) == 2 and words[-1].isdigit() and len(words[-1]) == 4:
            words[-1] += f"-{word}"
        else:
            words.append(_SHORT.get(word, word))
    return " ".join(words)


_SHORT = {
    "ct": "council tax",
    "ctb22": "council tax base 2022:",
    "asc": "adult social care",
    "pct": "per cent",
    "ltc": "long-term clients",
    "prp": "private registered providers'",
    "apps": "applications",
    "gbp": "pounds",
    "avg": "average",
    "est": "estimate",
    "imd2025": "Indices of Multiple Deprivation 2025:",
    "lsoas": "small areas",
    "ye": "year ending",
    "jun": "June",
    "dec": "December",
    "ehcp": "with an education, health and care plan",
    "fsm": "with free school meals",
    "temp": "temporary",
    "ahc": "after housing costs",
    "uc": "Universal Credit",
}
