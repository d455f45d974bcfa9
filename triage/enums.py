"""Words of assessment, meeting and decision, with their transition tables."""

from django.db.models import IntegerChoices, TextChoices


class Tier(IntegerChoices):
    """What the school does for a student."""

    ADVOCACY = 1, "Advocacy"
    GUIDANCE = 2, "Guidance"
    LONGER_PLAN = 3, "Longer plan"


TIER_MEANING = {
    Tier.ADVOCACY: "Active advocacy and targeted placement",
    Tier.GUIDANCE: "Individual SOAP guidance",
    Tier.LONGER_PLAN: "Required support and a realistic longer plan",
}


class OverrideCode(TextChoices):
    """Why a decision differs from the recommendation."""

    NEW_EVIDENCE = "new_evidence", "New evidence"
    EVIDENCE_DISPUTED = "evidence_disputed", "Evidence disputed"
    CONTEXT_OBSERVED = "context_observed", "Context observed"
    POLICY_GAP = "policy_gap", "Policy gap"
    STUDENT_REQUEST = "student_request", "Student's request"
    INSTITUTIONAL_PRIORITY = "institutional_priority", "Institutional priority"


class MeetingStatus(TextChoices):
    """The way of a meeting."""

    PLANNED = "planned", "planned"
    RUNNING = "running", "running"
    CLOSED = "closed", "closed"


MEETING_TRANSITIONS = {
    MeetingStatus.PLANNED: frozenset({MeetingStatus.RUNNING}),
    MeetingStatus.RUNNING: frozenset({MeetingStatus.CLOSED}),
    MeetingStatus.CLOSED: frozenset({MeetingStatus.RUNNING}),
}


class ItemStatus(TextChoices):
    """The way of an agenda item."""

    WAITING = "waiting", "waiting"
    OPEN = "open", "open"
    TABLED = "tabled", "tabled"
    SECOND = "second", "waits for a second officer"
    DECIDED = "decided", "decided"


ITEM_TRANSITIONS = {
    ItemStatus.WAITING: frozenset({ItemStatus.OPEN}),
    ItemStatus.OPEN: frozenset({ItemStatus.WAITING, ItemStatus.TABLED, ItemStatus.SECOND, ItemStatus.DECIDED}),
    ItemStatus.TABLED: frozenset({ItemStatus.OPEN}),
    # A second officer who does not agree sends the item back: open, or waiting while another item is open.
    ItemStatus.SECOND: frozenset({ItemStatus.DECIDED, ItemStatus.OPEN, ItemStatus.WAITING}),
    ItemStatus.DECIDED: frozenset({ItemStatus.OPEN}),
}


class DraftStatus(TextChoices):
    """The way of a policy draft."""

    DRAFT = "draft", "draft"
    SIGNED = "signed", "signed once"
    ACTIVATED = "activated", "activated"
    WITHDRAWN = "withdrawn", "withdrawn"


DRAFT_TRANSITIONS = {
    DraftStatus.DRAFT: frozenset({DraftStatus.SIGNED, DraftStatus.WITHDRAWN}),
    # Whoever takes the first signature back, or changes a number, makes it a draft again.
    DraftStatus.SIGNED: frozenset({DraftStatus.DRAFT, DraftStatus.ACTIVATED, DraftStatus.WITHDRAWN}),
}


class AgendaOrder(TextChoices):
    """How an agenda is put in order."""

    TIER = "tier", "by tier, then points"
    POINTS = "points", "by points"


class Grouping(TextChoices):
    """By what the viewer of a what-if may group: never by anything protected or private."""

    SPECIALTY_GROUP = "specialty_group", "group of the specialty"
    SPECIALTY = "specialty", "specialty applied to"
    ADVISOR = "advisor", "advisor"
    MATCH_STATUS = "match_status", "match status"


class AuditKind(TextChoices):
    """What the trail records about triage."""

    ASSESSED = "assessed", "Assessed"
    POLICY_DRAFTED = "policy-drafted", "Policy drafted"
    POLICY_DRAFT_CHANGED = "policy-draft-changed", "Policy draft changed"
    POLICY_SIGNED = "policy-signed", "Policy draft signed"
    POLICY_SIGNATURE_TAKEN_BACK = "policy-signature-taken-back", "Signature of a policy draft taken back"
    POLICY_WITHDRAWN = "policy-withdrawn", "Policy draft withdrawn"
    POLICY_ACTIVATED = "policy-activated", "Policy activated"
    PRIORITY_DECLARED = "priority-declared", "Institutional priority declared"
    PRIORITY_ENDED = "priority-ended", "Institutional priority ended"
    MEETING_PLANNED = "meeting-planned", "Meeting planned"
    MEETING_CHANGED = "meeting-changed", "Meeting changed"
    ATTENDEE_ADDED = "attendee-added", "Attendee added"
    ATTENDEE_REMOVED = "attendee-removed", "Attendee removed"
    ATTENDANCE_MARKED = "attendance-marked", "Attendance marked"
    AGENDA_BUILT = "agenda-built", "Agenda built"
    ITEM_ADDED = "item-added", "Agenda item added"
    ITEM_REMOVED = "item-removed", "Agenda item removed"
    ITEM_MOVED = "item-moved", "Agenda item moved"
    MEETING_STARTED = "meeting-started", "Meeting started"
    MEETING_CLOSED = "meeting-closed", "Meeting closed"
    MEETING_RESUMED = "meeting-resumed", "Meeting resumed"
    ACTING_CHAIR_NAMED = "acting-chair-named", "Acting chair named"
    ITEM_OPENED = "item-opened", "Item opened"
    ITEM_TABLED = "item-tabled", "Item tabled"
    CLOCK_PAUSED = "clock-paused", "Item clock paused"
    CLOCK_RESUMED = "clock-resumed", "Item clock resumed"
    ITEM_DECIDED = "item-decided", "Item decided"
    DECISION_SECONDED = "decision-seconded", "Decision signed by a second officer"
    DECISION_NOT_SECONDED = "decision-not-seconded", "Second signature refused"
    DECISION_REOPENED = "decision-reopened", "Decision reopened"
    ACTION_ADDED = "action-added", "Action added"
    ACTION_DONE = "action-done", "Action done"
    MINUTES_OPENED = "minutes-opened", "Minutes opened"
    RECEIPT_OPENED = "receipt-opened", "Decision receipt opened"
    BOARD_EXPORTED = "board-exported", "Board exported"
