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
from triage.policy import DEFAULT_RULES, SetAside, Standing, VouchRequest, assess
from triage.policy.words import (
    chips,
    missing_words,
    points_words,
    reason_direction,
    reason_words,
    set_aside_fix,
    set_aside_line,
    set_aside_words,
    standing_words,
    strand_words,
    summary,
)

STUMBLED = (failed(), passed("step_1", "2025-05-12", None), passed())


def judged(evidence):
    return assess(evidence, DEFAULT_RULES, MARKET)


def why(evidence, strand):
    return strand_words(judged(evidence), strand, MARKET)


def texts(evidence, **how):
    return [tuple(chip) for chip in chips(judged(evidence), MARKET, **how)]


def test_chips_of_a_weakly_known_student_with_a_stumble():
    evidence = dossier(vouches=(vouch("strong"),), exams=STUMBLED, concerns=(concern("minor", first_hand=False),))

    assert texts(evidence) == [
        ("Known: weak", "main"),
        ("Academic stumble", "against"),
        ("Placeable: realistic", "for"),
        ("1 set aside", "aside"),
    ]
    assert texts(evidence, with_aside=False) == [
        ("Known: weak", "main"),
        ("Academic stumble", "against"),
        ("Placeable: realistic", "for"),
    ]


def test_chips_of_an_open_concern():
    assert texts(known(concerns=(concern(),))) == [
        ("Professionalism concern", "main"),
        ("Known: strong", "for"),
        ("Placeable: realistic", "for"),
    ]


def test_chips_of_two_stumbles():
    assert texts(known(exams=STUMBLED, concerns=(concern("minor"),))) == [
        ("Two strands stumble", "main"),
        ("Academic stumble", "against"),
        ("Professionalism stumble", "against"),
        ("Known: strong", "for"),
    ]


def test_chips_of_a_narrow_target_by_score_without_an_advocate():
    evidence = known(applied="110", exams=(passed(score=251),), vouches=(vouch(willing=False),))

    assert texts(evidence) == [
        ("Known: strong", "main"),
        ("Narrow, Step 2 CK 251", "for"),
        ("No advocate yet", "missing"),
    ]


def test_chips_of_open_requests():
    evidence = dossier(requests=(VouchRequest("ivy", "asked"), VouchRequest("cole", "unanswered")), exams=(passed(),))

    assert texts(evidence) == [
        ("Asked, no answer yet", "main"),
        ("Placeable: realistic", "for"),
        ("2 requests open", "missing"),
    ]


def test_chips_are_at_most_four():
    evidence = dossier(
        applied="260",
        exams=STUMBLED,
        prior_specialties=("120",),
        concerns=(concern(), concern(number=2, record_reference="")),
        advice=(advice(number=1), advice(number=2)),
    )

    assert texts(evidence) == [
        ("Professionalism concern", "main"),
        ("Advice concern", "against"),
        ("Nobody was asked", "against"),
        ("No reason stated", "missing"),
    ]


def test_summary_answers_the_three_questions():
    evidence = dossier(applied="140", vouches=(vouch("strong"),), exams=STUMBLED)

    assert [tuple(line) for line in summary(judged(evidence), MARKET)] == [
        ("Who can vouch?", "Known: weak", "2 of the 3 points needed"),
        ("What would we have to explain?", "One stumble", "Academic; the other strands clear"),
        ("Is there somewhere realistic?", "Placeable: realistic", "Internal Medicine is open"),
    ]


def test_summary_of_nothing_on_record():
    assert [line.answer for line in summary(judged(dossier(applied="")), MARKET)] == [
        "Nobody was asked yet",
        "Nothing",
        "Placeable: unlikely",
    ]


def test_summary_counts_the_gravest_strands():
    evidence = known(academics=(event("dismissal_hearing"),), concerns=(concern(),), prior_specialties=("140",))

    assert summary(judged(evidence), MARKET)[1][1:] == (
        "Two concerns",
        "Academic and professionalism and trajectory; the other strands clear",
    )


