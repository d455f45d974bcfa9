"""The ten tables of the interchange format: their columns, what each needs, and the names both go by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from matchweek.enums import PositionType
from students.enums import (
    AcademicKind,
    AdviceKind,
    ConcernKind,
    ConcernStatus,
    ConflictKind,
    Exam,
    ExamResult,
    Followed,
    Grade,
    MatchStatus,
    Severity,
    SoapEligibility,
    Strength,
)
from students.interchange import values
from students.interchange.findings import fold
from students.interchange.values import Parser, choice, choices_of, line, prose, whole


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how its cells are read, whether it and each of its cells must be there."""

    name: str
    parse: Parser
    required: bool = False
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, those that identify a row within it, and the names a file of it may have."""

    name: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    by_header: Mapping[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        headers = {fold(text): each for each in self.columns for text in each.synonyms}
        headers |= {fold(each.name): each for each in self.columns}
        object.__setattr__(self, "by_header", headers)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there."""
        return tuple(each.name for each in self.columns if each.required)

    def find(self, headers: Iterable[str]) -> list[Column | None]:
        """Return the column each header names, None for a header this table does not know."""
        return [self.by_header.get(fold(each)) for each in headers]


def _must(name: str, parse: Parser, *synonyms: str) -> Column:
    return Column(name, parse, True, synonyms)


def _may(name: str, parse: Parser, *synonyms: str) -> Column:
    return Column(name, parse, False, synonyms)


_EXAM_WORDS = {
    "1": Exam.STEP_1, "S1": Exam.STEP_1, "Step One": Exam.STEP_1, "Step I": Exam.STEP_1, "USMLE Step 1": Exam.STEP_1,
    "USMLE 1": Exam.STEP_1, "2": Exam.STEP_2_CK, "2CK": Exam.STEP_2_CK, "CK": Exam.STEP_2_CK, "S2": Exam.STEP_2_CK,
    "Step 2": Exam.STEP_2_CK, "Step II": Exam.STEP_2_CK, "USMLE Step 2": Exam.STEP_2_CK,
    "USMLE Step 2 CK": Exam.STEP_2_CK, "USMLE 2 CK": Exam.STEP_2_CK, "3": Exam.STEP_3, "S3": Exam.STEP_3,
    "Step III": Exam.STEP_3, "USMLE Step 3": Exam.STEP_3, "COMLEX 1": Exam.COMLEX_1, "Level 1": Exam.COMLEX_1,
    "COMLEX-USA Level 1": Exam.COMLEX_1, "COMLEX 2": Exam.COMLEX_2_CE, "COMLEX 2-CE": Exam.COMLEX_2_CE,
    "Level 2": Exam.COMLEX_2_CE, "Level 2-CE": Exam.COMLEX_2_CE, "COMLEX Level 2": Exam.COMLEX_2_CE,
    "COMLEX Level 2 CE": Exam.COMLEX_2_CE, "COMLEX-USA Level 2-CE": Exam.COMLEX_2_CE, "COMLEX 3": Exam.COMLEX_3,
    "Level 3": Exam.COMLEX_3, "COMLEX-USA Level 3": Exam.COMLEX_3,
}  # fmt: skip
_RESULTS = {"P": "pass", "passed": "pass", "passing": "pass", "F": "fail", "failed": "fail", "failing": "fail"}
_GRADES = {
    "H": "honors", "Honours": "honors", "Honor": "honors", "HP": "high_pass", "P": "pass", "Passed": "pass",
    "LP": "low_pass", "F": "fail", "Failed": "fail",
}  # fmt: skip
_STATUSES = {
    "not matched": "unmatched", "did not match": "unmatched",
    "partial advanced": "partial_advanced_only", "advanced only": "partial_advanced_only",
    "partial prelim": "partial_prelim_only", "prelim only": "partial_prelim_only",
    "preliminary only": "partial_prelim_only", "no certified rank list": "no_certified_list",
    "no rank list": "no_certified_list", "did not certify": "no_certified_list", "withdrew": "withdrawn",
}  # fmt: skip
_ELIGIBILITIES = {
    "yes": "eligible",
    "y": "eligible",
    "no": "ineligible",
    "n": "ineligible",
    "not eligible": "ineligible",
}
_POSITIONS = {
    "C": "categorical", "cat": "categorical", "P": "preliminary", "prelim": "preliminary", "T": "transitional",
    "TY": "transitional", "transitional year": "transitional", "A": "advanced", "adv": "advanced",
}  # fmt: skip
_ACADEMIC = {
    "repeat": "course_repeat", "repeated course": "course_repeat", "repeated a course": "course_repeat",
    "remediated": "remediation", "LOA": "leave", "leave of absence": "leave", "hearing": "dismissal_hearing",
}  # fmt: skip
_STRENGTHS = {
    "would take as my resident": "would_take", "would take as resident": "would_take", "would rank": "would_take",
    "cannot": "unable", "unable to vouch": "unable", "support": "supportive",
}  # fmt: skip
_CONFLICTS = {
    "treated": "treated", "promotions": "promotions_committee", "soap": "soap_program", "relative": "family",
    "advisor": "advised", "evaluator": "evaluated", "research mentor": "research",
}  # fmt: skip
_FOLLOWED = {"y": "yes", "true": "yes", "1": "yes", "n": "no", "false": "no", "0": "no", "partial": "partly",
             "partially": "partly", "in part": "partly"}  # fmt: skip

