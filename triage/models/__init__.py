"""Policy versions, assessments, the meeting with its agenda, and decisions."""

from triage.models.assessment import Assessment, BoardVisit, InstitutionalPriority
from triage.models.decision import Decision, FollowUp, Reopening, SecondSignature
from triage.models.meeting import AgendaItem, Attendance, Meeting
from triage.models.policy import PolicyDraft, PolicyVersion

__all__ = [
    "AgendaItem",
    "Assessment",
    "Attendance",
    "BoardVisit",
    "Decision",
    "FollowUp",
    "InstitutionalPriority",
    "Meeting",
    "PolicyDraft",
    "PolicyVersion",
    "Reopening",
    "SecondSignature",
]
