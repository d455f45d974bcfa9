"""Boring rows for tests. Each factory writes what an import would have written: no action, no event on the trail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from django.test import Client
from factory.django import DjangoModelFactory

from accounts.models import Person, RoleAssignment
from matchweek.actions import make_cycle
from matchweek.models import Cycle
from students.enums import (
    AcademicKind,
    AdviceKind,
    ConcernKind,
    ConflictKind,
    Exam,
    ExamResult,
    Followed,
    Grade,
    GrantGround,
    MatchStatus,
    Severity,
    SoapEligibility,
    Strength,
)
from students.models import (
    AcademicEvent,
    AccessGrant,
    AdvisingNote,
    ClerkshipEvaluation,
    Concern,
    Conflict,
    ExamAttempt,
    Student,
    Vouch,
    VouchRequest,
)

YEAR = 2027
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class PersonFactory(DjangoModelFactory):
    """A person; `roles=[Role.DEAN]` gives roles in `year`."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@school.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        roles, year = kwargs.pop("roles", ()), kwargs.pop("year", YEAR)
        person = model_class.objects.create_user(**kwargs)
        RoleAssignment.objects.bulk_create(RoleAssignment(person=person, year=year, role=role) for role in roles)
        return person


class CycleFactory(factory.Factory):
    """A cycle with the default calendar; asked twice for the same slug, the same cycle."""

    class Meta:
        model = Cycle

    year = YEAR
    slug = factory.LazyAttribute(lambda each: str(each.year))

    @classmethod
    def _create(cls, model_class: type[Cycle], *args: Any, **kwargs: Any) -> Cycle:
        known = Cycle.objects.filter(slug=kwargs["slug"]).first()
        return known or make_cycle(kwargs["year"], slug=kwargs["slug"], by=None)


class StudentFactory(DjangoModelFactory):
    """An unmatched student who applied to Internal Medicine."""

    class Meta:
        model = Student

    cycle = factory.SubFactory(CycleFactory)
    aamc_id = factory.Sequence(lambda n: f"{90_000_000 + n}")
    last_name = factory.Sequence(lambda n: f"Last{n:04}")
    first_name = "First"
    match_status = MatchStatus.UNMATCHED
    soap_eligibility = SoapEligibility.ELIGIBLE
    applied_specialty_id = "140"


class EvidenceFactory(DjangoModelFactory):
    """What every kind has: a student."""

    class Meta:
        abstract = True

    student = factory.SubFactory(StudentFactory)


class ExamAttemptFactory(EvidenceFactory):
    """A passed Step 1."""

    class Meta:
        model = ExamAttempt

    exam = Exam.STEP_1
    taken_on = factory.Sequence(lambda n: date.fromordinal(date(2024, 1, 1).toordinal() + n))
    result = ExamResult.PASS


class ClerkshipEvaluationFactory(EvidenceFactory):
    """A Pass in a clerkship."""

    class Meta:
        model = ClerkshipEvaluation

    clerkship = factory.Sequence(lambda n: f"Clerkship {n}")
    grade = Grade.PASS
    evaluator = factory.SubFactory(PersonFactory)
    evaluated_on = date(2026, 3, 1)


class AcademicEventFactory(EvidenceFactory):
    """A remediation."""

    class Meta:
        model = AcademicEvent

    kind = AcademicKind.REMEDIATION
    happened_on = factory.Sequence(lambda n: date.fromordinal(date(2024, 1, 1).toordinal() + n))


class ConcernFactory(EvidenceFactory):
    """A minor concern that counts: documented, first-hand, told in good time."""

    class Meta:
        model = Concern

    kind = ConcernKind.TIMELINESS
    severity = Severity.MINOR
    happened_on = date(2026, 5, 1)
    reported_by = factory.SubFactory(PersonFactory)
    first_hand = True
    record_reference = factory.Sequence(lambda n: f"PR-{n}")
    student_told_on = date(2026, 6, 1)
    summary = "Came late to sign-out twice."


class HearsayFactory(ConcernFactory):
    """A concern that does not count: hearsay, undocumented, the student was not told."""

    first_hand = False
    record_reference = ""
    student_told_on = None
    summary = "Somebody heard that."


class VouchFactory(EvidenceFactory):
    """A strong vouch of four weeks."""

    class Meta:
        model = Vouch

    faculty = factory.SubFactory(PersonFactory)
    strength = Strength.STRONG
    weeks_observed = 4
    relationship = "ward attending"
    statement = "Reworked a wrong plan and told the family."


class VouchRequestFactory(EvidenceFactory):
    """A request that waits."""

    class Meta:
        model = VouchRequest

    faculty = factory.SubFactory(PersonFactory)
    asked_on = date(2027, 3, 1)


class AdvisingNoteFactory(EvidenceFactory):
    """Advice to broaden, followed."""

    class Meta:
        model = AdvisingNote

    kind = AdviceKind.BROADEN
    noted_on = factory.Sequence(lambda n: date.fromordinal(date(2025, 1, 1).toordinal() + n))
    followed = Followed.YES
    advice = "Add a backup specialty."
    advisor = factory.SubFactory(PersonFactory)


class ConflictFactory(EvidenceFactory):
    """A family relation: a recusal."""

    class Meta:
        model = Conflict

    person = factory.SubFactory(PersonFactory)
    kind = ConflictKind.FAMILY
    declared_on = date(2027, 1, 10)


class AccessGrantFactory(DjangoModelFactory):
    """A meeting's grant that holds."""

    class Meta:
        model = AccessGrant

    person = factory.SubFactory(PersonFactory)
    student = factory.SubFactory(StudentFactory)
    ground = GrantGround.MEETING
    reference = "meeting:1"
    starts_at = LONG_AGO


def sign_in(client: Client, person: Person) -> Client:
    """Sign a person in and return the client."""
    client.force_login(person)
    return client
