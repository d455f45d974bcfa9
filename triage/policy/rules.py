"""The policy's numbers. Every threshold and weight is data; the default is the one the evidence rules describe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Self

LEVELS = ("clear", "stumble", "concern", "pattern")
CLEAR, STUMBLE, CONCERN, PATTERN = range(4)


class UnusableRules(ValueError):
    """The mapping is not a policy; the text names the key and what was expected."""


@dataclass(frozen=True)
class Rules:
    """One version of the policy. `…_at` is the number from which something holds; points are whole numbers.

    "Serious" means moderate or major. `properties.violations` says whether a set of numbers may be used.
    """

    # Known: who can vouch?
    vouch_would_take: int = 3
    vouch_strong: int = 2
    vouch_supportive: int = 0
    vouch_unable: int = 0
    vouch_weeks_at: int = 2
    known_strong_at: int = 3
    # Academic
    failed_attempt: int = 1
    failed_clerkship: int = 1
    course_repeat: int = 1
    remediation: int = 1
    dismissal_hearing: int = 2
    leave: int = 0
    academic_stumble_at: int = 1
    academic_concern_at: int = 2
    academic_pattern_at: int = 3
    failed_attempts_pattern_at: int = 2
    unpassed_stage_level: str = "concern"
    # Professionalism
    told_days: int = 7
    pattern_open_at: int = 3
    pattern_open_serious_at: int = 2
    pattern_open_major_at: int = 1
    concern_open_at: int = 2
    concern_open_serious_at: int = 1
    concern_disputed_serious_at: int = 1
    concern_resolved_serious_at: int = 2
    concern_resolved_integrity_at: int = 1
    stumble_open_at: int = 1
    stumble_resolved_serious_at: int = 1
    # Trajectory and advice
    trajectory_stumble_at: int = 1
    trajectory_concern_at: int = 2
    advice_refusals_at: int = 2
    # Placeable: is there somewhere realistic?
    open_at: int = 100
    moderate_at: int = 10
    narrow_at: int = 3
    narrow_step_2_ck_at: int = 245
    narrow_comlex_2_ce_at: int = 550
    # Tier and points
    tier_1_stumbles_most: int = 1
    points_vouches_most: int = 9
    points_honors: int = 1
    points_honors_most: int = 3
    points_stumble: int = 1
    points_concern: int = 2
    points_pattern: int = 4

    @cached_property
    def vouch_points(self) -> Mapping[str, int]:
        """Points by strength. A caution has none in any policy: it asks its author to document a concern."""
        return {
            "would_take": self.vouch_would_take,
            "strong": self.vouch_strong,
            "supportive": self.vouch_supportive,
            "unable": self.vouch_unable,
            "caution": 0,
        }

    @cached_property
    def academic_points(self) -> Mapping[str, int]:
        """Academic points by kind of event."""
        return {
            "course_repeat": self.course_repeat,
            "remediation": self.remediation,
            "dismissal_hearing": self.dismissal_hearing,
            "leave": self.leave,
        }

    @cached_property
    def level_points(self) -> tuple[int, int, int, int]:
        """Points taken off for a strand that is clear, a stumble, a concern, a pattern."""
        return 0, self.points_stumble, self.points_concern, self.points_pattern

    @cached_property
    def unpassed_level(self) -> int:
        """The mildest the academic strand can be while a stage's latest attempt failed."""
        return LEVELS.index(self.unpassed_stage_level)

    @classmethod
    def from_json(cls, mapping: Mapping[str, object]) -> Self:
        """Read a whole policy; unknown, missing and ill-typed keys are refused with words that name the key."""
        known = {field.name: type(field.default) for field in fields(cls)}
        for key in mapping:
            if key not in known:
                raise UnusableRules(f"{key}: the policy has no such number.")
        for key, kind in known.items():
            _refuse_unusable(key, kind, mapping)
        return cls(**{key: mapping[key] for key in known})  # type: ignore[arg-type]  # types were checked just above

    def to_json(self) -> dict[str, int | str]:
        """The policy as a flat mapping that `from_json` reads back."""
        return asdict(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the numbers, the same on every machine."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _refuse_unusable(key: str, kind: type, mapping: Mapping[str, object]) -> None:
    if key not in mapping:
        raise UnusableRules(f"{key}: missing; a policy states every number.")
    value = mapping[key]
    if kind is int and type(value) is not int:
        raise UnusableRules(f"{key}: a whole number was expected, not {value!r}.")
    if kind is str and value not in LEVELS:
        raise UnusableRules(f"{key}: one of {', '.join(LEVELS)} was expected, not {value!r}.")


DEFAULT_RULES = Rules()
