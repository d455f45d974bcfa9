from datetime import date

import pytest

from tests.triage.policy.samples import MARKET, concern, known
from triage.policy import DEFAULT_RULES, SetAside, Standing, assess


def judged(*concerns):
    return assess(known(concerns=concerns), DEFAULT_RULES, MARKET)


@pytest.mark.parametrize(
    ("pieces", "level"),
    [
        ((), "clear"),
        ((("minor", "resolved"), ("minor", "disputed")), "clear"),
        ((("minor", "open"),), "stumble"),
        ((("moderate", "resolved"),), "stumble"),
        ((("major", "resolved"),), "stumble"),
        ((("moderate", "open"),), "concern"),
        ((("moderate", "disputed"),), "concern"),
        ((("major", "disputed"),), "concern"),
        ((("minor", "open"), ("minor", "open")), "concern"),
        ((("moderate", "resolved"), ("major", "resolved")), "concern"),
        ((("moderate", "open"), ("moderate", "open")), "pattern"),
        ((("major", "open"),), "pattern"),
        ((("minor", "open"), ("minor", "open"), ("moderate", "open")), "pattern"),
        ((("minor", "open"), ("minor", "open"), ("minor", "open")), "pattern"),
        ((("major", "dismissed"), ("major", "dismissed")), "clear"),
    ],
)
def test_level_by_counting_concerns(pieces, level):
    concerns = [concern(severity, status, number=n) for n, (severity, status) in enumerate(pieces)]

    assert judged(*concerns).strands["professionalism"] == level


@pytest.mark.parametrize(("kind", "level"), [("integrity", "concern"), ("respect", "stumble")])
def test_resolved_major_weighs_more_when_of_integrity(kind, level):
    assert judged(concern("major", "resolved", kind)).strands["professionalism"] == level


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"first_hand": False}, ("not_first_hand",)),
        ({"record_reference": " "}, ("not_documented",)),
        ({"student_told_on": None}, ("student_not_told",)),
        ({"student_told_on": date(2027, 3, 9)}, ("told_too_late",)),
        (
            {"first_hand": False, "record_reference": "", "student_told_on": None},
            ("not_first_hand", "not_documented", "student_not_told"),
        ),
        ({"status": "dismissed", "record_reference": ""}, ("dismissed",)),
    ],
)
def test_concern_set_aside(changes, why):
    assessment = judged(concern("major", **changes))

    assert assessment.strands["professionalism"] == "clear"
    assert assessment.set_aside == (SetAside("concern", "concern:1", why),)
    assert assessment.standings["concern:1"] == Standing(None, "set_aside", why)


@pytest.mark.parametrize(
    "changes",
    [
        {"student_told_on": date(2027, 3, 8)},
        {"student_told_on": date(2027, 3, 12), "student_response_on": date(2027, 3, 14)},
        {"student_told_on": None, "student_response_on": date(2027, 3, 14)},
    ],
)
def test_concern_counts_when_told_in_time_or_answered(changes):
    assessment = judged(concern("major", **changes))

    assert assessment.recommended_tier == 3
    assert assessment.standings["concern:1"] == Standing(None, "counts")


@pytest.mark.parametrize("status", ["resolved", "disputed"])
def test_minor_concern_that_is_not_open_is_only_on_record(status):
    assert judged(concern("minor", status)).standings["concern:1"] == Standing(0, "on_record")
