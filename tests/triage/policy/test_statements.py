"""The words of the policy cover its numbers, and its violations are told with the dossiers that show them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, replace

import pytest

from triage.policy import DEFAULT_RULES, Rules, assess
from triage.policy.counterexample import PROPERTIES, dossier_words, explain
from triage.policy.engine import recommended_tier
from triage.policy.properties import _trials, violations
from triage.policy.statements import CHAPTERS, FOR_STUDENTS, LABELS, names_in, pieces, sentence

NAMES = [field.name for field in fields(Rules)]
STATEMENTS = [statement for chapter in CHAPTERS for part in chapter.parts for statement in part.statements]


def test_every_number_is_told_once_and_none_that_is_not_there():
    assert Counter(name for statement in STATEMENTS for name in names_in(statement)) == Counter(NAMES)


def test_every_number_has_a_label_of_its_own():
    assert set(LABELS) == set(NAMES)
    assert len(set(LABELS.values())) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_number_changes_its_sentence_and_no_other(name):
    value = getattr(DEFAULT_RULES, name)
    other = replace(DEFAULT_RULES, **{name: "pattern" if isinstance(value, str) else value + 17})
    differing = [each for each in STATEMENTS if sentence(each, DEFAULT_RULES) != sentence(each, other)]
    assert [name in names_in(each) for each in differing] == [True]


def test_sentences_are_sentences():
    for statement in STATEMENTS:
        words = sentence(statement, DEFAULT_RULES)
        assert words[0] in "“0123456789" or words[0].isupper()
        assert words.endswith(".")
        assert "{" not in words


def test_nouns_follow_their_numbers():
    assert sentence("{vouch_weeks_at:week}", DEFAULT_RULES) == "2 weeks"
    assert sentence("{vouch_weeks_at:week}", replace(DEFAULT_RULES, vouch_weeks_at=1)) == "1 week"


def test_pieces_name_the_number_they_stand_for():
    assert [(each.words, each.name) for each in pieces("from {open_at} on", DEFAULT_RULES)] == [
        ("from ", ""),
        ("100", "open_at"),
        (" on", ""),
    ]


def test_students_read_no_tier_no_points_no_strand_no_odds():
    words = " ".join(sentence(each, DEFAULT_RULES) for part in FOR_STUDENTS for each in part.statements)
    assert not re.search(r"\b(tier|points?|strand|flag|unfortunately|probab\w+|chance)\b|!", words, re.IGNORECASE)


def test_every_property_has_words():
    broken = (
        replace(DEFAULT_RULES, academic_pattern_at=1, narrow_at=0),
        DEFAULT_RULES,
        replace(DEFAULT_RULES, narrow_at=200),
    )
    tried = {trial.property for rules in broken for trial in _trials(rules)}
    assert tried == set(PROPERTIES)


@pytest.mark.parametrize(
    ("name", "value", "what", "before", "after"),
    [
        (
            "vouch_strong",
            4,
            "Saying “would take” instead of strong lowers the student.",
            ("Applied to an open specialty; one person says “strong” after 2 weeks", "Tier 1, 4 points"),
            (
                "Applied to an open specialty; one person says “would take as own resident” after 2 weeks",
                "Tier 1, 3 points",
            ),
        ),
        (
            "academic_pattern_at",
            1,
            "“Academic pattern from points” (1) is reached before “Academic concern from points” (2).",
            ("Applied to an open specialty; one clerkship graded Fail", "Tier 3, −4 points"),
            ("Applied to an open specialty; two clerkships graded Fail", "Tier 3, −4 points"),
        ),
        (
            "vouch_weeks_at",
            0,
            "What is hearsay, undocumented or undisclosed moves the student.",
            ("Applied to an open specialty; nothing on record", "Tier 2, 0 points"),
            (
                "Applied to an open specialty; eight people say “would take as own resident” after 0 weeks",
                "Tier 1, 9 points",
            ),
        ),
    ],
)
def test_a_violation_is_told_with_its_counterexample(name, value, what, before, after):
    rules = replace(DEFAULT_RULES, **{name: value})
    told = explain(violations(rules)[0], rules)
    assert told.what == what
    assert (told.before, told.says_before.rpartition(", known")[0]) == before
    assert (told.after, told.says_after.rpartition(", known")[0]) == after


def test_every_counterexample_can_be_told():
    for trial in _trials(DEFAULT_RULES):
        for dossier in (trial.before, trial.after):
            assert dossier_words(dossier).startswith("Applied to ")


def test_recommended_tier_is_that_of_the_whole_assessment():
    from triage.policy.properties import _MARKET

    for trial in _trials(DEFAULT_RULES):
        said = assess(trial.after, DEFAULT_RULES, _MARKET)
        assert recommended_tier(trial.after, DEFAULT_RULES, _MARKET) == said.recommended_tier
