"""Asking for vouches: choose people and students, look at the mails, send them, or hand links over in the hallway."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.doors import me
from accounts.models import Person
from core.clock import now
from core.templatetags.components import eastern
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from matchweek.selectors import is_embargoed
from students import permissions
from students.actions import asking as actions
from students.actions import vouches as vouch_actions
from students.actions.asking import SUBJECT, letter_to, link_words, token_of
from students.actions.evidence import AlreadyOnRecord
from students.actions.vouches import CannotBeAsked
from students.forms.access import AskForm
from students.models import Student
from students.qr import qr_code
from students.selectors.asking import Ask, chosen_asks, is_alike, standing_of_requests, suggestions
from students.selectors.visible import visible_student
from students.views.doors import back_to_dossier, shows_recusal

_ID = re.compile(r"[0-9]{1,18}")
_PAIR = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")
_ONCE = re.compile(r"[0-9a-f]{32}")


@never_cache
def vouch_requests(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """The whole class at once, without any match status: whom to ask about whom."""
    permissions.can_ask_for_vouches(request.user, cycle).or_raise()
    rows = suggestions(request.user, cycle)
    if request.method == "POST":
        asks = chosen_asks(rows, people=_people(request), pairs=_pairs(request), cycle=cycle)
        answer = _ask(request, cycle, asks, alike=is_alike(rows, asks))
        if answer is not None:
            return answer
    is_closed = now() >= cycle.milestone(MilestoneKind.EMBARGO_LIFTS)
    standing = standing_of_requests(request.user, cycle)
    context = {"cycle": cycle, "rows": rows, "standing": standing, "is_closed": is_closed}
    return render(request, "students/asking/class.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@shows_recusal
def vouch_request(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """One student: ask suggested people or anybody else, by mail, by a link, or note that somebody was asked."""
    shown = visible_student(student, request.user, cycle)
    permissions.can_edit_evidence(request.user, shown).or_raise()
    rows = suggestions(request.user, cycle, student=shown)
    form = AskForm(request.POST or None)
    if request.method == "POST":
        answer = _ask_about(request, cycle, shown, form)
        if answer is not None:
            return answer
    picked = request.GET.get("person", "")
    context = {"cycle": cycle, "student": shown, "form": form, "rows": rows, "picked": picked}
    return render(request, "students/asking/student.html", context, status=422 if request.method == "POST" else 200)


def _ask_about(request: HttpRequest, cycle: Cycle, student: Student, form: AskForm) -> HttpResponse | None:
    """Do what the office chose for one student; None when something has to be mended first."""
    rows = suggestions(request.user, cycle, student=student)
    asks = chosen_asks(rows, people=_people(request), pairs=_pairs(request), cycle=cycle)
    if not form.is_valid():
        return None
    somebody_else: Person | None = form.cleaned_data["faculty"]
    if somebody_else is not None and somebody_else.pk not in {ask.person.pk for ask in asks}:
        asks.append(Ask(somebody_else, ((student, ""),)))
    if request.POST.get("act") != "record":
        return _ask(request, cycle, asks, alike=False)
    try:
        for ask in asks:
            vouch_actions.request_vouch(
                student, faculty=ask.person, asked_on=form.cleaned_data["asked_on"], by=me(request)
            )
    except (AlreadyOnRecord, CannotBeAsked) as refusal:
        form.add_error("faculty", str(refusal))
        return None
    if not asks:
        form.add_error("faculty", "Tick somebody, or give an address.")
        return None
    messages.success(request, f"Recorded: {', '.join(str(ask.person) for ask in asks)} asked. Nothing is mailed.")
    return back_to_dossier(request, student, cycle, "h-vouches")


def _ask(request: HttpRequest, cycle: Cycle, asks: Sequence[Ask], *, alike: bool) -> HttpResponse | None:
    """Preview, send or make links, as the button says; None when nothing was chosen or somebody cannot be asked."""
    if not asks:
        messages.error(request, "Tick at least one person to ask.")
        return None
    try:
        if request.POST.get("act") == "send":
            return _send(request, cycle, asks, alike=alike)
        if request.POST.get("act") == "hand":
            return _hand(request, cycle, asks)
    except CannotBeAsked as refusal:
        messages.error(request, str(refusal))
        return None
    return _preview(request, cycle, asks, alike=alike)


def _preview(request: HttpRequest, cycle: Cycle, asks: Sequence[Ask], *, alike: bool) -> HttpResponse:
    shown = link_words(_site(request), cycle, "LINK").replace("LINK", "…")
    letters = [letter_to(ask, cycle, link=shown, by=me(request)) for ask in asks]
    held = ""
    if is_embargoed(cycle) and not alike:
        held = eastern(cycle.milestone(MilestoneKind.EMBARGO_LIFTS))
    context = {
        "cycle": cycle,
        "subject": SUBJECT,
        "letters": letters,
        "pairs": [f"{ask.person.pk}:{student.pk}" for ask in asks for student, _ in ask.students],
        "else_address": request.POST.get("faculty", ""),
        "asked_on": request.POST.get("asked_on", ""),
        "once": uuid.uuid4().hex,
        "held_until": held,
        "leaves": cycle.mail_leaves,
    }
    return render(request, "students/asking/preview.html", context)


def _send(request: HttpRequest, cycle: Cycle, asks: Sequence[Ask], *, alike: bool) -> HttpResponse:
    once = request.POST.get("once", "")
    put = actions.mail_requests(
        cycle,
        asks=asks,
        site=_site(request),
        once=once if _ONCE.fullmatch(once) else uuid.uuid4().hex,
        is_alike=alike,
        by=me(request),
    )
    mails = "1 mail" if len(put) == 1 else f"{len(put)} mails"
    messages.success(request, f"{mails} put into the outbox." if put else "Nothing was left to send.")
    return redirect("matchweek:mail", cycle.slug)


def _hand(request: HttpRequest, cycle: Cycle, asks: Sequence[Ask]) -> HttpResponse:
    made = actions.make_links(cycle, asks=asks, by=me(request))
    links = [(ask, link, link_words(_site(request), cycle, token_of(link))) for ask, link in made]
    context = {"cycle": cycle, "links": [(ask, link, url, qr_code(url)) for ask, link, url in links]}
    return render(request, "students/asking/links.html", context)


def _people(request: HttpRequest) -> set[int]:
    return {int(each) for each in request.POST.getlist("person") if _ID.fullmatch(each)}


def _pairs(request: HttpRequest) -> set[tuple[int, int]]:
    found = (_PAIR.fullmatch(each) for each in request.POST.getlist("pair"))
    return {(int(match[1]), int(match[2])) for match in found if match}


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")
