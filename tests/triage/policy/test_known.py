import pytest

from tests.triage.policy.samples import MARKET, dossier, known, vouch
from triage.policy import DEFAULT_RULES, SetAside, Standing, VouchRequest, assess


def judged(**changes):
    return assess(dossier(**changes), DEFAULT_RULES, MARKET)


@pytest.mark.parametrize(
    ("strengths", "state", "points"),
    [
        (("would_take",), "strong", 3),
        (("strong", "strong"), "strong", 4),
        (("strong",), "weak", 2),
        (("strong", "supportive", "supportive"), "weak", 2),
        (("unable",), "weak", 0),
        (("caution",), "weak", 0),
    ],
)
def test_known_by_different_people(strengths, state, points):
    vouches = tuple(vouch(strength, f"person {number}") for number, strength in enumerate(strengths))

    assessment = judged(vouches=vouches)

    assert assessment.strands["known"] == state
    assert assessment.points == points


@pytest.mark.parametrize(
    ("answer", "state"),
    [("asked", "unanswered"), ("unanswered", "unanswered"), ("answered", "unanswered"), ("declined", "weak")],
)
def test_known_by_request_alone(answer, state):
    assert judged(requests=(VouchRequest("cole", answer),)).strands["known"] == state


def test_known_when_nobody_was_asked():
    assert judged().strands["known"] == "unasked"


@pytest.mark.parametrize(
    ("weeks", "standing"),
    [
        (0, Standing(None, "set_aside", ("not_first_hand",))),
        (1, Standing(None, "set_aside", ("too_few_weeks",))),
        (2, Standing(3, "counts")),
    ],
)
def test_vouch_by_weeks_observed(weeks, standing):
    assert judged(vouches=(vouch(weeks=weeks, ref="vouch:1"),)).standings == {"vouch:1": standing}


def test_vouch_of_recused_person_is_set_aside_with_every_reason():
    assessment = judged(vouches=(vouch(weeks=1, ref="vouch:1"),), recused=frozenset({"ivy"}))

    assert assessment.set_aside == (SetAside("vouch", "vouch:1", ("recused_voucher", "too_few_weeks")),)
    assert assessment.strands["known"] == "weak"


def test_strongest_of_one_person_counts_and_the_others_stay_on_record():
    assessment = judged(vouches=(vouch("strong", ref="vouch:1"), vouch("would_take", ref="vouch:2")))

    assert assessment.standings == {
        "vouch:1": Standing(0, "on_record", ("same_person",)),
        "vouch:2": Standing(3, "counts"),
    }


def test_weaker_vouch_counts_when_the_stronger_is_set_aside():
    assessment = judged(vouches=(vouch("strong", ref="vouch:1"), vouch("would_take", weeks=1, ref="vouch:2")))

    assert assessment.points == 2


@pytest.mark.parametrize("strength", ["supportive", "unable"])
def test_vouch_without_points_is_on_record_whatever_was_observed(strength):
    assessment = judged(vouches=(vouch(strength, weeks=0, ref="vouch:1"),))

    assert assessment.standings == {"vouch:1": Standing(0, "on_record")}
    assert assessment.set_aside == ()


def test_caution_never_counts_and_silences_nobody():
    assessment = judged(vouches=(vouch("caution", "cole", ref="vouch:1"), vouch(ref="vouch:2")))

    assert assessment.standings["vouch:1"] == Standing(0, "on_record", ("caution",))
    assert assessment.strands["known"] == "strong"


def test_advocate_is_missing_when_only_a_generic_voice_is_willing():
    vouches = (vouch(willing=False), vouch("supportive", "cole", willing=True))

    assert assess(known(vouches=vouches), DEFAULT_RULES, MARKET).missing == ("advocate",)
