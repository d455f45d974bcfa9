"""Evidence by hand: one set of pages for every kind."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.clock import EASTERN, now
from matchweek.models import Cycle
from students import permissions
from students.actions import evidence as actions
from students.actions.evidence import AlreadyOnRecord, ChangedMeanwhile, fingerprint
from students.forms.evidence import ADDABLE, FORMS, ReasonForm
from students.models import Evidence, Student
from students.models.kinds import EVIDENCE_KINDS
from students.permissions import footing_of
from students.selectors.history import hidden_fields, history_rows
from students.selectors.visible import visible_evidence, visible_student
from students.views.doors import back_to_dossier, shows_recusal

_DATE_TODAY = {"academic": "happened_on", "advising": "noted_on"}


@shows_recusal
def evidence_add(request: HttpRequest, cycle: Cycle, student: int, kind: str) -> HttpResponse:
    """Enter one piece of evidence."""
    if kind not in ADDABLE:
        raise Http404("No such kind of evidence.")
    shown = visible_student(student, request.user, cycle)
    permissions.can_enter_evidence(request.user, shown, kind).or_raise()
    form = FORMS[kind](request.POST or None, cycle=cycle, initial=_first_values(request, kind))
    if request.method == "POST" and form.is_valid():
        try:
            entered = actions.enter_evidence(shown, kind=kind, values=form.values(), by=me(request))
        except AlreadyOnRecord as twin:
            form.add_error(None, str(twin))
        else:
            messages.success(request, f"{EVIDENCE_KINDS[kind].words.capitalize()} entered.")
            return back_to_dossier(request, shown, cycle, f"{kind}-{entered.pk}")
    context = {"cycle": cycle, "student": shown, "kind": EVIDENCE_KINDS[kind], "form": form}
    return render(request, "students/evidence_add.html", context, status=422 if form.is_bound else 200)


def _first_values(request: HttpRequest, kind: str) -> dict[str, Any]:
    today = now().astimezone(EASTERN).date()
    first: dict[str, Any] = {_DATE_TODAY[kind]: today} if kind in _DATE_TODAY else {}
    return first | {"advisor": me(request)} if kind == "advising" else first


@shows_recusal
def evidence_change(request: HttpRequest, cycle: Cycle, student: int, kind: str, evidence: int) -> HttpResponse:
    """Change one piece. When somebody else changed it meanwhile, both versions are shown and nothing is lost."""
    shown, piece = _piece(request, cycle, student, kind, evidence)
    permissions.can_change_evidence(request.user, piece).or_raise()
    if kind == "vouch":
        return redirect("students:vouch-change", cycle.slug, shown.pk, piece.pk)
    if piece.withdrawn_at:
        raise Http404("What was withdrawn is restored before it is changed.")
    form_class = FORMS[kind]
    first = {"seen": fingerprint(piece, form_class.names())}
    form = form_class(request.POST or None, cycle=cycle, instance=piece, initial=first)
    held: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_evidence(piece, values=form.values(), seen=form.cleaned_data["seen"], by=me(request))
        except AlreadyOnRecord as twin:
            form.add_error(None, str(twin))
        except ChangedMeanwhile as meanwhile:
            held = show_both(form, meanwhile)
        else:
            messages.success(request, f"{EVIDENCE_KINDS[kind].words.capitalize()} changed.")
            return back_to_dossier(request, shown, cycle, f"{kind}-{piece.pk}")
    context = {"cycle": cycle, "student": shown, "kind": EVIDENCE_KINDS[kind], "form": form, "held": held}
    return render(request, "students/evidence_change.html", context, status=_status(form, held))


def show_both(form: Any, meanwhile: ChangedMeanwhile) -> list[tuple[str, str, str]]:
    """Return (field, what is on record now, what was written here), and let the form be sent again on top of it."""
    names = form.names()
    form.add_error(None, str(meanwhile))
    form.data = form.data.copy()
    form.data["seen"] = fingerprint(meanwhile.held, names)
    held_form = type(form)(instance=meanwhile.held, cycle=form.cycle)
    pairs = ((form[name], held_form[name]) for name in names)
    return [(mine.label, _shown(theirs), _shown(mine)) for mine, theirs in pairs if _shown(theirs) != _shown(mine)]


def _shown(bound: Any) -> str:
    value = bound.field.prepare_value(bound.value())
    choices = dict(getattr(bound.field, "choices", ()) or ())
    if isinstance(value, list):
        return ", ".join(str(choices.get(each, each)) for each in value)
    words = choices.get(value, value)
    return "" if words is None else {"True": "yes", "False": "no"}.get(str(words), str(words))


def _status(form: Any, held: object) -> int:
    if held:
        return 409
    return 422 if form.is_bound else 200


@shows_recusal
def evidence_withdraw(request: HttpRequest, cycle: Cycle, student: int, kind: str, evidence: int) -> HttpResponse:
    """Withdraw one piece with a reason."""
    shown, piece = _piece(request, cycle, student, kind, evidence)
    permissions.can_withdraw_evidence(request.user, piece).or_raise()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_evidence(piece, reason=form.cleaned_data["reason"], by=me(request))
        messages.success(request, f"{EVIDENCE_KINDS[kind].words.capitalize()} withdrawn. Its history keeps it.")
        return back_to_dossier(request, shown, cycle)
    context = {"cycle": cycle, "student": shown, "kind": EVIDENCE_KINDS[kind], "piece": str(piece), "form": form}
    return render(request, "students/evidence_withdraw.html", context, status=422 if form.is_bound else 200)


@require_POST
@shows_recusal
def evidence_restore(request: HttpRequest, cycle: Cycle, student: int, kind: str, evidence: int) -> HttpResponse:
    """Take a withdrawal back."""
    shown, piece = _piece(request, cycle, student, kind, evidence)
    actions.restore_evidence(piece, by=me(request))
    messages.success(request, f"{EVIDENCE_KINDS[kind].words.capitalize()} is in the dossier again.")
    return back_to_dossier(request, shown, cycle, f"{kind}-{piece.pk}")


@shows_recusal
def evidence_history(request: HttpRequest, cycle: Cycle, student: int, kind: str, evidence: int) -> HttpResponse:
    """Show who entered and changed one piece, field by field."""
    shown, piece = _piece(request, cycle, student, kind, evidence)
    hidden = hidden_fields(piece, footing_of(request.user, shown, cycle).sections)
    context = {
        "cycle": cycle,
        "student": shown,
        "kind": EVIDENCE_KINDS[kind],
        "piece": piece,
        "rows": history_rows(piece, hidden=hidden),
        "may_restore": piece.withdrawn_at and permissions.can_restore_evidence(request.user, piece),
    }
    return render(request, "students/evidence_history.html", context)


def _piece(request: HttpRequest, cycle: Cycle, student: int, kind: str, pk: int) -> tuple[Student, Evidence]:
    shown = visible_student(student, request.user, cycle)
    return shown, visible_evidence(shown, kind, pk, request.user)
