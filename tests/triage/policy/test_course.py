import pytest

from tests.triage.policy.samples import MARKET, advice, known, listed
from triage.policy import DEFAULT_RULES, Standing, assess


@pytest.mark.parametrize(
    ("prior", "has_reason", "level"),
    [
        ((), False, "clear"),
        (("140",), False, "stumble"),
        (("140", "260"), False, "concern"),
        (("140",), True, "clear"),
        (("140", "260", "440"), True, "clear"),
    ],
)
def test_trajectory(prior, has_reason, level):
    evidence = known(prior_specialties=prior, has_change_reason=has_reason)

    assert assess(evidence, DEFAULT_RULES, MARKET).strands["trajectory"] == level


def test_backups_are_no_changes():
    assert assess(known(backups=("140", "320")), DEFAULT_RULES, MARKET).strands["trajectory"] == "clear"


@pytest.mark.parametrize(
    ("applied", "answers", "level"),
    [
        ("260", ("no", "no"), "concern"),
        ("260", ("no", "partly"), "clear"),
        ("260", ("no",), "clear"),
        ("110", ("no", "no", "no"), "clear"),
        ("", ("no", "no"), "clear"),
    ],
)
def test_advice_to_broaden(applied, answers, level):
    given = tuple(advice(followed=followed, number=n) for n, followed in enumerate(answers))

    assert assess(known(applied=applied, advice=given), DEFAULT_RULES, MARKET).strands["advice"] == level


@pytest.mark.parametrize("kind", ["geography", "other"])
def test_other_advice_never_counts(kind):
    given = tuple(advice(kind, number=n) for n in range(4))

    assert assess(known(applied="260", advice=given), DEFAULT_RULES, MARKET).strands["advice"] == "clear"


def test_loaded_list_decides_whether_the_target_is_closed():
    given = (advice(number=1), advice(number=2))
    evidence = known(applied="260", advice=given)

    closed = assess(evidence, DEFAULT_RULES, MARKET)
    narrow = assess(evidence, DEFAULT_RULES, listed(t260_categorical=5))

    assert closed.standings["advice:1"] == Standing(None, "counts")
    assert narrow.standings["advice:1"] == Standing(0, "on_record")
    assert (closed.strands["advice"], narrow.strands["advice"]) == ("concern", "clear")
