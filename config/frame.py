"""What every page's frame shows: the clock strip, the tabs this person has, the one notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.roles import Ability
from accounts.selectors import abilities_of
from matchweek.models import Cycle
from matchweek.selectors import clock_strip, notice
from reports.demo.school import SIGN_INS


@dataclass(frozen=True, slots=True)
class Tab:
    """One entry of the main navigation."""

    url: str
    label: str
    current: bool


# Ability, URL name, words. In the order of the week's work.
_TABS: tuple[tuple[Ability, str, str], ...] = (
    (Ability.OWN_PAGE, "students:own-page", "My page"),
    (Ability.SEE_BOARD, "triage:board", "Board"),
    (Ability.ATTEND_MEETING, "triage:meeting-list", "Meetings"),
    (Ability.ADVISE, "students:my-students", "My students"),
    (Ability.VOUCH, "students:to-vouch", "Vouches"),
    (Ability.SEE_ROSTER, "students:roster", "Class"),
    (Ability.IMPORT_EVIDENCE, "students:import-list", "Import"),
    (Ability.MANAGE_PEOPLE, "people", "People"),
    (Ability.EDIT_EVIDENCE, "students:vouch-requests", "Requests"),
    (Ability.PREPARE_CYCLE, "matchweek:calendar", "Calendar"),
    (Ability.PREPARE_CYCLE, "matchweek:mail", "Mail"),
    (Ability.READ_POLICY, "triage:policy", "Policy"),
    (Ability.SEE_TRAIL, "reports:trail", "Trail"),
)


def tabs(request: HttpRequest, cycle: Cycle) -> Iterator[Tab]:
    """Yield the tabs the signed-in person's abilities open."""
    abilities = abilities_of(request.user, cycle.year)
    for ability, url_name, label in _TABS:
        if ability in abilities:
            url = reverse(url_name, args=[cycle.slug])
            yield Tab(url, label, request.path.startswith(url))


def frame(request: HttpRequest) -> dict[str, object]:
    """Fill the frame of a page of a cycle; pages outside any cycle get an empty one."""
    if request.headers.get("HX-Request"):
        return {}
    frame: dict[str, object] = {"demo_signins": SIGN_INS if settings.DEMO_SIGNINS else ()}
    cycle: Cycle | None = getattr(request, "cycle", None)
    if cycle is None or not request.user.is_authenticated:
        return frame
    return frame | {
        "cycle": cycle,
        "clock_strip": clock_strip(cycle),
        "nav_tabs": list(tabs(request, cycle)),
        "notice": notice(cycle, for_office=Ability.PREPARE_CYCLE in abilities_of(request.user, cycle.year)),
    }
