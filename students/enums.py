"""Words of the evidence, exactly as the interchange format and the glossary have them."""

from django.db.models import TextChoices


class MatchStatus(TextChoices):
    """What the Monday report says of a student."""

    UNKNOWN = "unknown", "not known yet"
    MATCHED = "matched", "matched"
    UNMATCHED = "unmatched", "unmatched"
    PARTIAL_ADVANCED_ONLY = "partial_advanced_only", "partial: advanced only"
    PARTIAL_PRELIM_ONLY = "partial_prelim_only", "partial: preliminary only"
    NO_CERTIFIED_LIST = "no_certified_list", "no certified list"
    WITHDRAWN = "withdrawn", "withdrawn"


ASSESSED_STATUSES = (
    MatchStatus.UNMATCHED,
    MatchStatus.PARTIAL_ADVANCED_ONLY,
    MatchStatus.PARTIAL_PRELIM_ONLY,
    MatchStatus.NO_CERTIFIED_LIST,
)


class SoapEligibility(TextChoices):
    """Whether the student may take part in SOAP."""

    UNKNOWN = "unknown", "SOAP eligibility not known"
    ELIGIBLE = "eligible", "SOAP eligible"
    INELIGIBLE = "ineligible", "not SOAP eligible"
    OPTED_OUT = "opted_out", "opted out of SOAP"


class Exam(TextChoices):
    """The licensing examinations."""

    STEP_1 = "step_1", "Step 1"
    STEP_2_CK = "step_2_ck", "Step 2 CK"
    STEP_3 = "step_3", "Step 3"
    COMLEX_1 = "comlex_1", "COMLEX Level 1"
    COMLEX_2_CE = "comlex_2_ce", "COMLEX Level 2-CE"
    COMLEX_3 = "comlex_3", "COMLEX Level 3"


class ExamResult(TextChoices):
    """How an attempt ended."""

    PASS = "pass", "passed"
    FAIL = "fail", "not passed"


class Grade(TextChoices):
    """Clerkship grades, best first."""

    HONORS = "honors", "Honors"
    HIGH_PASS = "high_pass", "High Pass"
    PASS = "pass", "Pass"
    LOW_PASS = "low_pass", "Low Pass"
    FAIL = "fail", "Fail"


class AcademicKind(TextChoices):
    """Academic events."""

    COURSE_REPEAT = "course_repeat", "course repeat"
    REMEDIATION = "remediation", "remediation"
    LEAVE = "leave", "leave"
    DISMISSAL_HEARING = "dismissal_hearing", "dismissal hearing"


class ConcernKind(TextChoices):
    """What a professionalism concern is about."""

    TIMELINESS = "timeliness", "timeliness"
    COMMUNICATION = "communication", "communication"
    RESPECT = "respect", "respect"
    RESPONSIBILITY = "responsibility", "responsibility"
    INTEGRITY = "integrity", "integrity"
    BOUNDARIES = "boundaries", "boundaries"
    SAFETY = "safety", "safety"


class Severity(TextChoices):
    """How heavy a concern is."""

    MINOR = "minor", "minor"
    MODERATE = "moderate", "moderate"
    MAJOR = "major", "major"


class ConcernStatus(TextChoices):
    """Where a concern stands."""

    OPEN = "open", "open"
    DISPUTED = "disputed", "disputed"
    RESOLVED = "resolved", "resolved"
    DISMISSED = "dismissed", "dismissed"


CONCERN_TRANSITIONS = {
    ConcernStatus.OPEN: frozenset({ConcernStatus.DISPUTED, ConcernStatus.RESOLVED, ConcernStatus.DISMISSED}),
    ConcernStatus.DISPUTED: frozenset({ConcernStatus.OPEN, ConcernStatus.RESOLVED, ConcernStatus.DISMISSED}),
    ConcernStatus.RESOLVED: frozenset({ConcernStatus.OPEN}),
    ConcernStatus.DISMISSED: frozenset({ConcernStatus.OPEN}),
}


class Strength(TextChoices):
    """What a vouch says."""

    WOULD_TAKE = "would_take", "Would take as own resident"
    STRONG = "strong", "Strong"
    SUPPORTIVE = "supportive", "Supportive"
    UNABLE = "unable", "Cannot vouch"
    CAUTION = "caution", "Caution"


class VouchAnswer(TextChoices):
    """What became of a vouch request."""

    ASKED = "asked", "asked"
    ANSWERED = "answered", "answered"
    DECLINED = "declined", "declined"
    UNANSWERED = "unanswered", "unanswered"


VOUCH_REQUEST_TRANSITIONS = {
    VouchAnswer.ASKED: frozenset({VouchAnswer.ANSWERED, VouchAnswer.DECLINED, VouchAnswer.UNANSWERED}),
    VouchAnswer.UNANSWERED: frozenset({VouchAnswer.ASKED, VouchAnswer.ANSWERED, VouchAnswer.DECLINED}),
    VouchAnswer.DECLINED: frozenset({VouchAnswer.ANSWERED, VouchAnswer.ASKED}),
    VouchAnswer.ANSWERED: frozenset({VouchAnswer.ASKED}),
}


class DeclineReason(TextChoices):
    """Why somebody declined, if they said so."""

    NOT_FIRST_HAND = "not_first_hand", "did not see the student at work"


