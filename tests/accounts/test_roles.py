from datetime import UTC, datetime

import pytest

from accounts.actions import make_sign_in_link, merge_people, set_roles
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


OFFICERS = [Role.DEAN, Role.MATCH_OFFICER]


def dean_at_work():
    return PersonFactory(roles=["dean"], last_login=datetime(2027, 1, 4, tzinfo=UTC))


@pytest.mark.django_db
@pytest.mark.parametrize("role", OFFICERS)
def test_who_does_not_sign_makes_nobody_an_officer_nor_themself(role):
    dean_at_work()
    coordinator, friend = PersonFactory(roles=["coordinator"]), PersonFactory()
    for person in (coordinator, friend):
        with pytest.raises(Refused, match="Only an officer"):
            set_roles(person, roles=["coordinator", role], year=2027, by=coordinator)
    assert not RoleAssignment.objects.filter(person=friend).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", OFFICERS)
def test_who_does_not_sign_takes_no_officer_s_place(role):
    """By a link that sets the officer's password, by their records, or by taking the role from them."""
    dean_at_work()
    coordinator, officer, friend = PersonFactory(roles=["coordinator"]), PersonFactory(roles=[role]), PersonFactory()
    with pytest.raises(Refused, match="Only an officer"):
        make_sign_in_link(officer, year=2027, by=coordinator)
    for kept, other in ((friend, officer), (officer, friend), (coordinator, officer)):
        with pytest.raises(Refused, match="Only an officer"):
            merge_people(kept, other=other, year=2027, by=coordinator)
    with pytest.raises(Refused, match="Only an officer"):
        set_roles(officer, roles=[], year=2027, by=coordinator)


@pytest.mark.django_db
def test_an_officer_of_another_year_is_an_officer_still():
    dean_at_work()
    coordinator, officer = PersonFactory(roles=["coordinator"]), PersonFactory(roles=["dean"], year=2026)
    with pytest.raises(Refused, match="Only an officer"):
        make_sign_in_link(officer, year=2027, by=coordinator)


@pytest.mark.django_db
def test_officers_look_after_officers_and_a_year_without_any_gets_its_first():
    coordinator, first = PersonFactory(roles=["coordinator"]), PersonFactory()
    set_roles(first, roles=["dean"], year=2027, by=coordinator)
    assert make_sign_in_link(first, year=2027, by=coordinator).startswith("/welcome/")
    second = PersonFactory()
    set_roles(second, roles=["match_officer"], year=2027, by=first)
    assert make_sign_in_link(second, year=2027, by=first).startswith("/welcome/")


@pytest.mark.django_db
def test_a_role_that_stays_needs_no_officer():
    dean, coordinator = dean_at_work(), PersonFactory(roles=["coordinator"])
    set_roles(dean, roles=["dean", "advisor"], year=2027, by=coordinator)
    assert has_ability(dean, Ability.ADVISE, 2027)


@pytest.mark.django_db
def test_merging_leaves_what_was_decided_with_the_person_who_decided_it():
    from tests.triage.meeting_room import make_room

    room = make_room()
    room.start()
    decided = room.decide(1)
    other, dean = decided.decided_by, PersonFactory(roles=["dean"])
    merge_people(PersonFactory(), other=other, year=2027, by=dean)
    decided.refresh_from_db()
    assert decided.decided_by == other
    assert not Person.objects.get(pk=other.pk).is_active


@pytest.mark.django_db
def test_the_command_line_adds_the_first_dean_and_nobody_after(client, capsys):
    from django.core.management import CommandError, call_command

    call_command("add_first_person", "Dean@School.example", "--name", "Dean First", "--year", "2027")
    path = capsys.readouterr().out.strip()
    assert client.get(path).status_code == 200
    dean = Person.objects.get(email="dean@school.example")
    assert has_ability(dean, Ability.MANAGE_PEOPLE, 2027)
    with pytest.raises(CommandError, match="Somebody manages people in 2027 already"):
        call_command("add_first_person", "other@school.example", "--name", "Second", "--year", "2027")
