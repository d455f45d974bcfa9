"""Marks for views. Sign-in is the default for the whole site; a public view says so."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def public(view: View) -> View:
    """Let people open this view without signing in."""
    return login_not_required(view)
