"""Pages of no app: how this browser shows the site."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

_YEAR = 365 * 24 * 60 * 60  # Seconds.
_THEMES = ("system", "light", "dark")


@login_not_required
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep in cookies whether this browser shows light or dark, and whether single letters act as keys. Public."""
    theme = request.POST.get("theme", "system")
    keys = "on" if request.POST.get("keys") == "on" else "off"
    response = redirect(_back_to(request))
    for name, value in (("theme", theme if theme in _THEMES else "system"), ("keys", keys)):
        response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _back_to(request: HttpRequest) -> str:
    """Return the page the form was on, or the start when the address points elsewhere."""
    url = request.POST.get("next", "")
    here = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, here, require_https=request.is_secure()) else "/"
