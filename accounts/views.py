"""Pages about people, for whoever manages them, and the page where a new person sets a password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import actions, permissions, selectors
from accounts.decorators import public
from accounts.doors import me
from accounts.forms import MergeForm, NewPersonForm, PersonForm, RolesForm
from accounts.models import Person
from accounts.selectors import InYear

PAGE = 50


def people(request: HttpRequest, cycle: InYear) -> HttpResponse:
    """List people with their roles this year; find by name or address."""
    permissions.can_manage_people(request.user, cycle.year).or_raise()
    find = request.GET.get("find", "").replace("\0", "").strip()
    with_role = request.GET.get("role", "").replace("\0", "")
    found = selectors.people_found(cycle.year, find=find, role=with_role)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "cycle": cycle,
        "page": page,
        "rows": selectors.person_rows(list(page.object_list), cycle.year),
        "find": find,
        "role": with_role,
        "roles": selectors.role_choices(),
    }
    return render(request, "accounts/people.html" + ("#rows" if request.htmx else ""), context)  # type: ignore[attr-defined]


def person_add(request: HttpRequest, cycle: InYear) -> HttpResponse:
    """Add a person."""
    permissions.can_manage_people(request.user, cycle.year).or_raise()
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        added = actions.add_person(email, facts=form.facts(), year=cycle.year, by=me(request))
        messages.success(request, f"{added} added. Give them a role and a sign-in link.")
        return redirect("person", cycle.slug, added.pk)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person_add.html", {"cycle": cycle, "form": form}, status=status)


def person(request: HttpRequest, cycle: InYear, pk: int) -> HttpResponse:
    """Show one person; change facts and roles."""
    permissions.can_manage_people(request.user, cycle.year).or_raise()
    shown = get_object_or_404(Person.objects.prefetch_related("addresses"), pk=pk)
    form = PersonForm(request.POST if "name" in request.POST else None, instance=shown)
    held = selectors.roles_of(shown, cycle.year)
    roles = RolesForm(request.POST if "set_roles" in request.POST else None, initial={"roles": sorted(held)})
    if request.method == "POST" and form.is_bound and form.is_valid():
        fresh = get_object_or_404(Person, pk=pk)
        actions.change_person(fresh, facts=form.facts(), year=cycle.year, by=me(request))
        messages.success(request, "Saved.")
        return redirect("person", cycle.slug, pk)
    if request.method == "POST" and roles.is_bound and roles.is_valid():
        actions.set_roles(shown, roles=roles.cleaned_data["roles"], year=cycle.year, by=me(request))
        messages.success(request, f"Roles of {shown} in {cycle.year} saved.")
        return redirect("person", cycle.slug, pk)
    context = _person_page(request, cycle, shown) | {"form": form, "roles": roles}
    return render(request, "accounts/person.html", context, status=422 if request.method == "POST" else 200)


def _person_page(request: HttpRequest, cycle: InYear, shown: Person) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "person": shown,
        "form": PersonForm(instance=shown),
        "roles": RolesForm(initial={"roles": sorted(selectors.roles_of(shown, cycle.year))}),
        "merge": MergeForm(),
        "may_link": permissions.can_make_sign_in_link(request.user, shown, cycle.year),
    }


@require_POST
def sign_in_link(request: HttpRequest, cycle: InYear, pk: int) -> HttpResponse:
    """Make the link by which a person sets a password; show it to be passed on by hand."""
    shown = get_object_or_404(Person, pk=pk)
    link = actions.make_sign_in_link(shown, year=cycle.year, by=me(request))
    context = {"cycle": cycle, "person": shown, "link": request.build_absolute_uri(link)}
    return render(request, "accounts/sign_in_link.html", context)


@require_POST
def person_merge(request: HttpRequest, cycle: InYear, pk: int) -> HttpResponse:
    """Merge another record into this person."""
    permissions.can_manage_people(request.user, cycle.year).or_raise()
    kept = get_object_or_404(Person, pk=pk)
    form = MergeForm(request.POST)
    if not form.is_valid():
        context = _person_page(request, cycle, kept) | {"merge": form}
        return render(request, "accounts/person.html", context, status=422)
    other = form.cleaned_data["other"]
    actions.merge_people(kept, other=other, year=cycle.year, by=me(request))
    messages.success(request, f"{other} is now part of {kept}.")
    return redirect("person", cycle.slug, pk)


@public
@sensitive_post_parameters()
def welcome(request: HttpRequest, key: str) -> HttpResponse:
    """Let a person set the first password. Public: the link is the proof, good once."""
    newcomer = _newcomer(key)
    if newcomer is None:
        return render(request, "accounts/welcome_gone.html", status=404)
    form = SetPasswordForm(newcomer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Password set. Sign in with it now.")
        return redirect("account_login")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/welcome.html", {"form": form, "newcomer": newcomer}, status=status)


def _newcomer(key: str) -> Person | None:
    encoded, _, token = key.partition("-")
    try:
        pk = int(force_str(urlsafe_base64_decode(encoded)))
    except (ValueError, OverflowError):
        return None
    found = get_user_model().objects.filter(pk=pk, is_active=True).first()
    return found if found is not None and default_token_generator.check_token(found, token) else None
