"""Drafts of the policy: entered, tried on this cycle's and earlier dossiers, signed by two people, or withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.transitions import StaleState
from matchweek.models import Cycle
from triage import permissions
from triage.actions import policies
from triage.actions.assessing import active_policy
from triage.enums import Grouping
from triage.forms import PolicyForm, SeenForm, SignForm, WithdrawForm
from triage.models import PolicyDraft
from triage.policy import Rules
from triage.selectors import policies as selectors
from triage.selectors.what_if import back_test, what_if
from triage.views.doors import SeeOther


def draft_list(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show the drafts, open ones first."""
    permissions.can_see_drafts(request.user, cycle).or_raise()
    active = active_policy()
    context = {
        "cycle": cycle,
        "active": active,
        "rows": selectors.draft_rows(active),
        "may_edit": permissions.can_edit_policy(request.user, cycle),
    }
    return render(request, "triage/policies/drafts.html", context)


def draft_start(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Start a draft from the numbers in force."""
    permissions.can_edit_policy(request.user, cycle).or_raise()
    form = PolicyForm(request.POST or None, rules=Rules.from_json(active_policy().rules))
    if form.is_bound and form.is_valid():
        title = form.cleaned_data["title"]
        made = policies.start_draft(cycle, title=title, rules=form.rules(), by=me(request))
        return _back(request, cycle, made, "The draft is kept. Nothing changes before two people sign it.")
    return _form_page(request, cycle, form)


def draft_change(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Change an open draft."""
    found = _draft(request, cycle, pk)
    permissions.can_change_draft(request.user, found, cycle).or_raise()
    rules = Rules.from_json(found.rules)
    form = PolicyForm(request.POST or None, rules=rules, title=found.title, edition=found.edition)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            policies.change_draft(
                found,
                cycle=cycle,
                title=given["title"],
                rules=form.rules(),
                edition=given["edition"],
                by=me(request),
            )
        except StaleState as error:
            return _form_page(request, cycle, form, draft=found, problem=str(error), status=409)
        return _back(request, cycle, found, "The draft is changed.")
    return _form_page(request, cycle, form, draft=found)


def _form_page(request: HttpRequest, cycle: Cycle, form: PolicyForm, status: int = 0, **more: Any) -> HttpResponse:
    context = {"cycle": cycle, "form": form, "active": active_policy()} | more
    return render(request, "triage/policies/change.html", context, status=status or (422 if form.is_bound else 200))


def draft(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show what a draft changes, and who signed it."""
    return _draft_page(request, cycle, _draft(request, cycle, pk))


def _draft_page(request: HttpRequest, cycle: Cycle, found: PolicyDraft, status: int = 200, **more: Any) -> HttpResponse:
    user, active = request.user, active_policy()
    beside = found.signed_against if found.version and found.signed_against else active
    rules, present = Rules.from_json(found.rules), Rules.from_json(beside.rules)
    context = {
        "cycle": cycle,
        "draft": found,
        "active": active,
        "beside": beside,
        "changed": selectors.changed_numbers(present, rules),
        "chapters": selectors.chapters(rules, present),
        "may_change": permissions.can_change_draft(user, found, cycle),
        "may_sign": permissions.can_sign_draft(user, found, cycle),
        "may_activate": permissions.can_activate_draft(user, found, cycle),
        "may_take_back": permissions.can_take_back_signature(user, found, cycle),
        "may_try": permissions.can_try_policy(user, cycle),
        "sign_form": SignForm(),
        "withdraw_form": WithdrawForm(),
    }
    return render(request, "triage/policies/draft.html", context | more, status=status)


# --- Trying it ------------------------------------------------------------------------------------------------------


def draft_what_if(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show who would change in this cycle, from which tier to which, and by group."""
    found = _draft(request, cycle, pk)
    permissions.can_try_policy(request.user, cycle).or_raise()
    active, grouping = active_policy(), _grouping(request)
    shift = what_if(request.user, cycle, Rules.from_json(active.rules), Rules.from_json(found.rules), grouping)
    context = {
        "cycle": cycle,
        "draft": found,
        "active": active,
        "shift": shift,
        "grouping": grouping,
        "groupings": Grouping.choices,
    }
    return render(request, "triage/policies/what_if.html", context)


def draft_back_test(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show what the draft would have recommended in an earlier cycle beside what was decided there."""
    found = _draft(request, cycle, pk)
    permissions.can_try_policy(request.user, cycle).or_raise()
    others = selectors.cycles_to_test(request.user, cycle)
    other, grouping = _asked_cycle(request, others), _grouping(request)
    context = {
        "cycle": cycle,
        "draft": found,
        "others": others,
        "other": other,
        "shift": back_test(request.user, other, Rules.from_json(found.rules), grouping) if other else None,
        "grouping": grouping,
        "groupings": Grouping.choices,
    }
    return render(request, "triage/policies/back_test.html", context)


def _grouping(request: HttpRequest) -> Grouping:
    """Return the declared group asked for. Whatever is not declared is none: nothing protected can be asked."""
    asked = request.GET.get("by", "")
    return Grouping(asked) if asked in Grouping.values else Grouping.SPECIALTY_GROUP


def _asked_cycle(request: HttpRequest, others: list[Cycle]) -> Cycle | None:
    asked = request.GET.get("cycle", "")
    if not asked:
        return others[0] if others else None
    for each in others:
        if each.slug == asked:
            return each
    raise Http404


# --- Signing --------------------------------------------------------------------------------------------------------


@require_POST
def draft_sign(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Sign first, with the reason."""
    found = _draft(request, cycle, pk)
    permissions.can_sign_draft(request.user, found, cycle).or_raise()
    form = SignForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, cycle, found, 422, sign_form=form)
    reason = form.cleaned_data["reason"]
    words = "Signed. The draft becomes active when another person signs it."
    return _act(
        request, cycle, found, words,
        lambda: policies.sign_draft(found, cycle=cycle, reason=reason, seen=form.seen(), by=me(request)),
    )  # fmt: skip


@require_POST
def draft_take_back(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Take the own first signature back."""
    found = _draft(request, cycle, pk)
    words = "Your signature is taken back."
    return _act(request, cycle, found, words, lambda: policies.take_back_signature(found, cycle=cycle, by=me(request)))


@require_POST
def draft_activate(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Sign second; the draft becomes the version in force."""
    found = _draft(request, cycle, pk)
    permissions.can_activate_draft(request.user, found, cycle).or_raise()
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, cycle, found, 422)
    words = "Signed. The draft is the policy in force; every assessment is remade when next looked at."
    return _act(
        request, cycle, found, words,
        lambda: policies.activate_draft(found, cycle=cycle, seen=form.seen(), by=me(request)),
    )  # fmt: skip


@require_POST
def draft_withdraw(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Withdraw a draft, with a reason."""
    found = _draft(request, cycle, pk)
    permissions.can_withdraw_draft(request.user, found, cycle).or_raise()
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, cycle, found, 422, withdraw_form=form)
    reason = form.cleaned_data["reason"]
    words = "The draft is withdrawn."
    return _act(
        request, cycle, found, words,
        lambda: policies.withdraw_draft(found, cycle=cycle, reason=reason, by=me(request)),
    )  # fmt: skip


def _draft(request: HttpRequest, cycle: Cycle, pk: int) -> PolicyDraft:
    permissions.can_see_drafts(request.user, cycle).or_raise()
    rows = PolicyDraft.objects.select_related(
        "made_by", "based_on", "first_signed_by", "second_signed_by", "signed_against", "version", "withdrawn_by"
    )
    return get_object_or_404(rows, pk=pk)


def _act(request: HttpRequest, cycle: Cycle, found: PolicyDraft, words: str, act: Callable[[], object]) -> HttpResponse:
    """Do one thing and lead back to the draft; what stands against it is said there."""
    try:
        act()
    except StaleState as error:
        return _draft_page(request, cycle, _draft(request, cycle, found.pk), 409, problem=str(error))
    except policies.PolicyRefused as error:
        return _draft_page(request, cycle, _draft(request, cycle, found.pk), 422, problem=str(error))
    return _back(request, cycle, found, words)


def _back(request: HttpRequest, cycle: Cycle, found: PolicyDraft, words: str) -> HttpResponse:
    messages.success(request, words)
    return SeeOther(reverse("triage:policy-draft", args=[cycle.slug, found.pk]))
