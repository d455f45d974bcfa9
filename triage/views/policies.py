"""The policy in words, its versions beside each other, and the priorities declared beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.clock import now
from matchweek.models import Cycle
from triage import permissions
from triage.actions import priorities
from triage.actions.assessing import active_policy
from triage.forms import PriorityForm
from triage.models import InstitutionalPriority, PolicyVersion
from triage.policy import Rules
from triage.selectors import policies as selectors
from triage.views.doors import SeeOther


def policy(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show the rules in force in words; to a student in words of their own."""
    permissions.can_read_policy(request.user, cycle).or_raise()
    active = active_policy()
    rules = Rules.from_json(active.rules)
    if permissions.reads_as_student(request.user, cycle):
        context = {"cycle": cycle, "version": active, "parts": selectors.for_students(rules), "printed_at": now()}
        return render(request, "triage/policies/for_students.html", context)
    return _rules_page(request, cycle, active, rules)


def version(request: HttpRequest, cycle: Cycle, number: int) -> HttpResponse:
    """Show a version in words, whether in force or not."""
    permissions.can_see_versions(request.user, cycle).or_raise()
    found = get_object_or_404(PolicyVersion, number=number)
    return _rules_page(request, cycle, found, Rules.from_json(found.rules))


def _rules_page(request: HttpRequest, cycle: Cycle, found: PolicyVersion, rules: Rules) -> HttpResponse:
    context = {
        "cycle": cycle,
        "version": found,
        "chapters": selectors.chapters(rules),
        "priorities": [each for each in selectors.priorities_of(cycle) if each.ended_at is None],
        "printed_at": now(),
        "may_see_drafts": permissions.can_see_drafts(request.user, cycle),
    }
    return render(request, "triage/policies/rules.html", context)


def version_list(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show every version that was in force, and pick two to compare."""
    permissions.can_see_versions(request.user, cycle).or_raise()
    active_policy()
    context = {
        "cycle": cycle,
        "rows": selectors.version_rows(),
        "may_see_drafts": permissions.can_see_drafts(request.user, cycle),
    }
    return render(request, "triage/policies/versions.html", context)


def compare(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show two versions beside each other; numbers that differ are marked."""
    permissions.can_see_versions(request.user, cycle).or_raise()
    before, after = (_asked_version(request, name) for name in ("before", "after"))
    context = {
        "cycle": cycle,
        "may_see_drafts": permissions.can_see_drafts(request.user, cycle),
        "before": before,
        "after": after,
        "versions": PolicyVersion.objects.order_by("-number", "pk"),
        "chapters": selectors.differences(Rules.from_json(before.rules), Rules.from_json(after.rules)),
        "changed": selectors.changed_numbers(Rules.from_json(before.rules), Rules.from_json(after.rules)),
    }
    return render(request, "triage/policies/compare.html", context)


def _asked_version(request: HttpRequest, name: str) -> PolicyVersion:
    """Return the version that the query names; the active one when it names none."""
    asked = request.GET.get(name, "")
    if not asked:
        return active_policy()
    return get_object_or_404(PolicyVersion, number=int(asked) if asked.isdecimal() and len(asked) < 6 else 0)


# --- Priorities -----------------------------------------------------------------------------------------------------


def priority_list(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show the priorities declared in this cycle, with owner, reason and dates."""
    permissions.can_see_versions(request.user, cycle).or_raise()
    return _priorities_page(request, cycle)


def _priorities_page(request: HttpRequest, cycle: Cycle, *, status: int = 200, **bound: Any) -> HttpResponse:
    context = {
        "cycle": cycle,
        "priorities": selectors.priorities_of(cycle),
        "may_see_drafts": permissions.can_see_drafts(request.user, cycle),
        "may_declare": permissions.can_declare_priority(request.user, cycle),
        "form": PriorityForm(cycle=cycle),
    }
    return render(request, "triage/policies/priorities.html", context | bound, status=status)


@require_POST
def priority_declare(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Declare an institutional priority."""
    permissions.can_declare_priority(request.user, cycle).or_raise()
    form = PriorityForm(request.POST, cycle=cycle)
    if not form.is_valid():
        return _priorities_page(request, cycle, status=422, form=form)
    declared = priorities.declare_priority(cycle, **form.cleaned_data, by=me(request))
    messages.success(request, f"Priority declared: {declared}.")
    return SeeOther(reverse("triage:policy-priority-list", args=[cycle.slug]))


@require_POST
def priority_end(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """End an institutional priority."""
    permissions.can_see_versions(request.user, cycle).or_raise()
    rows = InstitutionalPriority.objects.filter(cycle=cycle).select_related("cycle")
    found = get_object_or_404(rows, pk=pk)
    priorities.end_priority(found, by=me(request))
    messages.success(request, f"{found} has ended.")
    return SeeOther(reverse("triage:policy-priority-list", args=[cycle.slug]))
