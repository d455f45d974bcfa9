"""Vouches of who is signed in: the list of a faculty member, the phone form, and answers to requests."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.doors import me
from accounts.permissions import has_ability
from accounts.roles import Ability
from core.transitions import NoSuchTransition, StaleState
from matchweek.models import Cycle
from students import permissions
from students.actions import evidence as evidence_actions
from students.actions import vouches as actions
from students.actions.evidence import AlreadyOnRecord, ChangedMeanwhile, fingerprint
from students.enums import DeclineReason, Strength, VouchAnswer
from students.forms.evidence import VouchGiveForm
from students.models import Vouch, VouchRequest
from students.selectors.roster import found_by_name, vouch_rows
from students.selectors.visible import named_student, visible_evidence, visible_student
from students.views.doors import back_to_dossier, shows_recusal

CHOICES = (
    (Strength.WOULD_TAKE, "I would take this person as my resident", "The strongest you can give"),
    (Strength.STRONG, "Strong", "Specific and detailed praise"),
    (Strength.SUPPORTIVE, "Supportive", "Good, in general terms"),
    (Strength.UNABLE, "I cannot vouch", "You need give no reason"),
    (Strength.CAUTION, "I have a concern", "We ask you to document it separately"),
)


def to_vouch(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """List the students this person knows, and find any of the class by name. Names only."""
    has_ability(request.user, Ability.VOUCH, cycle.year).or_raise()
    find = request.GET.get("find", "").replace("\0", "").strip()[:80]
    context = {
        "cycle": cycle,
        "find": find,
        "found": found_by_name(find, request.user, cycle) if find else [],
        "rows": vouch_rows(request.user, cycle),
        "window": permissions.within_vouch_window(request.user, cycle),
    }
    template = "students/to_vouch.html" + ("#found" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, context)


@shows_recusal
def vouch_give(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """The phone form: what one can say of a student from what one saw."""
    shown = named_student(student, request.user, cycle)
    permissions.can_vouch(request.user, shown).or_raise()
    form = VouchGiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            vouch = actions.give_vouch(shown, **form.values(), by=me(request))
        except AlreadyOnRecord:
            messages.success(request, "Your vouch is on record.")
            return redirect("students:to-vouch", cycle.slug)
        return _thank(request, cycle, vouch)
    mine = {"student": shown, "faculty": me(request)}
    context = {
        "cycle": cycle,
        "student": shown,
        "form": form,
        "choices": CHOICES,
        "earlier": list(Vouch.objects.standing().filter(**mine).order_by("-entered_at", "-pk")),
        "asked": VouchRequest.objects.standing().filter(**mine, status=VouchAnswer.ASKED).first(),
    }
    return render(request, "students/vouch_give.html", context, status=422 if form.is_bound else 200)


def _thank(request: HttpRequest, cycle: Cycle, vouch: Vouch) -> HttpResponse:
    if vouch.strength == Strength.CAUTION:
        messages.success(request, "Recorded. It counts for nothing by itself: please document what you saw.")
        return redirect("students:concern-report", cycle.slug, vouch.student_id)
    messages.success(request, f"Thank you. Your vouch for {vouch.student} is recorded.")
    return redirect("students:to-vouch", cycle.slug)


@shows_recusal
def vouch_change(request: HttpRequest, cycle: Cycle, student: int, pk: int) -> HttpResponse:
    """Let an author change the own vouch, on the same form."""
    shown = named_student(student, request.user, cycle)
    vouch = get_object_or_404(Vouch.objects.standing(), pk=pk, student=shown, faculty=me(request))
    vouch.student = shown
    permissions.can_change_evidence(request.user, vouch).or_raise()
    first = {name: getattr(vouch, name) for name in VouchGiveForm.NAMES}
    first["seen"] = fingerprint(vouch, VouchGiveForm.NAMES)
    form = VouchGiveForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            changed = evidence_actions.change_evidence(
                vouch, values=form.values(), seen=form.cleaned_data["seen"], by=me(request)
            )
        except (AlreadyOnRecord, ChangedMeanwhile) as refusal:
            form.add_error(None, str(refusal))
        else:
            changed.student = shown
            return _thank(request, cycle, changed)  # type: ignore[arg-type]  # a Vouch went in
    context = {"cycle": cycle, "student": shown, "form": form, "choices": CHOICES, "vouch": vouch}
    return render(request, "students/vouch_give.html", context, status=422 if form.is_bound else 200)


@require_POST
@shows_recusal
def vouch_decline(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """Decline what one was asked; no reason is needed."""
    shown = named_student(student, request.user, cycle)
    asked = get_object_or_404(VouchRequest.objects.standing(), student=shown, faculty=me(request))
    asked.student = shown
    _answer(request, asked, VouchAnswer.DECLINED, why=request.POST.get("why", ""))
    return redirect("students:to-vouch", cycle.slug)


@shows_recusal
def request_answer(request: HttpRequest, cycle: Cycle, student: int, pk: int) -> HttpResponse:
    """Record what the office was told of a request: declined, or no answer will come."""
    shown = visible_student(student, request.user, cycle)
    asked = visible_evidence(shown, "request", pk, request.user)
    if not isinstance(asked, VouchRequest) or asked.withdrawn_at:
        raise Http404("No such request.")
    permissions.can_edit_evidence(request.user, shown).or_raise()
    if request.method == "POST":
        _answer(request, asked, request.POST.get("answer", ""))
        return back_to_dossier(request, shown, cycle, "h-vouches")
    return render(request, "students/request_answer.html", {"cycle": cycle, "student": shown, "asked": asked})


def _answer(request: HttpRequest, asked: VouchRequest, answer: str, why: str = "") -> None:
    try:
        if answer == VouchAnswer.DECLINED:
            actions.decline_request(asked, why=why if why in DeclineReason.values else "", by=me(request))
        else:
            actions.close_request(asked, by=me(request))
    except (StaleState, NoSuchTransition):
        messages.error(request, "This request was answered meanwhile. Nothing was changed.")
    else:
        messages.success(request, f"Recorded: {asked.get_status_display()}.")
