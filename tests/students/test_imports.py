"""Imports: what a plan says, what applying writes, undoing, refusing, and never doing it twice."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import Address, Person
from core import audit
from core.models import Event, RowChange
from core.permits import Refused
from core.transitions import StaleState
from matchweek.models import Cycle
from students.actions import imports as actions
from students.actions.access import open_dossier
from students.actions.concerns import settle_concern
from students.actions.evidence import withdraw_evidence
from students.enums import AuditKind, ConcernStatus, ImportStatus, VouchAnswer
from students.interchange.findings import Unusable
from students.interchange.planning import plan
from students.interchange.plans import Plan
from students.interchange.sources import MAX_UPLOAD, Upload, read_source
from students.models import (
    AcademicEvent,
    AccessGrant,
    Concern,
    Conflict,
    ExamAttempt,
    ImportBatch,
    ImportedChange,
    Student,
    Vouch,
    VouchRequest,
)
from students.selectors.imports import preview_view, refused_files, what_was_built_on
from students.tasks import sweep_imports, work_on_import
from tests.factories import ConflictFactory, CycleFactory, PersonFactory, StudentFactory

pytestmark = pytest.mark.django_db

FILES = {
    "students.csv": "aamc_id,last_name,first_name,email,match_status,applied_specialty,advisor_email\n"
    "90000001,Quiet,Ann,ann@students.example,unmatched,IM,advisor@school.example\n"
    "90000002,Loud,Bo,bo@students.example,unmatched,Surgery,\n",
    "exams.csv": "aamc_id,exam,date,result,score\n90000001,Step 1,2025-02-10,fail,\n90000001,Step 1,2025-05-10,pass,\n"
    "90000002,Step 2 CK,2026-06-01,pass,245\n",
    "evaluations.csv": "aamc_id,clerkship,grade,evaluator_email,date,comment\n"
    "90000001,Surgery,Honors,cd@school.example,2026-02-01,Fine work\n",
    "academics.csv": "aamc_id,kind,date,note\n90000002,remediation,2025-01-01,Shelf\n",
    "concerns.csv": "aamc_id,kind,severity,status,date,reported_by,firsthand,record_reference,student_told_on\n"
    "90000002,respect,major,open,2026-01-01,cd@school.example,yes,P-1,2026-01-02\n",
    "vouches.csv": "aamc_id,faculty_email,faculty_name,role,strength,relationship,weeks_observed,statement,willing\n"
    "90000001,CD@school.example,Cy Dee,attending,strong,clerkship,6,Careful,yes\n"
    "90000001,pd@school.example,Pat Dee,program_director,would take,sub-I,4,Would take,yes\n",
    "vouch_requests.csv": "aamc_id,faculty_email,asked_on,answer\n90000001,cd@school.example,2027-01-05,\n"
    "90000002,fm@school.example,2027-01-05,declined\n90000002,cd@school.example,2027-01-06,\n",
    "conflicts.csv": "aamc_id,person_email,kind,declared_on\n90000002,pd@school.example,family,2027-02-01\n",
    "advising.csv": "aamc_id,date,kind,followed,advice,advisor_email\n"
    "90000001,2026-08-01,broaden,no,Add programs,advisor@school.example\n",
    "faculty.csv": "email,name,role,department\ncd@school.example,Cyrus Dee,clerkship_director,Surgery\n",
}
TRACKED = (Student, ExamAttempt, AcademicEvent, Concern, Vouch, VouchRequest, Conflict)


@pytest.fixture
def cycle() -> Cycle:
    return CycleFactory()


@pytest.fixture
def coordinator(cycle: Cycle) -> Person:
    return PersonFactory(roles=[Role.COORDINATOR])


def uploads(**changed: str) -> list[Upload]:
    files = FILES | {f"{name}.csv": text for name, text in changed.items()}
    return [Upload(name, text.encode()) for name, text in files.items()]


def planned(cycle: Cycle | None, files: list[Upload]) -> Plan:
    return plan(read_source(files), cycle)


def load(cycle: Cycle, files: list[Upload], by: Person | None = None) -> Plan:
    return actions.import_at_once(cycle, source=read_source(files), by=by)


def uploaded(cycle: Cycle, files: list[Upload], by: Person) -> ImportBatch:
    """Upload and let the worker read."""
    batch = actions.upload_import(cycle, uploads=files, by=by)
    work_on_import(batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def applied(cycle: Cycle, files: list[Upload], by: Person) -> ImportBatch:
    batch = actions.confirm_import(uploaded(cycle, files, by), by=by)
    work_on_import(batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def total(plan: Plan, kind: str) -> int:
    return sum(each[kind] for each in plan.counts().values())


def held() -> list[list[dict[str, Any]]]:
    """Everything in force in the tables of evidence, without the numbers that only rise."""
    left_out = {"evidence_number", "batch_id", "entered_at", "withdrawn_at"}
    return [
        [
            {name: value for name, value in row.items() if name not in left_out}
            for row in model.objects.filter(withdrawn_at__isnull=True).order_by("pk").values()
        ]
        for model in TRACKED
    ]


# --- Adding and changing --------------------------------------------------------------------------------------------


def test_an_import_adds_everything_with_its_people(cycle: Cycle) -> None:
    found = load(cycle, uploads())
    assert (total(found, "added"), total(found, "refused")) == (16, 0)
    ann = Student.objects.get(aamc_id="90000001")
    assert (ann.person.email, ann.advisor.email, ann.applied_specialty_id) == (
        "ann@students.example",
        "advisor@school.example",
        "140",
    )
    assert not ann.person.has_usable_password()
    assert Person.objects.get(email="cd@school.example").name == "Cyrus Dee"
    assert Person.objects.get(email="pd@school.example").name == "Pat Dee"
    assert set(VouchRequest.objects.values_list("faculty__email", "student__aamc_id", "status")) == {
        ("cd@school.example", "90000001", VouchAnswer.ANSWERED),
        ("cd@school.example", "90000002", VouchAnswer.ASKED),
        ("fm@school.example", "90000002", VouchAnswer.DECLINED),
    }


def test_the_same_files_again_change_nothing(cycle: Cycle) -> None:
    load(cycle, uploads())
    before, changes = held(), RowChange.objects.count()
    again = load(cycle, uploads())
    assert (total(again, "unchanged"), again.row_count, again.refused) == (16, 0, [])
    assert (held(), RowChange.objects.count(), ImportBatch.objects.count()) == (before, changes, 1)


def test_other_values_change_the_row_and_its_evidence_number(cycle: Cycle) -> None:
    load(cycle, uploads())
    number = Student.objects.get(aamc_id="90000002").evidence_number
    changed = "aamc_id,exam,date,result,score\n90000002,step 2 ck,6/1/2026,fail,\n"
    found = load(cycle, [Upload("exams.csv", changed.encode())])
    assert found.report()["changed"] == {"exams": 1}
    attempt = ExamAttempt.objects.get(student__aamc_id="90000002")
    assert (attempt.result, attempt.score) == ("fail", None)
    assert Student.objects.get(aamc_id="90000002").evidence_number == number + 1
    assert ImportedChange.objects.get().before == {"result": "pass", "score": 245}


def test_an_absent_column_changes_nothing_and_a_blank_cell_clears(cycle: Cycle) -> None:
    load(cycle, uploads())
    load(cycle, [Upload("students.csv", b"aamc_id,last_name,advisor_email\n90000001,Quiet,\n")])
    ann = Student.objects.get(aamc_id="90000001")
    assert (ann.first_name, ann.email, ann.advisor_id) == ("Ann", "ann@students.example", None)


def test_a_new_address_of_a_student_leads_to_another_person(cycle: Cycle) -> None:
    load(cycle, uploads())
    load(cycle, [Upload("students.csv", b"aamc_id,last_name,email\n90000001,Quiet,new@students.example\n")])
    assert Student.objects.get(aamc_id="90000001").person.email == "new@students.example"


def test_two_students_cannot_share_an_address(cycle: Cycle) -> None:
    found = load(
        cycle, [Upload("students.csv", b"aamc_id,last_name,email\n90000001,A,x@s.example\n90000002,B,X@s.example\n")]
    )
    (cell,) = found.report()["refused"]
    assert (cell["row"], cell["column"], cell["value"]) == (3, "email", "x@s.example")


def test_people_are_found_by_any_address_and_keep_their_names(cycle: Cycle) -> None:
    known = PersonFactory(email="old@school.example", name="Known Already")
    Address.objects.create(person=known, email="pd@school.example")
    load(cycle, uploads())
    assert Vouch.objects.filter(faculty=known).count() == 1
    known.refresh_from_db()
    assert known.name == "Known Already"


def test_results_start_the_embargo(cycle: Cycle) -> None:
    load(cycle, uploads(students="aamc_id,last_name,email,match_status\n90000001,A,,\n90000002,B,,unknown\n"))
    cycle.refresh_from_db()
    assert cycle.results_loaded_at is None
    load(cycle, uploads())
    cycle.refresh_from_db()
    assert cycle.results_loaded_at is not None


def test_a_recusal_that_is_imported_ends_access(cycle: Cycle) -> None:
    load(cycle, uploads(conflicts="aamc_id,person_email,kind\n"))
    bo, pd = Student.objects.get(aamc_id="90000002"), Person.objects.get(email="pd@school.example")
    AccessGrant.objects.create(person=pd, student=bo, ground="meeting", reference="meeting:1")
    load(cycle, uploads())
    assert not AccessGrant.objects.in_force().exists()


# --- Refusing -------------------------------------------------------------------------------------------------------


def test_rows_about_nobody_we_know_are_refused(cycle: Cycle) -> None:
    found = load(cycle, [Upload("exams.csv", FILES["exams.csv"].encode())])
    assert found.row_count == 0
    assert [(cell["row"], cell["column"], cell["value"]) for cell in found.report()["refused"]] == [
        (2, "aamc_id", "90000001"),
        (3, "aamc_id", "90000001"),
        (4, "aamc_id", "90000002"),
    ]


def test_a_contradiction_within_a_file_names_the_first_row(cycle: Cycle) -> None:
    fail = "90000001,Step 1,2025-02-10,fail\n"
    exams = "aamc_id,exam,date,result\n" + fail + fail + fail.replace(",fail", ",pass")
    found = load(cycle, uploads(exams=exams))
    assert found.counts()["exams"] == {"added": 1, "changed": 0, "unchanged": 1, "refused": 1}
    (cell,) = found.report()["refused"]
    assert cell == {
        "file": "exams.csv",
        "row": 4,
        "column": "result",
        "value": "pass",
        "expected": "no second row about the same thing, or the same values as in row 2",
    }


def test_a_status_moves_only_along_its_table(cycle: Cycle) -> None:
    load(cycle, uploads(concerns=FILES["concerns.csv"].replace("open", "resolved")))
    found = load(cycle, uploads(concerns=FILES["concerns.csv"].replace("open", "dismissed")))
    (cell,) = found.report()["refused"]
    assert (cell["column"], cell["expected"]) == (
        "status",
        "open: a resolved concern is reopened before it is dismissed",
    )


def test_who_settles_by_import_signs_it(cycle: Cycle, coordinator: Person) -> None:
    load(cycle, uploads())
    load(cycle, uploads(concerns=FILES["concerns.csv"].replace("open", "resolved")), by=coordinator)
    concern = Concern.objects.get()
    assert (concern.settled_by, concern.settled_at is None) == (coordinator, False)


def test_refused_rows_come_back_to_be_mended(cycle: Cycle, coordinator: Person) -> None:
    header = "aamc_id,last_name,first_name,phone,specialty\n"
    bad = f"{header}90000001,=HYPERLINK(1),Ann,+1 617 555,Astrology\n90000002,B,,,IM\n"
    batch = applied(cycle, [Upload("students.csv", bad.encode())], coordinator)
    assert [student.aamc_id for student in Student.objects.all()] == ["90000002"]
    ((name, text, rows),) = refused_files(batch, coordinator)
    header, row = csv.reader(io.StringIO(text))
    assert (name, rows, header[0], row[2], row[4]) == (
        "students-refused.csv",
        1,
        "problem",
        "'=HYPERLINK(1)",
        "'+1 617 555",
    )
    mended = Upload(name, text.replace("Astrology", "Psychiatry").encode("utf-8-sig"))
    assert load(cycle, [mended]).report()["refused"] == []
    ann = Student.objects.get(aamc_id="90000001")
    assert (ann.last_name, ann.phone, ann.applied_specialty_id) == ("=HYPERLINK(1)", "+1 617 555", "400")


# --- What people did stays done -------------------------------------------------------------------------------------


def test_what_a_person_withdrew_stays_withdrawn(cycle: Cycle, coordinator: Person) -> None:
    load(cycle, uploads())
    for evidence in (*Vouch.objects.all(), *ExamAttempt.objects.all(), *AcademicEvent.objects.all()):
        withdraw_evidence(evidence, reason="entered by mistake", by=coordinator)
    again = load(cycle, uploads())
    assert (again.row_count, again.refused) == (0, [])
    assert not Vouch.objects.standing().exists()
    assert "vouches.csv: row 2 was withdrawn here by a person and stays withdrawn." in again.notices


def test_a_vouch_its_author_edited_is_not_brought_back(cycle: Cycle) -> None:
    load(cycle, uploads())
    Vouch.objects.filter(faculty__email="pd@school.example").update(strength="supportive", statement="On reflection")
    again = load(cycle, uploads())
    assert again.row_count == 0
    assert Vouch.objects.count() == 2


def test_an_answer_given_here_is_not_taken_back(cycle: Cycle) -> None:
    load(cycle, uploads())
    VouchRequest.objects.update(status=VouchAnswer.ANSWERED)
    again = load(cycle, uploads())
    assert (again.row_count, again.refused) == (0, [])


# --- Undoing --------------------------------------------------------------------------------------------------------


def test_undoing_restores_exactly_and_importing_again_works(cycle: Cycle, coordinator: Person) -> None:
    load(cycle, uploads(exams=FILES["exams.csv"].replace("245", "230"), vouches="aamc_id,faculty_email\n"))
    before = held()
    batch = applied(cycle, uploads(), coordinator)
    after = held()
    assert after != before
    actions.undo_import(batch, by=coordinator)
    assert held() == before
    assert ImportBatch.objects.get(pk=batch.pk).status == ImportStatus.UNDONE
    again = load(cycle, uploads())
    assert again.report()["added"] == {"vouches": 2}
    assert [len(rows) for rows in held()] == [len(rows) for rows in after]
    assert Vouch.objects.count() == 2
    assert load(cycle, uploads()).row_count == 0


def test_an_import_of_everything_can_be_undone_and_done_again(cycle: Cycle, coordinator: Person) -> None:
    batch = applied(cycle, uploads(), coordinator)
    actions.undo_import(batch, by=coordinator)
    assert [rows for rows in held() if rows] == []
    assert total(load(cycle, uploads()), "added") == 15  # the faculty's row stayed
    assert Student.objects.count() == 2
    assert load(cycle, uploads()).row_count == 0


def test_undoing_an_import_lifts_no_recusal_from_a_student_who_stays(cycle: Cycle, coordinator: Person) -> None:
    """Only a second officer lifts one: undoing the import is no way around."""
    load(cycle, uploads(conflicts="aamc_id,person_email,kind\n"))
    batch = applied(cycle, [Upload("conflicts.csv", FILES["conflicts.csv"].encode())], coordinator)
    assert Conflict.objects.recusing().exists()
    with pytest.raises(Refused, match="would lift recusals"):
        actions.undo_import(batch, by=coordinator)
    assert Conflict.objects.recusing().exists()


def test_what_was_built_on_an_import_keeps_it(cycle: Cycle, coordinator: Person) -> None:
    batch = applied(cycle, uploads(), coordinator)
    assert what_was_built_on(batch) == ""
    settle_concern(Concern.objects.get(), to=ConcernStatus.RESOLVED, reason="done", by=coordinator)
    assert what_was_built_on(batch).startswith(
        "Rows in concerns that this import brought or changed were changed since"
    )
    with pytest.raises(Refused):
        actions.undo_import(batch, by=coordinator)


def test_a_later_import_on_its_students_keeps_an_import(cycle: Cycle, coordinator: Person) -> None:
    batch = applied(cycle, uploads(), coordinator)
    load(cycle, [Upload("exams.csv", b"aamc_id,exam,date,result\n90000002,Step 3,2027-01-01,pass\n")])
    assert what_was_built_on(batch) == "Students this import added have exams by now that came another way."


def test_an_agenda_keeps_an_import(cycle: Cycle, coordinator: Person) -> None:
    batch = applied(cycle, uploads(), coordinator)
    AccessGrant.objects.create(
        person=PersonFactory(), student=Student.objects.first(), ground="meeting", reference="meeting:1"
    )
    assert "agenda" in what_was_built_on(batch)


def test_what_a_meeting_did_keeps_an_import_but_looking_does_not(cycle: Cycle, coordinator: Person) -> None:
    batch, student = applied(cycle, uploads(), coordinator), Student.objects.get(aamc_id="90000001")
    open_dossier(student, purpose="meeting", by=coordinator)
    assert what_was_built_on(batch) == ""
    with audit.acting(coordinator):
        audit.record("item-decided", cycle, by=coordinator, student_id=student.pk)
    assert what_was_built_on(batch) == (
        "Since then people worked on students that this import is about, as in a meeting."
    )


# --- One after the other --------------------------------------------------------------------------------------------


def test_an_upload_is_read_previewed_and_applied(cycle: Cycle, coordinator: Person) -> None:
    batch = uploaded(cycle, uploads(), coordinator)
    assert batch.status == ImportStatus.PREVIEWED
    assert not Student.objects.exists()
    batch = actions.confirm_import(batch, by=coordinator)
    sweep_imports()
    batch.refresh_from_db()
    assert (batch.status, batch.source, batch.applied_by) == (ImportStatus.APPLIED, None, coordinator)
    kinds = list(
        Event.objects.filter(subject_type="students.importbatch").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == [AuditKind.IMPORT_UPLOADED, AuditKind.IMPORT_APPLIED]
    assert RowChange.objects.filter(table="students_student", actor_id=coordinator.pk).count() == 4


def test_a_double_press_applies_once(cycle: Cycle, coordinator: Person) -> None:
    batch = uploaded(cycle, uploads(), coordinator)
    other = ImportBatch.objects.get(pk=batch.pk)
    actions.confirm_import(batch, by=coordinator)
    with pytest.raises(StaleState):
        actions.confirm_import(other, by=coordinator)
    work_on_import(batch.pk)
    work_on_import(batch.pk)
    assert Vouch.objects.count() == 2
    assert Event.objects.filter(kind=AuditKind.IMPORT_APPLIED).count() == 1


def test_two_workers_apply_once(cycle: Cycle, coordinator: Person) -> None:
    batch = actions.confirm_import(uploaded(cycle, uploads(), coordinator), by=coordinator)
    actions.apply_import(ImportBatch.objects.get(pk=batch.pk), by=coordinator)
    with pytest.raises(StaleState):
        actions.apply_import(batch, by=coordinator)
    assert Vouch.objects.count() == 2


def test_a_failure_midway_rolls_back_and_leaves_the_preview(
    cycle: Cycle, coordinator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = actions.confirm_import(uploaded(cycle, uploads(), coordinator), by=coordinator)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    work_on_import(batch.pk)
    monkeypatch.undo()
    batch.refresh_from_db()
    assert (batch.status, batch.claimed_at) == (ImportStatus.PREVIEWED, None)
    assert "nothing was written" in batch.stage
    assert not Student.objects.exists()
    assert not Person.objects.filter(email="pd@school.example").exists()
    actions.confirm_import(batch, by=coordinator)
    work_on_import(batch.pk)
    assert Student.objects.count() == 2


def test_a_preview_that_is_no_longer_true_is_made_anew(cycle: Cycle, coordinator: Person) -> None:
    batch = uploaded(cycle, uploads(), coordinator)
    load(cycle, [Upload("students.csv", FILES["students.csv"].encode())])
    work_on_import(actions.confirm_import(batch, by=coordinator).pk)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.PREVIEWED
    assert batch.preview["counts"]["students"]["unchanged"] == 2
    assert not Vouch.objects.exists()


def test_a_worker_that_died_is_replaced(cycle: Cycle, coordinator: Person) -> None:
    batch = actions.upload_import(cycle, uploads=uploads(), by=coordinator)
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.READING, claimed_at="2020-01-01T00:00Z")
    sweep_imports()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.PREVIEWED


def test_an_unusable_upload_says_why_and_is_dropped(cycle: Cycle, coordinator: Person) -> None:
    batch = uploaded(cycle, [Upload("soup.csv", b"a,b\n1,2\n")], coordinator)
    assert (batch.status, batch.source) == (ImportStatus.UNUSABLE, None)
    assert preview_view(batch, coordinator).words.startswith("No table was found.")


def test_a_discarded_upload_is_dropped(cycle: Cycle, coordinator: Person) -> None:
    batch = actions.discard_import(uploaded(cycle, uploads(), coordinator), by=coordinator)
    assert (batch.status, batch.source, batch.preview) == (ImportStatus.DISCARDED, None, {})


def test_too_much_is_refused_in_words(cycle: Cycle, coordinator: Person) -> None:
    with pytest.raises(Unusable, match="larger than 50 MB"):
        actions.upload_import(cycle, uploads=[Upload("big.csv", b"0" * (MAX_UPLOAD + 1))], by=coordinator)


def test_only_the_deans_office_imports(cycle: Cycle) -> None:
    with pytest.raises(Refused):
        actions.upload_import(cycle, uploads=uploads(), by=PersonFactory(roles=[Role.MEETING_MEMBER]))


def test_a_recused_viewer_sees_no_row_about_the_student(cycle: Cycle, coordinator: Person) -> None:
    student = StudentFactory(cycle=cycle, aamc_id="90000001", last_name="Quiet")
    ConflictFactory(student=student, person=coordinator, kind="family")
    bad = FILES["exams.csv"] + "90000001,Step 9,2026-01-01,pass,\n90000002,Step 9,2026-01-01,pass,\n"
    batch = uploaded(cycle, uploads(exams=bad), coordinator)
    view = preview_view(batch, coordinator)
    shown = json.dumps([[table.added_rows, table.changed_rows] for table in view.tables])
    assert "90000001" not in shown and "Quiet" not in shown and "Careful" not in shown
    assert view.recused_rows == 9
    assert [line.row for line in view.refused] == [6]
    assert [rows for *_, rows in refused_files(batch, coordinator)] == [1]
    assert preview_view(batch, PersonFactory(roles=[Role.DEAN])).recused_rows == 0


# --- The command ----------------------------------------------------------------------------------------------------


def folder(path: Path, **changed: str) -> Path:
    for each in uploads(**changed):
        (path / each.name).write_bytes(each.content)
    return path


def run(*arguments: str) -> tuple[dict[str, Any], int]:
    out, code = io.StringIO(), 0
    try:
        call_command("import_evidence", *arguments, "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as left:
        code = int(left.code or 0)
    except CommandError as problem:
        code = problem.returncode
    return json.loads(out.getvalue() or "{}"), code


def test_the_command_makes_the_cycle_and_reports(tmp_path: Path) -> None:
    outcome, code = run(str(folder(tmp_path)), "--cycle", "2027")
    assert code == 0
    assert outcome["added"] == {
        "faculty": 1, "students": 2, "exams": 3, "evaluations": 1, "academics": 1, "concerns": 1, "vouches": 2,
        "vouch_requests": 3, "conflicts": 1, "advising": 1,
    }  # fmt: skip
    assert (outcome["changed"], outcome["unchanged"], outcome["refused"], outcome["notices"]) == ({}, {}, [], [])
    assert Cycle.objects.get(slug="2027").milestones.count() == 17


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    outcome, code = run(str(folder(tmp_path)), "--cycle", "2027", "--dry-run")
    assert (code, outcome["added"]["students"]) == (0, 2)
    assert not Cycle.objects.exists() and not Person.objects.exists() and not Event.objects.exists()


def test_the_commands_exit_codes(tmp_path: Path) -> None:
    outcome, code = run(
        str(folder(tmp_path, exams="aamc_id,exam,date,result\n90000001,x,2026-01-01,pass\n")), "--cycle", "2027"
    )
    assert code == 1
    (cell,) = outcome["refused"]
    assert (cell["file"], cell["row"], cell["column"], cell["value"]) == ("exams.csv", 2, "exam", "x")
    assert run(str(tmp_path / "none"), "--cycle", "2027") == ({}, 2)


# --- Size -----------------------------------------------------------------------------------------------------------


def test_ten_times_the_rows_take_hardly_more_queries(cycle: Cycle) -> None:
    def files(students: int) -> list[Upload]:
        ids = [str(90_000_000 + number) for number in range(students)]
        names = "aamc_id,last_name\n" + "".join(f"{each},N{each}\n" for each in ids)
        days = [date(2026, 1, 1 + number).isoformat() for number in range(20)]
        exams = "aamc_id,exam,date,result\n" + "".join(f"{each},Step 3,{day},pass\n" for each in ids for day in days)
        return [Upload("students.csv", names.encode()), Upload("exams.csv", exams.encode())]

    few, many = files(1), files(480)
    with CaptureQueriesContext(connection) as small:
        load(cycle, few)
    with CaptureQueriesContext(connection) as large:
        assert load(cycle, many).row_count == 10_080 - 21
    inserts = sum(query["sql"].startswith("INSERT INTO") for query in large)
    assert len(large) - inserts <= len(small) + 5
    with CaptureQueriesContext(connection) as again:
        assert load(cycle, many).row_count == 0
    assert len(again) <= 12
