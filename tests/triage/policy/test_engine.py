"""The cases that the people who run these meetings tell, as the project's own table."""

import json
from datetime import date

import pytest

from tests.triage.policy.samples import (
    MARKET,
    advice,
    attempt,
    concern,
    dossier,
    event,
    failed,
    grade,
    known,
    passed,
    vouch,
)
from triage.policy import DEFAULT_RULES, NotAssessed, VouchRequest, assess, is_assessed

PASSED_STEP_1 = passed("step_1", "2025-05-12", None)
CASES = {
    "strong and known, applied too narrowly": (
        known(
            applied="140",
            vouches=(vouch(), vouch("strong", "cole")),
            exams=(PASSED_STEP_1, passed(score=245)),
            evaluations=(grade("honors"), grade("high_pass")),
            advice=(advice(followed="partly"),),
        ),
        1,
        "known_strong",
    ),
    "a documented pattern that scores do not buy off": (
        dossier(
            applied="260",
            backups=("440P",),
            position_types=("categorical", "preliminary"),
            vouches=(vouch("strong", weeks=20, willing=False),),
            exams=(PASSED_STEP_1, passed(score=268)),
            concerns=(concern(number=1), concern(number=2), concern("major", number=3)),
        ),
        3,
        "professionalism_pattern",
    ),
    "an explained late change": (
        known(
            applied="400",
            prior_specialties=("140",),
            has_change_reason=True,
            vouches=(vouch(), vouch("would_take", "cole"), vouch("strong", "dana")),
        ),
        1,
        "known_strong",
    ),
    "one failed attempt is a stumble": (known(exams=(failed(), PASSED_STEP_1, passed())), 1, "known_strong"),
    "three failed attempts however well liked": (
        known(
            applied="140",
            backups=("120",),
            vouches=(vouch(), vouch("would_take", "cole")),
            exams=(
                failed(),
                PASSED_STEP_1,
                failed("step_2_ck", "2026-06-01"),
                failed("step_2_ck", "2026-07-27"),
                passed("step_2_ck", "2026-09-14", 219),
            ),
        ),
        3,
        "academic_pattern",
    ),
    "only generic praise": (
        dossier(applied="320", vouches=(vouch("supportive"), vouch("supportive", "cole"))),
        2,
        "known_weak",
    ),
    "a closed target and advice refused": (
        known(applied="260", advice=(advice(number=1), advice(number=2), advice("geography", number=3))),
        2,
        "placeable_unlikely",
    ),
    "one open moderate concern": (known(applied="140", concerns=(concern(),)), 2, "professionalism_concern"),
    "hearsay is set aside": (
        known(
            concerns=(concern("major", first_hand=False, record_reference="", student_told_on=None),),
            vouches=(vouch(), vouch("strong", "cole")),
        ),
        1,
        "known_strong",
    ),
    "two unexplained changes": (
        known(prior_specialties=("260", "440"), position_types=("categorical", "preliminary", "transitional")),
        2,
        "trajectory_concern",
    ),
    "a closed target without a backup": (known(applied="160"), 2, "placeable_unlikely"),
    "nobody was asked": (dossier(evaluations=(grade("honors"),)), 2, "known_unasked"),
    "documented dishonesty": (
        known(applied="400", concerns=(concern("major", kind="integrity"),)),
        3,
        "professionalism_pattern",
    ),
    "chronic remediation": (
        known(applied="320", academics=(event("course_repeat"), event("remediation", 2), event("remediation", 3))),
        3,
        "academic_pattern",
    ),
    "a single course repeat": (known(applied="320", academics=(event("course_repeat"),)), 1, "known_strong"),
    "minor and resolved": (known(applied="140", concerns=(concern("minor", "resolved"),)), 1, "known_strong"),
    "a disputed moderate concern": (
        known(concerns=(concern(status="disputed", student_response_on=date(2026, 10, 28)),)),
        2,
        "professionalism_concern",
    ),
    "a caution without a documented concern": (
        known(applied="140", vouches=(vouch(), vouch("caution", "cole", 2, False))),
        1,
        "known_strong",
    ),
    "two families of examinations": (
        known(exams=(passed("comlex_1", "2025-04-01", None), passed(score=252)), backups=("120",)),
        1,
        "known_strong",
    ),
    "needs only a first year": (
        known(
            "partial_advanced_only",
            "999",
            backups=("140P",),
            position_types=("preliminary", "transitional"),
        ),
        1,
        "known_strong",
    ),
    "known by reputation only": (dossier(applied="400", vouches=(vouch(weeks=0),)), 2, "known_weak"),
    "one voice three times": (
        dossier(vouches=tuple(vouch("strong", ref=f"vouch:{number}") for number in range(3))),
        2,
        "known_weak",
    ),
    "one failed attempt and one remediation": (
        known(exams=(failed(), PASSED_STEP_1, passed()), academics=(event("remediation"),)),
        2,
        "academic_concern",
    ),
    "the student was never told": (
        known(applied="140", concerns=(concern("major", student_told_on=None),)),
        1,
        "known_strong",
    ),
    "a narrow target with a high Step 2 CK": (known(applied="110", exams=(passed(score=250),)), 1, "known_strong"),
    "two strands stumble": (
        known(exams=(failed(), PASSED_STEP_1, passed()), concerns=(concern("minor"),)),
        2,
        "professionalism_stumble",
    ),
    "two strong voices": (
        dossier(vouches=(vouch("strong"), vouch("strong", "cole", 8))),
        1,
        "known_strong",
    ),
    "a dismissal hearing weighs two": (
        known(applied="320", academics=(event("dismissal_hearing"),)),
        2,
        "academic_concern",
    ),
    "a leave is no fault": (known(applied="320", academics=(event("leave"),)), 1, "known_strong"),
    "has a first year already": (
        known("partial_prelim_only", "040", position_types=("preliminary", "advanced")),
        2,
        "placeable_unlikely",
    ),
    "the latest attempt failed": (
        known(exams=(failed("step_2_ck", "2026-11-16"),)),
        2,
        "academic_concern",
    ),
    "two examinations of one stage": (
        known(
            exams=(
                failed("step_1", "2025-02-01"),
                failed("comlex_1", "2025-02-20"),
                passed("comlex_1", "2025-05-20", None),
                passed("step_1", "2025-06-01", None),
                passed(),
            )
        ),
        1,
        "known_strong",
    ),
    "a vouch by family": (known(recused=frozenset({"ivy"})), 2, "known_weak"),
    "told three days before the report": (
        known(applied="140", concerns=(concern("major", student_told_on=date(2027, 3, 12)),)),
        1,
        "known_strong",
    ),
    "a resolved major matter of integrity": (
        known(applied="140", concerns=(concern("major", "resolved", "integrity"),)),
        2,
        "professionalism_concern",
    ),
    "only refusals to broaden count": (
        known(
            applied="260",
            position_types=("categorical", "preliminary"),
            advice=(advice("other", number=1), advice("other", number=2)),
        ),
        1,
        "known_strong",
    ),
    "asked and no answer yet": (dossier(requests=(VouchRequest("cole", "asked"),)), 2, "known_unanswered"),
    "a narrow target by COMLEX": (
        known(
            applied="220",
            exams=(passed("comlex_1", "2025-05-20", None), attempt("comlex_2_ce", "2026-06-20", True, 560)),
        ),
        1,
        "known_strong",
    ),
    "one failed clerkship": (known(applied="320", evaluations=(grade("fail"),)), 1, "known_strong"),
}


