import json

import pytest

from triage.policy import DEFAULT_RULES, Rules, UnusableRules


def test_rules_survive_json():
    stored = json.loads(json.dumps(DEFAULT_RULES.to_json()))

    assert Rules.from_json(stored) == DEFAULT_RULES
    assert Rules.from_json(stored).digest == DEFAULT_RULES.digest


def test_digest_changes_with_any_number():
    digests = {DEFAULT_RULES.digest}
    for key, value in DEFAULT_RULES.to_json().items():
        other = "pattern" if isinstance(value, str) else value + 1
        digests.add(Rules.from_json({**DEFAULT_RULES.to_json(), key: other}).digest)

    assert len(digests) == len(DEFAULT_RULES.to_json()) + 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"luck": 3}, "luck: the policy has no such number."),
        ({"told_days": "7"}, "told_days: a whole number was expected, not '7'."),
        ({"told_days": 7.0}, "told_days: a whole number was expected, not 7.0."),
        ({"told_days": True}, "told_days: a whole number was expected, not True."),
        ({"told_days": None}, "told_days: a whole number was expected, not None."),
        (
            {"unpassed_stage_level": "grave"},
            "unpassed_stage_level: one of clear, stumble, concern, pattern was expected, not 'grave'.",
        ),
    ],
)
def test_unusable_rules_are_refused_by_name(changes, words):
    with pytest.raises(UnusableRules) as refusal:
        Rules.from_json({**DEFAULT_RULES.to_json(), **changes})

    assert str(refusal.value) == words


def test_missing_number_is_refused_by_name():
    stored = DEFAULT_RULES.to_json()
    del stored["known_strong_at"]

    with pytest.raises(UnusableRules, match=r"^known_strong_at: missing; a policy states every number\.$"):
        Rules.from_json(stored)
