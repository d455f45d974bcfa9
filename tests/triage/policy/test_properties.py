"""What must hold for every policy that may be saved, over generated dossiers, markets and policies."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.triage.policy import strategies as some
from tests.triage.policy.samples import MARKET, REPORT, dossier
from triage.policy import DEFAULT_RULES, AcademicEvent, Evaluation, Vouch, VouchRequest, assess
from triage.policy.properties import violations
from triage.policy.rules import LEVELS

RISKS = ("academic", "professionalism", "trajectory", "advice")
always = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def is_lower(before, after):
    return after.recommended_tier > before.recommended_tier or after.points < before.points


def levels(assessment):
    return [LEVELS.index(assessment.strands[strand]) for strand in RISKS]


def also(evidence, field, *pieces):
    return replace(evidence, **{field: (*getattr(evidence, field), *pieces)})


@always
@given(
    some.dossiers, some.markets, some.valid_rules, some.PEOPLE, st.sampled_from(["would_take", "strong", "supportive"])
)
def test_counting_vouch_never_lowers(evidence, market, rules, faculty, strength):
    one_more = Vouch(faculty, strength, rules.vouch_weeks_at, False)

    before = assess(evidence, rules, market)
    after = assess(also(evidence, "vouches", one_more), rules, market)

    assert not is_lower(before, after)
    assert (before.strands["known"], after.strands["known"]) != ("strong", "weak")


@always
@given(some.dossiers, some.markets, some.valid_rules, some.counting_concerns)
def test_counting_concern_never_raises(evidence, market, rules, concern):
    before = assess(evidence, rules, market)
    after = assess(also(evidence, "concerns", concern), rules, market)

    assert not is_lower(after, before)
    assert all(old <= new for old, new in zip(levels(before), levels(after), strict=True))


@always
@given(
    some.dossiers,
    some.markets,
    some.valid_rules,
    some.counting_concerns,
    st.sampled_from(
        [
            {"first_hand": False},
            {"record_reference": ""},
            {"student_told_on": None},
            {"student_told_on": REPORT + timedelta(days=1)},
            {"status": "dismissed"},
        ]
    ),
)
def test_hearsay_undocumented_undisclosed_never_moves(evidence, market, rules, concern, lack):
    before = assess(evidence, rules, market)
    after = assess(also(evidence, "concerns", replace(concern, **lack, ref="concern:new")), rules, market)

    assert after.recommended_tier == before.recommended_tier
    assert after.points == before.points
    assert after.strands == before.strands
    assert after.reasons == before.reasons
    assert [aside.ref for aside in after.set_aside if aside not in before.set_aside] == ["concern:new"]


@always
@given(some.dossiers, some.markets, some.valid_rules, some.PEOPLE)
def test_hearsay_vouch_never_moves(evidence, market, rules, faculty):
    before = assess(evidence, rules, market)
    after = assess(also(evidence, "vouches", Vouch(faculty, "would_take", 0, True, "vouch:new")), rules, market)

    assert (after.recommended_tier, after.points) == (before.recommended_tier, before.points)
    assert levels(after) == levels(before)
    assert after.standings["vouch:new"].state == "set_aside"


@always
@given(some.dossiers, some.markets, some.valid_rules)
def test_vouch_of_recused_person_never_moves(evidence, market, rules):
    shut = replace(evidence, recused=frozenset({"ivy"}))
    before = assess(shut, rules, market)
    after = assess(also(shut, "vouches", Vouch("ivy", "would_take", 8, True)), rules, market)

    assert (after.recommended_tier, after.points) == (before.recommended_tier, before.points)


@always
@given(some.dossiers, some.markets, some.valid_rules, some.PEOPLE)
def test_caution_never_moves(evidence, market, rules, faculty):
    before = assess(evidence, rules, market)
    after = assess(also(evidence, "vouches", Vouch(faculty, "caution", 8, False)), rules, market)

    assert (after.recommended_tier, after.points) == (before.recommended_tier, before.points)


@always
@given(
    some.dossiers,
    some.markets,
    some.valid_rules,
    st.sampled_from(["course_repeat", "remediation", "dismissal_hearing"]),
)
def test_academic_trouble_never_raises(evidence, market, rules, kind):
    before = assess(evidence, rules, market)
    after = assess(also(evidence, "academics", AcademicEvent(kind, date(2026, 1, 1))), rules, market)

    assert not is_lower(after, before)


@always
@given(some.dossiers, some.markets, some.valid_rules)
def test_honors_move_points_only_and_never_down(evidence, market, rules):
    before = assess(evidence, rules, market)
    after = assess(also(evidence, "evaluations", Evaluation("Surgery", "honors")), rules, market)

    assert after.recommended_tier == before.recommended_tier
    assert after.points >= before.points


@always
@given(some.dossiers, some.markets, some.valid_rules, st.randoms(use_true_random=False))
def test_order_of_the_evidence_does_not_matter(evidence, market, rules, chance):
    shuffled = replace(
        evidence,
        **{kind: shuffle(getattr(evidence, kind), chance) for kind in (*some.PIECES, "backups", "position_types")},
    )

    assert assess(shuffled, rules, market) == assess(evidence, rules, market)


def shuffle(rows, chance: random.Random):
    return tuple(chance.sample(rows, len(rows)))


@always
@given(some.dossiers, some.markets, some.valid_rules)
def test_same_evidence_and_policy_same_answer(evidence, market, rules):
    again = type(rules).from_json(rules.to_json())

    assert assess(evidence, again, replace(market)) == assess(evidence, rules, market)


@always
@given(some.dossiers, some.markets, some.valid_rules)
def test_nobody_was_asked_is_not_nobody_would_vouch(evidence, market, rules):
    alone = replace(evidence, vouches=(), requests=())
    declined = replace(alone, requests=(VouchRequest("ivy", "declined"),))
    waiting = replace(alone, requests=(VouchRequest("ivy", "asked"),))

    assert [assess(each, rules, market).strands["known"] for each in (alone, waiting, declined)] == [
        "unasked",
        "unanswered",
        "weak",
    ]


@always
@given(some.dossiers, some.markets, some.valid_rules)
def test_refs_and_people_by_other_keys_change_nothing(evidence, market, rules):
    renamed = replace(
        evidence,
        vouches=tuple(replace(vouch, ref="") for vouch in evidence.vouches),
        concerns=tuple(replace(concern, ref="") for concern in evidence.concerns),
    )
    one, other = assess(evidence, rules, market), assess(renamed, rules, market)

    assert (one.recommended_tier, one.points, one.strands) == (other.recommended_tier, other.points, other.strands)
    assert one.evidence_digest == other.evidence_digest


def test_default_policy_breaks_nothing():
    assert violations(DEFAULT_RULES) == []


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"vouch_strong": -1}, "counting_vouch_never_lowers"),
        ({"vouch_would_take": 1}, "stronger_word_never_lowers"),
        ({"vouch_supportive": 3}, "stronger_word_never_lowers"),
        ({"vouch_weeks_at": 0}, "hearsay_never_moves"),
        ({"told_days": -5}, "hearsay_never_moves"),
        ({"known_strong_at": 0}, "unasked_is_not_unwilling"),
        ({"points_honors": -1}, "honors_never_lower"),
        ({"points_concern": -1}, "counting_concern_never_raises"),
        ({"points_stumble": 3}, "counting_concern_never_raises"),
        ({"remediation": -1}, "trouble_never_raises"),
        ({"failed_attempt": -1}, "trouble_never_raises"),
        ({"leave": -1}, "trouble_never_raises"),
        ({"stumble_open_at": 0}, "silence_is_clear"),
        ({"advice_refusals_at": 0}, "silence_is_clear"),
        ({"points_vouches_most": -3}, "silence_is_clear"),
        ({"tier_1_stumbles_most": -1}, "every_tier_in_reach"),
        ({"academic_pattern_at": 1}, "levels_in_order"),
        ({"pattern_open_at": 1}, "levels_in_order"),
        ({"trajectory_stumble_at": 3}, "levels_in_order"),
        ({"open_at": 5}, "levels_in_order"),
        ({"narrow_at": 0}, "no_place_is_closed"),
        ({"concern_disputed_serious_at": 5}, "settling_never_lowers"),
    ],
)
def test_policy_that_breaks_a_property_is_refused(changes, broken):
    found = violations(replace(DEFAULT_RULES, **changes))

    assert broken in [violation.property for violation in found]


@pytest.mark.parametrize(
    "changes",
    [
        {"vouch_supportive": 1},
        {"vouch_weeks_at": 4, "known_strong_at": 5},
        {"told_days": 14},
        {"pattern_open_major_at": 2},
        {"points_honors": 0},
        {"unpassed_stage_level": "stumble"},
    ],
)
def test_another_school_may_choose_otherwise(changes):
    assert violations(replace(DEFAULT_RULES, **changes)) == []


def test_counterexample_shows_the_violation():
    rules = replace(DEFAULT_RULES, vouch_strong=-1)
    [violation] = [each for each in violations(rules) if each.property == "counting_vouch_never_lowers"]
    before, after = (assess(each, rules, MARKET) for each in violation.counterexample)

    assert violation.words == "One more vouch that says strong lowers the student."
    assert len(violation.counterexample[1].vouches) == len(violation.counterexample[0].vouches) + 1
    assert is_lower(before, after)


def test_private_circumstances_are_no_inputs():
    assert set(dossier().__slots__) == {
        "match_status",
        "applied",
        "backups",
        "prior_specialties",
        "has_change_reason",
        "position_types",
        "recused",
        *some.PIECES,
    }