_STUDENT = _must("aamc_id", values.parse_aamc_id, "AAMC", "AAMC number", "AAMC no", "AAMC ID number", "ERAS AAMC ID")
_FACULTY = _must("faculty_email", values.parse_email, "faculty", "email", "email address", "faculty email address")

TABLES: Mapping[str, Table] = {
    each.name: each
    for each in (
        Table(
            "faculty",
            (
                _must("email", values.parse_email, "email address", "faculty email", "e-mail address"),
                _may("name", line(200), "full name", "faculty name", "faculty member"),
                _may("role", line(60, or_blank=True), "position", "title", "faculty role"),
                _may("department", line(120, or_blank=True), "dept", "division"),
                _may("specialty", values.parse_specialty_words, "speciality"),
                _may("phone", line(40, or_blank=True), "phone number", "telephone", "mobile", "cell", "office phone"),
            ),
            ("email",),
            ("faculty list", "attendings", "physicians"),
        ),
        Table(
            "students",
            (
                _STUDENT,
                _must("last_name", line(100), "surname", "family name", "last", "student last name"),
                _may("first_name", line(100), "given name", "forename", "first", "student first name"),
                _may("preferred_name", line(100), "preferred", "preferred first name", "nickname", "goes by"),
                _may("email", values.parse_email, "email address", "student email", "school email"),
                _may("phone", line(40, or_blank=True), "phone number", "telephone", "mobile", "cell", "cell phone"),
                _may("match_status", choice(MatchStatus, _STATUSES, blank=MatchStatus.UNKNOWN),
                     "status", "match result", "match", "result"),
                _may("soap_eligibility", choice(SoapEligibility, _ELIGIBILITIES, blank=SoapEligibility.UNKNOWN),
                     "SOAP eligible", "SOAP status", "SOAP"),
                _may("applied_specialty", values.parse_specialty,
                     "specialty", "speciality", "specialty applied", "specialty applied to", "primary specialty"),
                _may("backup_specialties", values.parse_specialties, "backup specialty", "backups", "backup"),
                _may("prior_specialties", values.parse_specialties, "prior specialty", "previous specialties"),
                _may("specialty_change_reason", line(500, or_blank=True),
                     "reason for change", "change reason", "reason for specialty change"),
                _may("geography", values.parse_places,
                     "geographic preference", "geographic preferences", "location preference", "region", "regions"),
                _may("nrmp_id", line(12, or_blank=True), "NRMP", "NRMP number"),
                _may("position_types", choices_of(PositionType, _POSITIONS), "position type", "positions"),
                _may("visa", line(40, or_blank=True), "visa status"),
                _may("couples", line(120, or_blank=True), "couples match", "couple"),
                _may("constraints", line(500, or_blank=True), "constraint", "constraints on place"),
                _may("advisor_email", values.parse_email, "advisor", "adviser", "adviser email"),
            ),
            ("aamc_id",),
            ("student", "roster", "class roster", "class", "class list", "student list"),
        ),
        Table(
            "exams",
            (
                _STUDENT,
                _must("exam", choice(Exam, _EXAM_WORDS),
                      "USMLE Step", "step", "examination", "exam name", "test", "USMLE", "licensing exam"),
                _must("date", values.parse_date, "exam date", "test date", "date taken", "taken on", "date of exam"),
                _must("result", choice(ExamResult, _RESULTS | {"passed": "pass"}), "outcome", "pass/fail", "P/F"),
                _may("score", whole(1, 999), "three digit score", "3-digit score", "USMLE score"),
            ),
            ("aamc_id", "exam", "date"),
            ("exam", "exam attempts", "USMLE", "boards", "exam scores", "scores"),
        ),
        Table(
            "evaluations",
            (
                _STUDENT,
                _must("clerkship", line(120), "rotation", "clerkship name"),
                _must("grade", choice(Grade, _GRADES), "final grade", "clerkship grade"),
                _may("evaluator_email", values.parse_email, "evaluator", "evaluated by"),
                _may("date", values.parse_date, "evaluation date", "end date", "evaluated on"),
                _may("comment", prose(2000), "comments", "narrative"),
            ),
            ("aamc_id", "clerkship", "date", "evaluator_email"),
            ("evaluation", "clerkship evaluations", "clerkships", "clerkship grades", "grades"),
        ),
        Table(
            "academics",
            (
                _STUDENT,
                _must("kind", choice(AcademicKind, _ACADEMIC), "event", "event type", "type"),
                _must("date", values.parse_date, "event date", "date of event"),
                _may("note", prose(1000), "notes", "comment"),
            ),
            ("aamc_id", "kind", "date"),
            ("academic", "academic events", "academic history"),
        ),
        Table(
            "concerns",
            (
                _STUDENT,
                _must("kind", choice(ConcernKind), "type", "category", "concern"),
                _must("severity", choice(Severity), "level"),
                _must("status", choice(ConcernStatus), "state"),
                _must("date", values.parse_date, "event date", "date of event", "happened on"),
                _may("reported_by", values.parse_email, "reporter", "reported by email", "reporter email"),
                _may("firsthand", values.parse_yes_no, "first hand", "seen first hand"),
                _may("record_reference", line(60, or_blank=True), "reference", "record", "record number"),
                _may("student_told_on", values.parse_date, "student told", "told on", "date student told"),
                _may("student_response_on", values.parse_date, "student response", "responded on", "response on"),
                _may("summary", prose(2000), "description", "what was seen"),
            ),
            ("aamc_id", "kind", "date", "record_reference"),
            ("concern", "professionalism", "professionalism concerns"),
        ),
        Table(
            "vouches",
            (
                _STUDENT,
                _FACULTY,
                _must("strength", choice(Strength, _STRENGTHS), "vouch", "strength of vouch"),
                _must("weeks_observed", whole(0, 520, "w|wk|wks|week|weeks"), "weeks", "weeks together"),
                _may("faculty_name", line(200), "name", "faculty member"),
                _may("role", line(60, or_blank=True), "position", "faculty role", "title"),
                _may("relationship", line(120, or_blank=True), "relation", "how known"),
                _may("statement", prose(2000), "comment", "words"),
                _may("willing_to_advocate", values.parse_yes_no, "willing", "advocate", "will advocate"),
            ),
            ("aamc_id", "faculty_email", "strength", "weeks_observed", "role", "relationship", "statement",
             "willing_to_advocate"),
            ("vouch", "statements"),
        ),
        Table(
            "vouch_requests",
            (
                _STUDENT,
                _FACULTY,
                _must("asked_on", values.parse_date, "asked", "date asked", "date"),
                _may("answer", values.parse_answer, "response", "reply"),
            ),
            ("aamc_id", "faculty_email"),
            ("requests", "vouch request"),
        ),
        Table(
            "conflicts",
            (
                _STUDENT,
                _must("person_email", values.parse_email, "person", "email", "email address"),
                _must("kind", choice(ConflictKind, _CONFLICTS), "type", "relation", "conflict"),
                _may("declared_on", values.parse_date, "declared", "date declared", "date"),
                _may("note", line(300), "notes", "comment"),
            ),
            ("aamc_id", "person_email", "kind"),
            ("conflict", "conflicts of interest", "recusals"),
        ),
        Table(
            "advising",
            (
                _STUDENT,
                _must("date", values.parse_date, "advising date", "date of advice"),
                _must("kind", choice(AdviceKind), "type"),
                _must("followed", choice(Followed, _FOLLOWED), "was it followed", "advice followed"),
                _may("advice", prose(2000), "note", "text"),
                _may("advisor_email", values.parse_email, "advisor", "adviser", "adviser email"),
            ),
            ("aamc_id", "date", "kind", "advice"),
            ("advice", "advising notes"),
        ),
    )
}  # fmt: skip


