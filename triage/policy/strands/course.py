"""The student's own course: changes of specialty before applying, and advice to broaden that was refused."""

from __future__ import annotations

from typing import NamedTuple

from ..evidence import Dossier
from ..market import CLOSED
from ..rules import CLEAR, CONCERN, STUMBLE, Rules
from ..standing import COUNTS, ON_RECORD, Standings


class Course(NamedTuple):
    """What the changes and the advice come to."""

    trajectory: int
    changes: int
    advice: int
    to_broaden: int
    refusals: int


def trajectory_level(changes: int, has_reason: bool, rules: Rules) -> int:
    """A stated reason clears the strand, however many changes there were."""
    if has_reason:
        return CLEAR
    if changes >= rules.trajectory_concern_at:
        return CONCERN
    return STUMBLE if changes >= rules.trajectory_stumble_at else CLEAR


def advice_level(refusals: int, group: str | None, rules: Rules) -> int:
    """Refusing to broaden weighs only while the applied specialty is closed."""
    return CONCERN if refusals >= rules.advice_refusals_at and group == CLOSED else CLEAR


def read_course(dossier: Dossier, rules: Rules, applied_group: str | None, standings: Standings) -> Course:
    """Count changes and refusals; "partly" is no refusal."""
    to_broaden = refusals = 0
    if dossier.advice:
        weighs = COUNTS if applied_group == CLOSED else ON_RECORD
        for advice in dossier.advice:
            is_refusal = advice.kind == "broaden" and advice.followed == "no"
            to_broaden += advice.kind == "broaden"
            refusals += is_refusal
            standings[advice.ref] = weighs if is_refusal else ON_RECORD
    changes = len(dossier.prior_specialties)
    return Course(
        trajectory_level(changes, dossier.has_change_reason, rules),
        changes,
        advice_level(refusals, applied_group, rules),
        to_broaden,
        refusals,
    )
