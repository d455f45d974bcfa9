import pytest

from tests.triage.policy.samples import MARKET, attempt, known, listed, passed
from triage.policy import DEFAULT_RULES, Market, assess


def placeable(market=MARKET, status="unmatched", applied="120", **changes):
    return assess(known(status, applied, **changes), DEFAULT_RULES, market).strands["placeable"]


@pytest.mark.parametrize(
    ("applied", "answer"), [("120", "realistic"), ("180", "realistic"), ("110", "unlikely"), ("260", "unlikely")]
)
def test_target_by_default_group(applied, answer):
    assert placeable(applied=applied) == answer


def test_backup_makes_realistic():
    assert placeable(applied="260", backups=("110", "180")) == "realistic"


def test_blank_target_is_unlikely_and_a_backup_still_helps():
    assert placeable(applied="") == "unlikely"
    assert placeable(applied="", backups=("120",)) == "realistic"


@pytest.mark.parametrize(
    ("exam", "score", "answer"),
    [
        ("step_2_ck", 245, "realistic"),
        ("step_2_ck", 244, "unlikely"),
        ("comlex_2_ce", 550, "realistic"),
        ("comlex_2_ce", 549, "unlikely"),
        ("step_2_ck", None, "unlikely"),
        ("step_3", 260, "unlikely"),
    ],
)
def test_narrow_applied_specialty_by_score(exam, score, answer):
    assert placeable(applied="110", exams=(attempt(exam, "2026-07-01", True, score),)) == answer


def test_score_opens_neither_a_closed_target_nor_a_narrow_backup():
    assert placeable(applied="260", backups=("110",), exams=(passed(score=270),)) == "unlikely"


@pytest.mark.parametrize(
    ("status", "types", "answer"),
    [
        ("unmatched", ("categorical", "preliminary"), "realistic"),
        ("unmatched", ("categorical", "transitional"), "realistic"),
        ("no_certified_list", ("preliminary",), "realistic"),
        ("unmatched", ("categorical", "advanced"), "unlikely"),
        ("unmatched", (), "unlikely"),
        ("partial_prelim_only", ("preliminary", "transitional", "advanced"), "unlikely"),
    ],
)
def test_first_years_help_only_who_is_fully_unmatched_and_accepts_them(status, types, answer):
    assert placeable(status=status, applied="260", position_types=types) == answer


def test_advanced_only_looks_for_a_first_year_whatever_was_applied_for():
    assert placeable(status="partial_advanced_only", applied="260") == "realistic"
    narrow = listed(t110_preliminary=5)
    assert placeable(narrow, "partial_advanced_only", "110", exams=(passed(score=260),)) == "unlikely"


@pytest.mark.parametrize(
    ("places", "group"),
    [(100, "open"), (99, "moderate"), (10, "moderate"), (9, "narrow"), (3, "narrow"), (2, "closed"), (0, "closed")],
)
def test_loaded_list_makes_the_groups(places, group):
    assessment = assess(known(applied="260"), DEFAULT_RULES, listed(t260_categorical=places))

    assert assessment.details.target_group == group


def test_loaded_list_counts_only_types_that_the_student_can_use():
    market = listed(t180_categorical=4, t180_advanced=6)

    assert placeable(market, applied="180") == "unlikely"
    assert placeable(market, applied="180", position_types=("categorical", "advanced")) == "realistic"


def test_prelim_only_can_always_use_advanced_places():
    assert placeable(listed(t180_advanced=10), "partial_prelim_only", "180", position_types=("preliminary",)) == (
        "realistic"
    )


def test_advanced_only_can_always_use_preliminary_places():
    market = listed(t140P_preliminary=10)

    assert placeable(market, "partial_advanced_only", "180", position_types=("advanced",)) == "realistic"


def test_transitional_places_must_be_accepted():
    market = listed(t999_transitional=50)

    assert placeable(market, applied="260") == "unlikely"
    assert placeable(market, applied="260", position_types=("transitional",)) == "realistic"


def test_medicine_of_type_preliminary_is_medicine_preliminary():
    market = listed(t140_preliminary=6, t140P_preliminary=4)

    assert placeable(market, applied="260", position_types=("preliminary",)) == "realistic"
    assert placeable(market, applied="140", position_types=("preliminary", "categorical")) == "realistic"
    assert assess(known(applied="140"), DEFAULT_RULES, market).details.target_group == "closed"


def test_empty_list_closes_everything():
    empty = Market(MARKET.groups, MARKET.names, MARKET.school_report, {})

    assert placeable(empty) == "unlikely"


def test_named_target_does_not_depend_on_the_order_of_backups():
    there = assess(known(applied="260", backups=("320", "180", "140")), DEFAULT_RULES, MARKET)
    back = assess(known(applied="260", backups=("140", "180", "320")), DEFAULT_RULES, MARKET)

    assert there == back
    assert there.details.target == "140"
