import pytest

from accounts.actions import merge_people, set_roles
from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from accounts.permissions import has_ability
from accounts.roles import ABILITIES, Ability
from core.permits import Refused
from tests.factories import PersonFactory

# Who may do what: dean, coordinator, member, clerkship director, caller, advisor, officer, registrar, auditor, student.
TABLE = {
    Ability.MANAGE_PEOPLE: "dc--------",
    Ability.PREPARE_CYCLE: "dc----o---",
    Ability.CONFIRM_CALENDAR: "------o---",
    Ability.SEE_ROSTER: "dc----or--",
    Ability.SEE_ALL_DOSSIERS: "dc----or--",
    Ability.SEE_SET_ASIDE: "dc--------",
    Ability.SEE_RESULTS_EARLY: "dc----o---",
    Ability.IMPORT_EVIDENCE: "dc--------",
    Ability.EDIT_EVIDENCE: "dc--------",
    Ability.SETTLE_CONCERN: "dc--------",
    Ability.DECLARE_FOR_OTHERS: "dc--------",
    Ability.ADVISE: "-----a----",
    Ability.VOUCH: "d-mkla----",
    Ability.SEE_BOARD: "dcm---o---",
    Ability.ATTEND_MEETING: "dcmk--o---",
    Ability.PREPARE_MEETING: "dc--------",
    Ability.LEAD_MEETING: "d---------",
    Ability.SECOND_OFFICER: "d-----o---",
    Ability.DECLARE_PRIORITY: "d---------",
    Ability.READ_POLICY: "dcmklaorus",
    Ability.EDIT_POLICY: "dc--------",
    Ability.SIGN_POLICY: "d-----o---",
    Ability.SEE_TRAIL: "dc----oru-",
    Ability.EXPORT_TRAIL: "-------ru-",
    Ability.OWN_PAGE: "---------s",
}


@pytest.mark.parametrize("ability", list(Ability))
def test_roles_have_exactly_the_abilities_of_the_table(ability):
    assert "".join("-" if mark == "-" else mark for mark in TABLE[ability]) == "".join(
        letter if ability in ABILITIES[role] else "-" for role, letter in zip(Role, "dcmklaorus", strict=True)
    )


@pytest.mark.django_db
def test_a_role_of_one_year_says_nothing_of_another():
    person = PersonFactory(roles=["dean"], year=2026)
    assert has_ability(person, Ability.MANAGE_PEOPLE, 2026)
    assert not has_ability(person, Ability.MANAGE_PEOPLE, 2027)


@pytest.mark.django_db
def test_set_roles_replaces_them_and_takes_effect_at_once():
    dean, person = PersonFactory(roles=["dean"]), PersonFactory(roles=["advisor"])
    set_roles(person, roles=["coordinator"], year=2027, by=dean)
    assert has_ability(person, Ability.IMPORT_EVIDENCE, 2027)
    assert not has_ability(person, Ability.ADVISE, 2027)


@pytest.mark.django_db
def test_the_last_who_manages_people_keeps_that_role():
    dean = PersonFactory(roles=["dean"])
    with pytest.raises(Refused, match="Nobody would be left"):
        set_roles(dean, roles=["auditor"], year=2027, by=dean)
    assert RoleAssignment.objects.filter(person=dean).values_list("role", flat=True).get() == "dean"


@pytest.mark.django_db
def test_merging_moves_everything_and_keeps_the_address():
    dean, kept, other = PersonFactory(roles=["dean"]), PersonFactory(roles=["caller"]), PersonFactory(roles=["advisor"])
    address = other.email
    merge_people(kept, other=other, year=2027, by=dean)
    assert set(RoleAssignment.objects.filter(person=kept).values_list("role", flat=True)) == {"caller", "advisor"}
    assert kept.addresses.get().email == address
    assert not Person.objects.get(pk=other.pk).is_active
