"""Rules about one table's changes that hold for a person's hand as well: a status moves only along its table."""

from __future__ import annotations

from collections.abc import Mapping

from students.enums import CONCERN_TRANSITIONS, VOUCH_REQUEST_TRANSITIONS, ConcernStatus, VouchAnswer
from students.interchange.values import Value

Objection = tuple[str, str, str]  # column, value, expected


def settle(table: str, kept: Mapping[str, Value], values: dict[str, Value]) -> str:
    """Take out of `values` what is overtaken, and say so: the answer we have is not taken back by an older file."""
    if table == "vouch_requests" and "answer" in values:
        said = values["answer"]
        if not said or kept["answer"] == VouchAnswer.ANSWERED:
            del values["answer"]
            return "says declined, but this request was answered here; the answer stays" if said else ""
    return ""


def objection(table: str, kept: Mapping[str, Value], values: Mapping[str, Value]) -> Objection | None:
    """Return why a kept row may not change to these values, or None."""
    if table == "concerns":
        return _concern(kept, values)
    if table == "vouch_requests":
        return _request(kept, values)
    return None


def _concern(kept: Mapping[str, Value], values: Mapping[str, Value]) -> Objection | None:
    old, new = ConcernStatus(kept["status"]), ConcernStatus(values["status"])
    if old != new and new not in CONCERN_TRANSITIONS[old]:
        return "status", str(new), f"open: a {old.label} concern is reopened before it is {new.label}"
    if kept["student_response"] and "student_response_on" in values and not values["student_response_on"]:
        return "student_response_on", "", "the day of the student's response, whose words are on record here"
    return None


def _request(kept: Mapping[str, Value], values: Mapping[str, Value]) -> Objection | None:
    old, new = VouchAnswer(kept["answer"]), values.get("answer")
    if new and old != new and new not in VOUCH_REQUEST_TRANSITIONS[old]:
        return "answer", str(new), f"nothing: this request is {old.label} here"
    return None