@pytest.mark.parametrize("story", CASES)
def test_golden_story(story):
    evidence, tier, main_reason = CASES[story]

    assessment = assess(evidence, DEFAULT_RULES, MARKET)

    assert assessment.recommended_tier == tier
    assert main_reason in assessment.reasons


@pytest.mark.parametrize("status", ["matched", "withdrawn", "unknown"])
def test_status_that_is_not_assessed(status):
    assert not is_assessed(status)
    with pytest.raises(NotAssessed):
        assess(dossier(status), DEFAULT_RULES, MARKET)


@pytest.mark.parametrize("status", ["unmatched", "partial_advanced_only", "partial_prelim_only", "no_certified_list"])
def test_status_that_is_assessed(status):
    assert is_assessed(status)
    assert assess(known(status), DEFAULT_RULES, MARKET).recommended_tier == 1


def test_specialty_without_group_is_an_error():
    with pytest.raises(KeyError):
        assess(dossier(applied="000"), DEFAULT_RULES, MARKET)


def test_reasons_name_the_deciding_ones_first():
    everything = dossier(
        applied="260",
        prior_specialties=("120",),
        academics=(event("remediation"),),
        concerns=(concern("major"),),
        advice=(advice(number=1), advice(number=2)),
    )

    assert assess(everything, DEFAULT_RULES, MARKET).reasons == (
        "professionalism_pattern",
        "advice_concern",
        "known_unasked",
        "placeable_unlikely",
        "academic_stumble",
        "trajectory_stumble",
    )


def test_reasons_of_tier_1_begin_with_being_known():
    assert assess(known(academics=(event("remediation"),)), DEFAULT_RULES, MARKET).reasons == (
        "known_strong",
        "academic_stumble",
    )


def test_points_add_capped_vouches_and_honors_and_take_off_by_strand():
    people = tuple(vouch(faculty=name) for name in ("a", "b", "c", "d"))
    honors = tuple(grade("honors", number) for number in range(5))

    praised = assess(known(vouches=people, evaluations=honors), DEFAULT_RULES, MARKET)
    troubled = assess(
        known(
            vouches=people,
            evaluations=honors,
            academics=(event("remediation"),),
            concerns=(concern("major"),),
            prior_specialties=("140", "320"),
        ),
        DEFAULT_RULES,
        MARKET,
    )

    assert praised.points == 9 + 3
    assert troubled.points == 9 + 3 - 1 - 4 - 2


def test_missing_lists_what_is_not_on_record():
    assert assess(dossier(applied=""), DEFAULT_RULES, MARKET).missing == (
        "applied_specialty",
        "vouch_requests",
        "exams",
    )
    assert assess(known(vouches=(vouch(willing=False),)), DEFAULT_RULES, MARKET).missing == ("advocate",)
    assert assess(known(prior_specialties=("140",)), DEFAULT_RULES, MARKET).missing == ("change_reason",)
    assert assess(known(), DEFAULT_RULES, MARKET).missing == ()


def test_missing_answers_are_those_of_people_who_did_not_vouch():
    asked = (VouchRequest("ivy", "asked"), VouchRequest("cole", "unanswered"), VouchRequest("dana", "declined"))

    assessment = assess(known(requests=asked), DEFAULT_RULES, MARKET)

    assert assessment.missing == ("vouch_answers",)
    assert assessment.details.requests_open == 1


def test_assessment_survives_json():
    for evidence, _, _ in CASES.values():
        assessment = assess(evidence, DEFAULT_RULES, MARKET)
        stored = json.loads(json.dumps(assessment.to_json()))
        assert type(assessment).from_json(stored) == assessment
