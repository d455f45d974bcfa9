"""Small builders for the engine's evidence: everything counts unless a test says otherwise."""

from datetime import date, timedelta

from triage.policy import AcademicEvent, Advice, Concern, Dossier, Evaluation, ExamAttempt, Market, Vouch

REPORT = date(2027, 3, 15)
GROUPS = {
    "040": "narrow",
    "110": "narrow",
    "120": "open",
    "140": "open",
    "140P": "moderate",
    "160": "closed",
    "180": "moderate",
    "220": "narrow",
    "260": "closed",
    "320": "open",
    "400": "open",
    "440": "narrow",
    "440P": "moderate",
    "999": "moderate",
}
NAMES = {
    "040": "Anesthesiology",
    "110": "Emergency Medicine",
    "120": "Family Medicine",
    "140": "Internal Medicine",
    "140P": "Medicine-Preliminary",
    "160": "Neurological Surgery",
    "180": "Neurology",
    "220": "Obstetrics and Gynecology",
    "260": "Orthopaedic Surgery",
    "320": "Pediatrics",
    "400": "Psychiatry",
    "440": "General Surgery",
    "440P": "Surgery-Preliminary",
    "999": "Transitional Year",
}
MARKET = Market(GROUPS, NAMES, REPORT)


def listed(**places):
    """The market with a list loaded: places by "code_type", as in t120_categorical=40."""
    unfilled = {tuple(key[1:].split("_")): count for key, count in places.items()}
    return Market(GROUPS, NAMES, REPORT, unfilled)


def dossier(status="unmatched", applied="120", **changes):
    return Dossier(status, applied, **changes)


def vouch(strength="would_take", faculty="ivy", weeks=6, willing=True, ref=""):
    return Vouch(faculty, strength, weeks, willing, ref or f"vouch:{faculty}-{strength}")


def known(status="unmatched", applied="120", **changes):
    """A dossier that is strong in what people say, so that the rest decides."""
    return dossier(status, applied, **{"vouches": (vouch(),), "exams": (passed(),), **changes})


def attempt(exam, day, is_passed, score=None):
    return ExamAttempt(exam, date.fromisoformat(day), is_passed, score, f"exam:{exam}-{day}")


def passed(exam="step_2_ck", day="2026-07-13", score=240):
    return attempt(exam, day, True, score)


def failed(exam="step_1", day="2025-02-01"):
    return attempt(exam, day, False)


def event(kind, number=1):
    return AcademicEvent(kind, date(2025, 1, 1) + timedelta(days=number), f"event:{kind}-{number}")


def grade(grade, number=1):
    return Evaluation("Medicine", grade, f"evaluation:{grade}-{number}")


def concern(severity="moderate", status="open", kind="respect", number=1, **changes):
    facts = {
        "happened_on": date(2026, 9, 1),
        "first_hand": True,
        "record_reference": "PROF-1",
        "student_told_on": date(2026, 9, 3),
        "student_response_on": None,
        "ref": f"concern:{number}",
        **changes,
    }
    return Concern(kind, severity, status, **facts)


def advice(kind="broaden", followed="no", number=1):
    return Advice(kind, followed, date(2026, 8, 1), f"advice:{number}")
