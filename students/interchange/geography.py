"""Places a student may prefer: anywhere, states, the four census regions and their nine divisions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from students.interchange.findings import fold

ANYWHERE = "anywhere"
REGIONS = ("Northeast", "Midwest", "South", "West")
DIVISIONS = (
    "New England",
    "Middle Atlantic",
    "East North Central",
    "West North Central",
    "South Atlantic",
    "East South Central",
    "West South Central",
    "Mountain",
    "Pacific",
)
_STATES = (
    "AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;"
    "DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;"
    "KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;"
    "MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;"
    "NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;PR Puerto Rico;"
    "RI Rhode Island;SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;"
    "WA Washington;WV West Virginia;WI Wisconsin;WY Wyoming;GU Guam;VI Virgin Islands"
)
STATES: Mapping[str, str] = {each[:2]: each[3:] for each in _STATES.split(";")}
_SYNONYMS = {
    "any": ANYWHERE,
    "all": ANYWHERE,
    "nopreference": ANYWHERE,
    "nationwide": ANYWHERE,
    "midatlantic": "Middle Atlantic",
    "washingtondc": "District of Columbia",
    "usvirginislands": "Virgin Islands",
}


@cache
def _by_name() -> Mapping[str, str]:
    names = {fold(name): name for name in (ANYWHERE, *REGIONS, *DIVISIONS, *STATES.values())}
    return names | {fold(code): name for code, name in STATES.items()} | _SYNONYMS


def find_place(text: str) -> str | None:
    """Return the place's full name, found by name or postal code."""
    return _by_name().get(fold(text))
