"""Every flip tells the truth: the changed dossier, assessed anew, comes to the tier that was promised."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from tests.triage.policy import strategies as some
from tests.triage.policy.samples import (
    MARKET,
    REPORT,
    concern,
    dossier,
    event,
    failed,
    known,
    listed,
    passed,
    vouch,
)
from tests.triage.policy.test_properties import also, always
from triage.policy import DEFAULT_RULES, AcademicEvent, ExamAttempt, Vouch, assess


def changed(evidence, flip, rules):
    """The dossier after the change that the flip names."""
    return CHANGES[flip.code](evidence, flip, rules)


def edit(evidence, field, ref, **changes):
    rows = getattr(evidence, field)
    assert [piece.ref for piece in rows].count(ref) == 1
    return replace(
        evidence, **{field: tuple(replace(piece, **changes) if piece.ref == ref else piece for piece in rows)}
    )


def accept(evidence, position_type):
    return replace(evidence, position_types=(*(evidence.position_types or ("categorical",)), position_type))


def remediate(evidence, times):
    return also(evidence, "academics", *[AcademicEvent("remediation", date(2026, 1, 1))] * times)


def document(evidence, flip, rules):
    return edit(
        evidence,
        "concerns",
        flip.ref,
        first_hand=True,
        record_reference="PROF-9",
        student_told_on=REPORT - timedelta(days=rules.told_days),
    )


CHANGES = {
    "change_reason": lambda evidence, flip, rules: replace(evidence, has_change_reason=True),
    "voucher_would_take": lambda evidence, flip, rules: edit(evidence, "vouches", flip.ref, strength="would_take"),
    "vouch_strong": lambda evidence, flip, rules: also(
        evidence, "vouches", Vouch("somebody new", "strong", rules.vouch_weeks_at, False)
    ),
    "vouch_would_take": lambda evidence, flip, rules: also(
        evidence, "vouches", Vouch("somebody new", "would_take", rules.vouch_weeks_at, False)
    ),
    "accept_preliminary": lambda evidence, flip, rules: accept(evidence, "preliminary"),
    "accept_transitional": lambda evidence, flip, rules: accept(evidence, "transitional"),
    "add_backup": lambda evidence, flip, rules: also(evidence, "backups", flip.ref),
    "stage_passed": lambda evidence, flip, rules: also(
        evidence, "exams", ExamAttempt(flip.ref, date(2027, 3, 1), True)
    ),
    "concern_resolved": lambda evidence, flip, rules: edit(evidence, "concerns", flip.ref, status="resolved"),
    "concern_dismissed": lambda evidence, flip, rules: edit(evidence, "concerns", flip.ref, status="dismissed"),
    "concern_documented": document,
    "academic_one": lambda evidence, flip, rules: remediate(evidence, 1),
    "academic_two": lambda evidence, flip, rules: remediate(evidence, 2),
}

EXAMPLES = {
    "change_reason": (known(prior_specialties=("140", "260")), 1),
    "voucher_would_take": (dossier(vouches=(vouch("strong", "cole"),)), 1),
    "vouch_strong": (dossier(vouches=(vouch("strong", "cole"),)), 1),
    "vouch_would_take": (dossier(), 1),
    "accept_preliminary": (known(applied="160"), 1),
    "accept_transitional": (known(applied="160"), 1),
    "add_backup": (known(applied="160"), 1),
    "stage_passed": (known(exams=(failed("step_2_ck", "2026-11-16"),)), 1),
    "concern_resolved": (known(concerns=(concern(),)), 1),
    "concern_dismissed": (known(concerns=(concern("major", kind="integrity"),)), 1),
    "concern_documented": (known(concerns=(concern("major", first_hand=False, record_reference=""),)), 3),
    "academic_one": (known(academics=(event("remediation"),)), 2),
    "academic_two": (known(academics=(event("remediation"),)), 3),
}


@pytest.mark.parametrize("code", CHANGES)
def test_flip_by_example(code):
    evidence, tier = EXAMPLES[code]

    flips = [flip for flip in assess(evidence, DEFAULT_RULES, MARKET).flips if flip.code == code]

    assert {flip.to_tier for flip in flips} == {tier}
    for flip in flips:
        assert assess(changed(evidence, flip, DEFAULT_RULES), DEFAULT_RULES, MARKET).recommended_tier == tier


@always
@given(some.dossiers, some.markets, some.valid_rules)
def test_flips_are_truthful(evidence, market, rules):
    assessment = assess(evidence, rules, market)

    for flip in assessment.flips:
        assert flip.to_tier != assessment.recommended_tier
        assert assess(changed(evidence, flip, rules), rules, market).recommended_tier == flip.to_tier


@always
@given(some.dossiers, some.markets)
def test_upward_flips_come_first_and_none_twice(evidence, market):
    assessment = assess(evidence, DEFAULT_RULES, market)
    is_down = [flip.to_tier > assessment.recommended_tier for flip in assessment.flips]

    assert is_down == sorted(is_down)
    assert len({(flip.code, flip.ref) for flip in assessment.flips}) == len(assessment.flips)


def test_closed_target_names_first_years_and_a_backup():
    assert [tuple(flip) for flip in assess(known(applied="160"), DEFAULT_RULES, MARKET).flips[:4]] == [
        ("Accept preliminary surgery places (Surgery-Preliminary)", "accept_preliminary", 1, "440P"),
        ("Accept preliminary medicine places (Medicine-Preliminary)", "accept_preliminary", 1, "140P"),
        ("Accept transitional year places (Transitional Year)", "accept_transitional", 1, "999"),
        ("Add a backup that is open, for example Family Medicine", "add_backup", 1, "120"),
    ]


def test_loaded_list_decides_which_first_year_and_backup_are_named():
    market = listed(t440P_preliminary=12, t180_categorical=10)

    flips = assess(known(applied="160"), DEFAULT_RULES, market).flips

    assert [(flip.code, flip.ref) for flip in flips[:2]] == [("accept_preliminary", "440P"), ("add_backup", "180")]
    assert not any("12" in flip.change or "10" in flip.change for flip in flips)


def test_first_year_is_no_way_for_who_has_one():
    flips = assess(known("partial_prelim_only", "040"), DEFAULT_RULES, MARKET).flips

    assert [flip.code for flip in flips][:1] == ["add_backup"]


def test_transitional_places_for_who_matched_advanced_only():
    evidence = known("partial_advanced_only", "180", position_types=("advanced",))

    flips = assess(evidence, DEFAULT_RULES, listed(t999_transitional=20)).flips

    assert [(flip.code, flip.ref) for flip in flips][:1] == [("accept_transitional", "999")]


def test_one_concern_among_two_does_not_flip():
    assessment = assess(known(concerns=(concern(number=1), concern(number=2))), DEFAULT_RULES, MARKET)

    assert [(flip.code, flip.ref, flip.to_tier) for flip in assessment.flips] == [
        ("concern_resolved", "concern:1", 2),
        ("concern_resolved", "concern:2", 2),
    ]


def test_no_single_change_helps_when_two_things_are_wanting():
    assessment = assess(dossier(applied="260", exams=(passed(),)), DEFAULT_RULES, MARKET)

    assert [flip.to_tier for flip in assessment.flips if flip.to_tier < 2] == []
