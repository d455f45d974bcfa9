"""The pages of imports in an HTTP client: who gets in, what they answer, what they never show."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import Role
from accounts.models import Person
from core.models import Event
from matchweek.models import Cycle
from students.actions import imports as actions
from students.enums import AuditKind, ImportStatus
from students.interchange.sources import Upload
from students.models import ImportBatch, Student
from students.tasks import work_on_import
from tests.factories import ConflictFactory, CycleFactory, PersonFactory, StudentFactory, sign_in

pytestmark = pytest.mark.django_db
STUDENTS = b"aamc_id,last_name,specialty\n90000001,Quiet,IM\n90000002,<b>Loud</b>,Astrology\n"
EXAMS = b"aamc_id,exam,date,result\n90000001,Step 9,2026-01-01,pass\n"


@pytest.fixture
def cycle() -> Cycle:
    return CycleFactory()


@pytest.fixture
def coordinator(cycle: Cycle) -> Person:
    return PersonFactory(roles=[Role.COORDINATOR])


@pytest.fixture
def office(client: Client, coordinator: Person) -> Client:
    sign_in(client, coordinator)
    return client


def previewed(cycle: Cycle, by: Person, *files: tuple[str, bytes]) -> ImportBatch:
    batch = actions.upload_import(cycle, uploads=[Upload(*each) for each in files], by=by)
    work_on_import(batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def test_files_go_up_and_come_back_as_a_preview(office: Client, cycle: Cycle) -> None:
    sent = {"upload": [SimpleUploadedFile("students.csv", STUDENTS), SimpleUploadedFile("exams.csv", EXAMS)]}
    answer = office.post("/2027/imports/", sent)
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/2027/imports/{batch.pk}/")
    waiting = office.get(f"/2027/imports/{batch.pk}/").content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    work_on_import(batch.pk)
    fragment = office.get(f"/2027/imports/{batch.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and "every 1s" not in fragment
    assert "Apply 1 row" in fragment and "Astrology" in fragment
    office.post(f"/2027/imports/{batch.pk}/apply/")
    work_on_import(batch.pk)
    assert [each.last_name for each in Student.objects.all()] == ["Quiet"]
    assert "Undo this import" in office.get(f"/2027/imports/{batch.pk}/").content.decode()
    office.post(f"/2027/imports/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UNDONE


def test_an_upload_without_a_file_is_asked_for_again(office: Client) -> None:
    answer = office.post("/2027/imports/", {})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.content.decode()


def test_names_that_look_like_markup_are_shown_as_they_are(office: Client, cycle: Cycle, coordinator: Person) -> None:
    batch = previewed(cycle, coordinator, ("students.csv", STUDENTS.replace(b"Astrology", b"FM")))
    assert "<b>Loud</b>" not in office.get(f"/2027/imports/{batch.pk}/").content.decode()


def test_refused_rows_of_several_tables_come_as_a_zip_and_are_on_the_trail(
    office: Client, cycle: Cycle, coordinator: Person
) -> None:
    batch = previewed(cycle, coordinator, ("students.csv", STUDENTS), ("exams.csv", EXAMS))
    answer = office.get(f"/2027/imports/{batch.pk}/refused/")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["exams-refused.csv", "students-refused.csv"]
    event = Event.objects.get(kind=AuditKind.REFUSED_ROWS_FETCHED)
    assert (event.actor_id, event.payload) == (coordinator.pk, {"rows": 2})


def test_a_recused_viewer_cannot_fetch_the_row_to_mend(office: Client, cycle: Cycle, coordinator: Person) -> None:
    ConflictFactory(student=StudentFactory(cycle=cycle, aamc_id="90000001"), person=coordinator, kind="family")
    batch = previewed(cycle, coordinator, ("exams.csv", EXAMS))
    assert office.get(f"/2027/imports/{batch.pk}/refused/").status_code == 404
    page = office.get(f"/2027/imports/{batch.pk}/").content.decode()
    assert "Step 9" not in page and "1 row is about students you are recused from" in page


def test_a_second_press_is_told_so(office: Client, cycle: Cycle, coordinator: Person) -> None:
    batch = previewed(cycle, coordinator, ("students.csv", STUDENTS))
    office.post(f"/2027/imports/{batch.pk}/apply/")
    answer = office.post(f"/2027/imports/{batch.pk}/apply/", follow=True)
    assert "changed by somebody else" in answer.content.decode()
    office.post(f"/2027/imports/{batch.pk}/discard/")
    batch.refresh_from_db()
    assert batch.status == ImportStatus.APPLYING


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.DEAN, Role.COORDINATOR}])
def test_nobody_else_gets_in(client: Client, cycle: Cycle, coordinator: Person, role: Role) -> None:
    batch = previewed(cycle, coordinator, ("students.csv", STUDENTS))
    sign_in(client, PersonFactory(roles=[role]))
    for path in ("", f"{batch.pk}/", f"{batch.pk}/refused/"):
        assert client.get(f"/2027/imports/{path}").status_code == 403
    for path in ("apply", "discard", "undo"):
        assert client.post(f"/2027/imports/{batch.pk}/{path}/").status_code == 403


def test_an_import_of_another_cycle_is_not_found(office: Client, coordinator: Person) -> None:
    batch = previewed(CycleFactory(slug="2027-b"), coordinator, ("students.csv", STUDENTS))
    assert office.get(f"/2027/imports/{batch.pk}/").status_code == 404


@pytest.mark.parametrize("imports", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    office: Client, cycle: Cycle, coordinator: Person, imports: int, django_assert_num_queries: object
) -> None:
    for _ in range(imports):
        previewed(cycle, coordinator, ("students.csv", STUDENTS))
    office.get("/2027/imports/")
    with django_assert_num_queries(5):  # type: ignore[operator]
        office.get("/2027/imports/")
