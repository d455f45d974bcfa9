"""Reads about people: their roles and abilities in one Match year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from accounts.roles import ABILITIES, Ability

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


class InYear(Protocol):
    """Whatever knows its Match year and slug: a cycle, which this app may not import."""

    year: int
    slug: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people."""

    pk: int
    name: str
    email: str
    position: str
    department: str
    roles: str
    can_sign_in: bool


def role_choices() -> list[tuple[str, str]]:
    """Return the roles for a filter."""
    return [(str(role.value), str(role.label)) for role in Role]


def people_found(year: int, *, find: str = "", role: str = "") -> QuerySet[Person]:
    """Return everybody, or who matches by name, address or department, and by role in `year`."""
    people = Person.objects.filter(is_active=True).order_by("name", "email", "pk")
    if find:
        by_words = Q(name__icontains=find) | Q(email__icontains=find) | Q(department__icontains=find)
        people = people.filter(by_words | Q(addresses__email__icontains=find)).distinct()
    if role:
        people = people.filter(role_assignments__year=year, role_assignments__role=role)
    return people


def person_rows(people: Sequence[Person], year: int) -> list[PersonRow]:
    """Put people into lines with their roles in `year`: one query more."""
    held: dict[int, list[str]] = {}
    assigned = RoleAssignment.objects.filter(year=year, person__in=[each.pk for each in people]).order_by("role")
    for person_id, role in assigned.values_list("person_id", "role"):
        held.setdefault(person_id, []).append(str(Role(role).label))
    return [
        PersonRow(
            pk=each.pk,
            name=str(each),
            email=each.email,
            position=each.position.replace("_", " "),
            department=each.department,
            roles=", ".join(held.get(each.pk, [])),
            can_sign_in=each.has_usable_password(),
        )
        for each in people
    ]