class LinkEnd(TextChoices):
    """Why a personal link ended before its day."""

    WRONG_PERSON = "wrong_person", "reached somebody else"
    TAKEN_BACK = "taken_back", "taken back by the office"


class ConflictKind(TextChoices):
    """Relations between a person and a student. The first five mean recusal, the others are only shown."""

    FAMILY = "family", "family"
    TREATED = "treated", "treated the student"
    FINANCIAL = "financial", "financial interest"
    SOAP_PROGRAM = "soap_program", "directs or interviews for a program in SOAP"
    PROMOTIONS_COMMITTEE = "promotions_committee", "sits on the promotions committee"
    EVALUATED = "evaluated", "evaluated the student"
    ADVISED = "advised", "advises the student"
    RESEARCH = "research", "supervised research"


RECUSING_KINDS = (
    ConflictKind.FAMILY,
    ConflictKind.TREATED,
    ConflictKind.FINANCIAL,
    ConflictKind.SOAP_PROGRAM,
    ConflictKind.PROMOTIONS_COMMITTEE,
)
VOUCH_RECUSING_KINDS = (ConflictKind.FAMILY, ConflictKind.TREATED, ConflictKind.FINANCIAL)


class AdviceKind(TextChoices):
    """What advice was about."""

    BROADEN = "broaden", "broaden"
    GEOGRAPHY = "geography", "geography"
    OTHER = "other", "other"


class Followed(TextChoices):
    """Whether advice was followed."""

    YES = "yes", "followed"
    NO = "no", "not followed"
    PARTLY = "partly", "partly followed"


class GrantGround(TextChoices):
    """Why a person may open one dossier."""

    MEETING = "meeting", "attends the meeting"
    CALLER = "caller", "speaks for the student"
    INSPECTION = "inspection", "answers an inspection request"


class Purpose(TextChoices):
    """What a dossier is opened for."""

    PREPARE_MEETING = "prepare_meeting", "to prepare the meeting"
    MEETING = "meeting", "in the meeting"
    ADVISING = "advising", "to advise the student"
    INSPECTION = "inspection", "to answer an inspection request"
    UPKEEP = "upkeep", "to keep the record"


class ImportStatus(TextChoices):
    """The way of an import."""

    UPLOADED = "uploaded", "waiting to be read"
    READING = "reading", "being read"
    PREVIEWED = "previewed", "read, not applied"
    APPLYING = "applying", "being applied"
    APPLIED = "applied", "applied"
    UNUSABLE = "unusable", "cannot be used"
    DISCARDED = "discarded", "discarded"
    UNDONE = "undone", "undone"


IMPORT_TRANSITIONS = {
    ImportStatus.UPLOADED: frozenset({ImportStatus.READING, ImportStatus.DISCARDED}),
    ImportStatus.READING: frozenset({ImportStatus.UPLOADED, ImportStatus.PREVIEWED, ImportStatus.UNUSABLE}),
    ImportStatus.PREVIEWED: frozenset({ImportStatus.APPLYING, ImportStatus.DISCARDED}),
    ImportStatus.APPLYING: frozenset({ImportStatus.PREVIEWED, ImportStatus.APPLIED}),
    ImportStatus.APPLIED: frozenset({ImportStatus.UNDONE}),
}


class AuditKind(TextChoices):
    """What the trail records about evidence."""

    DOSSIER_OPENED = "dossier-opened", "Dossier opened"
    STUDENT_ADDED = "student-added", "Student added"
    STUDENT_CHANGED = "student-changed", "Student changed"
    EVIDENCE_ENTERED = "evidence-entered", "Evidence entered"
    EVIDENCE_CHANGED = "evidence-changed", "Evidence changed"
    EVIDENCE_WITHDRAWN = "evidence-withdrawn", "Evidence withdrawn"
    EVIDENCE_RESTORED = "evidence-restored", "Withdrawal taken back"
    CONCERN_SETTLED = "concern-settled", "Concern settled"
    CONCERN_ANSWERED = "concern-answered", "Student responded to a concern"
    VOUCH_GIVEN = "vouch-given", "Vouch given"
    VOUCH_REQUESTED = "vouch-requested", "Vouch requested"
    VOUCH_DECLINED = "vouch-declined", "Vouch request declined"
    VOUCH_LINK_MADE = "vouch-link-made", "Personal link made"
    VOUCH_LINK_ENDED = "vouch-link-ended", "Personal link ended"
    OUTCOME_WANTED = "outcome-wanted", "Author of a vouch wants to hear the outcome"
    CONFLICT_DECLARED = "conflict-declared", "Conflict declared"
    RECUSAL_LIFTED = "recusal-lifted", "Recusal lifted"
    ACCESS_GRANTED = "access-granted", "Access granted"
    ACCESS_ENDED = "access-ended", "Access ended"
    IMPORT_UPLOADED = "import-uploaded", "Import uploaded"
    IMPORT_APPLIED = "import-applied", "Import applied"
    IMPORT_DISCARDED = "import-discarded", "Import discarded"
    IMPORT_UNDONE = "import-undone", "Import undone"
    REFUSED_ROWS_FETCHED = "refused-rows-fetched", "Refused rows fetched"
