"""The calendar page, the page of outgoing mail, and the mailbox of the demo."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.models import Message
from core.transitions import NoSuchTransition, StaleState
from matchweek import actions, permissions
from matchweek.forms import MilestoneForm
from matchweek.models import Cycle, Milestone
from matchweek.selectors import calendar_rows, kept_mail, mail_groups


def calendar(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show every time of the cycle, what it moves, and whether the match officer confirmed it."""
    permissions.can_prepare_cycle(request.user, cycle).or_raise()
    rows = calendar_rows(cycle)
    context = {
        "cycle": cycle,
        "rows": rows,
        "confirmed": sum(row.milestone.confirmed_at is not None for row in rows),
        "may_confirm": permissions.can_confirm_cycle(request.user, cycle),
    }
    return render(request, "matchweek/calendar.html", context)


def milestone_change(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Change one time; asks for a source."""
    milestone = get_object_or_404(cycle.milestones.select_related("cycle"), pk=pk)
    permissions.can_change_milestone(request.user, milestone).or_raise()
    form = MilestoneForm(request.POST or None, milestone=milestone)
    if request.method == "POST" and form.is_valid():
        actions.change_milestone(milestone, at=form.at(), source=form.cleaned_data["source"], by=me(request))
        messages.success(request, f"{milestone.get_kind_display()} changed. It waits for confirmation again.")
        return redirect("matchweek:calendar", cycle.slug)
    context = {"cycle": cycle, "form": form, "milestone": milestone}
    return render(request, "matchweek/milestone_change.html", context, status=422 if form.is_bound else 200)


@require_POST
def milestone_confirm(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Confirm one time."""
    actions.confirm_milestone(_milestone(cycle, pk), by=me(request))
    return redirect("matchweek:calendar", cycle.slug)


@require_POST
def milestone_unconfirm(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Take a confirmation back."""
    actions.unconfirm_milestone(_milestone(cycle, pk), by=me(request))
    return redirect("matchweek:calendar", cycle.slug)


def _milestone(cycle: Cycle, pk: int) -> Milestone:
    return get_object_or_404(cycle.milestones.select_related("cycle"), pk=pk)


def mail(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show what mail will go and when, what is held and why, and what a person has to settle."""
    permissions.can_settle_mail(request.user, cycle).or_raise()
    context = {
        "cycle": cycle,
        "groups": mail_groups(cycle),
        "mailbox": not settings.PRODUCTION and not cycle.mail_leaves,
    }
    return render(request, "matchweek/mail.html", context)


@require_POST
def mail_settle(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Settle one mail: it arrived, send it again, do not send it."""
    message = get_object_or_404(Message, pk=pk, cycle_id=cycle.pk)
    to = request.POST.get("to", "")
    if to not in _SETTLED:
        return HttpResponseBadRequest("Say what became of the mail.")
    try:
        actions.settle_mail(message, cycle=cycle, to=to, by=me(request))
    except (StaleState, NoSuchTransition):
        messages.error(request, "This mail went on meanwhile. Nothing was changed.")
    else:
        messages.success(request, _SETTLED[to])
    return redirect("matchweek:mail", cycle.slug)


_SETTLED = {
    "arrived": "Noted: it arrived.",
    "again": "It is sent again. Should the first one have arrived, its reader has it twice.",
    "cancel": "It will not be sent.",
}


def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the mail that a demo or a rehearsal kept here, so that its links can be opened. Never in production."""
    if settings.PRODUCTION:
        raise Http404("There is no mailbox here.")
    cycles = [each for each in Cycle.objects.all() if permissions.can_read_mailbox(request.user, each)]
    return render(request, "matchweek/mailbox.html", {"mails": kept_mail(cycles)})
