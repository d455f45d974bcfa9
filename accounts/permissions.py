"""Who may do what by role. Rules about one object stand in the app that owns it."""

from __future__ import annotations

from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from accounts.roles import ABILITIES, Ability
from accounts.selectors import User, abilities_of
from core.permits import ALLOWED, Permit, allow_if, refuse


def has_ability(user: User, ability: Ability, year: int) -> Permit:
    """Allow when one of the person's roles in `year` carries the ability; else name the roles that do."""
    if ability in abilities_of(user, year):
        return ALLOWED
    roles = sorted(str(role) for role, abilities in ABILITIES.items() if ability in abilities)
    names = ", ".join(role.replace("_", " ") for role in roles)
    return refuse(f"To {ability} you need one of these roles in {year}: {names}.")


def can_manage_people(user: User, year: int) -> Permit:
    """The dean's office adds people and gives roles."""
    return has_ability(user, Ability.MANAGE_PEOPLE, year)


def can_change_roles(user: User, person: Person, wanted: set[Role], year: int) -> Permit:
    """Whoever manages people gives roles; somebody must always be left who can."""
    managing = {role for role, abilities in ABILITIES.items() if Ability.MANAGE_PEOPLE in abilities}
    others = RoleAssignment.objects.filter(year=year, role__in=managing, person__is_active=True).exclude(person=person)
    return can_manage_people(user, year) & allow_if(
        wanted & managing or others.exists(), "Nobody would be left who can manage people."
    )


def can_merge_people(user: User, kept: Person, other: Person, year: int) -> Permit:
    """Whoever manages people merges two of them, but not a person with themself, nor their own row away."""
    return (
        can_manage_people(user, year)
        & allow_if(kept.pk != other.pk, "These are the same person.")
        & allow_if(other.pk != user.pk, "You cannot merge yourself away while signed in.")
    )
