"""Permits: may this person do this now, and if not, why in words a person can read."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


class Refused(PermissionDenied):
    """An action was asked for that its permit refuses. The text is fit for the person who asked."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The answer of a `can_…` function: truthy when allowed, otherwise with its reason.

    `a & b` needs both and keeps the first refusal; `a | b` needs either and keeps the last one.
    """

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def __and__(self, other: Permit) -> Permit:
        return other if self.allowed else self

    def __or__(self, other: Permit) -> Permit:
        return self if self.allowed else other

    def or_raise(self) -> None:
        """Raise `Refused` with the reason unless allowed."""
        if not self.allowed:
            raise Refused(self.reason)


ALLOWED = Permit(allowed=True)


def refuse(reason: str) -> Permit:
    """Refuse, saying why in a sentence that may stand in a tooltip."""
    return Permit(allowed=False, reason=reason)


def allow_if(condition: object, otherwise: str) -> Permit:
    """Allow when `condition` is truthy, else refuse with the words of `otherwise`."""
    return ALLOWED if condition else refuse(otherwise)
