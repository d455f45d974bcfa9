"""Generated evidence: dossiers of every kind, markets with and without a list, and policies that may be saved."""

from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from tests.triage.policy.samples import GROUPS, NAMES, REPORT
from triage.policy import (
    DEFAULT_RULES,
    AcademicEvent,
    Advice,
    Concern,
    Dossier,
    Evaluation,
    ExamAttempt,
    Market,
    Vouch,
    VouchRequest,
)
from triage.policy.properties import violations

PEOPLE = st.sampled_from(["ivy", "cole", "dana", "eli"])
SPECIALTIES = st.sampled_from(sorted(GROUPS))
TYPES = ("categorical", "preliminary", "transitional", "advanced")
STATUSES = ("unmatched", "no_certified_list", "partial_prelim_only", "partial_advanced_only")
PIECES = ("exams", "evaluations", "academics", "concerns", "vouches", "requests", "advice")
past_days = st.integers(0, 900).map(lambda days: REPORT - timedelta(days=days))
few_days = st.integers(0, 3).map(lambda days: date(2026, 7, 1) + timedelta(days=days))
told_days = st.one_of(
    st.none(), st.integers(-2, 20).map(lambda days: REPORT - timedelta(days=days)), st.just(date(2026, 1, 1))
)

exams = st.builds(
    ExamAttempt,
    st.sampled_from(["step_1", "step_2_ck", "step_3", "comlex_1", "comlex_2_ce", "comlex_3"]),
    few_days,
    st.booleans(),
    st.one_of(st.none(), st.sampled_from([200, 244, 245, 549, 550, 600])),
)
evaluations = st.builds(
    Evaluation, st.just("Medicine"), st.sampled_from(["honors", "high_pass", "pass", "low_pass", "fail"])
)
academics = st.builds(
    AcademicEvent, st.sampled_from(["course_repeat", "remediation", "leave", "dismissal_hearing"]), past_days
)
concerns = st.builds(
    Concern,
    st.sampled_from(["respect", "integrity"]),
    st.sampled_from(["minor", "moderate", "major"]),
    st.sampled_from(["open", "disputed", "resolved", "dismissed"]),
    past_days,
    st.booleans(),
    st.sampled_from(["", "PROF-1"]),
    told_days,
    told_days,
)
counting_concerns = st.builds(
    Concern,
    st.sampled_from(["respect", "integrity"]),
    st.sampled_from(["minor", "moderate", "major"]),
    st.sampled_from(["open", "disputed", "resolved"]),
    past_days,
    st.just(True),
    st.just("PROF-2"),
    st.just(date(2026, 1, 1)),
    st.none(),
)
vouches = st.builds(
    Vouch,
    PEOPLE,
    st.sampled_from(["would_take", "strong", "supportive", "unable", "caution"]),
    st.integers(0, 8),
    st.booleans(),
)
requests = st.builds(VouchRequest, PEOPLE, st.sampled_from(["asked", "answered", "declined", "unanswered"]))
advice = st.builds(
    Advice, st.sampled_from(["broaden", "geography", "other"]), st.sampled_from(["yes", "no", "partly"]), past_days
)


def rows(pieces, most=4):
    """Mostly few of them, for a dossier full of trouble is Tier 3 whatever is added."""
    return st.one_of(st.just(()), st.lists(pieces, max_size=1).map(tuple), st.lists(pieces, max_size=most).map(tuple))


def with_refs(dossier):
    """The same dossier with a ref of its own on every piece."""
    return replace(
        dossier,
        **{
            kind: tuple(replace(piece, ref=f"{kind}:{number}") for number, piece in enumerate(getattr(dossier, kind)))
            for kind in PIECES
        },
    )


dossiers = st.builds(
    Dossier,
    match_status=st.sampled_from((*STATUSES, "unmatched", "unmatched")),
    applied=st.one_of(SPECIALTIES, st.just("")),
    backups=rows(SPECIALTIES, 2),
    prior_specialties=rows(SPECIALTIES, 3),
    has_change_reason=st.booleans(),
    position_types=st.lists(st.sampled_from(TYPES), unique=True, max_size=3).map(tuple),
    exams=rows(exams),
    evaluations=rows(evaluations),
    academics=rows(academics, 3),
    concerns=rows(concerns),
    vouches=rows(vouches, 6),
    requests=rows(requests, 3),
    advice=rows(advice),
    recused=st.sampled_from([frozenset(), frozenset(), frozenset({"ivy"})]),
).map(with_refs)

unfilled = st.dictionaries(
    st.tuples(SPECIALTIES, st.sampled_from(TYPES)), st.sampled_from([0, 2, 3, 9, 10, 60, 100]), max_size=12
)
markets = st.one_of(st.none(), st.none(), unfilled).map(lambda places: Market(GROUPS, NAMES, REPORT, places))


@cache
def is_valid(rules):
    return not violations(rules)


_NUMBERS = [
    field.name for field in fields(DEFAULT_RULES) if field.type == "int" and not field.name.startswith("narrow_")
]
changed_rules = st.dictionaries(st.sampled_from(_NUMBERS), st.integers(-1, 5), min_size=1, max_size=3).map(
    lambda changes: replace(DEFAULT_RULES, **changes)
)
valid_rules = st.one_of(st.just(DEFAULT_RULES), changed_rules.filter(is_valid))
