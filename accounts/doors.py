"""Who stands at the door of a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from accounts.models import Person


def me(request: HttpRequest) -> Person:
    """Return who is signed in; for views that need it, which is every view not marked public."""
    return cast("Person", request.user)
