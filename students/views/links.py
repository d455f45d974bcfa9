"""Pages behind a personal link: no sign-in, one purpose. GET shows and changes nothing; only POST answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.decorators import public
from core.permits import Permit
from matchweek.models import Cycle
from matchweek.selectors import clock_strip
from students import permissions
from students.actions import asking as actions
from students.actions import concerns as concern_actions
from students.actions import vouches as vouch_actions
from students.actions.asking import AlreadyAnswered
from students.actions.evidence import AlreadyOnRecord
from students.enums import DeclineReason, LinkEnd, Strength, VouchAnswer
from students.forms.evidence import OwnConcernForm, VouchGiveForm
from students.models import Vouch, VouchLink, VouchRequest
from students.selectors.links import asked_of, asked_rows, find_link, where_seen
from students.selectors.standing import told_by
from students.views.vouches import CHOICES

P = ParamSpec("P")
LinkView = Callable[Concatenate[HttpRequest, VouchLink, P], HttpResponse]
CycleView = Callable[Concatenate[HttpRequest, Cycle, str, P], HttpResponse]


def by_link(view: LinkView[P]) -> CycleView[P]:
    """Let a link's holder in without signing in. Ended links and other people's say so, and nothing about anybody."""

    @public
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, cycle: Cycle, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        link = find_link(token, cycle)
        if link is None or not link.is_open or not link.person.is_active:
            return _page(request, cycle, "gone", status=410 if link else 404)
        if request.user.is_authenticated and request.user.pk != link.person_id:
            return _page(request, cycle, "other_person", status=403)
        request.link_token = token  # type: ignore[attr-defined]  # Django has no typed place for request facts
        return view(request, link, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # mypy names the parameters of Concatenate


def _page(request: HttpRequest, cycle: Cycle, name: str, *, status: int = 200, **context: object) -> HttpResponse:
    token = getattr(request, "link_token", "")
    context |= {"cycle": cycle, "token": token, "clock_strip": clock_strip(cycle)}
    return render(request, f"students/links/{name}.html", context, status=status)


def _asked(link: VouchLink, student: int) -> VouchRequest:
    asked = asked_of(link, student)
    if asked is None:
        raise Http404("Nobody asked about this student.")
    return asked


@by_link
def link(request: HttpRequest, link: VouchLink) -> HttpResponse:
    """List whom this person was asked about; a single one leads on at once."""
    rows = asked_rows(link)
    if len(rows) == 1 and rows[0].is_waiting:
        return redirect("students:link-vouch", link.cycle.slug, request.link_token, rows[0].student_id)  # type: ignore[attr-defined]
    return _page(request, link.cycle, "list", link=link, rows=rows)


@by_link
def link_vouch(request: HttpRequest, link: VouchLink, student: int) -> HttpResponse:
    """Show the phone form; a POST answers once."""
    asked = _asked(link, student)
    if asked.status == VouchAnswer.ANSWERED:
        return _answered(request, link, asked)
    window = permissions.can_vouch(link.person, asked.student)
    if not window:
        return _resting(request, link, asked, window)
    form = VouchGiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            vouch = actions.answer_by_link(link, student=asked.student, said=form.values(), by=link.person)
        except (AlreadyAnswered, AlreadyOnRecord):
            return _answered(request, link, asked)
        onward = "students:link-concern" if vouch.strength == Strength.CAUTION else "students:link-thanks"
        return redirect(onward, link.cycle.slug, request.link_token, student)  # type: ignore[attr-defined]
    context = {"link": link, "asked": asked, "student": asked.student, "form": form, "choices": CHOICES}
    where = where_seen(link, asked.student)
    return _page(request, link.cycle, "vouch", status=422 if form.is_bound else 200, where=where, **context)


def _answered(request: HttpRequest, link: VouchLink, asked: VouchRequest) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    return _page(request, link.cycle, "answered", status=status, link=link, student=asked.student)


def _resting(request: HttpRequest, link: VouchLink, asked: VouchRequest, window: Permit) -> HttpResponse:
    status = 403 if request.method == "POST" else 200
    return _page(request, link.cycle, "resting", status=status, link=link, student=asked.student, window=window)


@by_link
def link_decline(request: HttpRequest, link: VouchLink, student: int) -> HttpResponse:
    """Take "I would rather not" or "I did not see them at work" for an answer."""
    asked = _asked(link, student)
    if request.method != "POST":
        return redirect("students:link-vouch", link.cycle.slug, request.link_token, student)  # type: ignore[attr-defined]
    why = request.POST.get("why", "")
    try:
        actions.decline_by_link(
            link, student=asked.student, why=why if why in DeclineReason.values else "", by=link.person
        )
    except AlreadyAnswered:
        return _answered(request, link, asked)
    return redirect("students:link-thanks", link.cycle.slug, request.link_token, student)  # type: ignore[attr-defined]


@by_link
def link_concern(request: HttpRequest, link: VouchLink, student: int) -> HttpResponse:
    """Let who has a concern document what they saw, or leave it."""
    asked = _asked(link, student)
    permissions.can_answer_by_link(link.person, link, asked.student).or_raise()
    permissions.can_report_concern(link.person, asked.student).or_raise()
    form = OwnConcernForm(request.POST or None, cycle=link.cycle)
    if request.method == "POST" and form.is_valid():
        try:
            concern_actions.report_concern(asked.student, values=form.values(), by=link.person)
        except AlreadyOnRecord as twin:
            form.add_error(None, str(twin))
        else:
            return redirect("students:link-thanks", link.cycle.slug, request.link_token, student)  # type: ignore[attr-defined]
    context = {"link": link, "student": asked.student, "form": form, "told_by": told_by(link.cycle)}
    return _page(request, link.cycle, "concern", status=422 if form.is_bound else 200, **context)


@by_link
def link_thanks(request: HttpRequest, link: VouchLink, student: int) -> HttpResponse:
    """Thank for an answer; a POST remembers that its author wants to hear the outcome."""
    asked = _asked(link, student)
    if asked.status not in (VouchAnswer.ANSWERED, VouchAnswer.DECLINED):
        return redirect("students:link-vouch", link.cycle.slug, request.link_token, student)  # type: ignore[attr-defined]
    mine = Vouch.objects.standing().filter(student=asked.student, faculty=link.person).order_by("-entered_at", "-pk")
    vouch: Vouch | None = mine.first()
    if request.method == "POST" and vouch is not None:
        vouch.student = asked.student
        vouch_actions.want_outcome(vouch, by=link.person)
        return redirect(request.path)
    waiting = [row for row in asked_rows(link) if row.is_waiting]
    return _page(request, link.cycle, "thanks", link=link, asked=asked, vouch=vouch, waiting=waiting)


@by_link
def link_not_me(request: HttpRequest, link: VouchLink) -> HttpResponse:
    """End a link that reached somebody else."""
    if request.method != "POST":
        return _page(request, link.cycle, "not_me", link=link)
    actions.end_link(link, why=LinkEnd.WRONG_PERSON, by=None)
    return _page(request, link.cycle, "not_me", link=link, is_done=True)
