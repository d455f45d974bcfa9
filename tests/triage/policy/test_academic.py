import pytest

from tests.triage.policy.samples import MARKET, attempt, event, failed, grade, known, passed
from triage.policy import DEFAULT_RULES, Standing, assess


def judged(**changes):
    return assess(known(**changes), DEFAULT_RULES, MARKET)


@pytest.mark.parametrize(
    ("kinds", "level"),
    [
        ((), "clear"),
        (("leave", "leave", "leave"), "clear"),
        (("remediation",), "stumble"),
        (("course_repeat", "remediation"), "concern"),
        (("dismissal_hearing",), "concern"),
        (("dismissal_hearing", "remediation"), "pattern"),
        (("remediation", "remediation", "course_repeat"), "pattern"),
    ],
)
def test_events_make_points(kinds, level):
    events = tuple(event(kind, number) for number, kind in enumerate(kinds))

    assert judged(academics=events).strands["academic"] == level


def test_failed_clerkship_is_a_point():
    assert judged(evaluations=(grade("fail"), grade("low_pass"))).details.academic_points == 1


def test_two_failed_attempts_of_all_stages_are_a_pattern_by_themselves():
    exams = (
        failed("step_1", "2025-02-01"),
        passed("step_1", "2025-05-01"),
        failed("comlex_2_ce", "2026-06-01"),
        passed("comlex_2_ce", "2026-09-01"),
    )

    assessment = judged(exams=exams)

    assert assessment.details.academic_points == 2
    assert assessment.strands["academic"] == "pattern"


def test_stage_counts_the_larger_of_its_two_families():
    exams = (
        failed("step_1", "2025-02-01"),
        failed("comlex_1", "2025-02-02"),
        failed("comlex_1", "2025-03-02"),
        passed("comlex_1", "2025-06-01"),
    )

    assessment = judged(exams=exams)

    assert assessment.details.academic_pieces == (("comlex_1", 2),)
    assert assessment.standings["exam:step_1-2025-02-01"] == Standing(0, "on_record", ("same_stage",))
    assert assessment.standings["exam:comlex_1-2025-02-02"] == Standing(1, "counts")
    assert assessment.standings["exam:comlex_1-2025-06-01"] == Standing(0, "passed")


def test_latest_attempt_failed_is_at_least_a_concern():
    assessment = judged(exams=(passed(day="2026-07-01"), failed("comlex_2_ce", "2026-08-01")))

    assert assessment.details.unpassed == ("comlex_2_ce",)
    assert assessment.strands["academic"] == "concern"


def test_on_one_day_a_pass_is_the_later():
    exams = (failed("step_2_ck", "2026-07-01"), passed("comlex_2_ce", "2026-07-01"))

    assert judged(exams=exams).strands["academic"] == "stumble"


def test_honors_beyond_the_cap_say_so():
    few = judged(evaluations=tuple(grade("honors", number) for number in range(3)))
    many = judged(evaluations=tuple(grade("honors", number) for number in range(4)))

    assert few.standings["evaluation:honors-0"] == Standing(1, "counts")
    assert many.standings["evaluation:honors-0"] == Standing(1, "counts", ("honors_capped",))
    assert few.points == many.points == 6


def test_score_of_a_failed_attempt_is_not_read():
    exams = (attempt("step_2_ck", "2026-07-01", False, 250), passed(day="2026-08-01", score=240))

    assert judged(applied="110", exams=exams).strands["placeable"] == "unlikely"
