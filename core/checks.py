"""System checks of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connections

from core import audit


def trail_is_guarded(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of every trigger of the trail that is missing or altered.

    No error, because `migrate` asks first and then puts them back; `verify_audit` takes it for the fault it is.
    """
    return [
        Warning(words, hint="manage.py migrate puts it back.", id="core.W001")
        for alias in databases or ()
        for words in audit.faults(connections[alias])
    ]
