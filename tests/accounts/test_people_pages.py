import re

import pytest

from accounts.models import Person, RoleAssignment
from core.models import Event
from tests.factories import CycleFactory, PersonFactory, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    CycleFactory()
    return PersonFactory(roles=["coordinator"], name="Dana")


def test_a_person_is_added_given_a_role_and_signs_in_by_the_link(client, coordinator):
    signed_in = sign_in(client, coordinator)
    signed_in.post("/2027/people/add/", {"email": "New.Person@School.example", "name": "New Person"})
    added = Person.objects.get(email="new.person@school.example")
    assert not added.has_usable_password()
    signed_in.post(f"/2027/people/{added.pk}/", {"set_roles": "1", "roles": ["advisor", "caller"]})
    assert set(RoleAssignment.objects.filter(person=added).values_list("role", flat=True)) == {"advisor", "caller"}
    page = signed_in.post(f"/2027/people/{added.pk}/link/").content.decode()
    link = re.search(r"http://testserver(/welcome/[^\"]+)", page).group(1)
    client.logout()
    words = "four-unlikely-words-here"
    assert client.post(link, {"new_password1": words, "new_password2": words}).status_code == 302
    assert client.login(email=added.email, password=words)


def test_the_link_is_good_once(client, coordinator):
    added = PersonFactory()
    page = sign_in(client, coordinator).post(f"/2027/people/{added.pk}/link/").content.decode()
    link = re.search(r"http://testserver(/welcome/[^\"]+)", page).group(1)
    client.logout()
    words = "four-unlikely-words-here"
    client.post(link, {"new_password1": words, "new_password2": words})
    assert client.get(link).status_code == 404
    assert client.get("/welcome/nonsense/").status_code == 404


def test_an_address_belongs_to_one_person_whatever_its_case(client, coordinator):
    PersonFactory(email="taken@school.example", name="First Owner")
    answer = sign_in(client, coordinator).post("/2027/people/add/", {"email": "TAKEN@school.example", "name": "Second"})
    assert answer.status_code == 422
    assert "This address already belongs to First Owner." in answer.content.decode()


def test_no_role_change_without_an_event(client, coordinator):
    person = PersonFactory()
    sign_in(client, coordinator).post(f"/2027/people/{person.pk}/", {"set_roles": "1", "roles": ["registrar"]})
    event = Event.objects.get(kind="roles-changed")
    assert (event.actor_id, event.subject_id) == (coordinator.pk, person.pk)
    assert event.payload == {"year": 2027, "before": [], "after": ["registrar"]}


def test_people_are_found_by_name_address_and_role(client, coordinator):
    PersonFactory(name="Findable Fern", email="fern@school.example", roles=["auditor"])
    PersonFactory(name="Other Oak", email="oak@school.example")
    signed_in = sign_in(client, coordinator)
    for query in ("find=findable", "find=FERN@", "role=auditor"):
        page = signed_in.get(f"/2027/people/?{query}").content.decode()
        assert "Findable Fern" in page, query
        assert "Other Oak" not in page, query


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_queries_for_one_person_and_three(
    client, coordinator, number, django_assert_num_queries
):
    for _ in range(number):
        PersonFactory(name="Counted", roles=["caller"])
    signed_in = sign_in(client, coordinator)
    with django_assert_num_queries(7):
        signed_in.get("/2027/people/?find=Counted")


def test_failed_sign_ins_are_limited(client, coordinator):
    form = {"login": coordinator.email, "password": "wrong"}
    answers = [client.post("/accounts/login/", form).content.decode() for _ in range(7)]
    assert "Too many failed login attempts" not in answers[0]
    assert "Too many failed login attempts" in answers[-1]
