"""Words of the calendar and of the specialties."""

from django.db.models import TextChoices


class MilestoneKind(TextChoices):
    """The times of a Match Week, in their order."""

    RANK_DEADLINE = "rank_deadline", "Rank lists and credentials due"
    SCHOOL_REPORT = "school_report", "School's unmatched report"
    EMBARGO_LIFTS = "embargo_lifts", "Embargo lifts, SOAP starts, unfilled list opens"
    APPLICATIONS_OPEN = "applications_open", "Applications open"
    PROGRAMS_CONTACT = "programs_contact", "Programs may review and contact"
    SCHOOLS_REPORT = "schools_report", "SOAP Schools Report"
    ROUND_1_OPENS = "round_1_opens", "Round 1 opens"
    ROUND_1_CLOSES = "round_1_closes", "Round 1 closes"
    ROUND_2_OPENS = "round_2_opens", "Round 2 opens"
    ROUND_2_CLOSES = "round_2_closes", "Round 2 closes"
    ROUND_3_OPENS = "round_3_opens", "Round 3 opens"
    ROUND_3_CLOSES = "round_3_closes", "Round 3 closes"
    ROUND_4_OPENS = "round_4_opens", "Round 4 opens"
    ROUND_4_CLOSES = "round_4_closes", "Round 4 closes"
    SOAP_ENDS = "soap_ends", "SOAP ends"
    MATCH_DAY = "match_day", "Match Day"
    LIST_CLOSES = "list_closes", "Unfilled list closes"


class SpecialtyGroup(TextChoices):
    """How easy a place is to find in a specialty, before the year's list is known."""

    OPEN = "open", "open"
    MODERATE = "moderate", "moderate"
    NARROW = "narrow", "narrow"
    CLOSED = "closed", "closed"


class PositionType(TextChoices):
    """The types of residency position."""

    CATEGORICAL = "categorical", "categorical"
    PRELIMINARY = "preliminary", "preliminary"
    TRANSITIONAL = "transitional", "transitional"
    ADVANCED = "advanced", "advanced"


class ApplicationService(TextChoices):
    """The two services that carry SOAP applications."""

    ERAS = "ERAS", "ERAS"
    RESIDENCYCAS = "ResidencyCAS", "ResidencyCAS"


class AuditKind(TextChoices):
    """What the trail records about the cycle."""

    CYCLE_MADE = "cycle-made", "Cycle made"
    MILESTONE_CHANGED = "milestone-changed", "Calendar time changed"
    MILESTONE_CONFIRMED = "milestone-confirmed", "Calendar time confirmed"
    MILESTONE_UNCONFIRMED = "milestone-unconfirmed", "Confirmation taken back"
    RESULTS_LOADED = "results-loaded", "Match results loaded"
