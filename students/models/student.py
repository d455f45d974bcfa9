"""One student in one cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import has_ability
from accounts.roles import Ability
from core import audit
from core.clock import now
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle, Specialty
from students.enums import ASSESSED_STATUSES, MatchStatus, SoapEligibility
from students.models.base import Record, RecordQuerySet, known

if TYPE_CHECKING:
    from accounts.selectors import User


class StudentQuerySet(RecordQuerySet):
    """Students by cycle, status and who may see them."""

    def of(self, cycle: Cycle) -> Self:
        """Keep the students of one cycle that were not withdrawn."""
        return self.standing().filter(cycle=cycle)

    def assessed(self) -> Self:
        """Keep the students the policy is asked about."""
        return self.filter(match_status__in=ASSESSED_STATUSES)

    def not_recused(self, user: User) -> Self:
        """Leave out every student the person is recused from."""
        from students.models.access import Conflict

        recused = Conflict.objects.recusing().filter(person_id=user.pk)
        return self.exclude(pk__in=recused.values("student_id"))

    def open_records(self, cycle: Cycle) -> Self:
        """Leave out students who matched, once the embargo lifted: their records closed then."""
        if now() < cycle.milestone(MilestoneKind.EMBARGO_LIFTS):
            return self
        return self.exclude(match_status=MatchStatus.MATCHED)

    def visible_to(self, user: User, cycle: Cycle) -> Self:
        """Keep the students of `cycle` whose dossier the person may open now: role, grants, minus recusals."""
        from students.models.access import AccessGrant

        rows = self.of(cycle).open_records(cycle).not_recused(user)
        if has_ability(user, Ability.SEE_ALL_DOSSIERS, cycle.year):
            return rows
        granted = AccessGrant.objects.held_by(user, cycle)
        reach = Q(pk__in=granted.values("student_id"))
        if has_ability(user, Ability.ADVISE, cycle.year):
            reach |= Q(advisor_id=user.pk)
        return rows.filter(reach)


@audit.tracked
class Student(Record):
    """A graduating student. Protected and private facts are kept for the list of programs, never for the tier."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="students")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="student_records"
    )
    aamc_id = models.CharField("AAMC ID", max_length=8)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100, blank=True)
    preferred_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    match_status = models.CharField(max_length=24, choices=MatchStatus, default=MatchStatus.UNKNOWN)
    soap_eligibility = models.CharField(
        "SOAP eligibility", max_length=12, choices=SoapEligibility, default=SoapEligibility.UNKNOWN
    )
    applied_specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    backup_specialties = models.JSONField("backup specialties (codes, in order)", default=list, blank=True)
    prior_specialties = models.JSONField("prior specialties (codes, in order)", default=list, blank=True)
    specialty_change_reason = models.CharField("reason for a change of specialty", max_length=500, blank=True)
    geography = models.JSONField(default=list, blank=True)
    nrmp_id = models.CharField("NRMP ID", max_length=12, blank=True)
    position_types = models.JSONField(default=list, blank=True)
    visa = models.CharField(max_length=40, blank=True)
    couples = models.CharField(max_length=120, blank=True)
    constraints = models.CharField("constraints on place", max_length=500, blank=True)
    advisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="advised_students"
    )
    vouches_waived_on = models.DateField("waived the right to read vouches on", null=True, blank=True)
    evidence_number = models.PositiveBigIntegerField(default=1, help_text="Raised with every change of evidence")

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["cycle", "aamc_id"], name="student_once_a_cycle"),
            known("match_status", MatchStatus.values),
            known("soap_eligibility", SoapEligibility.values),
        ]
        indexes = [models.Index(fields=["cycle", "match_status"], name="student_cycle_status")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Preferred (else first) name and last name."""
        return f"{self.preferred_name or self.first_name} {self.last_name}".strip()

    @property
    def sort_name(self) -> str:
        """Last name first, for lists."""
        first = self.preferred_name or self.first_name
        return f"{self.last_name}, {first}" if first else self.last_name

    @property
    def is_assessed(self) -> bool:
        """Whether the policy is asked about this student."""
        return self.match_status in ASSESSED_STATUSES
