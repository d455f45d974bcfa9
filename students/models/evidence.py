"""The kinds of evidence. Each is dated, by a named source, and tracked row by row."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core import audit
from students.enums import (
    CONCERN_TRANSITIONS,
    VOUCH_REQUEST_TRANSITIONS,
    AcademicKind,
    AdviceKind,
    ConcernKind,
    ConcernStatus,
    DeclineReason,
    Exam,
    ExamResult,
    Followed,
    Grade,
    Severity,
    Strength,
    VouchAnswer,
)
from students.models.base import Record, RecordQuerySet, known
from students.models.student import Student


class Evidence(Record):
    """A record about one student."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="%(class)ss")

    objects = RecordQuerySet.as_manager()

    class Meta(Record.Meta):
        abstract = True


@audit.tracked
class ExamAttempt(Evidence):
    """One attempt at a licensing examination."""

    exam = models.CharField(max_length=12, choices=Exam)
    taken_on = models.DateField()
    result = models.CharField(max_length=4, choices=ExamResult)
    score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(999)]
    )

    class Meta(Evidence.Meta):
        ordering = ["taken_on", "pk"]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["student", "exam", "taken_on"], name="attempt_once_a_day"),
            known("exam", Exam.values),
            known("result", ExamResult.values),
        ]

    def __str__(self) -> str:
        return f"{self.get_exam_display()} {self.taken_on}, {self.get_result_display()}"


@audit.tracked
class ClerkshipEvaluation(Evidence):
    """A clerkship's grade. The comment never moves a tier."""

    clerkship = models.CharField(max_length=120)
    grade = models.CharField(max_length=12, choices=Grade)
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    evaluated_on = models.DateField("date", null=True, blank=True)
    comment = models.TextField(max_length=2000, blank=True)

    class Meta(Evidence.Meta):
        ordering = ["evaluated_on", "clerkship", "pk"]
        constraints = [*Record.Meta.constraints, known("grade", Grade.values)]

    def __str__(self) -> str:
        return f"{self.clerkship}, {self.get_grade_display()}"


@audit.tracked
class AcademicEvent(Evidence):
    """A course repeat, remediation, leave or dismissal hearing."""

    kind = models.CharField(max_length=20, choices=AcademicKind)
    happened_on = models.DateField("date")
    note = models.TextField(max_length=1000, blank=True)

    class Meta(Evidence.Meta):
        ordering = ["happened_on", "pk"]
        constraints = [*Record.Meta.constraints, known("kind", AcademicKind.values)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"


@audit.tracked
class Concern(Evidence):
    """A professionalism concern. It counts only if documented, first-hand, and told to the student."""

    TRANSITIONS = CONCERN_TRANSITIONS

    kind = models.CharField(max_length=16, choices=ConcernKind)
    severity = models.CharField(max_length=8, choices=Severity)
    status = models.CharField(max_length=10, choices=ConcernStatus, default=ConcernStatus.OPEN)
    happened_on = models.DateField("date")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_hand = models.BooleanField("seen first-hand", default=False)
    record_reference = models.CharField(max_length=60, blank=True)
    student_told_on = models.DateField(null=True, blank=True)
    student_response_on = models.DateField(null=True, blank=True)
    student_response = models.TextField("student's response", max_length=4000, blank=True)
    summary = models.TextField("what was seen", max_length=2000, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.CharField(max_length=500, blank=True)

    class Meta(Evidence.Meta):
        ordering = ["happened_on", "pk"]
        constraints = [
            *Record.Meta.constraints,
            known("kind", ConcernKind.values),
            known("severity", Severity.values),
            known("status", ConcernStatus.values),
            models.CheckConstraint(
                condition=Q(student_response="") | Q(student_response_on__isnull=False),
                name="concern_response_dated",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="concern_settled_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_severity_display()}, {self.get_status_display()}"


@audit.tracked
class Vouch(Evidence):
    """A named faculty member's statement about a student they observed."""

    faculty = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vouches")
    faculty_position = models.CharField("position then", max_length=60, blank=True)
    strength = models.CharField(max_length=12, choices=Strength)
    relationship = models.CharField(max_length=120, blank=True)
    weeks_observed = models.PositiveSmallIntegerField(validators=[MaxValueValidator(520)])
    statement = models.TextField(max_length=2000, blank=True)
    willing_to_advocate = models.BooleanField(default=False)
    outcome_wanted_at = models.DateTimeField("asked to hear what became of the student", null=True, blank=True)

    class Meta(Evidence.Meta):
        verbose_name_plural = "vouches"
        ordering = ["-entered_at", "-pk"]
        constraints = [*Record.Meta.constraints, known("strength", Strength.values)]

    def __str__(self) -> str:
        return f"{self.get_strength_display()}, {self.weeks_observed} weeks"


@audit.tracked
class VouchRequest(Evidence):
    """A faculty member was asked to vouch."""

    TRANSITIONS = VOUCH_REQUEST_TRANSITIONS

    faculty = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vouch_requests")
    asked_on = models.DateField()
    status = models.CharField("answer", max_length=12, choices=VouchAnswer, default=VouchAnswer.ASKED)
    declined_why = models.CharField(max_length=16, choices=DeclineReason, blank=True)

    class Meta(Evidence.Meta):
        ordering = ["-asked_on", "-pk"]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["student", "faculty"], name="asked_once"),
            known("status", VouchAnswer.values),
            models.CheckConstraint(
                condition=Q(declined_why="") | Q(status=VouchAnswer.DECLINED, declined_why__in=DeclineReason.values),
                name="vouchrequest_declined_why_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"asked {self.asked_on}, {self.get_status_display()}"


@audit.tracked
class AdvisingNote(Evidence):
    """Advice given to the student and whether it was followed. The text is not read by the policy."""

    kind = models.CharField(max_length=10, choices=AdviceKind)
    noted_on = models.DateField("date")
    followed = models.CharField(max_length=6, choices=Followed)
    advice = models.TextField(max_length=2000, blank=True)
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Evidence.Meta):
        ordering = ["noted_on", "pk"]
        constraints = [
            *Record.Meta.constraints,
            known("kind", AdviceKind.values),
            known("followed", Followed.values),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.noted_on}, {self.get_followed_display()}"
