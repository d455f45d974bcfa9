"""Who may do what by role. Rules about one object stand in the app that owns it."""

from __future__ import annotations

from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from accounts.roles import ABILITIES, Ability
from accounts.selectors import User, abilities_of, roles_of
from core.permits import ALLOWED, Permit, allow_if, refuse

OFFICERS = frozenset(Role(role) for role, abilities in ABILITIES.items() if Ability.SECOND_OFFICER in abilities)
_ONLY_OFFICERS = "Only an officer of the school (a dean) does this for a dean or a match officer."


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
    held = {Role(role) for role in roles_of(person, year)}
    return (
        can_manage_people(user, year)
        & allow_if(wanted & managing or others.exists(), "Nobody would be left who can manage people.")
        & (allow_if(not (wanted ^ held) & OFFICERS, _ONLY_OFFICERS) | _is_officer(user, year))
    )


def can_make_sign_in_link(user: User, person: Person, year: int) -> Permit:
    """Whoever manages people hands out sign-in links. A link sets a password: an officer's only another officer."""
    return can_manage_people(user, year) & _can_look_after(user, person, year)


def can_merge_people(user: User, kept: Person, other: Person, year: int) -> Permit:
    """Whoever manages people merges two of them, but not a person with themself, nor their own row away."""
    return (
        can_manage_people(user, year)
        & allow_if(kept.pk != other.pk, "These are the same person.")
        & allow_if(other.pk != user.pk, "You cannot merge yourself away while signed in.")
        & _can_look_after(user, kept, year)
        & _can_look_after(user, other, year)
    )


def _can_look_after(user: User, person: Person, year: int) -> Permit:
    """Whoever stood in an officer's place, in any year, could sign for them: that is the second pair of eyes lost."""
    is_officer = RoleAssignment.objects.filter(person=person, role__in=OFFICERS).exists()
    return allow_if(not is_officer, _ONLY_OFFICERS) | _is_officer(user, year)


def _is_officer(user: User, year: int) -> Permit:
    """Allow officers; and, until one who manages people has ever signed in, whoever sets the year up."""
    both = [role for role in OFFICERS if Ability.MANAGE_PEOPLE in ABILITIES[role]]
    in_charge = RoleAssignment.objects.filter(year=year, role__in=both, person__is_active=True)
    return has_ability(user, Ability.SECOND_OFFICER, year) | allow_if(
        not in_charge.filter(person__last_login__isnull=False).exists(), _ONLY_OFFICERS
    )


def can_add_first_person(role: Role, year: int) -> Permit:
    """The command line adds one person who manages people, while nobody does that year."""
    managing = {each for each, abilities in ABILITIES.items() if Ability.MANAGE_PEOPLE in abilities}
    in_charge = RoleAssignment.objects.filter(year=year, role__in=managing, person__is_active=True)
    return allow_if(role in managing, "The first person manages people: dean or coordinator.") & allow_if(
        not in_charge.exists(), f"Somebody manages people in {year} already: they add the others on the People page."
    )
