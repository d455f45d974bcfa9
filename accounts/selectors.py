"""Reads about people: their roles and abilities in one Match year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import RoleAssignment
from accounts.roles import ABILITIES, Ability

if TYPE_CHECKING:
    from accounts.models import Person

User = Any  # a Person, or Django's AnonymousUser
_CACHE = "_roles_by_year"


def roles_of(person: User, year: int) -> frozenset[str]:
    """Return the person's roles in `year`; asked once per loaded person and year."""
    if not person.is_authenticated:
        return frozenset()
    cache: dict[int, frozenset[str]] = person.__dict__.setdefault(_CACHE, {})
    if year not in cache:
        cache[year] = frozenset(
            RoleAssignment.objects.filter(person_id=person.pk, year=year).values_list("role", flat=True)
        )
    return cache[year]


def abilities_of(person: User, year: int) -> frozenset[Ability]:
    """Return what the person's roles in `year` let them do."""
    return frozenset().union(*(ABILITIES[role] for role in roles_of(person, year)))


def forget_roles(person: Person) -> None:
    """Drop what `roles_of` remembered, after the roles changed."""
    person.__dict__.pop(_CACHE, None)