@pytest.mark.parametrize(
    ("evidence", "strand", "words"),
    [
        (dossier(), "known", "No request on record"),
        (dossier(requests=(VouchRequest("ivy", "asked"),)), "known", "1 request open"),
        (dossier(vouches=(vouch("supportive"),)), "known", "None of the 3 points needed"),
        (known(vouches=(vouch(), vouch("strong", "cole"))), "known", "5 points, two people"),
        (known(exams=STUMBLED), "academic", "Step 1, one failed"),
        (known(), "academic", "every exam passed at the first attempt"),
        (dossier(), "academic", "no exam on record"),
        (
            known(
                exams=(failed("step_2_ck"),),
                academics=(event("remediation"), event("remediation", 2)),
                evaluations=(grade("fail"),),
            ),
            "academic",
            "Step 2 CK, one failed; two remediations; one failed clerkship; Step 2 CK not passed yet",
        ),
        (known(concerns=(concern(),)), "professionalism", "one open moderate concern"),
        (known(concerns=(concern(record_reference=""),)), "professionalism", "1 set aside"),
        (known(), "professionalism", "no concern on record"),
        (known(), "trajectory", "no change"),
        (known(prior_specialties=("140",)), "trajectory", "one change, no reason stated"),
        (known(prior_specialties=("140",), has_change_reason=True), "trajectory", "one change, reason stated"),
        (known(), "advice", "no advice to broaden on record"),
        (known(advice=(advice(followed="yes"),)), "advice", "followed"),
        (known(advice=(advice(number=1), advice(number=2))), "advice", "advice to broaden refused twice"),
        (known(applied="260"), "placeable", "Orthopaedic Surgery is closed"),
        (known(applied="260", position_types=("transitional",)), "placeable", "Transitional Year is moderate"),
        (
            known(applied="110", exams=(attempt("comlex_2_ce", "2026-06-20", True, 560),)),
            "placeable",
            "Emergency Medicine is narrow, COMLEX Level 2-CE 560",
        ),
        (dossier(applied=""), "placeable", "No specialty on record"),
    ],
)
def test_why_a_strand_is_what_it_is(evidence, strand, words):
    assert why(evidence, strand) == words


def test_what_is_set_aside_can_be_left_out_of_the_words():
    assessment = judged(known(concerns=(concern(record_reference=""),)))

    assert strand_words(assessment, "professionalism", MARKET, with_aside=False) == "no concern on record"


def test_points_are_read_aloud():
    evidence = dossier(vouches=(vouch("strong"),), exams=STUMBLED, evaluations=(grade("honors", 1), grade("honors", 2)))

    assert points_words(judged(evidence)) == "3 points: vouches 2, Honors 2, stumble −1"
    assert points_words(judged(dossier())) == "0 points"
    assert points_words(judged(dossier(exams=STUMBLED))) == "−1 point: stumble −1"


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(2, "counts"), "Counts 2"),
        (Standing(None, "counts"), "Counts"),
        (Standing(0, "on_record"), "On record, counts 0"),
        (Standing(0, "on_record", ("same_person",)), "On record, counts 0; one voice counts once"),
        (Standing(None, "set_aside", ("not_first_hand", "student_not_told")),
         "Set aside: not first-hand, student not told"),
        (Standing(0, "passed"), "Passed"),
        (Standing(None, "unanswered"), "Unanswered"),
    ],
)  # fmt: skip
def test_standing_in_words(standing, words):
    assert standing_words(standing) == words


def test_set_aside_says_what_would_make_it_count():
    aside = SetAside("concern", "concern:1", ("not_first_hand", "student_not_told"))

    assert set_aside_line(aside) == (
        "Not first-hand, student not told. It counts only if the person who saw it reports it"
        " and the student is told at least 7 days before the school report, or responds."
    )
    assert set_aside_fix("vouch", "too_few_weeks") == "its author observes the student for 2 weeks or more"


@pytest.mark.parametrize(
    ("code", "direction"), [("known_strong", "for"), ("known_unasked", "against"), ("advice_concern", "against")]
)
def test_reason_direction(code, direction):
    assert reason_direction(code) == direction
    assert reason_direction(code, is_main=True) == "main"


def test_every_code_has_words():
    evidence = dossier(
        applied="",
        exams=(),
        requests=(VouchRequest("ivy", "asked"),),
        prior_specialties=("120",),
        concerns=(concern(first_hand=False, record_reference="", student_told_on=None),),
    )
    assessment = judged(evidence)

    assert [missing_words(code) for code in assessment.missing] == [
        "No specialty applied to is on record",
        "A vouch request waits for its answer",
        "No exam attempt is on record",
        "No reason for the change of specialty is on record",
    ]
    assert [set_aside_words(code) for code in assessment.set_aside[0].why] == [
        "not first-hand",
        "not documented",
        "student not told",
    ]
    assert [reason_words(code) for code in assessment.reasons] == [
        "Asked, no answer yet",
        "Placeable: unlikely",
        "Trajectory stumble",
    ]
