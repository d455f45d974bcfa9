"""Writes about people: adding, changing, giving roles, merging, and the link by which they first sign in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.tokens import default_token_generator
from django.db import models
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import permissions
from accounts.enums import AuditKind, Role
from accounts.models import Address, Person, RoleAssignment
from accounts.selectors import forget_roles
from core import audit


class AddressTaken(Exception):
    """Another person has this address. The text is fit for a user."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the office keeps of a person beside the address."""

    name: str
    position: str = ""
    department: str = ""
    specialty: str = ""
    phone: str = ""


def find_person(email: str) -> Person | None:
    """Find a person by any of their addresses, whatever its case."""
    folded = email.strip().lower()
    return Person.objects.filter(email=folded).first() or Person.objects.filter(addresses__email=folded).first()


@audit.attributed
def add_person(email: str, *, facts: PersonFacts, year: int, by: Person) -> Person:
    """Add a person without password and role. Audited. Raises `AddressTaken`."""
    permissions.can_manage_people(by, year).or_raise()
    if (other := find_person(email)) is not None:
        raise AddressTaken(f"{email} already belongs to {other}.")
    person = Person.objects.create_user(email, **_fields(facts))
    audit.record(AuditKind.PERSON_ADDED, person, by=by)
    return person


@audit.attributed
def change_person(person: Person, *, facts: PersonFacts, year: int, by: Person) -> Person:
    """Change what is kept of a person. Audited; the row history has before and after."""
    permissions.can_manage_people(by, year).or_raise()
    changed = [name for name, value in _fields(facts).items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, getattr(facts, name))
    if changed:
        person.save(update_fields=changed)
        audit.record(AuditKind.PERSON_CHANGED, person, by=by, fields=changed)
    return person


def _fields(facts: PersonFacts) -> dict[str, str]:
    return {name: getattr(facts, name) for name in PersonFacts.__slots__}


@audit.attributed
def set_roles(person: Person, *, roles: Iterable[str], year: int, by: Person) -> None:
    """Give exactly these roles in one Match year. Audited with before and after.

    Raises `Refused` when the last person who manages people would lose that ability.
    """
    permissions.can_manage_people(by, year).or_raise()
    wanted = {Role(role) for role in roles}
    permissions.can_change_roles(by, person, wanted, year).or_raise()
    held = RoleAssignment.objects.filter(person=person, year=year)
    before = {str(role) for role in held.values_list("role", flat=True)}
    held.exclude(role__in=wanted).delete()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=person, year=year, role=role) for role in sorted(wanted - before)
    )
    forget_roles(person)
    if before != wanted:
        audit.record(AuditKind.ROLES_CHANGED, person, by=by, year=year, before=sorted(before), after=sorted(wanted))


@audit.attributed
def add_first_person(email: str, *, name: str, role: Role, year: int, by: None) -> Person:
    """Add the first person who manages people in a year, from the command line. Audited. Raises `Refused` later on."""
    permissions.can_add_first_person(role, year).or_raise()
    person = find_person(email) or Person.objects.create_user(email, name=name)
    RoleAssignment.objects.create(person=person, year=year, role=role)
    audit.record(AuditKind.ROLES_CHANGED, person, by=by, year=year, before=[], after=[str(role)])
    return person


def sign_in_path(person: Person) -> str:
    """Return the path where a person sets a password: good once and for three days."""
    key = f"{urlsafe_base64_encode(force_bytes(person.pk))}-{default_token_generator.make_token(person)}"
    return reverse("person-welcome", args=[key])


@audit.attributed
def make_sign_in_link(person: Person, *, year: int, by: Person) -> str:
    """Make a path where the person sets a password, good once and for three days. Audited."""
    permissions.can_make_sign_in_link(by, person, year).or_raise()
    audit.record(AuditKind.SIGN_IN_LINK_MADE, person, by=by)
    return sign_in_path(person)


@audit.attributed
def merge_people(kept: Person, *, other: Person, year: int, by: Person) -> Person:
    """Move everything of `other` to `kept`, whose addresses then include the other's. Audited.

    Rows that both have (the same role, the same attendance) stay with `kept` alone. The other person stays
    as an inactive row, because the trail and what was decided or signed name it.
    """
    permissions.can_merge_people(by, kept, other, year).or_raise()
    for relation in Person._meta.related_objects:
        if not audit.is_sealed(relation.related_model):
            _move_rows(relation, kept, other)
    old_address = other.email
    Person.objects.filter(pk=other.pk).update(email=f"merged-{other.pk}@invalid", is_active=False)
    Address.objects.get_or_create(email=old_address, defaults={"person": kept})
    audit.record(AuditKind.PEOPLE_MERGED, kept, by=by, other=other.pk)
    return kept


def _move_rows(relation: models.ForeignObjectRel, kept: Person, other: Person) -> None:
    model, field = relation.related_model, relation.field.name
    rows = model._base_manager.filter(**{field: other})
    unique = [
        tuple(each.fields)
        for each in model._meta.constraints
        if isinstance(each, models.UniqueConstraint) and field in each.fields
    ]
    for row in rows:
        if not any(_twin_exists(row, fields, field, kept) for fields in unique):
            model._base_manager.filter(pk=row.pk).update(**{field: kept})


def _twin_exists(row: models.Model, fields: tuple[str, ...], field: str, kept: Person) -> bool:
    wanted = {name: getattr(row, name) for name in fields} | {field: kept}
    return type(row)._base_manager.filter(**wanted).exists()
