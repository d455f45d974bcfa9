"""An assessment: what one policy says of one dossier at one moment, with everything a page needs to explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from .flips import Flip
from .standing import SetAside, Standing


class Details(NamedTuple):
    """The numbers behind the strands, for words such as "2 of the 3 points needed"."""

    vouch_points: int = 0
    vouch_people: int = 0
    vouch_points_needed: int = 0
    requests_open: int = 0
    academic_points: int = 0
    academic_pieces: tuple[tuple[str, int], ...] = ()
    unpassed: tuple[str, ...] = ()
    is_first_attempt: bool = False
    """Exams are on record and none was failed."""
    concerns: tuple[tuple[str, str, int], ...] = ()
    """Status, severity and how many, of the concerns that weigh."""
    concerns_set_aside: int = 0
    changes: int = 0
    has_change_reason: bool = False
    to_broaden: int = 0
    refusals: int = 0
    target: str = ""
    target_group: str = ""
    target_by: str = ""
    target_score: str = ""
    points_vouches: int = 0
    points_honors: int = 0
    points_off: tuple[tuple[str, int], ...] = ()
    """Level and points, for each strand that takes some off."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The recommendation. Reasons list all that hold, those that decide the tier first."""

    recommended_tier: int
    reasons: tuple[str, ...]
    points: int
    strands: Mapping[str, str]
    set_aside: tuple[SetAside, ...]
    missing: tuple[str, ...]
    flips: tuple[Flip, ...]
    standings: Mapping[str, Standing]
    evidence_digest: str
    details: Details

    def to_json(self) -> dict[str, Any]:
        """The whole assessment in what JSON can hold; `from_json` reads it back unchanged."""
        return {
            "recommended_tier": self.recommended_tier,
            "reasons": list(self.reasons),
            "points": self.points,
            "strands": dict(self.strands),
            "set_aside": [aside._asdict() for aside in self.set_aside],
            "missing": list(self.missing),
            "flips": [flip._asdict() for flip in self.flips],
            "standings": {ref: standing._asdict() for ref, standing in self.standings.items()},
            "evidence_digest": self.evidence_digest,
            "details": self.details._asdict(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `to_json` wrote, also after a trip through a JSON column."""
        return cls(
            recommended_tier=stored["recommended_tier"],
            reasons=tuple(stored["reasons"]),
            points=stored["points"],
            strands=dict(stored["strands"]),
            set_aside=tuple(SetAside(**_tuples(aside)) for aside in stored["set_aside"]),
            missing=tuple(stored["missing"]),
            flips=tuple(Flip(**flip) for flip in stored["flips"]),
            standings={ref: Standing(**_tuples(standing)) for ref, standing in stored["standings"].items()},
            evidence_digest=stored["evidence_digest"],
            details=Details(**_tuples(stored["details"])),
        )


def _tuples(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _tuple(value) for key, value in stored.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(each) for each in value) if isinstance(value, list | tuple) else value
