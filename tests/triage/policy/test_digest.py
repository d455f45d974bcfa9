from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from tests.triage.policy import strategies as some
from tests.triage.policy.samples import MARKET, advice, attempt, concern, event, failed, grade, known, listed, vouch
from tests.triage.policy.test_properties import always
from triage.policy import DEFAULT_RULES, Market, VouchRequest, assess

FULL = known(
    backups=("140",),
    prior_specialties=("320",),
    position_types=("categorical",),
    exams=(failed(), attempt("step_2_ck", "2026-07-01", True, 240)),
    evaluations=(grade("honors"), grade("pass")),
    academics=(event("leave"),),
    concerns=(concern("minor"),),
    vouches=(vouch("strong"),),
    requests=(VouchRequest("cole", "asked", "request:1"),),
    advice=(advice(),),
)


def digest(evidence, market=MARKET):
    return assess(evidence, DEFAULT_RULES, market).evidence_digest


def first(field, **changes):
    rows = getattr(FULL, field)
    return {field: (replace(rows[0], **changes), *rows[1:])}


@pytest.mark.parametrize(
    "changes",
    [
        {"match_status": "no_certified_list"},
        {"applied": "320"},
        {"backups": ("140", "180")},
        {"prior_specialties": ()},
        {"has_change_reason": True},
        {"position_types": ()},
        {"recused": frozenset({"ivy"})},
        {"exams": FULL.exams[:1]},
        first("exams", passed=True),
        first("exams", exam="step_3"),
        first("exams", taken_on=date(2025, 2, 2)),
        {"exams": (FULL.exams[0], replace(FULL.exams[1], score=250))},
        first("evaluations", grade="fail"),
        first("academics", kind="remediation"),
        first("concerns", severity="moderate"),
        first("concerns", status="resolved"),
        first("concerns", kind="integrity"),
        first("concerns", first_hand=False),
        first("concerns", record_reference=""),
        first("concerns", student_told_on=None),
        first("concerns", student_told_on=date(2027, 3, 1)),
        first("concerns", student_response_on=date(2027, 3, 1)),
        first("vouches", faculty="cole"),
        first("vouches", strength="supportive"),
        first("vouches", weeks_observed=1),
        first("vouches", willing_to_advocate=False),
        first("requests", answer="declined"),
        first("requests", faculty="dana"),
        first("advice", kind="other"),
        first("advice", followed="yes"),
        {"vouches": FULL.vouches * 2},
    ],
)
def test_digest_changes_with_what_was_read(changes):
    assert digest(replace(FULL, **changes)) != digest(FULL)


@pytest.mark.parametrize(
    "changes",
    [
        {"recused": frozenset({"a stranger"})},
        first("exams", score=190),
        first("exams", ref="exam:99"),
        first("evaluations", clerkship="Surgery"),
        {"evaluations": (FULL.evaluations[0], replace(FULL.evaluations[1], grade="high_pass"))},
        first("academics", happened_on=date(2020, 1, 1)),
        first("concerns", happened_on=date(2020, 1, 1)),
        first("concerns", kind="timeliness"),
        first("concerns", record_reference="PROF-2"),
        first("vouches", ref=""),
        first("requests", answer="unanswered"),
        first("advice", noted_on=date(2020, 1, 1)),
        {"exams": FULL.exams[::-1], "evaluations": FULL.evaluations[::-1]},
    ],
)
def test_digest_stays_with_what_was_not_read(changes):
    assert digest(replace(FULL, **changes)) == digest(FULL)


def test_digest_holds_the_market_but_not_its_names():
    renamed = Market(MARKET.groups, {}, MARKET.school_report)

    assert digest(FULL, renamed) == digest(FULL)
    assert len({digest(FULL, each) for each in (MARKET, listed(t120_categorical=9), listed(t120_categorical=8))}) == 3
    assert digest(FULL, replace(MARKET, school_report=date(2027, 3, 16))) != digest(FULL)


def test_market_digest_knows_two_names_of_one_specialty():
    assert listed(t140_preliminary=5).digest == listed(t140P_preliminary=5).digest


def test_digest_is_the_same_on_every_machine():
    assert digest(FULL) == "6df54a8ddaae9bf35bfe135756a1cea0d40e0332d69f959a4d66c46f3a4503e2"


@always
@given(some.dossiers, some.dossiers, some.markets)
def test_same_digest_means_same_answer(one, other, market):
    first, second = assess(one, DEFAULT_RULES, market), assess(other, DEFAULT_RULES, market)

    if first.evidence_digest == second.evidence_digest:
        assert (first.recommended_tier, first.points, first.strands) == (
            second.recommended_tier,
            second.points,
            second.strands,
        )