def table_of_name(text: str) -> Table | None:
    """Return the table a file or sheet is named after, with a year or "final" before or behind it forgiven."""
    folded = fold(text)
    for noise in ("final", "export", "import", "copy", "data", "table", "sheet", "refused"):
        folded = folded.replace(noise, "")
    folded = folded.strip("0123456789")
    return _by_name().get(folded)


def _by_name() -> dict[str, Table]:
    return {fold(text): each for each in TABLES.values() for text in (*each.synonyms, each.name)}


def table_of_headers(headers: Iterable[str]) -> Table | None:
    """Return the one table whose required columns are all there; of several the one that needs the most."""
    found = list(headers)
    fitting = []
    for each in TABLES.values():
        names = {column.name for column in each.find(found) if column}
        if set(each.required) <= names:
            fitting.append((len(each.required), len(names), each))
    fitting.sort(key=lambda fit: fit[:2], reverse=True)
    if not fitting or (len(fitting) > 1 and fitting[0][:2] == fitting[1][:2]):
        return None
    return fitting[0][2]


def known_headers(headers: Iterable[str], table: Table | None = None) -> int:
    """Return how many of the headers the table, or else the table that knows the most of them, knows."""
    found = list(headers)
    return max(len({each.name for each in table.find(found) if each}) for table in _tables(table))


def _tables(table: Table | None) -> Iterable[Table]:
    return (table,) if table else TABLES.values()
